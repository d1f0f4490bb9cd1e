"""Where output goes: under `OUT.partial` first, renamed at the end, so that nothing half-written bears the name.

A run holds a lock on its partial file, which the kernel releases when the run ends in whatever way: a second run to the
same place is refused, and what a dead run left behind is written over. A place that cannot be written, such as a full
disk, is an `InfrastructureError` that names it.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO, Any, Protocol

from referee.core.errors import InfrastructureError, MissingExtra, UsageError
from referee.data.plain import dumps, loads
from referee.data.read import Line, Source
from referee.packs.spec import PackSpec

_ROW_GROUP = 20_000
_NOT_WRITTEN = (".csv", ".tsv", ".xls", ".xlsx")


class Writer(Protocol):
    """Takes the output lines of one chunk after the other."""

    def write(self, content: bytes) -> None:
        """Append whole lines."""

    def finish(self) -> str | None:
        """Everything is written: give the file its name and return it."""

    def abandon(self) -> str | None:
        """Stop here: keep what is whole under its partial name and return that; None when there is nothing."""


class Nowhere:
    """No output wanted."""

    def write(self, content: bytes) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


class Plain:
    """JSON lines to a file. What is compressed comes compressed, one gzip member a chunk, so any prefix is readable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._special = path.exists() and not path.is_file()  # a pipe or a device keeps its place
        self.partial = path if self._special else path.with_name(path.name + ".partial")
        self._file = _opened(path) if self._special else _only(self.partial)
        self._whole = 0

    def write(self, content: bytes) -> None:
        with told(self.partial):
            _all(self._file, content)
        self._whole += len(content)

    def finish(self) -> str:
        with told(self.path), self._file:
            if not self._special:
                self.partial.replace(self.path)  # while the lock is held, so that no other run writes into it
        return str(self.path)

    def abandon(self) -> str | None:
        with contextlib.suppress(OSError), self._file:
            if not self._special and self._whole:
                self._file.truncate(self._whole)
            elif not self._special:
                self.partial.unlink(missing_ok=True)
        return str(self.partial) if self._whole and not self._special else None


class Standard:
    """JSON lines to standard output."""

    def write(self, content: bytes) -> None:
        with told("standard output"):
            _all(sys.stdout.buffer, content)

    def finish(self) -> str:
        with told("standard output"):
            sys.stdout.buffer.flush()
        return "-"

    def abandon(self) -> str | None:
        with contextlib.suppress(OSError):
            sys.stdout.buffer.flush()
        return "-"


class Parquet:
    """The same lines as columns: `contributions` and `verdicts` are structs by rule, `evidence` is JSON text."""

    def __init__(self, path: Path, spec: PackSpec) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingExtra("writing Parquet", "parquet") from None
        verdict = pa.struct([("status", pa.string()), ("score", pa.float64())])
        verdict = pa.struct([*verdict, pa.field("reason", pa.string()), pa.field("evidence", pa.string())])
        names = [rule.name for rule in spec.rules]
        self._schema = pa.schema(
            [
                ("line", pa.int64()),
                ("task", pa.string()),
                ("index", pa.int64()),
                ("reward", pa.float64()),
                ("advantage", pa.float64()),
                ("contributions", pa.struct([(name, pa.float64()) for name in names])),
                ("verdicts", pa.struct([(name, verdict) for name in names])),
                ("pack", pa.string()),
                ("rollout", pa.string()),
                ("label", pa.bool_()),
            ]
        )
        self.path = path
        self.partial = path.with_name(path.name + ".partial")
        self._lock = _only(self.partial)
        self._table = pa.Table.from_pylist
        self._writer = pq.ParquetWriter(self.partial, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._any = False
        self._sound = True  # nothing failed; a file whose writing failed somewhere cannot be read

    def write(self, content: bytes) -> None:
        self._rows += [_columns(line) for line in content.split(b"\n") if line]
        self._any = True
        if len(self._rows) >= _ROW_GROUP:
            self._flush()

    def finish(self) -> str:
        self._end()
        with told(self.path), self._lock:
            self.partial.replace(self.path)
        return str(self.path)

    def abandon(self) -> str | None:
        with contextlib.suppress(OSError), self._lock:
            if self._sound and self._any:
                with contextlib.suppress(InfrastructureError):
                    self._end()
                    return str(self.partial)
            self._writer.is_open = False  # it is not closed once more when it is collected
            self.partial.unlink(missing_ok=True)
        return None

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            with self._noted():
                self._writer.write_table(self._table(rows, schema=self._schema))

    def _end(self) -> None:
        self._flush()
        with self._noted():
            self._writer.close()

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            with told(self.partial):
                yield
        except InfrastructureError:
            self._sound = False
            raise


def _columns(line: bytes) -> dict[str, Any]:
    row: dict[str, Any] = loads(line)
    for verdict in row["verdicts"].values():
        verdict["evidence"] = dumps(verdict["evidence"]).decode()
        verdict["reason"] = _utf8(verdict["reason"])
    for name in ("task", "rollout"):
        if row.get(name):
            row[name] = _utf8(row[name])
    row["contributions"] = row["contributions"] or None
    return row


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


class Rejects:
    """`FILE.rejected.jsonl`, which exists only when a row was rejected in this run.

    Two runs over one file at the same time write apart, under partial names, and the last to end leaves its own.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.count = 0
        self._source = source
        self._partial = path
        self._file: io.FileIO | None = None

    def clear(self) -> None:
        """Remove what an earlier run left."""
        with contextlib.suppress(OSError):  # what cannot be removed cannot be written either, and that is said
            self.path.unlink(missing_ok=True)

    def add(self, line: Line) -> None:
        row = line.raw.rstrip(b"\r").decode(errors="backslashreplace")
        entry = {"file": self._source, "line": line.number, "error": line.fault, "row": row}
        file = self._file or self._open()
        with told(self._partial):
            _all(file, dumps(entry) + b"\n")
        self.count += 1

    def _open(self) -> io.FileIO:
        for number in count(1):
            self._partial = self.path.with_name(f"{self.path.name}.{number}.partial")
            with contextlib.suppress(_Taken):
                self._file = _only(self._partial)
                break
        assert self._file is not None
        return self._file

    def close(self) -> str | None:
        if self._file is None:
            return None
        with told(self.path), self._file:
            self._partial.replace(self.path)
        return str(self.path)


def writer(out: str | Path | None, spec: PackSpec) -> Writer:
    """The writer for a path: `-` is standard output, `.parquet` columns, anything else JSON lines."""
    if out is None:
        return Nowhere()
    if str(out) == "-":
        return Standard()
    path = Path(out)
    return Parquet(path, spec) if path.suffix == ".parquet" else Plain(path)


def beside(source: Source, ending: str) -> tuple[Path, str]:
    """The path for a file that goes with the input, and a sentence when it cannot stand beside it."""
    if not source.regular:
        return Path(f"stdin.{ending}"), ""
    path = source.path.with_name(f"{source.path.name}.{ending}")
    folder = path.parent
    # Permission bits count even for a user who may override them: a folder without any is kept as it is on purpose.
    if folder.stat().st_mode & 0o222 and os.access(folder, os.W_OK):
        return path, ""
    return Path(path.name), f"'{folder}' is not writable; {path.name} is in the current folder instead."


def check(out: Path, source: Source, rejects: Path) -> None:
    """Refuse an output that would destroy the input, or that has nowhere to go."""
    if out.is_dir():
        raise UsageError(f"--out '{out}' is a folder; name a file in it")
    if out.suffix.lower() in _NOT_WRITTEN:
        raise UsageError(f"--out '{out}': verdicts do not fit into {out.suffix}; use .jsonl, .jsonl.gz or .parquet")
    if not out.parent.is_dir():
        raise UsageError(f"--out '{out}': there is no folder '{out.parent}'; make it first")
    for path in (out, out.with_name(out.name + ".partial")):
        if source.regular and path.exists() and path.samefile(source.path):
            raise UsageError(f"--out '{out}' is the input itself; choose another name")
        if path.absolute() == rejects.absolute():
            raise UsageError(f"--out '{out}' is where rejected rows go; choose another name")


class _Taken(UsageError):
    """Another run writes there."""


def _opened(path: Path) -> io.FileIO:
    """The file for writing, unbuffered, so that what could not be written is known at once and never again."""
    try:
        return io.FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666), "wb")
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}; choose another place with --out") from None


def _only(path: Path) -> io.FileIO:
    """The file, empty and locked until it is closed; `_Taken` while another run holds it."""
    while True:
        file = _opened(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise _Taken(
                f"another run is writing '{path}'; wait until it has ended, or choose another place with --out"
            ) from None
        except OSError:
            pass  # a file system without locks
        if _same(file, path):
            break
        file.close()  # the other run ended just now and took the file away
    file.truncate(0)
    return file


def _same(file: io.FileIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _all(file: io.FileIO | IO[bytes], content: bytes) -> None:
    """Write all of it: an unbuffered stream may take a part only."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


@contextlib.contextmanager
def told(place: Path | str) -> Iterator[None]:
    """An error of the system, with the place and the cause. A reader that went away is no error."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = place if isinstance(place, str) else f"'{place}'"
        cause = os.strerror(error.errno) if error.errno else str(error)
        raise InfrastructureError(f"cannot write {name}: {cause}") from None
