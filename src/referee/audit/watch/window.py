"""One step of a run, added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

from referee.audit.watch.alarms import StepFigures
from referee.audit.watch.tags import answer_of
from referee.core.types import Score, Task
from referee.engine.scored import Scored
from referee.group.advantage import is_silent

SHOWN: Final = 10  # entries named as evidence
_TIMED: Final = ("limit.cpu", "limit.wall", "infra.timeout")


class Window:
    """The rollouts of one step."""

    def __init__(self, run: str, step: int | None) -> None:
        self.run, self.step = run, step
        self.answer = ""  # the rule that says whether a rollout is right, as of the last one
        self.first = self.last = 0
        self.rollouts = self.unjudged = self.timeouts = self.tagged = 0
        self.tags: Counter[str] = Counter()
        self.paid_tags: Counter[str] = Counter()  # of those, on rollouts that were right
        self.answers: Counter[str] = Counter()
        self.truths: Counter[str] = Counter()
        self.spread: dict[str, set[str]] = defaultdict(set)  # answer -> prompts to which it was given
        self.shadowed = self.refused = 0  # put to the stricter pack, and refused by it
        self.shown: dict[str, list[int]] = defaultdict(list)  # what for -> entries
        self._rewards: list[float] = []
        self._lengths = 0.0
        self._groups: dict[str, list[float]] = defaultdict(list)
        self._rules: dict[str, list[float]] = defaultdict(list)

    def add(self, scored: Scored, entry: int, tags: tuple[str, ...], answer: str) -> None:
        """Count one rollout. `answer`: the rule that says whether it is right."""
        self.first, self.last, self.answer = self.first or entry, entry, answer
        self.rollouts += 1
        score = scored.score
        tokens = scored.rollout.tokens
        self._lengths += len(scored.rollout.text) if tokens is None else tokens
        if score.reward is None:
            self.unjudged += 1
            self.show("unjudged", entry)
        else:
            self._rewards.append(score.reward)
            self._groups[scored.group].append(score.reward)
        for name, verdict in score.verdicts.items():
            if verdict.score is not None:
                self._rules[name].append(verdict.score)
        if any(one.reason in _TIMED for one in score.verdicts.values()):
            self.timeouts += 1
            self.show("timeouts", entry)
        self._tags(score, entry, tags, answer)
        self._answer(scored.task, score, entry, answer)

    def _tags(self, score: Score, entry: int, tags: tuple[str, ...], answer: str) -> None:
        self.tagged += bool(tags)
        self.tags.update(tags)
        if is_right(score, answer):
            self.paid_tags.update(tags)
        for tag in tags:
            self.show(tag, entry)

    def _answer(self, task: Task, score: Score, entry: int, rule: str) -> None:
        if said := answer_of(score, rule):
            self.answers[said] += 1
            if len(self.spread[said]) <= 1000:
                self.spread[said].add(task.id or str(task.prompt)[:500])
            self.show(f"answer {said}", entry)
            self.truths[_plain(task.truth)] += 1

    def show(self, what: str, entry: int) -> None:
        """Note an entry to look at."""
        if entry and len(self.shown[what]) < SHOWN:
            self.shown[what].append(entry)

    def silent(self) -> tuple[int, int]:
        """Groups with equal rewards, and groups with two rewards or more."""
        groups = [rewards for rewards in self._groups.values() if len(rewards) > 1]
        return sum(is_silent(rewards) for rewards in groups), len(groups)

    def figures(self) -> StepFigures:
        """The step as it is now."""
        silent, groups = self.silent()
        top, count = self.answers.most_common(1)[0] if self.answers else ("", 0)
        return StepFigures(
            run=self.run,
            step=self.step,
            first=self.first,
            last=self.last,
            rollouts=self.rollouts,
            judged=len(self._rewards),
            unjudged=self.unjudged,
            reward=sum(self._rewards) / len(self._rewards) if self._rewards else None,
            length=self._lengths / self.rollouts if self.rollouts else 0.0,
            silent=silent / groups if groups else None,
            timeouts=self.timeouts,
            tagged=self.tagged,
            tags=dict(sorted(self.tags.items())),
            rules={name: sum(scores) / len(scores) for name, scores in self._rules.items()},
            answer=top[:80],
            answer_share=count / self.answers.total() if self.answers else None,
        )


def is_right(score: Score, rule: str) -> bool:
    """Whether the answer rule gave anything; where no rule is known by that name, whether a reward was paid."""
    verdict = score.verdicts.get(rule)
    return bool(score.reward) if verdict is None else bool(verdict.score)


def _plain(truth: Any) -> str:
    """A truth as it is counted."""
    if isinstance(truth, dict):
        truth = truth.get("answer", truth.get("value", ""))
    return " ".join(str(truth).split())[:200] if isinstance(truth, str | int | float) else ""
