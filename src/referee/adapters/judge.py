"""What every face does: score completions with a pack that may be a watched file, and put scores into numbers."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from referee.core.errors import InfrastructureError, RefereeError, RefereeWarning, TruthError
from referee.core.types import Score, Verdict
from referee.engine.batch import score_batch, score_batch_async
from referee.engine.completion import Completion
from referee.engine.score import PackSource, RulePack, as_pack

# Answers one request: JSON data in, JSON data out. A `UsageError` is the caller's mistake, status 400.
Handler = Callable[[Mapping[str, Any]], Any]
Routes = Mapping[tuple[str, str], Handler]  # by method and path


class Judge:
    """A pack in the hands of a trainer that takes numbers only.

    `unjudged` stands for the reward and for each rule's score that could not be given; the first time it is said in a
    `RefereeWarning`, for such a trainer learns from it. `rules` are the names that `numbers` has for the judge's whole
    life, whatever a watched pack file says later.
    """

    def __init__(
        self, pack: PackSource | RulePack, *, unjudged: float = 0.0, workers: int | None = 1, masks: bool = False
    ) -> None:
        self.pack = opened(pack)
        self.unjudged = unjudged
        self.workers = workers
        self.rules = tuple(rule.name for rule in self.pack.spec.rules)
        self._silent = masks

    def scores(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[str | None] | None = None,
    ) -> list[Score]:
        """The scores of N completions, in order."""
        return score_batch(self.pack, completions, truths, prompts, workers=self.workers)

    async def scores_async(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[str | None] | None = None,
    ) -> list[Score]:
        """`scores` beside an event loop, which stays free."""
        return await score_batch_async(self.pack, completions, truths, prompts, workers=self.workers)

    def reward(self, score: Score) -> float:
        """The reward, or what stands for it."""
        if score.reward is not None:
            return score.reward
        if not self._silent:
            self._silent = True
            verdict = missing(score)
            warnings.warn(
                f"a rollout could not be judged ({verdict.reason}: {verdict.evidence.get('detail', '')}); this trainer "
                f"masks none, so its reward is {self.unjudged:g}. The number 'judged' counts them; this is said once",
                RefereeWarning,
                stacklevel=3,
            )
        return self.unjudged

    def numbers(self, score: Score) -> dict[str, float]:
        """`score` (the reward), `judged` (1 or 0) and `rule/NAME` (0 to 1): the same keys for every score."""
        return {"score": self.reward(score), "judged": float(score.judged), **self.rule_numbers(score)}

    def rule_numbers(self, score: Score) -> dict[str, float]:
        """`rule/NAME`: each rule's score, 0 to 1."""
        found = {name: score.verdicts[name].score if name in score.verdicts else None for name in self.rules}
        return {f"rule/{name}": self.unjudged if one is None else one for name, one in found.items()}


def opened(pack: PackSource | RulePack) -> RulePack:
    """The compiled pack; one given as a path is watched, so that a changed weight counts from the next call on."""
    watch = isinstance(pack, str | Path) and Path(pack).is_file()
    return RulePack.load(pack, watch=True) if watch else as_pack(pack)


def missing(score: Score) -> Verdict:
    """The verdict because of which a score has no reward."""
    return next(verdict for verdict in score.verdicts.values() if verdict.score is None)


def fault(score: Score) -> RefereeError:
    """The error that a score without reward stands for, where a framework wants one raised."""
    verdict = missing(score)
    said = str(verdict.evidence.get("detail", "")) or verdict.reason
    kind = TruthError if verdict.reason.startswith("truth.") else InfrastructureError
    return kind(said, verdict.reason)


def answer(pack: RulePack, score: Score) -> str | None:
    """What was read as the rollout's answer, by the rule that says whether it is right."""
    verdict = score.verdicts.get(pack.spec.answer)
    found = verdict.evidence.get("found") if verdict else None
    return found if isinstance(found, str) else None
