"""The queue between those who submit rollouts, those who score them and those who want the scores.

```
            submit                 lease                 acknowledge                 drain
  trainer ---------->  [ queue ] --------->  worker  ------------------>  [ queue ] ------->  trainer, keeper
                           ^                    |
                           +------ sweep -------+      a worker that died gives back what it held
```

Delivery is at least once: a lease that ends without an acknowledgement is handed out again, and what is drained leaves
the queue when the keeper has it, not before. The effect is exactly once, since every scored rollout carries its content
key (`engine.scored`): who drains drops the second of two, and who keeps keeps one.

`Queue` is all that a way to run the pool has to offer; `pool.memory` is the one within a process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from referee.core.types import Record, Score
from referee.engine.build import Build
from referee.engine.scored import Scored, Submission

Keep = Callable[[Sequence[Scored]], None]
Row = tuple[str, str, int]  # run, group, index: the place of a rollout


class Judged(Record, frozen=True, kw_only=True, array_like=True):
    """What a worker says about one rollout of a submission; with the submission it makes a `Scored`.

    index: its place among the submission's rollouts, from 0. The rest is as in `Scored`.
    """

    index: int
    key: str
    score: Score
    build: str
    seconds: float = 0.0
    waited: float = 0.0
    worker: str = ""
    delivery: int = 1
    spent: tuple[float, ...] = ()


class Lease(NamedTuple):
    """A submission in the hands of a worker, until it is acknowledged or the worker's time is over.

    id: the queue's name for it. delivery: how often it was handed out, this time included. waited: seconds between its
    submission and now.
    """

    id: str
    submission: Submission
    delivery: int = 1
    waited: float = 0.0


class Done(NamedTuple):
    """Rollouts of a lease that were judged. With `last` the lease is over; until then more of it may follow."""

    lease: Lease
    judged: Sequence[Judged]
    last: bool = True


class Depth(Record, frozen=True, kw_only=True):
    """How full a queue is, in submissions; `results` and `dead` in rollouts.

    waiting: not handed out yet. leased: with a worker. results: judged and not drained. dead: dead letters so far.
    redelivered: leases so far that were handed out again. oldest_s: seconds that the oldest waiting one has waited.
    workers: those that gave a sign of life, with the seconds since then.
    """

    waiting: int = 0
    leased: int = 0
    results: int = 0
    dead: int = 0
    redelivered: int = 0
    oldest_s: float = 0.0
    workers: dict[str, float] = {}


class Queue(Protocol):
    """The one narrow interface. Every method may be called from any thread, and returns within its `wait_s`."""

    def submit(self, submissions: Sequence[Submission], wait_s: float) -> int:
        """Put them in, and say how many, from the front, there was room for within `wait_s`: the back-pressure."""

    def lease(self, worker: str, count: int, wait_s: float) -> list[Lease]:
        """Up to `count` submissions for a worker, the oldest first; none when none came within `wait_s`."""

    def beat(self, worker: str) -> None:
        """The worker's sign of life: its leases go on. Comes from who supervises, not from the thread that computes."""

    def acknowledge(self, done: Sequence[Done]) -> None:
        """What workers judged. When it returns, the queue holds it, and the leases that are over are forgotten."""

    def drain(self, count: int, wait_s: float, keep: Keep | None = None) -> list[Scored]:
        """Up to `count` scored rollouts; none when none came within `wait_s`.

        They leave the queue when `keep` has returned; when it raises, or this process dies, they stay.
        """

    def sweep(self) -> int:
        """Hand out again what is with workers that gave no sign of life; says how many leases."""

    def depth(self) -> Depth:
        """How full it is."""

    def learns(self, learn: Callable[[Build], object]) -> None:
        """`learn` is told what a far worker judges with, before the first score that names it is drained."""

    def close(self) -> None:
        """Let go of connections. Safe to call twice; what is in a durable queue stays."""


def join(submission: Submission, judged: Sequence[Judged]) -> list[Scored]:
    """The scored rollouts that a submission and what a worker said about it make."""
    return [
        Scored(
            key=one.key,
            run=submission.run,
            group=submission.group,
            index=submission.start + one.index,
            rollout=submission.rollouts[one.index],
            task=submission.task,
            score=one.score,
            build=one.build,
            step=submission.step,
            seconds=one.seconds,
            waited=one.waited,
            worker=one.worker,
            delivery=one.delivery,
            spent=one.spent,
        )
        for one in judged
    ]
