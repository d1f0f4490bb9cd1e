"""Gymnasium's toy texts and chess: the library itself is the oracle."""

from __future__ import annotations

from typing import Any

import pytest

import referee
from referee.simulators.gym import NAMES


def judged(text: str, name: str, state: Any, **params: Any) -> referee.Verdict:
    return referee.verify("simulate.final_state", text, truth={"simulator": name, "state": state}, **params)


LAKE = {"env": "FrozenLake-v1", "seed": 3, "options": {"is_slippery": False}}


def test_a_frozen_lake():
    pytest.importorskip("gymnasium")
    assert judged("down down right right down right", "gym", LAKE).status == "pass"
    assert judged("1 1 2 2 1 2", "gym", LAKE).status == "pass"
    assert judged("down down right right down", "gym", LAKE).reason == "simulate.missed"
    assert judged("right down", "gym", LAKE).reason == "simulate.missed"  # into a hole
    assert judged("right down left", "gym", LAKE).reason == "simulate.illegal"  # after the end
    assert judged("down down right right down right right", "gym", LAKE).reason == "simulate.illegal"
    for text in ("jump", "7", "reward 1", "{}", "\u0661", "\u00b2", "1 \u2075"):
        assert judged(text, "gym", LAKE).status == "fail"


def test_a_cliff_and_a_taxi():
    gymnasium = pytest.importorskip("gymnasium")
    cliff = next((name for name in ("CliffWalking-v1", "CliffWalking-v0") if name in gymnasium.registry), None)
    if cliff is not None:
        state = {"env": cliff, "seed": 0}
        assert judged("up " + "right " * 11 + "down", "gym", state).status == "pass"
        assert judged("up up " + "right " * 11 + "down down", "gym", state).reason == "simulate.missed"
    taxi = next(name for name in ("Taxi-v4", "Taxi-v3") if name in gymnasium.registry)
    env = gymnasium.make(taxi, disable_env_checker=True)
    found = ride(env, 5)
    assert judged(" ".join(map(str, found)), "gym", {"env": taxi, "seed": 5}).status == "pass"
    assert judged(" ".join(map(str, found[:-1])), "gym", {"env": taxi, "seed": 5}).status == "fail"
    assert judged(" ".join(map(str, found)), "gym", {"env": taxi, "seed": 6}).status == "fail"


def ride(env: Any, seed: int) -> list[int]:
    """A shortest delivery, by a search over the environment's own table."""
    first, _ = env.reset(seed=seed)
    table = env.unwrapped.P
    queue, seen = [(int(first), [])], {int(first)}
    for state, path in queue:
        for action in range(6):
            _, following, reward, _ = table[state][action][0]
            if reward == 20:
                return [*path, action]
            if following not in seen:
                seen.add(following)
                queue.append((following, [*path, action]))
    raise AssertionError("there is no way")


def test_chance_is_the_seeds():
    pytest.importorskip("gymnasium")
    state = {"env": "FrozenLake-v1", "seed": 11}
    first = judged("down down right right", "gym", state)
    assert first.evidence.get("state") == judged("down down right right", "gym", state).evidence.get("state")
    hands = {judged("stick", "gym", {"env": "Blackjack-v1", "seed": seed}).status for seed in range(30)}
    assert hands == {"pass", "fail"}


@pytest.mark.parametrize("state", [{"env": "Pong-v0"}, {"env": "FrozenLake-v1", "seed": -1}, {"env": "FrozenLake-v1", "options": {"render_mode": "human"}}, {"env": "FrozenLake-v1", "options": {"map_name": "9x9"}}, {"env": "FrozenLake-v1", "goal": "x"}])  # fmt: skip
def test_an_environment_that_is_not_there(state: dict[str, Any]):
    pytest.importorskip("gymnasium")
    assert judged("0", "gym", state).reason == "truth.unreadable"


def test_names_are_those_of_gymnasium():
    gymnasium = pytest.importorskip("gymnasium")
    for name, actions in NAMES.items():
        if name in gymnasium.registry:
            env = gymnasium.make(name, disable_env_checker=True)
            assert set(actions.values()) == set(range(env.action_space.n))


SCHOLAR = {"fen": "r1bqkb1r/pppp1ppp/2n2n2/4p2Q/2B1P3/8/PPPP1PPP/RNB1K1NR w KQkq - 4 4", "goal": "mate"}
BACK_RANK = {"fen": "6k1/5ppp/8/8/8/8/8/R6K w - - 0 1", "goal": "mate"}
TWO = {"fen": "kbK5/pp6/1P6/8/8/8/8/R7 w - - 0 1", "goal": "mate", "replies": ["b7a6"]}


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("Qxf7#", SCHOLAR, "simulate.reached"),
        ("Qxf7", SCHOLAR, "simulate.reached"),
        ("h5f7", SCHOLAR, "simulate.reached"),
        ("4. Qxf7# 1-0", SCHOLAR, "simulate.reached"),
        ("Qf7#", SCHOLAR, "simulate.reached"),
        ("Bxf7+", SCHOLAR, "simulate.missed"),
        ("Bxf7#", SCHOLAR, "simulate.illegal"),
        ("Qxh7", SCHOLAR, "simulate.missed"),
        ("Qxf7# Kxf7", SCHOLAR, "simulate.illegal"),
        ("Nf3", SCHOLAR, "simulate.missed"),
        ("--", SCHOLAR, "simulate.unreadable"),
        ("0000", SCHOLAR, "simulate.unreadable"),
        ("checkmate", SCHOLAR, "simulate.unreadable"),
        ("Ra8#", BACK_RANK, "simulate.reached"),
        ("Rxa8#", BACK_RANK, "simulate.illegal"),
        ("a1a8q", BACK_RANK, "simulate.illegal"),
        ("Ra6 bxa6", {"fen": "kbK5/pp6/1P6/8/8/8/8/R7 w - - 0 1", "goal": "mate"}, "simulate.missed"),
        ("Ra6 bxa6 b7#", {"fen": "kbK5/pp6/1P6/8/8/8/8/R7 w - - 0 1", "goal": "mate"}, "simulate.reached"),
        ("Ra6 axb6", {"fen": "kbK5/pp6/1P6/8/8/8/8/R7 w - - 0 1", "goal": "mate"}, "simulate.illegal"),
        ("Ra6 b7#", {**TWO, "replies": ["b7a6"]}, "simulate.reached"),
        ("Rxa7+ b7#", TWO, "simulate.illegal"),
        ("e4", {"fen": "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", "goal": "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1"}, "simulate.reached"),
        ("e3", {"fen": "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", "goal": "rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1"}, "simulate.missed"),
        ("e4", {"fen": "9/8/8 w"}, "truth.unreadable"),
        ("e4", {"fen": "8/8/8/8/8/8/8/8 w - - 0 1"}, "truth.unreadable"),
    ],
)  # fmt: skip
def test_chess(text: str, state: dict[str, Any], reason: str):
    pytest.importorskip("chess")
    assert judged(text, "chess", state).reason == reason
