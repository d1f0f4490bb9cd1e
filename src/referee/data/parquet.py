"""Rows of a Parquet file, a few hundred at a time. Needs pyarrow, which is loaded here and nowhere else in the room.

Only the columns that play a role are read: what nobody asks for can neither cost time nor reject a row. Binary columns
hold text as bytes, as older writers of Parquet leave it, and are read as UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referee.core.errors import InputError, MissingExtra
from referee.data.plain import dumps
from referee.data.read import LONGEST, Line, too_long

if TYPE_CHECKING:
    from referee.data.columns import Columns
    from referee.data.read import Source

_ROWS = 256  # of a batch
_BYTES = 8 << 20  # of a batch, about: long rows come fewer at a time
_BUFFER = 1 << 20  # pages are read as they are needed, not a whole column of a row group
_BINARY = ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view")


def lines(source: Source, columns: Columns) -> Iterator[Line]:
    """Every row as the bytes of a JSON object of the `columns` that it has; `number` is the row's, from 1."""
    try:
        import pyarrow.parquet as pq
        from pyarrow import ArrowException
    except ImportError:
        raise MissingExtra("reading Parquet", "parquet") from None
    number = 0
    try:
        with pq.ParquetFile(source.path, buffer_size=_BUFFER) as file:
            source.size = file.metadata.num_rows
            source.columns = _named(file.schema_arrow)
            for batch in _batches(file, list(columns.wanted())):
                for row in _rows(batch):
                    number += 1
                    yield _line(number, row)
                source.advance(number)
    except (ArrowException, OSError) as error:
        if number == 0:
            raise InputError(f"cannot read '{source.path}' as Parquet: {error}") from None
        source.stop(number, f"the file is damaged from there on: {error}")
        yield Line(number + 1, b"", f"the file is damaged from here on: {error}")


def _batches(file: Any, names: list[str]) -> Iterator[Any]:
    """Batches of about equal size, whatever the length of the rows."""
    for index in range(file.num_row_groups):
        group = file.metadata.row_group(index)
        each = group.total_byte_size // max(group.num_rows, 1)
        rows = min(_ROWS, max(1, _BYTES // max(each, 1)))
        yield from file.iter_batches(rows, row_groups=[index], columns=names)


def _line(number: int, row: dict[str, Any] | str) -> Line:
    if isinstance(row, str):
        return Line(number, b"", row)
    raw = dumps(row)
    return too_long(number, raw) if len(raw) > LONGEST else Line(number, raw)


class _Unreadable(str):
    """Stands in a cell that cannot be read, and says why."""

    __slots__ = ()


def _rows(batch: Any) -> Iterator[dict[str, Any] | str]:
    """The rows as objects; one that cannot be read as a sentence."""
    names = batch.schema.names
    columns = [_cells(name, column) for name, column in zip(names, batch.columns, strict=True)]
    for index in range(batch.num_rows):
        row = {name: cells[index] for name, cells in zip(names, columns, strict=True)}
        yield next((str(cell) for cell in row.values() if type(cell) is _Unreadable), row)


def _cells(name: str, column: Any) -> list[Any]:
    """The values of a column; one by one when not all of them can be read."""
    try:
        cells: list[Any] = column.to_pylist()
        return [_text(cell) for cell in cells] if _holds_binary(column.type) else cells
    except (ValueError, OverflowError):
        return [_cell(name, cell) for cell in column]


def _cell(name: str, cell: Any) -> Any:
    try:
        return _text(cell.as_py())
    except UnicodeDecodeError as error:
        fault = f"'{name}' is not UTF-8: byte 0x{error.object[error.start]:02x} at byte {error.start + 1}"
    except (ValueError, OverflowError) as error:
        fault = f"'{name}' is not readable: {error}"
    return _Unreadable(fault)


def _text(value: Any) -> Any:
    """The value with all bytes in it as text."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list | tuple):
        return [_text(one) for one in value]
    if isinstance(value, dict):
        return {name: _text(one) for name, one in value.items()}
    return value


def _holds_binary(kind: Any) -> bool:
    """Whether a type is one of bytes, or has one inside."""
    from pyarrow import types

    if any(getattr(types, name)(kind) for name in _BINARY):
        return True
    if types.is_dictionary(kind):
        return _holds_binary(kind.value_type)
    return any(_holds_binary(kind.field(index).type) for index in range(kind.num_fields))


def _named(schema: Any) -> list[str]:
    """The columns as a person names them: an object is listed by its members, dotted."""
    from pyarrow import types

    names: list[str] = []
    for field in schema:
        inner = [field.type.field(index).name for index in range(field.type.num_fields)]
        names += [f"{field.name}.{name}" for name in inner] if types.is_struct(field.type) and inner else [field.name]
    return names
