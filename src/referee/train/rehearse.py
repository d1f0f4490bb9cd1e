"""A dry run: is the data what the packs expect, does sampling work, and what will a step cost?

Each truth is scored against itself: written as a completion, in the forms in which packs read answers. A truth that no
form of itself satisfies is one that no policy can satisfy either, or that the pack reads in another way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from referee.core.types import Record
from referee.engine.score import RulePack
from referee.train.config import TrainConfig
from referee.train.grpo import Trainer
from referee.train.judging import Judges
from referee.train.policy import Row
from referee.train.tasks import Problem

CHECKED = 500  # tasks of each source
SHOWN = 3
FORMS = (
    "<think>\nIt is known.\n</think>\n\n\\boxed{%s}",
    "<think>\nIt is known.\n</think>\n\n<answer>%s</answer>",
    "It is known.\n#### %s",
    "Answer: %s",
    "\\boxed{%s}",
    "%s",
)
PROGRAM = "<think>\nIt is known.\n</think>\n\n```python\npass\n```"


class Checked(Record, frozen=True, kw_only=True):
    """The tasks of one source. right: truths that satisfy themselves. readable: truths that are no answers but tests,
    and can be read. unreadable: truths that make a rollout unjudged. wrong: the rest. shown: a few of these two.
    """

    path: str
    pack: str
    tasks: int
    checked: int
    right: int = 0
    readable: int = 0
    unreadable: int = 0
    wrong: int = 0
    shown: tuple[str, ...] = ()


class Cost(Record, frozen=True, kw_only=True):
    """One group, and what a step of them costs. Seconds of the wall clock; `tokens` sampled."""

    rollouts: int
    tokens: int
    rewards: tuple[float | None, ...]
    text: str
    sample_s: float
    judge_ms: float
    learn_s: float
    step_s: float


def check(config: TrainConfig, trainer: Trainer) -> Iterator[Checked]:
    """Every source's truths against themselves."""
    for source, pack, problems in zip(config.data, trainer.packs, trainer.tasks.sources, strict=True):
        found: dict[str, int] = {"right": 0, "readable": 0, "unreadable": 0, "wrong": 0}
        shown: list[str] = []
        some = problems[:CHECKED]
        for problem in some:
            kind, told = _kind(pack, problem)
            found[kind] += 1
            if told and len(shown) < SHOWN:
                shown.append(f"{problem.task.id}: {told}")
        yield Checked(
            path=source.path, pack=pack.name, tasks=len(problems), checked=len(some), shown=tuple(shown), **found
        )


def _kind(pack: RulePack, problem: Problem) -> tuple[str, str]:
    truth, answer = problem.task.truth, pack.spec.answer
    written = _written(truth)
    forms = [PROGRAM] if written is None else [form.replace("%s", written) for form in FORMS]
    verdicts = [pack.score(form, truth=truth, prompt=problem.task.prompt).verdicts[answer] for form in forms]
    if any(verdict.status == "pass" for verdict in verdicts):
        return "right", ""
    lost = next((verdict for verdict in verdicts if verdict.status == "unjudged"), None)
    if lost is not None:
        return "unreadable", f"{lost.reason}: {lost.evidence.get('detail', '')}"[:160]
    return ("readable", "") if written is None else ("wrong", f"{written[:60]!r} is {verdicts[0].reason} to itself")


def _written(truth: Any) -> str | None:
    """An answer as a text; None for tests."""
    if isinstance(truth, list) and truth:
        truth = truth[0]  # one of several names
    return str(truth) if isinstance(truth, str | int | float) and not isinstance(truth, bool) else None


def measure(config: TrainConfig, trainer: Trainer) -> Cost:
    """Sample one group, judge it and learn from it, as if half of it had been right. The trainer is spoilt by it."""
    started = time.monotonic()
    (rollouts,) = trainer.roll(trainer.upcoming(1))
    sampled = time.monotonic()
    rows = [
        Row(rollouts.asked.problem.ids, one.tokens, one.logprobs, 1.0 if one.member % 2 else -1.0)
        for one in rollouts.sampled
    ]
    trainer.learn(rows)
    ended = time.monotonic()
    judged = sum(one.seconds for one in rollouts.scored)
    return Cost(
        rollouts=len(rows),
        tokens=sum(len(row.tokens) for row in rows),
        rewards=rollouts.group.rewards,
        text=trainer.text(rollouts.sampled[0]),
        sample_s=sampled - started,
        judge_ms=1000 * judged / len(rows),
        learn_s=ended - sampled,
        step_s=(ended - started) * config.sample.prompts / trainer.processes,
    )


def rehearsal(config: TrainConfig, judges: Judges | None = None) -> tuple[TrainConfig, Trainer]:
    """The config and a trainer to rehearse with: nothing is kept."""
    config = msgspec.structs.replace(config, ledger="", log=(), watch=False)
    return config, Trainer(config, judges=judges)
