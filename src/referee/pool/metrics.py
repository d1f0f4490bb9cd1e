"""What a pool counts about itself: plain numbers, kept as rollouts pass, read when somebody asks.

Counting costs a dictionary access, loads no library and takes no lock, so it is always on. `metrics_export` gives the
numbers to Prometheus or writes them as JSON lines. Names are base units with few labels; no label ever holds the id of
a prompt or a rollout.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from referee.core.types import Score
from referee.engine.scored import Scored
from referee.group.advantage import is_silent

Kind = Literal["counter", "gauge", "histogram"]

SECONDS = (0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REWARDS = (-1.0, -0.5, 0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 2.0)


class Family(NamedTuple):
    """A metric: its kind, what it says, its labels and, of a histogram, the upper bounds of its buckets."""

    kind: Kind
    about: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()


FAMILIES: dict[str, Family] = {
    "reward_score_total": Family("counter", "Verdicts of rules by status.", ("rule", "verdict")),
    "reward_value": Family("histogram", "Rewards of judged rollouts.", (), REWARDS),
    "reward_masked_total": Family("counter", "Rollouts without a reward."),
    "reward_groups_silent_total": Family("counter", "Groups whose rewards are all equal.", ("kind",)),
    "reward_groups_total": Family("counter", "Groups with two or more rewards."),
    "reward_verify_seconds": Family("histogram", "Wall time of a rule's verdict.", ("rule",), SECONDS),
    "reward_wait_seconds": Family("histogram", "Time between submission and the start of scoring.", (), SECONDS),
    "reward_timeouts_total": Family("counter", "Rollouts stopped by a limit.", ("cause",)),
    "reward_hack_tag_total": Family("counter", "Verdicts whose reason marks an attempt on the judge.", ("tag",)),
    "reward_queue_depth": Family("gauge", "Rollouts that wait for a worker or are with one."),
    "reward_oldest_item_seconds": Family("gauge", "Age of the oldest submission that is not scored."),
    "reward_workers": Family("gauge", "Worker processes by state.", ("state",)),
    "reward_worker_busy_ratio": Family("gauge", "Share of the workers' time spent scoring, since the last look."),
    "reward_worker_lost_total": Family("counter", "Worker processes that died or were ended.", ("cause",)),
    "reward_redeliveries_total": Family("counter", "Submissions handed out again."),
    "reward_dead_letters_total": Family("counter", "Submissions given up after too many deliveries."),
    "reward_duplicates_total": Family("counter", "Scores that arrived twice and were counted once."),
    "reward_replay_mismatch_total": Family("counter", "Scores that arrived twice and differed: an alarm."),
    "reward_ledger_lag_records": Family("gauge", "Scores that wait to be kept."),
    "reward_ledger_commit_seconds": Family("histogram", "Time to keep one batch of scores.", (), SECONDS),
    "reward_gpu_wait_seconds": Family("histogram", "Time a trainer waited for scores.", (), SECONDS),
}

TIMEOUTS = {"limit.cpu": "cpu", "limit.wall": "wall", "limit.memory": "memory"}

# Reasons that an honest rollout seldom earns; their rate rises when a policy learns to play the judge.
TAGS = frozenset(
    {
        "answer.ambiguous", "answer.bidi", "answer.combining", "answer.control", "answer.invisible",
        "answer.mixed_digits", "answer.private_use", "answer.repeated", "answer.surrogate", "answer.too_deep",
        "answer.too_long", "choice.disagree", "choice.several", "code.exit", "code.names_tests", "code.opaque",
        "code.unreadable", "format.several_boxes", "format.stray_tag", "limit.files", "limit.output",
        "limit.processes", "repetition.lines", "repetition.words", "think.nested", "think.stray_close",
    }
)  # fmt: skip


class Histogram:
    """Counts by upper bound; the last is of everything above."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self.counts)


class Metrics:
    """The numbers of one pool or worker. Labels are given as a tuple in the order of the family's."""

    def __init__(self) -> None:
        self.numbers: dict[str, dict[tuple[str, ...], float]] = {}
        self.histograms: dict[str, dict[tuple[str, ...], Histogram]] = {}
        for name, family in FAMILIES.items():
            if family.kind == "histogram":
                self.histograms[name] = {}
            else:
                self.numbers[name] = {}
            if not family.labels and family.kind == "counter":
                self.numbers[name][()] = 0.0

    def add(self, name: str, amount: float = 1.0, labels: tuple[str, ...] = ()) -> None:
        """Raise a counter."""
        found = self.numbers[name]
        found[labels] = found.get(labels, 0.0) + amount

    def set(self, name: str, value: float, labels: tuple[str, ...] = ()) -> None:
        """Say what a gauge stands at."""
        self.numbers[name][labels] = value

    def observe(self, name: str, value: float, labels: tuple[str, ...] = ()) -> None:
        """Note one value in a histogram."""
        found = self.histograms[name]
        histogram = found.get(labels)
        if histogram is None:
            histogram = found[labels] = Histogram(FAMILIES[name].bounds)
        histogram.observe(value)

    def value(self, name: str, labels: tuple[str, ...] = ()) -> float:
        """A counter or gauge as it stands."""
        return self.numbers[name].get(labels, 0.0)

    def scored(self, group: Sequence[Scored]) -> None:
        """Count rollouts of one task that were scored together."""
        for one in group:
            self._score(one.score)
            self.observe("reward_wait_seconds", one.waited)
            for rule, seconds in zip(one.score.verdicts, one.spent, strict=False):
                self.observe("reward_verify_seconds", seconds, (rule,))
        if len(group) > 1:
            self._group([one.score for one in group])

    def _score(self, score: Score) -> None:
        counts = self.numbers["reward_score_total"]
        for rule, verdict in score.verdicts.items():
            labels = (rule, verdict.status)
            counts[labels] = counts.get(labels, 0.0) + 1
            reason = verdict.reason
            if reason in TAGS:
                self.add("reward_hack_tag_total", 1, (reason,))
            elif reason in TIMEOUTS:
                self.add("reward_timeouts_total", 1, (TIMEOUTS[reason],))
        if score.reward is None:
            self.add("reward_masked_total")
        else:
            self.observe("reward_value", score.reward)

    def _group(self, scores: Sequence[Score]) -> None:
        rewards_G = [score.reward for score in scores]
        if sum(reward is not None for reward in rewards_G) < 2:
            return
        self.add("reward_groups_total")
        if is_silent(rewards_G):
            self.add("reward_groups_silent_total", 1, (_silence(scores),))

    def snapshot(self) -> dict[str, float]:
        """Every number under its name, labels in braces, as Prometheus writes them; of a histogram count and sum."""
        found: dict[str, float] = {}
        for name, label, value in self.lines():
            found[name + label] = value
        return found

    def lines(self) -> Iterable[tuple[str, str, float]]:
        """Name, labels and value of each number."""
        for name, values in self.numbers.items():
            for labels, value in list(values.items()):
                yield name, written(name, labels), value
        for name, histograms in self.histograms.items():
            for labels, histogram in list(histograms.items()):
                yield f"{name}_count", written(name, labels), float(histogram.count)
                yield f"{name}_sum", written(name, labels), histogram.sum


def written(name: str, labels: tuple[str, ...]) -> str:
    """Labels as `{rule="answer",verdict="pass"}`; empty without any."""
    if not labels:
        return ""
    pairs = zip(FAMILIES[name].labels, labels, strict=True)
    return "{" + ",".join(f'{label}="{_escaped(value)}"' for label, value in pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _silence(scores: Sequence[Score]) -> str:
    """Why a group is silent: everything right, everything wrong, or neither."""
    statuses = {verdict.status for score in scores for verdict in score.verdicts.values()}
    return {frozenset({"pass"}): "all_right", frozenset({"fail"}): "all_wrong"}.get(frozenset(statuses), "flat")
