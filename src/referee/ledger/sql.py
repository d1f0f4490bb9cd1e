"""Questions to a ledger in SQL, of which none can change anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from referee.core.errors import UsageError
from referee.ledger import schema

_ALLOWED = {
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
}  # fmt: skip


def ask(path: str | Path, question: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The names of the columns and the rows. Raises `UsageError` for what is no question."""
    store = schema.connect(Path(path))
    store.text_factory = lambda raw: raw.decode(errors="backslashreplace")  # a rollout may hold half a character
    store.set_authorizer(_only_questions)
    try:
        cursor = store.execute(question)
    except (sqlite3.Error, sqlite3.Warning) as error:
        store.close()
        kind = "only SELECT is allowed" if "authoriz" in str(error) or "prohibited" in str(error) else str(error)
        raise UsageError(
            f"{kind}; the view `scores` and the tables entries, tasks, texts, packs can be asked"
        ) from None
    if cursor.description is None:
        store.close()
        raise UsageError("there is no question in that; start with SELECT")
    return [column[0] for column in cursor.description], _rows(store, cursor)


def _rows(store: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    try:
        yield from cursor
    except sqlite3.Error as error:
        raise UsageError(f"the question cannot be answered: {error}") from None
    finally:
        store.close()


def _only_questions(action: int, first: str | None, second: str | None, *place: str | None) -> int:  # noqa: ARG001
    harmless = action in _ALLOWED and second != "load_extension"
    return sqlite3.SQLITE_OK if harmless else sqlite3.SQLITE_DENY
