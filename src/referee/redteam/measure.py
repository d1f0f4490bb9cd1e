"""Rollouts of one hack or check -> its finding: what was earned beyond the honest wrong answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from referee.core.types import Rollout
from referee.group.advantage import grpo
from referee.redteam.hack import Mutator
from referee.redteam.report import Example, Finding, Kind
from referee.redteam.target import EPSILON, Pay, Target, rule_that_paid
from referee.redteam.tasks import Case

Shrink = Callable[[Case, Rollout], str]
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass
class Tally:
    """Counts what the rollouts of one finding did, and keeps the one that shows it best."""

    id: str
    kind: Kind
    family: str
    name: str
    mechanism: str
    source: str = ""
    fix: str = ""
    tried: int = 0
    leaks: int = 0
    lost: int = 0
    unjudged: int = 0
    faults: int = 0
    total: float = 0.0
    above: float = 0.0
    note: str = ""
    floor: float | None = None  # what is held against, where it is not the honest wrong answer
    best: tuple[Case, Rollout, Pay] | None = None
    rank: tuple[int, float] = (0, 0.0)

    @classmethod
    def of(cls, mutator: Mutator) -> Tally:
        """An empty tally of a hack or a rewrite."""
        return cls(
            mutator.id, mutator.direction, mutator.family, mutator.name, mutator.mechanism, mutator.source, mutator.fix
        )

    def add(self, case: Case, rollout: Rollout, pay: Pay) -> bool:
        """Count one rollout; whether it is not as it should be."""
        self.tried += 1
        if pay.fault:
            self.faults += 1
            return self._keep((3, 0.0), case, rollout, pay)
        if pay.reward is None:
            self.unjudged += 1
            return self._keep((1, 0.0), case, rollout, pay)
        if self.kind == "rewrite":
            if pay.reward >= case.full - EPSILON:
                return False
            self.lost += 1
            return self._keep((2, case.full - pay.reward), case, rollout, pay)
        above = pay.reward - self._floor(case)
        self.total += max(above, 0.0)
        if above <= EPSILON:
            return False
        self.leaks += 1
        self.above = max(self.above, above)
        return self._keep((4, above), case, rollout, pay)

    def finding(self, target: Target, group: int, shrink: Shrink | None = None) -> Finding:
        """What came of it."""
        example, share, gained, rule, doubtful = None, 0.0, 0.0, "", False
        if self.best is not None:
            case, rollout, pay = self.best
            least = rollout.text if shrink is None else shrink(case, rollout)
            doubtful = self.kind == "search" and stands_in(least, case.gold.bare)
            example = Example(
                task=case.task.id,
                prompt=case.task.prompt,
                truth=case.task.truth,
                text=rollout.text,
                least=least,
                reward=pay.reward,
                wrong=case.floor,
                gold=case.full,
                reasons=pay.reasons,
                fault=pay.fault,
            )
            if self.leaks and pay.reward is not None:
                floor = self._floor(case)
                room = case.full - floor
                share = (pay.reward - floor) / room if room > EPSILON else 1.0
                gained = advantage(pay.reward, floor, group)
                rule = rule_that_paid(target, pay, case.wrong_pay)
        return Finding(
            id=self.id, kind=self.kind, family=self.family, name=self.name, mechanism=self.mechanism,
            source=self.source, fix=self.fix, tried=self.tried, leaks=self.leaks, lost=self.lost,
            unjudged=self.unjudged, faults=self.faults, above=self.above, share=share, advantage=gained, rule=rule,
            mean_above=self.total / self.tried if self.tried else 0.0, note=self.note,
            doubtful=doubtful, example=example,
        )  # fmt: skip

    def _floor(self, case: Case) -> float:
        return case.floor if self.floor is None else self.floor

    def _keep(self, rank: tuple[int, float], case: Case, rollout: Rollout, pay: Pay) -> bool:
        shorter = self.best is None or len(rollout.text) < len(self.best[1].text)
        if rank > self.rank or (rank == self.rank and shorter):
            self.rank, self.best = rank, (case, rollout, pay)
        return True


def advantage(reward: float, floor: float, group: int) -> float:
    """What a lone rollout with this reward gets in a group whose other rollouts earn the floor."""
    return grpo([floor] * (group - 1) + [reward])[-1]


def stands_in(text: str, bare: str) -> bool:
    """Whether a right answer, or half of the lines of one, stands in a text, with or without commas in its numbers."""
    text, bare = _GROUPING.sub("", text), _GROUPING.sub("", bare)
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    return 2 * sum(line in text for line in lines) >= len(lines)
