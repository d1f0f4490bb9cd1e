"""The core of every worker: a submission in, one judged rollout for each of its rollouts out.

The same in a local worker process, behind Redis, in a Ray actor and in the process of a notebook.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from referee.core.types import Score, unjudged
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Submission, keys_of
from referee.packs.spec import PackSpec
from referee.pool.base import Judged
from referee.pool.wire import Recent


class Packs:
    """Compiled packs, found by the identity of their spec: an equal one that is another object is compiled again."""

    def __init__(self) -> None:
        self._held: Recent[int, tuple[PackSpec, RulePack]] = Recent()

    def __call__(self, spec: PackSpec) -> RulePack:
        """The compiled pack. Raises `UsageError` when it names a verifier or a parameter that does not exist."""
        # The spec is held too, so that its identity stays its own.
        return (self._held.get(id(spec)) or self._held.put(id(spec), (spec, RulePack(spec))))[1]


class Judge:
    """Judges submissions under a worker's name."""

    def __init__(self, worker: str = "") -> None:
        self.worker = worker
        self.packs = Packs()

    def __call__(
        self,
        submission: Submission,
        *,
        only: Sequence[int] | None = None,
        delivery: int = 1,
        waited: float = 0.0,
        begins: Callable[[int], None] | None = None,
    ) -> list[Judged]:
        """The judged rollouts, in order; `only`: those places. Never raises because of a rollout.

        `begins` is told the place of each rollout when its scoring starts: that is when its time limit starts too.
        """
        pack = self.packs(submission.pack)
        made = build().id
        keys = keys_of(submission, pack.digest, made)
        found: list[Judged] = []
        started = first = time.perf_counter()
        for index in range(len(submission.rollouts)) if only is None else only:
            if begins is not None:
                begins(index)
            score, spent = pack.score_timed(submission.rollouts[index], submission.task)
            ended = time.perf_counter()
            found.append(
                Judged(
                    index=index,
                    key=keys[index],
                    score=score,
                    build=made,
                    seconds=ended - started,
                    waited=waited + started - first,
                    worker=self.worker,
                    delivery=delivery,
                    spent=spent,
                )
            )
            started = ended
        return found

    def unjudged(
        self, submission: Submission, places: Sequence[int], reason: str, *, delivery: int = 1, **evidence: Any
    ) -> list[Judged]:
        """Rollouts that could not be judged: a deadline that passed, a rollout that killed its worker."""
        pack = self.packs(submission.pack)
        made = build().id
        keys = keys_of(submission, pack.digest, made)
        verdict = unjudged(reason, **evidence)
        return [
            Judged(
                index=index,
                key=keys[index],
                score=_score(pack, submission, index, verdict),
                build=made,
                worker=self.worker,
                delivery=delivery,
            )
            for index in places
        ]


def _score(pack: RulePack, submission: Submission, index: int, verdict: Any) -> Score:
    verdicts = dict.fromkeys((rule.name for rule in pack.spec.rules), verdict)
    return pack.score_verdicts(submission.rollouts[index], verdicts)
