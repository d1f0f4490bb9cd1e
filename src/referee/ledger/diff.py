"""Two ledgers side by side: which rollouts both hold, and where their scores differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from referee.core.types import Record, Score
from referee.ledger import schema
from referee.ledger.rows import score_of

NAMED = 200  # differences that are named; more are counted

# The same work: run, group, place, rollout and task. The pack and the build may differ, and are what is compared.
_SAME = "a.run = b.run AND a.grp = b.grp AND a.place = b.place AND a.rollout = b.rollout AND a.task = b.task"


class Pair(Record, frozen=True, kw_only=True):
    """Work that two ledgers score differently. `one`, `other`: numbers of the entries."""

    one: int
    other: int
    group: str
    index: int
    rules: tuple[str, ...]
    score_one: Score
    score_other: Score


class Diff(Record, frozen=True, kw_only=True):
    """only_one, only_other: entries whose work the other does not hold. same: scored alike. differ: not."""

    only_one: int
    only_other: int
    same: int
    differ: int
    mean_one: float | None
    mean_other: float | None
    by_rule: dict[str, int]
    pairs: tuple[Pair, ...]


def diff(one: str | Path, other: str | Path) -> Diff:
    """Compare two ledgers. Raises `UsageError` for what is no ledger."""
    store = schema.connect(Path(one))
    try:
        schema.check(Path(other))
        store.execute("PRAGMA query_only = OFF")  # an index of what is compared, in memory
        store.execute("PRAGMA temp_store = MEMORY")
        store.execute("ATTACH ? AS other", (f"{Path(other).absolute()}",))
        for name, schema_name in (("a", "main"), ("b", "other")):
            store.execute(
                f"CREATE TEMP TABLE {name} AS SELECT seq, run, grp, place, rollout, task, mark, reward "
                f"FROM {schema_name}.entries"
            )
            store.execute(f"CREATE INDEX temp.by_{name} ON {name} (run, grp, place, rollout, task)")
        return _compared(store)
    except sqlite3.Error as error:
        raise schema.damaged(Path(other), error) from None
    finally:
        store.close()


def _compared(store: sqlite3.Connection) -> Diff:
    def count(question: str) -> int:
        return int(store.execute(question).fetchone()[0])

    found = list(_pairs(store))
    by_rule: dict[str, int] = {}
    for pair in found:
        for rule in pair.rules:
            by_rule[rule] = by_rule.get(rule, 0) + 1
    return Diff(
        only_one=count(f"SELECT COUNT(*) FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE {_SAME})"),
        only_other=count(f"SELECT COUNT(*) FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE {_SAME})"),
        same=count(f"SELECT COUNT(*) FROM a JOIN b ON {_SAME} WHERE a.mark = b.mark"),
        differ=len(found),
        mean_one=store.execute("SELECT AVG(reward) FROM a").fetchone()[0],
        mean_other=store.execute("SELECT AVG(reward) FROM b").fetchone()[0],
        by_rule=by_rule,
        pairs=tuple(found[:NAMED]),
    )


def _pairs(store: sqlite3.Connection) -> Iterator[Pair]:
    rows = store.execute(
        "SELECT a.seq, b.seq, a.grp, a.place, one.score, two.score "
        f"FROM a JOIN b ON {_SAME} AND a.mark <> b.mark "
        "JOIN main.entries AS one ON one.seq = a.seq JOIN other.entries AS two ON two.seq = b.seq ORDER BY a.seq"
    )
    for seq, second, group, place, first, last in rows:
        then, now = score_of(first), score_of(last)
        rules = tuple(name for name in {**then.verdicts, **now.verdicts} if _said(then, name) != _said(now, name))
        yield Pair(one=seq, other=second, group=str(group), index=place, rules=rules, score_one=then, score_other=now)


def _said(score: Score, name: str) -> tuple[object, ...] | None:
    verdict = score.verdicts.get(name)
    return None if verdict is None else (verdict.status, verdict.score, verdict.reason)
