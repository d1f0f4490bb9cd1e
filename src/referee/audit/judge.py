"""The rule that says whether an answer is right, alone: what the audit puts its questions to."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any, NamedTuple

from referee.core.types import Rollout, Score, Task, Verdict
from referee.core.verifier import Parameters
from referee.engine import sandboxed
from referee.engine.score import RulePack
from referee.packs.spec import PackSpec, RuleSpec
from referee.verifiers import find

STRUCTURE = "format.think_answer"
THOUGHT = (
    "<think>\nThe question is read first, then the answer is worked out step by step, "
    "and at the end it is checked once more.\n</think>\n\n"
)


class Judged(NamedTuple):
    """A verdict and the seconds that it took."""

    verdict: Verdict
    seconds: float


class Judge:
    """The answer rule of a pack. verifier: the id of the one that decides; params: its parameters.

    thinks: whether the pack wants thinking before the answer.
    """

    def __init__(self, pack: RulePack) -> None:
        spec = pack.spec
        rule = next(one for one in spec.rules if one.name == spec.answer)
        self.pack, self.rule = pack, rule.name
        self.verifier, given = _decides(rule)
        self.params: Parameters = find(self.verifier).params(given)
        self.family = self.verifier.rpartition("/")[2].partition(".")[0]
        self.thinks = any(STRUCTURE in _verifiers(one) for one in spec.rules)
        alone = PackSpec(name=spec.name, rules=(_alone(rule),), answer=rule.name, unjudged="mask")
        self._alone = RulePack(alone, pack.runner)

    @property
    def runs_jobs(self) -> bool:
        """Whether judging runs programs."""
        return self._alone.runs_jobs

    def parameter(self, name: str, otherwise: Any = None) -> Any:
        """A parameter of the verifier, `otherwise` where it has none of that name."""
        return getattr(self.params, name, otherwise)

    def judge(self, asked: Sequence[tuple[str, Task]]) -> list[Judged]:
        """The verdicts, in order; programs share the slots of the sandbox."""
        items = [(Rollout(text=text), task) for text, task in asked]
        times = [0.0] * len(items)
        numbered = {id(rollout): number for number, (rollout, _) in enumerate(items)}

        def score(rollout: Rollout, task: Task) -> Score:
            started = perf_counter()
            found = self._alone.score_rollout(rollout, task)
            times[numbered[id(rollout)]] = perf_counter() - started
            return found

        scores = sandboxed.together(score, items) if self._together(items) else [score(*item) for item in items]
        return [Judged(one.verdicts[self.rule], time) for one, time in zip(scores, times, strict=True)]

    def _together(self, items: Sequence[object]) -> bool:
        return len(items) > 1 and self.runs_jobs and self._alone.runner is None


def _decides(rule: RuleSpec) -> tuple[str, dict[str, Any]]:
    """The verifier of a rule with its parameters; of several parts the heaviest."""
    if not rule.parts:
        return rule.verifier, rule.params
    part = max(rule.parts, key=lambda one: one.weight)
    return part.verifier, part.params


def _verifiers(rule: RuleSpec) -> tuple[str, ...]:
    return tuple(part.verifier for part in rule.parts) or (rule.verifier,)


def _alone(rule: RuleSpec) -> RuleSpec:
    verifier, params = _decides(rule)
    return RuleSpec(name=rule.name, verifier=verifier, params=params, unjudged="mask")
