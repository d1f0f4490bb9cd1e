"""Lines of a file -> the groups they form -> chunks for the workers, in flat memory.

`adjacent`: consecutive rows of one task are a group. `task`: all rows of one task are, wherever they stand; the rows
wait in a temporary SQLite file. `none`: every rollout stands alone. A row that holds a list of completions is a group
by itself, and so is a row that names neither task nor prompt.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

from referee.core.errors import InfrastructureError, InputError
from referee.data.read import Line
from referee.data.rows import Key, RowReader

Grouping = Literal["adjacent", "task", "none"]
Lines = list[Line]
KeyOf = Callable[[Line], Key | None]

LARGEST = 65_536  # rollouts of a group; more would not fit in flat memory
REMEMBERED = 65_536  # groups whose return is noticed
_CHUNK_LINES = 128
_CHUNK_BYTES = 1 << 19


class Grouper:
    """Forms groups and counts what the user should know about them."""

    def __init__(self, reader: RowReader, grouping: Grouping) -> None:
        self.grouping = grouping
        self.returned = 0  # groups whose task was seen before, apart from this group
        self.cut = 0  # groups that were longer than LARGEST
        self._reader = reader
        self._closed: dict[bytes, None] = {}

    def groups(self, lines: Iterable[Line]) -> Iterator[Lines]:
        """Each group's lines. Unreadable lines come by themselves and split no group."""
        if self.grouping == "none":
            return ([line] for line in lines)
        return self._adjacent(_sorted(lines, self._key) if self.grouping == "task" else lines)

    def _adjacent(self, lines: Iterable[Line]) -> Iterator[Lines]:
        current: Lines = []
        task: Key | None = None
        for line in lines:
            key = self._key(line)
            if key is None:
                yield [line]
                continue
            if current and key == task and len(current) < LARGEST:
                current.append(line)
                continue
            if current:
                yield current
            self.cut += key == task
            if key != task or key.many:
                self._note(key)
            single = key.many or key.value is None
            current, task = ([], None) if single else ([line], key)
            if single:
                yield [line]
        if current:
            yield current

    def _key(self, line: Line) -> Key | None:
        if line.fault:
            return None
        try:
            return self._reader.key(line.raw)
        except InputError:
            return None  # the worker reads it again and says what is wrong

    def _note(self, key: Key) -> None:
        if key.value is None:
            return
        digest = key.digest()
        if digest in self._closed:
            self.returned += 1
            del self._closed[digest]
        elif len(self._closed) >= REMEMBERED:
            del self._closed[next(iter(self._closed))]
        self._closed[digest] = None


def chunks(groups: Iterable[Lines]) -> Generator[list[Lines]]:
    """Whole groups, enough of them to be worth a message. The cut depends on the rows alone, not on the workers."""
    chunk: list[Lines] = []
    count = size = 0
    for group in groups:
        chunk.append(group)
        count += len(group)
        size += sum(len(line.raw) for line in group)
        if count >= _CHUNK_LINES or size >= _CHUNK_BYTES:
            yield chunk
            chunk, count, size = [], 0, 0
    if chunk:
        yield chunk


def _sorted(lines: Iterable[Line], key_of: KeyOf) -> Iterator[Line]:
    """The lines with those of one task together: tasks by first appearance, their lines in order."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="referee-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _no_room("a temporary folder", error) from None
    with folder as name:
        try:
            with closing(sqlite3.connect(Path(name) / "rows.sqlite")) as store:
                yield from _gathered(store, lines, key_of)
        except sqlite3.Error as error:
            raise _no_room(f"'{name}'", error) from None


def _no_room(place: str, error: Exception) -> InfrastructureError:
    return InfrastructureError(
        f"--group task keeps the rows in {place}, which cannot be written ({error}); "
        "name a folder with room for all of them in TMPDIR"
    )


def _gathered(store: sqlite3.Connection, lines: Iterable[Line], key_of: KeyOf) -> Iterator[Line]:
    store.execute("PRAGMA journal_mode = OFF")
    store.execute("PRAGMA synchronous = OFF")
    store.execute("PRAGMA temp_store = FILE")
    store.execute("CREATE TABLE rows (number INTEGER, task BLOB, raw BLOB, fault TEXT)")
    store.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", _records(lines, key_of))
    store.execute("CREATE TABLE firsts AS SELECT task, MIN(rowid) AS first FROM rows GROUP BY task")
    order = (
        "CREATE TABLE places AS SELECT rows.rowid AS place FROM rows JOIN firsts USING (task) "
        "ORDER BY firsts.first, rows.rowid"
    )
    store.execute(order)
    read = "SELECT number, raw, fault FROM places JOIN rows ON rows.rowid = place ORDER BY places.rowid"
    for row in store.execute(read):
        yield Line(*row)


def _records(lines: Iterable[Line], key_of: KeyOf) -> Iterator[tuple[int, bytes, bytes, str]]:
    for line in lines:
        key = key_of(line)
        alone = key is None or key.many or key.value is None
        task = line.number.to_bytes(8, "big") if alone or key is None else key.digest()
        yield line.number, task, line.raw, line.fault
