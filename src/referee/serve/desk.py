"""Where accepted rollouts are counted and judged: the pool of the library, beside the event loop.

A rollout is accepted or refused at once; nothing waits to be accepted. What is accepted is answered, also while the
service shuts down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from secrets import token_hex
from typing import Any

from referee.core.types import Rollout, Score, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.pool.pool import Pool
from referee.serve.faults import RETRY_S, Fault
from referee.serve.settings import Limits

RUN = "serve"


class Desk:
    """Has rollouts judged. `stopping`: no more are accepted."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self.pool, self.limits = pool, limits
        self.in_flight = 0
        self.stopping = False
        # A queue that lasts may still hold what was submitted before a restart, under other names.
        self._life, self._names = token_hex(8), count()

    @contextmanager
    def admitted(self, rollouts: int) -> Iterator[None]:
        """Room for so many rollouts while they are judged. Raises `Fault` 429 when there is none."""
        if self.stopping:
            raise Fault(503, "the service is stopping")
        if self.in_flight and self.in_flight + rollouts > self.limits.in_flight:
            raise Fault(
                429,
                f"{self.in_flight:,} rollouts are being judged, and {self.limits.in_flight:,} may be; ask again in "
                f"{RETRY_S} s",
            )
        self.in_flight += rollouts
        try:
            yield
        finally:
            self.in_flight -= rollouts

    async def score(
        self, pack: RulePack, groups: Sequence[tuple[Task, tuple[Rollout, ...]]], seconds: float | None = None
    ) -> list[list[Score]]:
        """The scores of each group, in order. What is not judged in time is `unjudged`, with `infra.deadline`."""
        spec = pack.spec
        submissions = [
            Submission(run=RUN, group=f"{self._life}-{next(self._names)}", task=task, rollouts=rollouts, pack=spec)
            for task, rollouts in groups
        ]
        places = {submission.group: index for index, submission in enumerate(submissions)}
        found: list[list[Any]] = [[None] * len(rollouts) for _, rollouts in groups]
        with self.admitted(sum(len(rollouts) for _, rollouts in groups)):
            async for rows in self.pool.stream(submissions, deadline_s=seconds or self.limits.seconds).batches():
                for one in rows:
                    found[places[one.group]][one.index] = one.score
        return found


def opened(where: str, workers: int | None, limits: Limits) -> Desk:
    """A desk and its pool, which has room for all that the desk accepts. Raises `RefereeError` when it cannot open."""
    return Desk(Pool(where, workers=workers, in_flight=2 * max(limits.in_flight, limits.rollouts)), limits)
