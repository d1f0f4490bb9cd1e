"""Databases with the same tables and other rows: who only repeats what one database holds says the same about all.

`even`, `odd`: every other row of each table. `turned`: each column of a table moved on by another number of rows, so
that what stood together no longer does. Constraints and indexes are left out: the rows need not meet them.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

VARIANTS: Final = ("even", "odd", "turned")


def vary(source: sqlite3.Connection, made: sqlite3.Connection, variant: str) -> None:
    """Fill `made`, which is empty."""
    schema = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    for kind, name, _ in schema:
        if kind != "table" or name.startswith("sqlite_"):
            continue
        columns = [(row[1], row[2]) for row in source.execute(f"PRAGMA table_info({_quoted(name)})")]
        declared = ", ".join(f"{_quoted(column)} {affinity}" for column, affinity in columns)
        made.execute(f"CREATE TABLE {_quoted(name)} ({declared})")
        chosen = ", ".join(_quoted(column) for column, _ in columns)
        rows = source.execute(f"SELECT {chosen} FROM {_quoted(name)}").fetchall()  # noqa: S608  the truth's own names
        made.executemany(f"INSERT INTO {_quoted(name)} VALUES ({', '.join('?' * len(columns))})", _other(rows, variant))  # noqa: S608
    for kind, _, statement in schema:
        if kind == "view":
            made.execute(statement)


def _other(rows: list[tuple[Any, ...]], variant: str) -> list[tuple[Any, ...]]:
    if variant == "even":
        return rows[::2]
    if variant == "odd":
        return rows[1::2]
    columns = []
    for number, column in enumerate(zip(*rows, strict=True)):
        shift = (7 * number + 1) % len(rows)
        columns.append(column[shift:] + column[:shift])
    return list(zip(*columns, strict=True))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
