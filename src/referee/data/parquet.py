"""Rows of a Parquet file, a few hundred at a time. Needs pyarrow, which is loaded here and nowhere else in the room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referee.core.errors import InputError, MissingExtra
from referee.data.plain import dumps
from referee.data.read import Line

if TYPE_CHECKING:
    from referee.data.read import Source

_BATCH = 256


def lines(source: Source) -> Iterator[Line]:
    """Every row as the bytes of a JSON object; `number` is the row's, from 1."""
    try:
        import pyarrow.parquet as pq
        from pyarrow import ArrowException
    except ImportError:
        raise MissingExtra("reading Parquet", "parquet") from None
    number = 0
    try:
        with pq.ParquetFile(source.path) as file:
            source.size = file.metadata.num_rows
            for batch in file.iter_batches(_BATCH):
                for row in _rows(batch):
                    number += 1
                    yield Line(number, b"", row) if isinstance(row, str) else Line(number, dumps(row))
                source.advance(number)
    except (ArrowException, OSError) as error:
        if number == 0:
            raise InputError(f"cannot read '{source.path}' as Parquet: {error}") from None
        yield Line(number + 1, b"", f"the file is damaged from here on: {error}")


def _rows(batch: Any) -> list[Any]:
    """The rows as objects; one that cannot be converted, as text that is not UTF-8, as a sentence."""
    try:
        rows: list[Any] = batch.to_pylist()
    except (ValueError, OverflowError):
        return [_row(batch, index) for index in range(batch.num_rows)]
    return rows


def _row(batch: Any, index: int) -> Any:
    try:
        return batch.slice(index, 1).to_pylist()[0]
    except (ValueError, OverflowError) as error:
        return f"not readable: {error}"
