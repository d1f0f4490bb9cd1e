"""Run an answer in a simulator: its actions, one by one, to the final state."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, NamedTuple

from referee.core.errors import TruthError
from referee.simulators.base import Illegal, Judged, Simulator, State, Unread, state_hash

NAMES = ("chess", "countdown", "gym", "maze", "pddl", "sliding", "sokoban", "sudoku")

IllegalPolicy = Literal["fail", "stop", "skip"]


class Run(NamedTuple):
    """What came of an answer. `illegal`: the index of the first action that was not allowed, and why."""

    final: State
    judged: Judged
    actions: int
    hash: str
    illegal: tuple[int, str] | None = None
    late: bool = False


class Trivial(TruthError):
    """The initial state is the goal already, so that doing nothing would pay."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the initial state of this {name} meets the goal already", "truth.trivial")


def simulator(name: Any) -> Simulator:
    """A simulator by its name. Raises `TruthError`."""
    if name not in NAMES:
        raise TruthError(f"there is no simulator {name!r:.60}; there are {', '.join(NAMES)}", "truth.simulator")
    found: Simulator = import_module(f"referee.simulators.{name}").SIMULATOR
    return found


def run(one: Simulator, name: str, given: Any, text: str, *, illegal: IllegalPolicy, steps: int) -> Run | Unread:
    """From the state that a truth gives to the final one. Raises `TruthError` for a truth that cannot be used."""
    initial = one.initial(given)
    if one.judge(initial, initial).reached:
        raise Trivial(name)
    actions = one.parse(text, initial)
    if isinstance(actions, Unread):
        return actions
    state, first, done = initial, None, 0
    for index, action in enumerate(actions):
        if done >= steps:
            return Run(state, one.judge(initial, state), done, state_hash(one, state), first, late=True)
        following = one.step(state, action)
        if isinstance(following, Illegal):
            first = first or (index, following.detail)
            if illegal == "skip":
                continue
            break
        state, done = following, done + 1
    return Run(state, one.judge(initial, state), done, state_hash(one, state), first)
