# ruff: noqa: PTH
# PTH is off: pathlib is one import more to trust
"""Started as a script: a process that asks SQLite, behind the walls of a jail, one question after another.

Databases arrive as bytes, over a pipe, and are opened from memory: no file can be reached from here, so none can be
changed. A question is one statement that reads; whatever else it tries is refused when SQLite compiles it. What is left
open on purpose: a statement that burns time inside one instruction of SQLite's machine, which the judge ends from
outside, with the process.
"""

from __future__ import annotations

import marshal
import os
import resource
import signal
import sqlite3
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from referee.sandbox.inside.reading import Database, Watch

_LENGTH = struct.Struct("<I")
_STEPS: Final = 1000  # of SQLite's machine between two looks at the clock
_HELD: Final = 64  # databases kept open
_HELD_BYTES: Final = 1 << 30  # bytes of all of them
_CELLS: Final = 1_000_000  # values of one result
_FUNCTION: Final = "user-defined function raised exception"  # only the functions of time are ours


class Desk:
    """The databases that are open, and the questions."""

    def __init__(self) -> None:
        self.held: dict[str, Database] = {}
        self.heap = Heap()
        self.until = float("inf")
        self.over = False

    def open(self, key: str, content: bytes, script: str, cpu_s: float) -> tuple[Any, ...]:
        """Open a database from its bytes, or build it from a script of statements."""
        made = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        if content:
            return self._keep(key, made, cpu_s, lambda: made.deserialize(_without_log(content)))
        return self._keep(key, made, cpu_s, lambda: made.executescript(script))

    def vary(self, key: str, base: str, variant: str, cpu_s: float) -> tuple[Any, ...]:
        """Open a database with other rows: see `referee.sandbox.inside.varied`."""
        from referee.sandbox.inside.varied import vary

        source = self.held.get(base)
        if source is None:
            return ("unknown",)
        made = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        return self._keep(key, made, cpu_s, lambda: vary(source.connection, made, variant))

    def _keep(self, key: str, made: sqlite3.Connection, cpu_s: float, fill: Any) -> tuple[Any, ...]:
        from referee.sandbox.inside.reading import Database

        if (former := self.held.pop(key, None)) is not None:
            former.connection.close()
        try:
            with self._timed(made, cpu_s):
                fill()
                one = Database(made)
        except (sqlite3.Error, sqlite3.Warning, MemoryError) as error:
            made.close()
            return ("bad", str(error) or type(error).__name__)
        while self.held and (len(self.held) >= _HELD or self._bytes() + one.bytes > _HELD_BYTES):
            self.held.pop(next(iter(self.held))).connection.close()
        self.held[key] = one
        return ("opened",)

    def _bytes(self) -> int:
        return sum(one.bytes for one in self.held.values())

    def ask(self, key: str, statement: str, limits: dict[str, Any]) -> tuple[Any, ...]:
        """The rows of one statement, the names of its columns, and the tables that it reads."""
        from referee.sandbox.inside.reading import Watch

        if key not in self.held:
            return ("unknown",)
        database = self.held[key] = self.held.pop(key)
        if not self.heap.limit(limits["memory_mb"] << 20, database.connection):
            return ("worn",)
        watch = Watch(database.tables)
        database.connection.set_authorizer(watch)
        started = time.process_time()
        try:
            with self._timed(database.connection, limits["cpu_s"]):
                found = _asked(database.connection, statement.rstrip("; \t\r\n"), limits["rows"], limits["bytes"])
        except MemoryError:
            found = ("stopped", "memory")
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            found = self._failed(error, watch)
        finally:
            database.connection.set_authorizer(None)
            self.heap.free()
        return (*found, sorted(watch.read), time.process_time() - started)

    def _failed(self, error: Exception, watch: Watch) -> tuple[Any, ...]:
        """What an exception of SQLite's stands for."""
        message = str(error)
        if self.over:
            return ("stopped", "cpu")
        if watch.why:
            return ("error", *watch.why)
        if "one statement" in message:
            return ("error", "statements", "there is more than one statement")
        if "out of memory" in message:
            return ("stopped", "memory")
        if _FUNCTION in message:
            return ("error", "chance", "a function of time gives another value each day")
        return ("error", "error", message)

    @contextmanager
    def _timed(self, connection: sqlite3.Connection, cpu_s: float) -> Iterator[None]:
        self.over, self.until = False, time.process_time() + cpu_s
        connection.set_progress_handler(self._look, _STEPS)
        try:
            yield
        finally:
            connection.set_progress_handler(None, 0)

    def _look(self) -> int:
        """Called by SQLite now and then; not 0 stops it."""
        self.over = time.process_time() > self.until
        return int(self.over)


def _asked(connection: sqlite3.Connection, statement: str, most: int, size: int) -> tuple[Any, ...]:
    from referee.sandbox.inside.reading import is_query

    cursor = connection.execute(statement)
    if cursor.description is None or not is_query(statement):
        return ("error", "refused", "this is no query")
    names = [column[0] for column in cursor.description]
    rows: list[list[Any]] = []
    most = min(most, _CELLS // len(names))
    for row in cursor:
        size -= 16 + sum(_size(one) for one in row)
        if len(rows) >= most or size < 0:
            cursor.close()
            return ("stopped", "output")
        rows.append(list(row))
    return ("rows", names, rows)


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    return len(value) if isinstance(value, bytes) else 8


class Heap:
    """What SQLite may take from memory beyond what the open databases hold.

    Its pragma can only lower the limit, and for the whole process; the function behind it can raise it again. Where
    nobody finds that function (an interpreter that holds SQLite within itself), a limit that has become too low means
    another process.
    """

    def __init__(self) -> None:
        self.function, self.used = _heap_functions()

    def limit(self, size: int, connection: sqlite3.Connection) -> bool:
        """Allow so many bytes. False: this process cannot do so any more."""
        if self.function is not None:
            self.function(self.used() + size)
            return True
        wanted = _HELD_BYTES + size
        return bool(connection.execute(f"PRAGMA hard_heap_limit={wanted}").fetchone()[0] == wanted)

    def free(self) -> None:
        """Between two questions nothing is limited, as far as that can be said."""
        if self.function is not None:
            self.function(0)


def _heap_functions() -> tuple[Any, Any]:
    import _sqlite3
    import ctypes

    try:
        library = ctypes.PyDLL(getattr(_sqlite3, "__file__", None))
        limit, used = library.sqlite3_hard_heap_limit64, library.sqlite3_memory_used
    except (OSError, AttributeError):
        return None, None
    limit.argtypes, limit.restype, used.argtypes, used.restype = (ctypes.c_int64,), ctypes.c_int64, (), ctypes.c_int64
    return limit, used


def _without_log(content: bytes) -> bytes:
    """A database whose header says that it has a write-ahead log cannot be opened from memory; without one it can."""
    return content[:18] + b"\x01\x01" + content[20:] if content[18:20] == b"\x02\x02" else content


def _whole(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise SystemExit(0)  # the judge has gone
    return content


def _say(target: BinaryIO, reply: tuple[Any, ...]) -> None:
    content = marshal.dumps(reply, 2)
    target.write(_LENGTH.pack(len(content)) + content)
    target.flush()


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until nobody asks."""
    desk = Desk()
    operations: dict[str, Any] = {"open": desk.open, "vary": desk.vary, "ask": desk.ask}
    while True:
        size = _LENGTH.unpack(_whole(source, _LENGTH.size))[0]
        for operation, *details in marshal.loads(_whole(source, size)):
            _say(target, operations[operation](*details))


def main() -> None:
    """Take the walls on, then serve. A fault is said in the first message."""
    from referee.sandbox.inside import jail, reading, varied  # noqa: F401  nothing can be loaded later

    tier, uid, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    source, target = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    sqlite3.connect(":memory:").execute("SELECT json('1'), strftime('%Y', '2000-01-01')").close()
    try:
        jail.lock(jail.Plan(tier=tier, uid=uid, read=(), hidden=(), scratch_mb=0))
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = most if hard < 0 else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except OSError as error:
        _say(target, ("broken", f"{type(error).__name__}: {error}"))
        return
    _say(target, ("ready", sqlite3.sqlite_version))
    serve(source, target)


if __name__ == "__main__":
    from types import ModuleType

    _inside = os.path.dirname(os.path.realpath(__file__))
    for _package, _place in (("referee", "/../.."), ("referee.sandbox", "/..")):
        _empty = ModuleType(_package)  # a package's own __init__ would import what is of no use here
        _empty.__path__ = [_inside + _place]
        sys.modules[_package] = _empty
    main()
