"""TRL: `GRPOTrainer(..., reward_funcs=referee.reward_function("r1-zero-math"))`.

TRL calls a reward function with `prompts`, `completions` (texts or message lists), `completion_ids`, every column of
the data set, `trainer_state`, `log_metric` and `log_extra`, all by name, and takes one float or None for each
completion. A row that every function answers with None or NaN takes no part in the baseline and gets the advantage 0
(TRL 1.16). ms-swift and unsloth pass the same.

`reward_function` is one callable for all rules, the one to prefer: weights that change in a watched pack file count at
once, and each rule's mean is logged. `reward_functions` is one callable for each rule. `async_reward_function` leaves
the trainer's thread free while programs run.
"""

from __future__ import annotations

import asyncio
import math
import warnings
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, Generic, TypeVar, overload
from weakref import WeakValueDictionary

from referee.adapters.judge import opened
from referee.adapters.truths import in_columns, listed
from referee.core.errors import RefereeWarning, UsageError
from referee.core.types import Score, Verdict
from referee.data.columns import COLUMNS
from referee.data.plain import dumps
from referee.data.rows import prompt_text
from referee.engine.batch import score_batch
from referee.engine.completion import Completion
from referee.engine.score import PackSource, RulePack
from referee.packs.spec import PackSpec

_TRAINERS = frozenset({"completion_ids", "prompt_ids", "trainer_state"})  # passed by trainers, not by data sets

U = TypeVar("U", bound=float | None)


class Scorer:
    """Completions and a data set's columns in, scores out: what the callables of this file share.

    `pack` is the compiled pack: `pack.fault` says why a changed file is not in force, `pack.digest` which one judges.
    """

    def __init__(self, pack: PackSource | RulePack, *, workers: int | None, truth: str | None) -> None:
        self.pack = opened(pack)
        self.workers = workers
        self.truth = truth
        self.first = self.pack.digest  # of a watched file, before any edit
        self.name = _own_name(self)
        self._warned = False

    def scores(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None,
        prompts: Sequence[Any] | None,
        columns: Mapping[str, Any],
    ) -> list[Score]:
        """The scores of N completions, in order. Raises `UsageError` for a wrong call."""
        found, column = self._truths(truths, columns, named=prompts is not None)
        texts = None if prompts is None else [prompt_text(prompt) for prompt in prompts]
        try:
            scores = score_batch(self.pack, completions, found, texts, workers=self.workers)
        except UsageError as error:
            if truths is None or prompts is not None:
                raise
            raise UsageError(f"{error} (completions come first, or by keyword)") from None
        self._check(scores, column, columns)
        return scores

    def _truths(
        self, truths: Sequence[Any] | None, columns: Mapping[str, Any], *, named: bool
    ) -> tuple[Sequence[Any] | None, str]:
        """The truths and the column that they come from. `named`: the call goes by keywords, as trainers do it."""
        if truths is None:
            return in_columns(columns, self.truth)
        _, name = in_columns(columns)
        if name and not named:
            raise UsageError(
                f"the truths come twice, as the second argument and as {name}=; completions come first, or by keyword: "
                f"reward(completions=..., {name}=...)"
            )
        return truths, "truths"

    def _check(self, scores: list[Score], column: str, columns: Mapping[str, Any]) -> None:
        """A batch that nobody could judge for want of truths is the caller's mistake, or worth a warning."""
        faults = [fault for score in scores if (fault := _truth_fault(score)) is not None]
        if not faults:
            return
        if not column:
            raise UsageError(
                f"no truths: the columns passed are {listed(columns)}; the names read are "
                f"{listed(COLUMNS['truth'])}. Rename it, or name it: reward_function(..., truth='{_likely(columns)}')"
            )
        if len(faults) == len(scores) and not self._warned:
            self._warned = True
            why = f"{faults[0].reason}: {faults[0].evidence.get('detail', '')}"
            warnings.warn(
                f"none of the {len(scores)} truths in '{column}' could be read ({why}); "
                "is it the right column, and the right pack?",
                RefereeWarning,
                stacklevel=4,
            )


_NAMED: WeakValueDictionary[str, Scorer] = WeakValueDictionary()


def _own_name(scorer: Scorer) -> str:
    """What trainers log it by. TRL merges what has one name, so packs of one name that differ must not share theirs."""
    name = f"referee_{scorer.pack.name.replace('-', '_')}"
    other = _NAMED.get(name)
    if other is not None and other.first != scorer.first:
        name = f"{name}_{scorer.first[:6]}"
    _NAMED[name] = scorer
    return name


class _Rewards(Generic[U]):
    """The reward of each completion, and the trainer's log of what it is made of."""

    def __init__(self, scorer: Scorer, unjudged: U) -> None:
        self.scorer = scorer
        self.unjudged = unjudged
        self.__name__ = self.__qualname__ = scorer.name

    @property
    def pack(self) -> RulePack:
        """The pack in force."""
        return self.scorer.pack

    def _rewards(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None,
        prompts: Sequence[Any] | None,
        columns: Mapping[str, Any],
    ) -> list[float | U]:
        scores = self.scorer.scores(completions, truths, prompts, columns)
        _log(self.__name__, self.pack.spec, scores, columns)
        return [self.unjudged if score.reward is None else score.reward for score in scores]

    def __repr__(self) -> str:
        return f"<{self.__name__} {self.pack!r}>"


class RewardFunction(_Rewards[U]):
    """`reward(completions, truths)` gives one float for each completion; made by `reward_function`.

    `pack` is the compiled pack: `pack.fault` says why a changed file is not in force, `pack.digest` which one judges.
    """

    def __call__(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[Any] | None = None,
        **columns: Any,
    ) -> list[float | U]:
        """One reward for each completion, `unjudged` where there is none. Raises `UsageError` for a wrong call.

        A trainer's `log_metric` gets each rule's mean score and weight and the share that was judged, its `log_extra`
        each rule's scores and the first reason that took something away.
        """
        return self._rewards(completions, truths, prompts, columns)


class AsyncRewardFunction(_Rewards[U]):
    """`RewardFunction`, awaited; made by `async_reward_function`."""

    async def __call__(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[Any] | None = None,
        **columns: Any,
    ) -> list[float | U]:
        """One reward for each completion, scored beside the event loop."""
        return await asyncio.to_thread(self._rewards, completions, truths, prompts, columns)


class RuleReward:
    """What one rule of a pack adds to the reward; made by `reward_functions`.

    None for every rule of a rollout that the pack masks, so that TRL masks it too.
    """

    def __init__(self, batch: _Batch, rule: str, name: str) -> None:
        self.rule = rule
        self.__name__ = self.__qualname__ = name
        self._batch = batch

    def __call__(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[Any] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """The rule's contribution for each completion, None where there is none."""
        scores = self._batch.scores(self.rule, completions, truths, prompts, columns)
        return [score.contributions.get(self.rule, 0.0) if score.judged else None for score in scores]

    def __repr__(self) -> str:
        return f"<{self.__name__} {self._batch.scorer.pack!r}>"


class _Batch:
    """One judging of a batch for all rules of a pack, however many functions ask.

    A function that asks twice for the same completions means another batch, which may be under changed weights.
    """

    def __init__(self, scorer: Scorer, rules: tuple[str, ...]) -> None:
        self.scorer = scorer
        self.rules = rules
        self._last: tuple[bytes, set[str], list[Score]] = (b"", set(), [])
        self._warned = False

    def scores(
        self,
        rule: str,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None,
        prompts: Sequence[Any] | None,
        columns: Mapping[str, Any],
    ) -> list[Score]:
        """The scores of the batch for one rule's function."""
        given, _ = (truths, "") if truths is not None else in_columns(columns, self.scorer.truth)
        key = dumps((list(completions), given, prompts))
        last, served, scores = self._last
        if key != last or rule in served:
            served, scores = set(), self.scorer.scores(completions, truths, prompts, columns)
            self._last = key, served, scores
            self._check()
        served.add(rule)
        return scores

    def _check(self) -> None:
        """The functions still add up to the reward; a watched file may have changed that."""
        spec = self.scorer.pack.spec
        new = [rule.name for rule in spec.rules if rule.role != "gate" and rule.name not in self.rules]
        if (new or spec.clip) and not self._warned:
            self._warned = True
            what = f"has the rule '{new[0]}', for which there is no function" if new else "clips its reward"
            warnings.warn(
                f"the pack now {what}: what TRL adds up is not its reward any more. Start again, or pass "
                "reward_function(pack), which follows every change",
                RefereeWarning,
                stacklevel=4,
            )


@overload
def reward_function(
    pack: PackSource | RulePack, *, workers: int | None = 1, unjudged: float = math.nan, truth: str | None = None
) -> RewardFunction[float]: ...
@overload
def reward_function(
    pack: PackSource | RulePack, *, workers: int | None = 1, unjudged: None, truth: str | None = None
) -> RewardFunction[None]: ...
def reward_function(
    pack: PackSource | RulePack,
    *,
    workers: int | None = 1,
    unjudged: float | None = math.nan,
    truth: str | None = None,
) -> RewardFunction[Any]:
    """One callable for a trainer: `reward(completions, truths)` gives one float for each completion.

    Truths may also come as a column of the data set by its name (`ground_truth=`, `answer=`, `solution=` ...), as TRL
    passes them; `truth` names the column when it has another name, and other keywords are ignored. A rollout that
    could not be judged gets `unjudged`: NaN, or None, which TRL takes for the same and masks. Raises `UsageError` when
    there are no truths and the pack needs them.

    A pack given as a path is watched: a changed weight counts from the next call on, and an edit that does not load is
    said once as a `RefereeWarning`. The callable's `pack` is the compiled pack.
    """
    return RewardFunction(Scorer(pack, workers=workers, truth=truth), unjudged)


def async_reward_function(
    pack: PackSource | RulePack, *, workers: int | None = 1, truth: str | None = None
) -> AsyncRewardFunction[None]:
    """`reward_function` as `async def`: TRL awaits all such functions together, so slow rules overlap."""
    return AsyncRewardFunction(Scorer(pack, workers=workers, truth=truth), None)


def reward_functions(
    pack: PackSource | RulePack, *, workers: int | None = 1, truth: str | None = None
) -> list[RuleReward]:
    """One callable for each rule, each with a name of its own, judged together once a batch.

    Each returns what its rule adds to the reward, so under TRL's default `reward_weights` of 1 they add up to the
    pack's reward, gates and penalties included. A gate adds nothing and has no callable. Raises `UsageError` for a pack
    that clips its reward, which no sum of functions can do.
    """
    scorer = Scorer(pack, workers=workers, truth=truth)
    spec = scorer.pack.spec
    if spec.clip is not None:
        raise UsageError(
            f"the pack '{spec.name}' clips its reward to {list(spec.clip)}, and a trainer that adds up its rules "
            "cannot; pass reward_function(pack)"
        )
    rules = tuple(rule.name for rule in spec.rules if rule.role != "gate")
    batch = _Batch(scorer, rules)
    return [RuleReward(batch, rule, f"{scorer.name}_{rule}") for rule in rules]


def _log(name: str, pack: PackSpec, scores: Sequence[Score], columns: Mapping[str, Any]) -> None:
    """What the trainer wants to log, where it passes the functions for it."""
    if not scores:
        return
    found = {rule: [score.verdicts[rule].score for score in scores] for rule in scores[0].verdicts}
    if callable(log_metric := columns.get("log_metric")):
        for rule, values in found.items():
            if given := [one for one in values if one is not None]:
                log_metric(f"{name}/{rule}", fsum(given) / len(given))
        for spec in pack.rules:
            if spec.role != "gate":
                log_metric(f"{name}/weight/{spec.name}", spec.weight)
        log_metric(f"{name}/judged", sum(score.judged for score in scores) / len(scores))
    if callable(log_extra := columns.get("log_extra")):
        for rule, values in found.items():
            log_extra(f"{name}/{rule}", values)
        log_extra(f"{name}/reason", [_reason(score) for score in scores])


def _reason(score: Score) -> str:
    """The first reason that took something away, else the first reason."""
    verdicts = list(score.verdicts.values())
    return next((one.reason for one in verdicts if one.status != "pass"), verdicts[0].reason)


def _truth_fault(score: Score) -> Verdict | None:
    """The first verdict that could not be given because of the truth."""
    verdicts = score.verdicts.values()
    return next((one for one in verdicts if one.score is None and one.reason.startswith("truth.")), None)


def _likely(columns: Mapping[str, Any]) -> str:
    """The one column that may hold the truths; a placeholder where there are several."""
    lists = [name for name, value in columns.items() if isinstance(value, list) and name not in _TRAINERS]
    return lists[0] if len(lists) == 1 else "COLUMN"
