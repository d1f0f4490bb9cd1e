"""What scoring a file came to: counted in the workers chunk by chunk, added up in the parent, shown at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import fsum
from typing import Any

import msgspec

from referee.core.types import Record, Score, Status, Verdict
from referee.group.advantage import is_silent
from referee.group.signal import pass_at_k
from referee.packs.spec import PackSpec

TOP = 5  # reasons shown for each status of a rule
SHOWN = 20  # lines of disagreement shown


class Tally(msgspec.Struct, array_like=True):
    """The counts of some groups.

    `silent`: groups of two or more rewards, all equal; `single`: groups with fewer, which have nothing to compare.
    `sizes`: for each group how many rollouts were judged and how many of them pass.
    """

    verdicts: dict[str, dict[Status, int]] = {}
    reasons: dict[str, dict[str, int]] = {}  # rule -> "status reason" -> count
    added: dict[str, float] = {}
    rollouts: int = 0
    groups: int = 0
    silent: int = 0
    single: int = 0
    masked: int = 0
    reward: float = 0.0
    sizes: list[tuple[int, int]] = []
    smallest: int = 0
    agree: int = 0
    disagree: list[int] = []

    def group(self, scores: list[Score], labels: list[bool | None], lines: list[int], answer: str) -> None:
        """Count one group. `answer`: the rule that says whether a rollout is right."""
        right: list[bool] = []
        for score, label, line in zip(scores, labels, lines, strict=True):
            for rule, verdict in score.verdicts.items():
                self._verdict(rule, verdict)
            for rule, value in score.contributions.items():
                self.added[rule] = self.added.get(rule, 0.0) + value
            verdict = score.verdicts[answer]
            if verdict.status != "unjudged":
                passes = verdict.status == "pass"
                right.append(passes)
                if label is not None:
                    self.agree += passes == label
                    if passes != label:
                        self.disagree.append(line)
        rewards_G = [score.reward for score in scores]
        count = len(scores)
        self.rollouts += count
        self.groups += 1
        masked = rewards_G.count(None)
        if count - masked < 2:
            self.single += 1
        else:
            self.silent += is_silent(rewards_G)
        self.masked += masked
        self.reward += fsum(reward for reward in rewards_G if reward is not None)
        self.sizes.append((len(right), sum(right)))
        self.smallest = min(self.smallest or count, count)

    def _verdict(self, rule: str, verdict: Verdict) -> None:
        counts = self.verdicts.get(rule)
        if counts is None:
            counts = self.verdicts[rule] = {}
            self.reasons[rule] = {}
        status = verdict.status
        counts[status] = counts.get(status, 0) + 1
        reasons, reason = self.reasons[rule], f"{status} {verdict.reason}"
        reasons[reason] = reasons.get(reason, 0) + 1


class RuleSummary(Record, frozen=True, kw_only=True):
    """One rule over all rollouts. `contribution`: the mean over the rollouts that have a reward."""

    name: str
    counts: dict[Status, int]
    contribution: float | None
    reasons: tuple[tuple[Status, str, int], ...] = ()


class Agreement(Record, frozen=True, kw_only=True):
    """How often the verdict and the file's own label of right and wrong say the same, where both are there."""

    agree: int
    disagree: int
    lines: tuple[int, ...] = ()


class Summary(Record, frozen=True, kw_only=True):
    """What scoring a file came to.

    `pass_at`: k to pass@k, the mean over the groups with at least k judged rollouts. `masked`: rollouts without a
    reward; `unjudged`: rollouts that the answer rule could not judge. `notes`: what the user should know, one sentence
    each. `silent`: groups whose rewards are all equal; `single`: groups with fewer than two rewards, which are not
    counted as silent. `fault`: what to do when every rollout is unjudged, or how far the file could be read when it
    broke off; else empty. `interrupted`: the run was stopped, and the figures are of what was scored until then.
    """

    source: str
    pack: str
    digest: str
    out: str | None
    rejected_to: str | None
    rules: tuple[RuleSummary, ...]
    rollouts: int
    groups: int
    silent: int
    single: int
    masked: int
    unjudged: int
    rejected: int
    mean_reward: float | None
    pass_at: dict[int, float]
    agreement: Agreement | None
    workers: int
    seconds: float
    rollouts_per_second: float
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    fault: str = ""
    interrupted: bool = False


class Total:
    """Tallies added up. Memory does not grow with the number of groups: equal sizes are counted together."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.disagree = 0
        self._sizes: Counter[tuple[int, int]] = Counter()

    def add(self, part: Tally) -> None:
        total = self.tally
        for rule, counts in part.verdicts.items():
            _count(total.verdicts.setdefault(rule, {}), counts)
            _count(total.reasons.setdefault(rule, {}), part.reasons[rule])
        _count(total.added, part.added)
        for name in ("rollouts", "groups", "silent", "single", "masked", "reward", "agree"):
            setattr(total, name, getattr(total, name) + getattr(part, name))
        self._sizes.update(part.sizes)
        if part.smallest:
            total.smallest = min(total.smallest or part.smallest, part.smallest)
        self.disagree += len(part.disagree)
        total.disagree += part.disagree[: SHOWN - len(total.disagree)]

    def figures(self, spec: PackSpec) -> dict[str, Any]:
        """The fields of a `Summary` that follow from the counts."""
        tally = self.tally
        rewarded = tally.rollouts - tally.masked
        labelled = tally.agree + self.disagree
        return {
            "rules": tuple(self._rule(rule.name, rewarded) for rule in spec.rules),
            "rollouts": tally.rollouts,
            "groups": tally.groups,
            "silent": tally.silent,
            "single": tally.single,
            "masked": tally.masked,
            "unjudged": tally.verdicts.get(spec.answer, {}).get("unjudged", 0),
            "mean_reward": tally.reward / rewarded if rewarded else None,
            "pass_at": self._pass_at(),
            "agreement": Agreement(agree=tally.agree, disagree=self.disagree, lines=tuple(tally.disagree))
            if labelled
            else None,
        }

    def _rule(self, name: str, rewarded: int) -> RuleSummary:
        tally = self.tally
        reasons = sorted(tally.reasons.get(name, {}).items(), key=lambda entry: (-entry[1], entry[0]))
        listed = [msgspec.convert((*key.split(" ", 1), count), _REASON) for key, count in reasons]
        return RuleSummary(
            name=name,
            counts=tally.verdicts.get(name, {}),
            contribution=tally.added.get(name, 0.0) / rewarded if rewarded else None,
            reasons=tuple(_top(listed)),
        )

    def _pass_at(self) -> dict[int, float]:
        found: dict[int, float] = {}
        k = 1
        while k <= self.tally.smallest:
            usable = [(n, right, times) for (n, right), times in self._sizes.items() if n >= k]
            if usable:
                chances = fsum(pass_at_k(n, right, k) * times for n, right, times in usable)
                found[k] = chances / sum(times for *_, times in usable)
            k *= 2
        return found


_REASON = tuple[Status, str, int]


def _top(reasons: list[tuple[Status, str, int]]) -> Iterator[tuple[Status, str, int]]:
    seen: Counter[Status] = Counter()
    for reason in reasons:
        seen[reason[0]] += 1
        if seen[reason[0]] <= TOP:
            yield reason


def _count(total: dict[Any, Any], part: dict[Any, Any]) -> None:
    for key, value in part.items():
        total[key] = total.get(key, 0) + value
