"""Rollouts go to the judge while sampling goes on, and come back as scored groups.

Each step is judged by the packs as they were when it began, so that a weight that changes in between counts for all
rollouts of a group or for none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from referee.core.errors import InfrastructureError
from referee.core.types import Group, Rollout
from referee.engine.score import RulePack, group
from referee.engine.scored import Keeper, Scored, Submission
from referee.train.config import TrainConfig
from referee.train.policy import Row
from referee.train.sample import Sampled
from referee.train.tasks import Problem

PATIENCE_S = 900.0  # without a single score, while some are due
_AT_ONCE = 1024


class Judges(Protocol):
    """What of a pool the loop needs."""

    def submit(self, *submissions: Submission) -> None: ...

    def drain(self, count: int, wait_s: float) -> list[Scored]: ...

    def close(self) -> None: ...


class Asked(NamedTuple):
    """A task at its place in the stream, for which a group is sampled."""

    place: int
    problem: Problem

    @property
    def group(self) -> str:
        return f"{self.place:08d}"


class Rollouts(NamedTuple):
    """The group of one task: what was sampled, and how it was judged. The three have the same order."""

    asked: Asked
    sampled: list[Sampled]
    scored: list[Scored]
    group: Group


class Judging:
    """Submits what was sampled, under the run's name, and gathers groups. waited: seconds the loop stood still."""

    def __init__(self, judges: Judges, packs: Sequence[RulePack], run: str, estimator: str, size: int) -> None:
        self.waited = 0.0
        self._judges, self._packs, self._run = judges, packs, run
        self._estimator, self._size = estimator, size

    def refresh(self) -> None:
        """Take changed pack files into force. Called between steps."""
        for pack in self._packs:
            pack.refresh()

    def weights(self) -> dict[str, float]:
        """The weight of every rule in force, by pack and rule."""
        return {f"{pack.name}/{rule.name}": rule.weight for pack in self._packs for rule in pack.spec.rules}

    def submit(self, step: int, asked: Asked, sampled: Sampled, text: str) -> None:
        """Have one completion judged. Returns at once."""
        rollout = Rollout(
            text=text, id=f"{asked.group}/{sampled.member}", tokens=len(sampled.tokens), finish=sampled.finish
        )
        self._judges.submit(
            Submission(
                run=self._run,
                group=asked.group,
                task=asked.problem.task,
                rollouts=(rollout,),
                pack=self._packs[asked.problem.source].spec,
                step=step,
                start=sampled.member,
            )
        )

    def gather(self, asked: Sequence[Asked], sampled: Mapping[str, list[Sampled]]) -> list[Rollouts]:
        """The scored groups of these tasks, in their order; waits for what is not judged yet."""
        due = {(one.group, index) for one in asked for index in range(self._size)}
        found: dict[tuple[str, int], Scored] = {}
        started = heard = time.monotonic()
        while len(found) < len(due):
            for scored in self._judges.drain(_AT_ONCE, 1.0):
                heard = time.monotonic()
                if (scored.group, scored.index) in due:  # delivery is at least once, and a resumed run asks again
                    found.setdefault((scored.group, scored.index), scored)
            if time.monotonic() - heard > PATIENCE_S:
                raise InfrastructureError(f"{len(due) - len(found)} rollouts were not judged in {PATIENCE_S:g} s")
        self.waited += time.monotonic() - started
        return [self._rollouts(one, sampled[one.group], found) for one in asked]

    def _rollouts(self, asked: Asked, sampled: list[Sampled], found: Mapping[tuple[str, int], Scored]) -> Rollouts:
        sampled = sorted(sampled, key=lambda one: one.member)
        scored = [found[asked.group, one.member] for one in sampled]
        scores = [one.score for one in scored]
        return Rollouts(asked, sampled, scored, group(scores, estimator=self._estimator, task=asked.problem.task.id))

    def close(self) -> None:
        """End the pool; what it kept its scores in, it leaves open."""
        self._judges.close()
        keeper = getattr(self._judges, "keeper", None)
        if keeper is not None:
            keeper.close()


def rows_of(rollouts: Rollouts) -> Iterator[Row]:
    """What a group gives to learn from: its judged rollouts, with their advantages."""
    for sampled, reward, advantage in zip(
        rollouts.sampled, rollouts.group.rewards, rollouts.group.advantages, strict=True
    ):
        if reward is not None:
            yield Row(rollouts.asked.problem.ids, sampled.tokens, sampled.logprobs, advantage)


def figures(rollouts: Rollouts) -> Iterator[dict[str, float]]:
    """What each rollout of a group adds to the figures of a step; means are taken over those that have a figure."""
    for sampled, scored in zip(rollouts.sampled, rollouts.scored, strict=True):
        told = {
            "tokens/mean": float(len(sampled.tokens)),
            "cut": float(sampled.finish == "length"),
            "entropy": -sum(sampled.logprobs) / len(sampled.logprobs),
            "silent": float(rollouts.group.silent),
            "unjudged": float(scored.score.reward is None),
            "judge_ms": 1000 * scored.seconds,
        }
        if scored.score.reward is not None:
            told["reward"] = scored.score.reward
            told[f"reward/{rollouts.asked.problem.source}"] = scored.score.reward
        for name, verdict in scored.score.verdicts.items():
            if verdict.score is not None:
                told[f"rule/{name}"] = verdict.score
        yield told


def open_judges(config: TrainConfig, rank: int) -> Judges:
    """The pool that the config asks for, which keeps every rollout in the ledger that it names, watched or not."""
    keeper: Keeper | None = None
    if config.ledger:
        from referee.ledger.write import Ledger

        path = Path(config.ledger)
        path.parent.mkdir(parents=True, exist_ok=True)
        keeper = Ledger(path if not rank else path.with_name(f"{path.name}-{rank}"))  # a ledger has one writer
    if config.watch:
        from referee.audit.watch.live import Watch

        keeper = Watch(keeper)
    from referee.pool.pool import Pool

    return Pool(config.pool, workers=config.workers or None, keeper=keeper)


def text_of(tokenizer: Any, ends: Sequence[int]) -> Callable[[Sampled], str]:
    """How a completion becomes text: everything that was sampled but the token that ended it."""

    def text(sampled: Sampled) -> str:
        tokens = sampled.tokens[:-1] if sampled.tokens[-1] in ends else sampled.tokens
        decoded: str = tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return decoded

    return text
