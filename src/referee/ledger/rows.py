"""A scored rollout as a row of the ledger, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from referee.core.types import Rollout, Score, Task
from referee.data.plain import dumps, loads
from referee.engine.scored import Scored, mark, written

Row = tuple[Any, ...]
STEP, SCORE = 4, 10  # where they stand in the columns


class Prepared(NamedTuple):
    """All that is written of one scored rollout; made in the thread of whoever hands it in.

    columns: those of an entry between `seq` and `link`. task: its hash and content. text: the rollout's content.
    """

    key: bytes
    mark: bytes
    columns: Row
    task: tuple[bytes, str]
    text: str


class Entry(NamedTuple):
    """One entry as read: its number, the scored rollout, and the mark of its score."""

    seq: int
    scored: Scored
    mark: bytes


def prepared(batch: Sequence[Scored]) -> list[Prepared]:
    """What is written. Raises `TypeError` or `ValueError` for a scored rollout that is no plain data."""
    found: list[Prepared] = []
    last: Task | None = None
    for scored in batch:
        if scored.task is not last:  # those of a group share it; equal is not enough, for 1 equals true
            last, content = scored.task, written(scored.task)
            task = hashlib.sha256(content).digest(), content.decode()
        found.append(_prepared(scored, task))
    return found


def _prepared(scored: Scored, task: tuple[bytes, str]) -> Prepared:
    key, sign = bytes.fromhex(scored.key), mark(scored.score)
    text = written(scored.rollout)
    score = scored.score
    for number in (scored.index, scored.step or 0, scored.delivery):
        if not -(2**63) <= number < 2**63:
            raise ValueError(f"{number} is no number that a ledger holds")
    columns = (
        key,
        _storable(scored.run),
        _storable(scored.group),
        scored.index,
        scored.step,
        task[0],
        hashlib.sha256(text).digest(),
        score.pack,
        scored.build,
        _real(score.reward),
        dumps(score).decode(),
        sign,
        _real(scored.seconds),
        _real(scored.waited),
        _storable(scored.worker),
        scored.delivery,
    )
    return Prepared(key, sign, columns, task, text.decode())


def entry(row: Row, task: Task, rollout: Rollout) -> Entry:
    """The entry of a row of all its columns, with the task and the rollout that it names."""
    seq, key, run, group, index, step, _, _, _, build, _, score, sign, seconds, waited, worker, delivery, _ = row
    scored = Scored(
        key=key.hex(),
        run=_text(run),
        group=_text(group),
        index=index,
        rollout=rollout,
        task=task,
        score=score_of(score),
        build=build,
        step=step,
        seconds=seconds or 0.0,
        waited=waited or 0.0,
        worker=_text(worker),
        delivery=delivery,
    )
    return Entry(seq, scored, sign)


def score_of(content: str) -> Score:
    """The score as stored."""
    return msgspec.convert(loads(content.encode()), Score)


def task_of(content: str) -> Task:
    """The task as stored."""
    return msgspec.convert(loads(content.encode()), Task)


def rollout_of(content: str) -> Rollout:
    """The rollout as stored."""
    return msgspec.convert(loads(content.encode()), Rollout)


def by_infrastructure(score: Score) -> bool:
    """Whether our own machinery kept a rule from judging: no property of the rollout, so another try may differ."""
    return any(one.status == "unjudged" and one.reason.startswith("infra.") for one in score.verdicts.values())


def _real(value: float | None) -> float | None:
    """A number as SQLite gives it back: not a number is none, and no zero has a sign."""
    return None if value is None or value != value else value + 0.0  # noqa: PLR0124


def _storable(text: str) -> str | bytes:
    """The text, or its bytes where UTF-8 cannot hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _text(stored: str | bytes) -> str:
    return stored.decode("utf-8", "surrogatepass") if isinstance(stored, bytes) else stored
