"""The truth of a query: what is accepted, and the databases that decide."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.core.jobs import Database


class Expected(NamedTuple):
    """`queries`: right ones, any of which may be met; `databases`: where all of it must hold."""

    queries: tuple[str, ...]
    databases: tuple[Database, ...]


def expected(truth: Any, folder: str = "") -> Expected:
    """Read a truth. Raises `TruthError` with `truth.unreadable`."""
    if isinstance(truth, str) and truth.lstrip().startswith("{"):
        try:
            truth = json.loads(truth)
        except ValueError as error:
            raise TruthError(f"the truth is no JSON object: {error}") from None
    if not isinstance(truth, dict):
        raise TruthError('a truth is {"sql": QUERY, "databases": [FILE, ...]}')
    given = next((truth[name] for name in ("sql", "query", "SQL") if name in truth), None)
    queries = [given] if isinstance(given, str) else given
    if not isinstance(queries, list) or not queries or not all(isinstance(one, str) and one.strip() for one in queries):
        raise TruthError(f"'sql' is {given!r:.80}, not a query or a list of queries")
    databases = truth.get("databases", truth.get("database"))
    listed = databases if isinstance(databases, list) else [databases]
    if not listed or listed == [None]:
        raise TruthError("the truth names no database: 'databases' is a list of SQLite files or of scripts")
    return Expected(tuple(queries), tuple(_database(one, folder) for one in listed))


def _database(given: Any, folder: str) -> Database:
    if isinstance(given, str) and given:
        given = {"path": given}
    if isinstance(given, dict) and given.keys() <= {"path", "script", "sha256"}:
        path, script, sha256 = (given.get(name, "") for name in ("path", "script", "sha256"))
        if all(isinstance(one, str) for one in (path, script, sha256)) and bool(path) != bool(script):
            return Database(path=_placed(path, folder), script=script, sha256=sha256)
    shapes = "a path, {'path': ..., 'sha256': ...} or {'script': 'CREATE TABLE ...'}"
    raise TruthError(f"{given!r:.80} is no database: {shapes}")


def _placed(path: str, folder: str) -> str:
    return f"{folder.rstrip('/')}/{path}" if path and folder and not path.startswith("/") else path
