"""The roots of a ledger in a file beside it, one line a batch: a copy of it elsewhere makes every rewriting visible.

    referee ledger roots 1 <name of the ledger>
    <number of the batch> <first entry> <last entry> <root, 64 hexadecimal digits>

The file is also the lock of the writer: the kernel releases it when the writer ends in whatever way. Lines are written
after the batch is safe in the ledger; what a killed writer left unwritten is caught up with at the next opening.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from referee.core.errors import InfrastructureError, UsageError

_HEAD = "referee ledger roots 1 "
_LINE = re.compile(r"(\d+) (\d+) (\d+) ([0-9a-f]{64})")
_TAIL = 4096  # bytes; a line has fewer than 150


class Root(NamedTuple):
    """The root of one batch."""

    number: int
    first: int
    last: int
    root: str


def beside(path: Path) -> Path:
    """The roots file of a ledger."""
    return path.with_name(path.name + ".roots")


class Roots:
    """The roots file of a ledger that is being written; at most one process has it open."""

    def __init__(self, ledger: Path) -> None:
        self.path = beside(ledger)
        if not ledger.parent.is_dir():
            raise UsageError(f"there is no folder '{ledger.parent}' for the ledger; make it first")
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise UsageError(
                f"cannot write '{self.path}': {error.strerror}; name a place that can be written"
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            if not isinstance(error, BlockingIOError):
                raise UsageError(f"'{ledger}' is on a file system without locks; keep it on a local disk") from None
            raise UsageError(
                f"'{ledger}' is being written by another process; one process writes a ledger and any number read it: "
                "hand the scores to that one, or name another file"
            ) from None
        self._owed: list[Root] = []  # what a full disk did not take yet

    @property
    def empty(self) -> bool:
        return not os.fstat(self._file).st_size

    def last(self) -> Root | None:
        """The last whole line. What was torn off in the middle is cut away."""
        size = os.fstat(self._file).st_size
        tail = os.pread(self._file, _TAIL, max(size - _TAIL, 0))
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            os.ftruncate(self._file, size - len(tail) + whole)
        lines = tail[:whole].decode(errors="replace").splitlines()
        found = _LINE.fullmatch(lines[-1]) if lines else None
        if lines and found is None and not lines[-1].startswith(_HEAD):
            raise UsageError(f"'{self.path}' is not a file of roots; move it away to go on")
        return _root(found) if found else None

    def name(self, name: str) -> None:
        """The first line, for a new file; or the refusal of a file that belongs to another ledger."""
        if self.empty:
            os.write(self._file, f"{_HEAD}{name}\n".encode())
            return
        head = os.pread(self._file, 200, 0).decode(errors="replace").partition("\n")[0]
        if head != _HEAD + name:
            raise UsageError(f"'{self.path}' holds the roots of another ledger; move it away to go on")

    def add(self, roots: Iterable[Root]) -> None:
        """Append lines. A full disk is no loss: they are in the ledger, and are written with the next ones."""
        self._owed += roots
        size = os.fstat(self._file).st_size
        rest = "".join(f"{one.number} {one.first} {one.last} {one.root}\n" for one in self._owed).encode()
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, size)
            return
        self._owed.clear()

    def sync(self) -> None:
        """To the disk."""
        os.fdatasync(self._file)

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._file)


def named(path: Path) -> str:
    """The name of the ledger that a file of roots is of."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.readline().rstrip("\n")
    except OSError as error:
        raise UsageError(f"cannot read the roots '{path}': {error.strerror}") from None
    if not head.startswith(_HEAD):
        raise UsageError(f"'{path}' is not a file of roots")
    return head.removeprefix(_HEAD)


def known(path: Path, size: int) -> Iterator[Root]:
    """The roots in the first `size` bytes of a file, whole lines only."""
    read = 0
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            read += len(line)
            if read > size:
                return
            if line.endswith("\n") and (found := _LINE.fullmatch(line[:-1])):
                yield _root(found)


def stored(store: sqlite3.Connection, after: int = 0) -> Iterator[Root]:
    """The roots that the ledger itself holds, of the batches after `after`."""
    rows = store.execute("SELECT number, first, last, root FROM batches WHERE number > ? ORDER BY number", (after,))
    for number, first, last, root in rows:
        yield Root(number, first, last, root.hex())


def caught_up(roots: Roots, store: sqlite3.Connection, ledger: Path) -> int:
    """Write what the file lacks and say how many roots that were. A file that knows better is a reason to stop."""
    last = roots.last()
    if last is not None:
        row = store.execute("SELECT root FROM batches WHERE number = ?", (last.number,)).fetchone()
        if row is None:
            raise InfrastructureError(
                f"'{roots.path}' knows batch {last.number}, up to entry {last.last:,}, and '{ledger}' does not hold "
                "it: this is an older copy, or was cut; bring the newer one back, or move the roots away"
            )
        if row[0].hex() != last.root:
            raise InfrastructureError(
                f"'{ledger}' does not agree with '{roots.path}' at batch {last.number}: its past was rewritten; "
                f"`referee ledger verify '{ledger}'` says from where"
            )
    missing = list(stored(store, last.number if last else 0))
    roots.add(missing)
    return len(missing)


def _root(found: re.Match[str]) -> Root:
    return Root(int(found[1]), int(found[2]), int(found[3]), found[4])
