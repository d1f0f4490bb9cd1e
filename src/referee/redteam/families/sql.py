"""Queries: the truth's own query is right; one that leaves out a condition, or asks for something else, is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """A fenced block of SQL."""
    return Dress("code", "```sql\n", "\n```")


def golds(task: Task) -> Iterator[Answer]:
    """The truth's query, or the first of several."""
    sql = task.truth.get("sql") if isinstance(task.truth, Mapping) else None
    queries = [one for one in (sql if isinstance(sql, list) else [sql]) if isinstance(one, str)]
    for query in queries:
        yield Answer(query, also=tuple(one for one in queries if one != query))


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - gold says it
    """The condition left out, then turned, another aggregate, a limit; then other tasks' queries."""
    query = gold.bare
    yield Answer(re.sub(r"(?i)\s+where\s+.*?(?=\s+(?:group|order|limit)\b|$)", "", query, flags=re.DOTALL))
    for old, new in (("count(*)", "count(*) + 1"), ("max(", "min("), (" > ", " < "), (" = ", " <> "), ("sum(", "avg(")):
        yield Answer(query.replace(old, new))
    yield Answer(f"SELECT * FROM ({query}) LIMIT 1")
    yield from others
