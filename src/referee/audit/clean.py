"""The file without the rows that are wrong: the same format, the same order, the other rows byte for byte."""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from referee.core.errors import InfrastructureError, InputError, MissingExtra, UsageError
from referee.data.read import Source

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


def clean(source: str | Path, drop: Collection[int], out: str | Path) -> int:
    """Write the rows of `source` whose lines are not in `drop`, and return how many. `out` is there whole or not.

    Raises `UsageError` for an output that is the input or has nowhere to go, and for standard input, whose rows cannot
    be read twice; `InfrastructureError` when it cannot be written.
    """
    path, target = Path(source), Path(out)
    check(source, out)
    with path.open("rb") as file:
        head = file.read(4)
    partial = target.with_name(target.name + ".partial")
    write = _parquet if head == _PARQUET else _lines
    try:
        kept = write(path, frozenset(drop), partial, packed=head.startswith(_GZIP))
        partial.replace(target)
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else str(error)
        raise InfrastructureError(f"cannot write '{target}': {cause}") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return kept


def check(source: str | Path, out: str | Path) -> None:
    """Refuse, before any work is done, an output that would destroy the input or has nowhere to go."""
    name, path, target = str(source), Path(source), Path(out)
    if name == "-" or not path.is_file():
        raise UsageError("--write-clean reads the rows once more, so it needs a file, not a pipe")
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else f"has nowhere to go: there is no folder '{target.parent}'"
        raise UsageError(f"--write-clean '{target}' {what}; name a file")
    if target.exists() and target.samefile(path):
        raise UsageError(f"--write-clean '{target}' is the input itself; choose another name")


def _lines(path: Path, drop: frozenset[int], partial: Path, *, packed: bool) -> int:
    kept = 0
    with _opened(partial, packed=packed) as file:
        for line in Source(path).lines():
            if line.number in drop:
                continue
            if line.fault:
                raise InputError(f"line {line.number}: {line.fault}; it cannot be copied, so it has to be dropped")
            file.write(line.raw + b"\n")
            kept += 1
        file.flush()
    return kept


@contextlib.contextmanager
def _opened(partial: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    """The file, on the disk when it is closed."""
    with partial.open("wb") as file:
        if packed:
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as inner:
                yield inner  # type: ignore[misc]
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


def _parquet(path: Path, drop: frozenset[int], partial: Path, *, packed: bool) -> int:  # noqa: ARG001
    """Every column of the other rows, with the schema and its metadata."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("writing Parquet", "parquet") from None
    number = kept = 0
    with pq.ParquetFile(path) as file:
        codec = file.metadata.row_group(0).column(0).compression if file.metadata.num_row_groups else "SNAPPY"
        with pq.ParquetWriter(partial, file.schema_arrow, compression=codec) as writer:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                mask = [number + at + 1 not in drop for at in range(table.num_rows)]
                number += table.num_rows
                kept += sum(mask)
                writer.write_table(table.filter(pa.array(mask)), row_group_size=max(table.num_rows, 1))
    return kept
