"""The one callable that a trainer wants: completions and a data set's columns in, a float for each completion out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from referee.core.errors import RefereeWarning, UsageError
from referee.core.types import Score, Verdict
from referee.data.columns import COLUMNS, has, pick
from referee.data.rows import plain_truth, prompt_text
from referee.engine.batch import score_batch
from referee.engine.completion import Completion
from referee.engine.score import PackSource, RulePack, as_pack

_TRAINERS = frozenset({"completion_ids", "prompt_ids", "trainer_state"})  # passed by trainers, not by data sets

U = TypeVar("U", bound=float | None)


class RewardFunction(Generic[U]):
    """`reward(completions, truths)` gives one float for each completion; made by `reward_function`.

    `pack` is the compiled pack: `pack.fault` says why a changed file is not in force, `pack.digest` which one judges.
    """

    def __init__(self, pack: RulePack, *, workers: int | None, unjudged: U, truth: str | None) -> None:
        self.pack = pack
        self.workers = workers
        self.unjudged = unjudged
        self.truth = truth
        self.__name__ = self.__qualname__ = f"referee_{pack.name.replace('-', '_')}"  # trainers log it by this name
        self._warned = False

    def __call__(
        self,
        completions: Sequence[Completion],
        truths: Sequence[Any] | None = None,
        prompts: Sequence[Any] | None = None,
        **columns: Any,
    ) -> list[float | U]:
        """One reward for each completion, `unjudged` where there is none. Raises `UsageError` for a wrong call."""
        found, column = self._truths(truths, columns, named=prompts is not None)
        texts = None if prompts is None else [prompt_text(prompt) for prompt in prompts]
        try:
            scores = score_batch(self.pack, completions, found, texts, workers=self.workers)
        except UsageError as error:
            if truths is None or prompts is not None:
                raise
            raise UsageError(f"{error} (completions come first, or by keyword)") from None
        self._check(scores, column, columns)
        return [self.unjudged if score.reward is None else score.reward for score in scores]

    def __repr__(self) -> str:
        return f"<{self.__name__} {self.pack!r}>"

    def _truths(
        self, truths: Sequence[Any] | None, columns: Mapping[str, Any], *, named: bool
    ) -> tuple[Sequence[Any] | None, str]:
        """The truths and the column that they come from. `named`: the call goes by keywords, as trainers do it."""
        if self.truth is not None and truths is None:
            if (found := _column(columns, self.truth)) is None:
                raise UsageError(f"there is no column '{self.truth}'; the columns passed are {_listed(columns)}")
            return found, self.truth
        names = (name for name in COLUMNS["truth"] if _column(columns, name) is not None)
        name = next(names, "")
        if truths is None:
            return (_column(columns, name), name) if name else (None, "")
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
                f"no truths: the columns passed are {_listed(columns)}; the names read are "
                f"{_listed(COLUMNS['truth'])}. Rename it, or name it: reward_function(..., truth='{_likely(columns)}')"
            )
        if len(faults) == len(scores) and not self._warned:
            self._warned = True
            why = f"{faults[0].reason}: {faults[0].evidence.get('detail', '')}"
            warnings.warn(
                f"none of the {len(scores)} truths in '{column}' could be read ({why}); "
                "is it the right column, and the right pack?",
                RefereeWarning,
                stacklevel=3,
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
    could not be judged gets `unjudged`: NaN, or None, which TRL turns into NaN. TRL adds rewards up with `nansum`: NaN
    beside other reward functions drops out, NaN that is the only reward counts as 0. Raises `UsageError` when there are
    no truths and the pack needs them.

    A pack given as a path is watched: a changed weight counts from the next call on, and an edit that does not load is
    said once as a `RefereeWarning`. The callable's `pack` is the compiled pack.
    """
    watch = isinstance(pack, str | Path) and Path(pack).is_file()
    compiled = RulePack.load(pack, watch=True) if watch else as_pack(pack)
    return RewardFunction(compiled, workers=workers, unjudged=unjudged, truth=truth)


def _column(columns: Mapping[str, Any], name: str) -> list[Any] | None:
    """The truths in a column; a dotted name reaches into a column of objects. None when there is no such column."""
    root, dot, rest = name.partition(".")
    values = columns.get(name)
    if values is None and dot and isinstance(objects := columns.get(root), Sequence):
        if not all(isinstance(one, Mapping) and has(one, rest) for one in objects):
            return None
        values = [pick(one, rest) for one in objects]
    if values is None or isinstance(values, str) or not isinstance(values, Iterable):
        return None
    return [plain_truth(value, name) for value in values]


def _truth_fault(score: Score) -> Verdict | None:
    """The first verdict that could not be given because of the truth."""
    verdicts = score.verdicts.values()
    return next((one for one in verdicts if one.score is None and one.reason.startswith("truth.")), None)


def _likely(columns: Mapping[str, Any]) -> str:
    """The one column that may hold the truths; a placeholder where there are several."""
    lists = [name for name, value in columns.items() if isinstance(value, list) and name not in _TRAINERS]
    return lists[0] if len(lists) == 1 else "COLUMN"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:30]) or "none"
