"""Lines of a file, one row each, in flat memory: JSONL, JSONL in gzip, Parquet, or standard input.

What a file is, its first bytes say, not its name. A row comes as the bytes of one JSON object, whatever the file is, so
that it can be sent to another process unread. A row that cannot even be cut out of the file comes with its `fault`.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from referee.core.errors import InputError

BLOCK = 1 << 20
LONGEST = 64 << 20  # bytes of one row; a longer one is refused instead of filling the memory
EXCERPT = 1000

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_BOM = b"\xef\xbb\xbf"
_TABLES = {".csv": ",", ".tsv": "\\t"}
_CONVERT = (
    "python3 -c 'import csv, json, sys; "
    """[print(json.dumps(row)) for row in csv.DictReader(sys.stdin, delimiter="%s")]' < '%s' > %s makes it JSON lines"""
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """One row: its number in the file, from 1; its bytes; why it cannot be read, when that is known already."""

    number: int
    raw: bytes
    fault: str = ""


class Source:
    """A file of rows, or standard input when `path` is `-`. `lines()` may be walked once."""

    def __init__(self, path: str | Path) -> None:
        self.stdin = str(path) == "-"
        self.path = Path(path)
        self.name = "standard input" if self.stdin else str(path)
        self.regular = not self.stdin and self.path.is_file()  # False for a pipe, as `<(command)` makes one
        self.size = 0  # bytes, or rows of a Parquet file; 0 when unknown
        self._at = 0
        self._file: IO[bytes] | None = None
        if not self.stdin:
            self._look()

    def fraction(self) -> float | None:
        """How much has been read, in [0, 1]; None when the size is unknown."""
        at = self._file.tell() if self._file is not None and not self._file.closed else self._at
        return min(at / self.size, 1.0) if self.size else None

    def lines(self) -> Iterator[Line]:
        """Every row that is not blank, in order."""
        if self.stdin:
            yield from self._text(sys.stdin.buffer)
            return
        with self.path.open("rb") as file:
            if self.regular:
                if file.read(4) == _PARQUET:
                    from referee.data.parquet import lines

                    yield from lines(self)
                    return
                file.seek(0)
                self._file = file
            yield from self._text(file)

    def advance(self, at: int) -> None:
        """Note how far a reader has come, in units of `size`."""
        self._at = at

    def _look(self) -> None:
        if self.path.is_dir():
            raise InputError(f"'{self.path}' is a folder; name a file of rollouts in it")
        if not self.path.exists():
            raise InputError(f"there is no file '{self.path}'; use - for standard input")
        if separator := _TABLES.get(self.path.suffix.lower()):
            lines = f"'{self.path.with_suffix('.jsonl')}'"
            raise InputError(
                f"'{self.path}' is a table of text, not JSON lines; {_CONVERT % (separator, self.path, lines)}"
            )
        if not self.regular:
            return  # opening a pipe twice would break it
        try:
            with self.path.open("rb"):
                self.size = self.path.stat().st_size
        except OSError as error:
            raise InputError(f"cannot read '{self.path}': {error.strerror}") from None

    def _text(self, file: IO[bytes]) -> Iterator[Line]:
        head = _some(file, 4)
        if head == _PARQUET:
            raise InputError("Parquet cannot be read from a pipe; name the file")
        joined: io.BufferedReader[Any] = io.BufferedReader(_Joined(head, file), BLOCK)
        if head.startswith(_GZIP):
            yield from _cut(gzip.GzipFile(fileobj=joined), self.name)
        else:
            yield from _cut(joined, self.name)


class _Joined(io.RawIOBase):
    """A stream whose first bytes were already read."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        read = getattr(self._rest, "read1", self._rest.read)
        size = len(buffer)
        part = self._head[:size] or read(size)
        self._head = self._head[size:]
        buffer[: len(part)] = part
        return len(part)


def _some(file: IO[bytes], count: int) -> bytes:
    """The first bytes of a stream, fewer only at its end."""
    head = b""
    while len(head) < count and (part := file.read(count - len(head))):
        head += part
    return head


def _cut(stream: gzip.GzipFile | io.BufferedReader[Any], name: str) -> Iterator[Line]:
    """The stream's rows. One that is too long, or where the compressed data is damaged, comes with its fault."""
    number, tail = 0, b""
    fresh = True  # nothing but blanks so far
    dropped = False  # inside a row that is too long: `tail` keeps its beginning
    while True:
        try:
            block = stream.read1(BLOCK)
        except (OSError, EOFError, zlib.error) as error:
            yield Line(number + 1, tail[:EXCERPT], f"the file is damaged from here on: {error}")
            return
        if fresh:
            block = _beginning(block, name)
            fresh = not block[:EXCERPT].strip()
        *whole, rest = block.split(b"\n")
        for part in whole:
            number += 1
            if dropped:
                yield _too_long(number, tail)
                tail, dropped = b"", False
            elif (line := tail + part) and not line.isspace():
                yield Line(number, line)
            tail = b""
        if not dropped:
            tail = tail + rest if tail else rest
            if len(tail) > LONGEST:
                tail, dropped = tail[:EXCERPT], True
        if not block:
            break
    if dropped:
        yield _too_long(number + 1, tail)
    elif tail and not tail.isspace():
        yield Line(number + 1, tail)


def _jq(name: str) -> str:
    """The command that makes an array JSON lines."""
    if name == "standard input" or name.endswith(".gz"):
        return "a pipe through `jq -c '.[]'`"
    return f"jq -c '.[]' '{name}' > '{Path(name).with_suffix('.jsonl')}'"


def _too_long(number: int, start: bytes) -> Line:
    return Line(number, start, f"the row is longer than {LONGEST >> 20} MiB")


def _beginning(block: bytes, name: str) -> bytes:
    """The first block without its byte order mark; refuses what is no JSON lines at all."""
    if block.startswith(_UTF16):
        raise InputError(f"{name} is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8")
    block = block.removeprefix(_BOM)
    if block[:EXCERPT].lstrip()[:1] == b"[":
        raise InputError(f"{name} is a JSON array, not JSON lines; {_jq(name)} makes it that")
    return block
