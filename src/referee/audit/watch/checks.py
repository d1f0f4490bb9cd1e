"""Each alarm over a step: what is measured, against which bound, and the sentence that says so.

A check gets the step that has just ended, its figures and those of the steps before, and yields what it found.
Thresholds are those of `Limits`; where they come from says `docs/design/audit.md`.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from referee.audit.watch.alarms import Limits, Severity, StepFigures
from referee.audit.watch.window import Window


class Said(NamedTuple):
    """What a check found. `what`: one of several things that it may be about, such as a tag."""

    kind: str
    severity: Severity
    value: float
    limit: float
    message: str
    evidence: dict[str, Any]
    what: str = ""


class Step(NamedTuple):
    """A step that has ended, and what was before it."""

    window: Window
    now: StepFigures
    before: Sequence[StepFigures]
    limits: Limits

    @property
    def answer(self) -> str:
        """The rule that says whether a rollout is right."""
        return self.window.answer

    def entries(self, what: str) -> dict[str, Any]:
        """Evidence to look at."""
        return {"entries": list(self.window.shown.get(what, ()))}


def _shadow(step: Step) -> Iterator[Said]:
    refused, limit = step.window.refused, step.limits.shadow
    share = refused / step.now.rollouts
    if refused and share > limit:
        message = (
            f"the stricter pack refuses {refused:,} of the {step.window.shadowed:,} rollouts that were right "
            f"({share:.1%} of the step); read a few of them"
        )
        yield Said("shadow_disagrees", "strong", share, limit, message, {"refused": refused, **step.entries("shadow")})


def _tags(step: Step) -> Iterator[Said]:
    for tag, count in step.window.tags.items():
        share = count / step.now.rollouts
        if count >= step.limits.few and share > step.limits.tags:
            paid = step.window.paid_tags[tag]
            message = f"{share:.1%} of the rollouts carry the tag {tag}, and {paid:,} of these {count:,} were right"
            evidence = {"tag": tag, "rollouts": count, "right": paid, **step.entries(tag)}
            yield Said("tag_rate", "strong" if paid else "medium", share, step.limits.tags, message, evidence, tag)


def _one_answer(step: Step) -> Iterator[Said]:
    share = step.now.answer_share
    if share is None:
        return
    top, count = step.window.answers.most_common(1)[0]
    prompts = len(step.window.spread[top])
    base = max(_commonest_truth(step.window), _at_first(step))
    limit = max(step.limits.one_answer, min(3 * base, (1 + base) / 2))
    if share > limit and prompts > step.limits.few and count >= step.limits.few:
        message = f"{top[:60]!r} is {share:.0%} of the answers, given to {prompts:,} different prompts"
        evidence = {"answer": top[:200], "prompts": prompts, "base": base, **step.entries(f"answer {top}")}
        yield Said("one_answer", "strong", share, limit, message, evidence)


def _commonest_truth(window: Window) -> float:
    known = window.truths.total() - window.truths[""]
    top = max((count for truth, count in window.truths.items() if truth), default=0)
    return top / known if known else 0.0


def _at_first(step: Step) -> float:
    """The share of the commonest answer in the first steps, where a run has come further than those."""
    first = [one.answer_share for one in step.before[: step.limits.baseline] if one.answer_share is not None]
    return statistics.fmean(first) if len(step.before) >= step.limits.baseline and first else 0.0


def _form(step: Step) -> Iterator[Said]:
    limits, steps = step.limits, [*step.before, step.now]
    recent = steps[-limits.slope :]
    if len(recent) < limits.slope:
        return
    answers = [one.rules[step.answer] for one in recent if step.answer in one.rules]
    if len(answers) < limits.slope or answers[-1] > 0.9 or _rise(answers) > limits.rise / 10:
        return
    for rule in step.now.rules:
        scores = [one.rules[rule] for one in recent if rule in one.rules]
        if rule != step.answer and len(scores) == limits.slope and (rise := _rise(scores)) > limits.rise:
            message = (
                f"over {limits.slope} steps the rule {rule} rose by {rise:.2f}, and {step.answer} by "
                f"{_rise(answers):.2f}: form is being learned, and nothing else"
            )
            evidence = {
                "rule": rule,
                "rise": rise,
                "answer": _rise(answers),
                "entries": [step.now.first, step.now.last],
            }
            yield Said("format_without_answer", "medium", rise, limits.rise, message, evidence, rule)


def _rise(values: Sequence[float]) -> float:
    """How much a straight line through the values rises from the first to the last (least squares)."""
    places = range(len(values))
    return statistics.linear_regression(places, values).slope * (len(values) - 1)


def _length(step: Step) -> Iterator[Said]:
    first = [one.length for one in step.before[: step.limits.baseline]]
    if len(first) < step.limits.baseline:
        return
    mean = statistics.fmean(first)
    spread = max(statistics.stdev(first), mean / 10)
    off = (step.now.length - mean) / spread if spread else 0.0
    if abs(off) > step.limits.drift:
        message = f"completions are {step.now.length:,.0f} long on average, and were {mean:,.0f} at first"
        evidence = {
            "length": step.now.length,
            "first": mean,
            "reward": step.now.reward,
            "reward_first": _mean(one.reward for one in step.before[: step.limits.baseline]),
            "entries": [step.now.first, step.now.last],
        }
        yield Said("length_drift", "medium", abs(off), step.limits.drift, message, evidence)


def _mean(values: Iterator[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _unjudged(step: Step) -> Iterator[Said]:
    share = step.now.unjudged / step.now.rollouts
    if share > step.limits.unjudged and step.now.unjudged >= step.limits.few:
        message = f"{step.now.unjudged:,} of {step.now.rollouts:,} rollouts could not be judged; their reasons say why"
        yield Said("unjudged_rate", "strong", share, step.limits.unjudged, message, step.entries("unjudged"))


def _silent(step: Step) -> Iterator[Said]:
    silent, groups = step.window.silent()
    if groups >= 8 and silent / groups > step.limits.silent:
        message = f"{silent:,} of {groups:,} groups have equal rewards: the tasks are too easy or too hard by now"
        evidence = {"reward": step.now.reward, "entries": [step.now.first, step.now.last]}
        yield Said("silent_groups", "medium", silent / groups, step.limits.silent, message, evidence)


def _timeouts(step: Step) -> Iterator[Said]:
    share = step.now.timeouts / step.now.rollouts
    if share > step.limits.timeouts and step.now.timeouts >= step.limits.few:
        message = f"{step.now.timeouts:,} of {step.now.rollouts:,} programs ran into the limit of time"
        yield Said("timeouts", "strong", share, step.limits.timeouts, message, step.entries("timeouts"))


CHECKS: Final[tuple[Callable[[Step], Iterator[Said]], ...]] = (
    _shadow, _tags, _one_answer, _form, _length, _unjudged, _silent, _timeouts,
)  # fmt: skip
