"""Whatever is attacked: something that pays for rollouts. A pack here; any callable in `referee.redteam.callables`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from referee.core.types import Record, Rollout, Score, Task
from referee.engine.score import PackSource, RulePack, as_pack
from referee.packs.combine import reward
from referee.redteam.forms import form_of
from referee.redteam.sample import Form

Item = tuple[Rollout, Task]


class Pay(Record, frozen=True, kw_only=True):
    """What a target paid. `reward`: None when it could not tell, or broke; then `fault` says what was raised."""

    reward: float | None
    right: bool = False
    contributions: dict[str, float] = {}
    reasons: dict[str, str] = {}
    fault: str = ""

    @property
    def signature(self) -> tuple[Any, ...]:
        """What must be the same whenever and wherever the rollout is judged."""
        return (self.reward, tuple(sorted(self.reasons.items())), self.fault.partition(":")[0])


class Target(Protocol):
    """name: what it is called. form: how it wants answers. version: of what it is made. pure: runs no programs."""

    @property
    def name(self) -> str: ...
    @property
    def form(self) -> Form: ...
    @property
    def version(self) -> str: ...
    @property
    def pure(self) -> bool: ...

    def pay(self, items: Sequence[Item]) -> list[Pay]:
        """What each rollout earns, in order. Never raises because of a rollout."""

    def recipe(self) -> dict[str, Any]:
        """What another process needs to make the same target, as plain data; see `referee.redteam.again`."""

    def without(self, rule: str, pay: Pay) -> float | None:
        """The reward without a rule's contribution."""


class PackTarget:
    """A rule pack."""

    def __init__(self, source: PackSource | RulePack) -> None:
        self.pack = as_pack(source)
        self.form = form_of(self.pack.spec)

    @property
    def name(self) -> str:
        return self.pack.name

    @property
    def version(self) -> str:
        return self.pack.digest

    @property
    def pure(self) -> bool:
        return not self.pack.runs_jobs

    def pay(self, items: Sequence[Item]) -> list[Pay]:
        """The scores of the pack, as what they pay."""
        return [self._paid(score) for score in self.pack.score_rollouts(items)]

    def recipe(self) -> dict[str, Any]:
        """The pack itself."""
        return {"pack": msgspec.to_builtins(self.pack.spec)}

    def without(self, rule: str, pay: Pay) -> float | None:
        """The reward without what one rule adds."""
        return reward(self.pack.spec, {name: one for name, one in pay.contributions.items() if name != rule})

    def _paid(self, score: Score) -> Pay:
        crashed = next((v for v in score.verdicts.values() if v.reason == "verifier.crashed"), None)
        return Pay(
            reward=score.reward,
            right=score.verdicts[self.pack.spec.answer].status == "pass",
            contributions=score.contributions,
            reasons={name: verdict.reason for name, verdict in score.verdicts.items()},
            fault=f"verifier.crashed: {crashed.evidence}" if crashed is not None else "",
        )


def rule_that_paid(target: Target, paid: Pay, wrong: Pay) -> str:
    """The rule without which the rollout would earn no more than the honest wrong answer; several joined by +."""
    if paid.reward is None or not paid.contributions:
        return ""
    names = list(paid.contributions)
    gains = {name: paid.contributions[name] - wrong.contributions.get(name, 0.0) for name in names}
    for name in sorted(names, key=lambda name: -gains[name]):
        rest, before = target.without(name, paid), target.without(name, wrong)
        if rest is not None and before is not None and gains[name] > EPSILON and rest <= before + EPSILON:
            return name
    return " + ".join(name for name in names if gains[name] > EPSILON)


EPSILON = 1e-9  # rewards closer than this are equal
