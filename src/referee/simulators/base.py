"""What a simulator is: four pure functions over states that are plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, Protocol

from referee.core.digest import canonical

State = Any  # a plain value: tuples, strings, numbers, frozensets of them; never changed
Action = Hashable

ACTIONS = 100_000  # in one answer; more are not read


class Unread(NamedTuple):
    """An answer that says no actions: why, and where it stops making sense."""

    reason: str
    detail: str
    at: int = 0


class Illegal(NamedTuple):
    """An action that the state does not allow."""

    detail: str


class Judged(NamedTuple):
    """What a final state is worth. `progress`: how far the goal is met, from 0 to 1, as far as anybody can say."""

    reached: bool
    progress: float = 0.0
    detail: str = ""


class Simulator(Protocol):
    """The protocol. `initial` raises `TruthError` for what is no state; the others never raise for what they are given.

    `parse` reads an answer into actions, with the initial state at hand; `step` gives the next state; `judge` looks at
    a state, and at the initial one for what must not have changed; `plain` gives the part of a state that is hashed
    and shown, as JSON data.
    """

    def initial(self, given: Any) -> State: ...

    def parse(self, text: str, state: State) -> Sequence[Action] | Unread: ...

    def step(self, state: State, action: Action) -> State | Illegal: ...

    def judge(self, initial: State, state: State) -> Judged: ...

    def plain(self, state: State) -> Any: ...


def state_hash(simulator: Simulator, state: State) -> str:
    """SHA-256 of a state: the same in every process, on every machine."""
    return hashlib.sha256(canonical(simulator.plain(state))).hexdigest()
