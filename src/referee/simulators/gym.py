"""Gymnasium's toy texts by seed: FrozenLake, CliffWalking, Taxi, Blackjack.

State: `{"env": "FrozenLake-v1", "seed": 7, "options": {"map_name": "4x4", "is_slippery": false}}`. `goal` is the sum of
rewards that has to be reached by the end of the episode; by default what solves the environment: 1 for FrozenLake and
Blackjack, -13 for CliffWalking (no step off the cliff is forgiven), any delivery for Taxi. An answer is a list of
actions, by number or by name (`down`, `pickup`, `hit`); all of them are taken, and none may follow the end.

What is drawn is drawn by the environment's own generator from the seed, so an episode is the same wherever the same
version of Gymnasium runs; the version is part of the fingerprint of the judge.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra, TruthError
from referee.simulators import listed
from referee.simulators.base import ACTIONS, Illegal, Judged, Unread

_WALK = {"left": 0, "down": 1, "right": 2, "up": 3}
_CLIFF = {"up": 0, "right": 1, "down": 2, "left": 3}
_TAXI = {
    "south": 0,
    "down": 0,
    "north": 1,
    "up": 1,
    "east": 2,
    "right": 2,
    "west": 3,
    "left": 3,
    "pickup": 4,
    "dropoff": 5,
}
NAMES: Final[dict[str, dict[str, int]]] = {
    "FrozenLake-v1": _WALK,
    "FrozenLake8x8-v1": _WALK,
    "CliffWalking-v0": _CLIFF,
    "CliffWalking-v1": _CLIFF,
    "Taxi-v3": _TAXI,
    "Taxi-v4": _TAXI,
    "Blackjack-v1": {"stick": 0, "stand": 0, "hit": 1},
}
_GOALS: Final = {"CliffWalking": -13.0, "FrozenLake": 1.0, "FrozenLake8x8": 1.0, "Blackjack": 1.0}
_OPTIONS: Final = frozenset(
    ("desc", "map_name", "is_slippery", "natural", "sab", "is_rainy", "fickle_passenger", "success_rate")
)
_WORD = re.compile(r"[A-Za-z]+|[0-9]{1,3}|[^\s,;\[\]\"'.]")
_DROP: Final = 20.0  # what Taxi pays for a delivery


class Setting(NamedTuple):
    """What makes an episode: the environment, its options, the seed."""

    env: str
    options: tuple[tuple[str, Any], ...]
    seed: int
    goal: float | None


class Episode(NamedTuple):
    """Where an episode stands: all actions so far say it, for everything is drawn from the seed."""

    setting: Setting
    actions: tuple[int, ...] = ()
    seen: Any = None
    paid: float = 0.0
    last: float = 0.0
    over: bool = False


class _Live:
    """An environment that has taken some actions: kept so that the next one need not repeat them."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.env = _made(setting)
        self.seen = _plain(self.env.reset(seed=setting.seed)[0])
        self.actions: tuple[int, ...] = ()

    def take(self, action: int) -> tuple[Any, float, bool]:
        seen, reward, ended, cut, _ = self.env.step(action)
        self.actions = (*self.actions, action)
        return _plain(seen), float(reward), bool(ended or cut)


class Gym:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Episode:
        """Raises `TruthError`, `InfrastructureError` without Gymnasium."""
        given = given if isinstance(given, dict) else {}
        env, seed, options = given.get("env"), given.get("seed", 0), given.get("options", {})
        if env not in NAMES:
            raise TruthError(f"there is no environment {env!r:.60} here; there are {', '.join(NAMES)}")
        if (
            type(seed) is not int
            or not 0 <= seed < 2**31
            or not isinstance(options, dict)
            or not options.keys() <= _OPTIONS
        ):
            raise TruthError(f"a seed is an integer from 0, and options are some of {', '.join(sorted(_OPTIONS))}")
        goal = given.get("goal", _GOALS.get(env.rsplit("-", 1)[0]))
        if goal is not None and type(goal) not in (int, float):
            raise TruthError("the goal of an episode is a sum of rewards, a number")
        frozen = tuple(
            (name, tuple(value) if isinstance(value, list) else value) for name, value in sorted(options.items())
        )
        setting = Setting(env, frozen, seed, goal)
        return Episode(setting, seen=_Live(setting).seen)

    def parse(self, text: str, state: Episode) -> list[int] | Unread:
        """Actions by number or by name."""
        names = NAMES[state.setting.env]
        found: list[int] = []
        for match in _WORD.finditer(listed.plain(text[: 8 * ACTIONS])):
            word = match[0].lower()
            action = int(word) if word.isdecimal() else names.get(word)
            if action is None or action not in names.values():
                return Unread(
                    "simulate.unreadable", f"{match[0][:40]!r} is no action: {', '.join(names)}", match.start()
                )
            found.append(action)
            if len(found) > 10_000:
                return Unread("answer.too_long", "more than 10,000 actions")
        return found or Unread("answer.empty", "")

    def step(self, state: Episode, action: int) -> Episode | Illegal:
        """One action of the environment's."""
        if state.over:
            return Illegal("the episode is over")
        live = _LIVE.get(state.setting)
        if live is None or live.actions is not state.actions:
            live = _Live(state.setting)
            for one in state.actions:
                live.take(one)
        seen, reward, over = live.take(action)
        _LIVE.clear()
        _LIVE[state.setting] = live
        return state._replace(actions=live.actions, seen=seen, paid=state.paid + reward, last=reward, over=over)

    def judge(self, initial: Episode, state: Episode) -> Judged:
        """Whether the episode is over and has paid enough."""
        if not state.over:
            return Judged(reached=False, detail="the episode is not over")
        goal = state.setting.goal
        reached = state.last == _DROP if goal is None else state.paid >= goal
        return Judged(reached=reached, progress=float(reached), detail=f"it paid {state.paid:g}")

    def plain(self, state: Episode) -> Any:
        """JSON data."""
        return {
            "env": state.setting.env,
            "seed": state.setting.seed,
            "seen": state.seen,
            "paid": state.paid,
            "over": state.over,
        }


_LIVE: dict[Setting, _Live] = {}  # the latest; only what it costs depends on it


def _made(setting: Setting) -> Any:
    try:
        import gymnasium
    except ImportError:
        raise InfrastructureError(str(MissingExtra("simulate.final_state with gym", "gym")), "infra.extra") from None
    options: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in setting.options
    }
    try:
        return gymnasium.make(setting.env, disable_env_checker=True, **options)
    except (gymnasium.error.Error, TypeError, ValueError, KeyError) as error:
        raise TruthError(f"Gymnasium makes no {setting.env} with {options}: {error}") from None


def _plain(seen: Any) -> Any:
    return [int(one) for one in seen] if isinstance(seen, tuple) else int(seen)


SIMULATOR = Gym()
