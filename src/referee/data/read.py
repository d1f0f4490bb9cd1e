"""Lines of a file, one row each, in flat memory: JSONL, JSONL in gzip, Parquet, or standard input.

What a file is, its first bytes say, not its name. A row comes as the bytes of one JSON object, whatever the file is, so
that it can be sent to another process unread. A row that cannot even be cut out of the file comes with its `fault`.

A row may be `LONGEST` bytes long. A longer one is a fault and is skipped; where no line ends within `ENDLESS` bytes,
there are no rows, and the reading stops.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from referee.core.errors import InputError

if TYPE_CHECKING:
    from referee.data.columns import Columns

BLOCK = 1 << 20
LONGEST = 64 << 20  # bytes of one row; a longer one is refused instead of filling the memory
ENDLESS = 64 * LONGEST
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
    """A file of rows, or standard input when `path` is `-`. `lines()` may be walked once.

    `columns`: the names of its columns, when the file itself has them, as Parquet does. `incomplete`: a sentence, once
    the reading had to stop before the end.
    """

    def __init__(self, path: str | Path) -> None:
        self.stdin = str(path) == "-"
        self.path = Path(path)
        self.name = "standard input" if self.stdin else str(path)
        self.regular = not self.stdin and self.path.is_file()  # False for a pipe, as `<(command)` makes one
        self.size = 0  # bytes, or rows of a Parquet file; 0 when unknown
        self.columns: list[str] = []
        self.incomplete = ""
        self._at = 0
        self._file: IO[bytes] | None = None
        if not self.stdin:
            self._look()

    def fraction(self) -> float | None:
        """How much has been read, in [0, 1]; None when the size is unknown."""
        at = self._file.tell() if self._file is not None and not self._file.closed else self._at
        return min(at / self.size, 1.0) if self.size else None

    def lines(self, columns: Columns | None = None) -> Generator[Line]:
        """Every row that is not blank, in order. Of a Parquet file only the columns that play a role are read."""
        if self.stdin:
            yield from self._text(sys.stdin.buffer)
            return
        with self.path.open("rb") as file:
            if self.regular:
                if file.read(4) == _PARQUET:
                    from referee.data.columns import Columns
                    from referee.data.parquet import lines

                    yield from lines(self, columns or Columns())
                    return
                file.seek(0)
                self._file = file
            yield from self._text(file)

    def advance(self, at: int) -> None:
        """Note how far a reader has come, in units of `size`."""
        self._at = at

    def stop(self, number: int, cause: str) -> None:
        """Note that the rows after line `number` cannot be read."""
        self.incomplete = f"{self.name} is incomplete: read as far as line {number}; {cause}"

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
            yield from _cut(gzip.GzipFile(fileobj=joined), self)
        else:
            yield from _cut(joined, self)


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


def _cut(stream: gzip.GzipFile | io.BufferedReader[Any], source: Source) -> Iterator[Line]:
    """The stream's rows. One that is too long, or where the compressed data is damaged, comes with its fault."""
    number = 0
    row = _Unfinished()
    fresh = True  # nothing but blanks so far
    while True:
        try:
            block = stream.read1(BLOCK)
        except (OSError, EOFError, zlib.error) as error:
            source.stop(number, f"the file is damaged from there on: {error}")
            yield Line(number + 1, row.start(), f"the file is damaged from here on: {error}")
            return
        if fresh:
            block = _beginning(block, source.name)
            fresh = not block[:EXCERPT].strip()
        *whole, rest = block.split(b"\n")
        for part in whole:
            number += 1
            if row.size:
                yield from row.ended(number, part)
            elif part and not part.isspace():
                yield Line(number, part)
        row.add(rest)
        if row.size > ENDLESS:
            if not number:
                raise InputError(
                    f"{source.name} holds no rows: no line ends within {_size(ENDLESS)}, and a row may be "
                    f"{_size(LONGEST)} long"
                )
            source.stop(number, f"no line ends within {_size(ENDLESS)} from there on")
            block = b""
        if not block:
            yield from row.ended(number + 1, b"")
            return


class _Unfinished:
    """A row whose end was not read yet. Of one that is too long only the beginning is kept."""

    __slots__ = ("_parts", "size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        """The next bytes of it."""
        if self.size <= LONGEST and part:
            self._parts.append(part)
        self.size += len(part)
        if self.size > LONGEST:
            self._parts = [self.start()]

    def start(self) -> bytes:
        """Its first bytes, for a person to see."""
        return b"".join(self._parts)[:EXCERPT]

    def ended(self, number: int, part: bytes) -> Iterator[Line]:
        """The row with its last bytes, unless it is blank; the next one is new."""
        self.add(part)
        whole = b"".join(self._parts)
        size, self.size, self._parts = self.size, 0, []
        if size > LONGEST:
            yield too_long(number, whole)
        elif whole and not whole.isspace():
            yield Line(number, whole)


def too_long(number: int, row: bytes) -> Line:
    """A row of more than `LONGEST` bytes, known by its first."""
    return Line(number, row[:EXCERPT], f"the row is longer than {_size(LONGEST)}")


def _size(count: int) -> str:
    return f"{count >> 30} GiB" if count >= 1 << 30 else f"{count >> 20} MiB"


def _jq(name: str) -> str:
    """The command that makes an array JSON lines."""
    if name == "standard input" or name.endswith(".gz"):
        return "a pipe through `jq -c '.[]'`"
    return f"jq -c '.[]' '{name}' > '{Path(name).with_suffix('.jsonl')}'"


def _beginning(block: bytes, name: str) -> bytes:
    """The first block without its byte order mark; refuses what is no JSON lines at all."""
    if block.startswith(_UTF16):
        raise InputError(f"{name} is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8")
    block = block.removeprefix(_BOM)
    if block[:EXCERPT].lstrip()[:1] == b"[":
        raise InputError(f"{name} is a JSON array, not JSON lines; {_jq(name)} makes it that")
    return block
