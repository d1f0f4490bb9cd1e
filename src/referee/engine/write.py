"""Where output goes: under `OUT.partial` first, renamed at the end, so that nothing half-written bears the name."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO, Any, Protocol

from referee.core.errors import MissingExtra, UsageError
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
        self._file: IO[bytes] = _opened(self.partial)
        self._whole = 0

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._whole += len(content)

    def finish(self) -> str:
        self._file.close()
        if not self._special:
            self.partial.replace(self.path)
        return str(self.path)

    def abandon(self) -> str | None:
        if not self._special and self._whole:
            self._file.truncate(self._whole)
        self._file.close()
        if not self._special and not self._whole:
            self.partial.unlink(missing_ok=True)
            return None
        return str(self.partial)


class Standard:
    """JSON lines to standard output."""

    def write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:  # an unbuffered stream (PYTHONUNBUFFERED) may take a part only
            rest = rest[sys.stdout.buffer.write(rest) :]

    def finish(self) -> str:
        sys.stdout.buffer.flush()
        return "-"

    abandon = finish


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
        _opened(self.partial).close()
        self._table = pa.Table.from_pylist
        self._writer = pq.ParquetWriter(self.partial, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._any = False

    def write(self, content: bytes) -> None:
        self._rows += [_columns(line) for line in content.split(b"\n") if line]
        self._any = True
        if len(self._rows) >= _ROW_GROUP:
            self._flush()

    def finish(self) -> str:
        self._flush()
        self._writer.close()
        self.partial.replace(self.path)
        return str(self.path)

    def abandon(self) -> str | None:
        self._flush()
        self._writer.close()
        if self._any:
            return str(self.partial)
        self.partial.unlink(missing_ok=True)
        return None

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if rows:
            self._writer.write_table(self._table(rows, schema=self._schema))


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
    """`FILE.rejected.jsonl`, which exists only when a row was rejected in this run."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.count = 0
        self._source = source
        self._file: IO[bytes] | None = None
        with contextlib.suppress(OSError):  # what cannot be removed cannot be written either, and that is said
            path.unlink(missing_ok=True)

    def add(self, line: Line) -> None:
        if self._file is None:
            self._file = _opened(self.path)
        row = line.raw.rstrip(b"\r").decode(errors="backslashreplace")
        self._file.write(dumps({"file": self._source, "line": line.number, "error": line.fault, "row": row}) + b"\n")
        self.count += 1

    def close(self) -> str | None:
        if self._file is None:
            return None
        self._file.close()
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


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(f"cannot write '{path}': {error.strerror}; choose another place with --out") from None
