"""Any callable as a target: TRL's `(completions, **columns)`, verl's `compute_score`, or `(completion, truth)`.

What a callable is, its parameters say. A callable of TRL's kind may want texts or lists of messages: the first way in
which the gold answer is paid is kept. Whatever it raises is a fault of its own, never ours.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from referee.core.errors import UsageError
from referee.core.types import Task
from referee.redteam.sample import Form
from referee.redteam.target import Item, Pay

Call = Callable[[str, Task], Any]  # the text of a completion and its task -> what the callable returns
TRUTH_COLUMNS = ("solution", "answer", "ground_truth", "truth", "target", "label")  # one truth under many names


def _trl_text(function: Callable[..., Any], text: str, task: Task) -> Any:
    return function(completions=[text], prompts=[task.prompt or ""], **_columns(task))[0]


def _trl_messages(function: Callable[..., Any], text: str, task: Task) -> Any:
    said = [{"role": "assistant", "content": text}]
    asked = [{"role": "user", "content": task.prompt or ""}]
    return function(completions=[said], prompts=[asked], **_columns(task))[0]


def _verl(function: Callable[..., Any], text: str, task: Task) -> Any:
    source = str(task.meta.get("data_source", "referee"))
    return function(data_source=source, solution_str=text, ground_truth=task.truth, extra_info={"prompt": task.prompt})


def _two(function: Callable[..., Any], text: str, task: Task) -> Any:
    return function(text, task.truth)


STYLES: Mapping[str, tuple[Callable[[Callable[..., Any], str, Task], Any], ...]] = {
    "trl": (_trl_messages, _trl_text),
    "verl": (_verl,),
    "two": (_two,),
}


def _columns(task: Task) -> dict[str, list[Any]]:
    return {name: [task.truth] for name in TRUTH_COLUMNS} | {
        name: [value] for name, value in task.meta.items() if name.isidentifier()
    }


class CallableTarget:
    """A reward function under attack.

    `form`: how a right answer to it is dressed. `calls`: the ways to call it, first the likeliest.
    """

    def __init__(
        self, name: str, form: Form, calls: Sequence[Call], recipe: Mapping[str, Any], version: str = ""
    ) -> None:
        self.name = name
        self.form = form
        self.version = version
        self.pure = True
        self._calls = list(calls)
        self._recipe = dict(recipe)

    def recipe(self) -> dict[str, Any]:
        """Its name, for another process."""
        return self._recipe

    def without(self, rule: str, pay: Pay) -> float | None:  # noqa: ARG002 - it has one rule, itself
        """A callable without itself pays nothing."""
        return 0.0 if pay.reward is not None else None

    def pay(self, items: Sequence[Item]) -> list[Pay]:
        """What the callable returns for each."""
        return [self._paid(rollout.text, task) for rollout, task in items]

    def _paid(self, text: str, task: Task) -> Pay:
        if len(self._calls) == 1:
            return _called(self.name, self._calls[0], text, task)
        pays = [_called(self.name, call, text, task) for call in self._calls]
        best = max(range(len(pays)), key=lambda place: (not pays[place].fault, pays[place].reward or 0.0))
        if pays[best].reward:
            self._calls = [self._calls[best]]
        return pays[best]


def _called(name: str, call: Call, text: str, task: Task) -> Pay:
    level = logging.root.manager.disable
    logging.disable()  # some log every text that they cannot read, whole
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            returned = call(text, task)
    except Exception as error:
        return Pay(reward=None, reasons={name: "raised"}, fault=f"{type(error).__name__}: {str(error)[:200]}")
    finally:
        logging.disable(level)
    reward = _number(returned)
    if reward is None:
        skipped = returned is None or (isinstance(returned, Mapping) and returned.get("score") is None)
        return Pay(reward=None, reasons={name: "skipped" if skipped else "not_finite"})
    return Pay(reward=reward, right=reward >= 1.0, contributions={name: reward}, reasons={name: f"paid {reward:g}"})


def _number(returned: Any) -> float | None:
    """The reward in what was returned: a number, or verl's table with a `score`; None for none, NaN and infinities."""
    if isinstance(returned, Mapping):
        returned = returned.get("score", returned.get("reward"))
    if isinstance(returned, list | tuple) and returned:
        returned = returned[0]
    try:
        value = float(returned)
    except (TypeError, ValueError):
        return None
    return value if abs(value) < float("inf") else None


def imported(path: str) -> Callable[..., Any]:
    """The function at `pkg.mod:name` or `file.py:name`. Raises `UsageError`."""
    module, colon, name = path.rpartition(":")
    if not colon or not module or not name:
        raise UsageError(f"a callable is named MODULE:FUNCTION, like mypackage.rewards:accuracy; got '{path}'")
    try:
        if module.endswith(".py"):
            sys.path.insert(0, str(Path(module).resolve().parent))
            module = Path(module).stem
        elif "" not in sys.path:
            sys.path.insert(0, "")
        found = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--callable {path}: {error}") from error
    if not callable(found):
        raise UsageError(f"--callable {path}: {type(found).__name__} is no function")
    return found


def style_of(function: Callable[..., Any]) -> str:
    """How a function wants to be called, read from its parameters' names."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return "two"
    if "solution_str" in names:
        return "verl"
    return "trl" if "completions" in names else "two"


def calls_of(function: Callable[..., Any], style: str = "") -> list[Call]:
    """The ways to call a function. Raises `UsageError` for a style that nobody has."""
    style = style or style_of(function)
    if style not in STYLES:
        raise UsageError(f"there is no style '{style}'; the styles are {', '.join(STYLES)}")
    return [lambda text, task, way=way: way(function, text, task) for way in STYLES[style]]  # type: ignore[misc]
