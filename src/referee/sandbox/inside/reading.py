"""What a statement may do: SQLite asks before it compiles, and the functions of time know no present."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

_TEXT: Final = 200_000  # bytes of a statement
_VALUE: Final = 16 << 20  # bytes of one value

_READ, _SELECT, _FUNCTION, _RECURSIVE = 20, 21, 31, 33
_LISTS = ("json_each", "json_tree")  # functions that give tables; their first use must not be a statement's
_QUERY = re.compile(r"(?:[ \t\n\f\r]|--[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)*(select|with|values)\b", re.IGNORECASE)
_CHANCE = frozenset(("random", "randomblob", "current_date", "current_time", "current_timestamp"))
_MACHINE = frozenset(
    (
        "load_extension", "last_insert_rowid", "changes", "total_changes", "sqlite_version", "sqlite_source_id",
        "sqlite_log", "sqlite_compileoption_get", "sqlite_compileoption_used", "sqlite_offset", "readfile",
        "writefile", "edit", "fts3_tokenizer",
    )
)  # fmt: skip
_CLOCKS = ("date", "time", "datetime", "julianday", "unixepoch", "strftime", "timediff")
_TODAY = frozenset(("now", "localtime", "subsec", "subsecond"))


def is_query(statement: str) -> bool:
    """Whether a statement asks for rows; what explains or changes something does not."""
    return _QUERY.match(statement) is not None


class Watch:
    """What SQLite asks before it compiles: it remembers what is read, and why something was refused."""

    def __init__(self, tables: frozenset[str]) -> None:
        self.tables = tables
        self.read: set[str] = set()
        self.why: tuple[str, str] | None = None  # refused, chance; and a sentence

    def __call__(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in (_SELECT, _RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == _READ:
            return self._reads((first or "").lower())
        if action == _FUNCTION:
            return self._calls((second or "").lower())
        return self._no("refused", "a query may only read")

    def _reads(self, table: str) -> int:
        if table in self.tables:
            self.read.add(table)
        elif table.startswith(("sqlite_", "pragma_")) or table in ("dbstat", "bytecode", "tables_used"):
            return self._no("refused", f"a query may not read {table}")
        return sqlite3.SQLITE_OK

    def _calls(self, name: str) -> int:
        if name in _CHANCE:
            return self._no("chance", f"{name} gives another value each time")
        if name in _MACHINE:
            return self._no("refused", f"{name} is no function of the data")
        return sqlite3.SQLITE_OK

    def _no(self, kind: str, message: str) -> int:
        self.why = kind, message
        return sqlite3.SQLITE_DENY


class Database:
    """One database in memory, and what its tables are called."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.text_factory = _text
        for pragma in ("temp_store=MEMORY", "query_only=1", "trusted_schema=0", "cell_size_check=1"):
            connection.execute(f"PRAGMA {pragma}").close()
        names = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        self.tables = frozenset(name.lower() for (name,) in names)
        pages, size = (connection.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
        self.bytes: int = pages * size
        self._date_functions()
        for name in _LISTS:
            with suppress(sqlite3.Error):  # this SQLite reads no JSON
                connection.execute(f"SELECT 1 FROM {name}('[]')").close()  # noqa: S608  a name of ours
        for limit, value in (
            (sqlite3.SQLITE_LIMIT_LENGTH, _VALUE),
            (sqlite3.SQLITE_LIMIT_SQL_LENGTH, _TEXT),
            (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
            (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
            (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
        ):
            connection.setlimit(limit, value)

    def _date_functions(self) -> None:
        """SQLite's own functions of time, of everything but the present."""
        plain = sqlite3.connect(":memory:")

        def timeless(name: str) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                given = arguments[1:] if name == "strftime" else arguments
                if not given or any(_says(one) in _TODAY for one in given):
                    raise ValueError(f"{name} gives another value each day")
                marks = ", ".join("?" * len(arguments))
                return plain.execute(f"SELECT {name}({marks})", arguments).fetchone()[0]

            return call

        for name in _CLOCKS:
            try:
                plain.execute(f"SELECT {name}('2000-01-01', '2000-01-01')").close()
            except sqlite3.Error:
                continue  # this SQLite has no such function
            self.connection.create_function(name, -1, timeless(name), deterministic=True)


def _says(argument: Any) -> str:
    """An argument as SQLite's functions of time read it: bytes are text, and text ends at a NUL."""
    text = argument.decode("utf-8", "replace") if isinstance(argument, bytes) else argument
    return text.partition("\0")[0].strip().lower() if isinstance(text, str) else ""


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")
