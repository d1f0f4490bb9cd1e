"""Rewards of other projects as targets: what the reference says they pay, they pay."""

from __future__ import annotations

import pytest

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Rollout, Task
from referee.redteam.made import callable_target, form_like
from referee.redteam.peers import gym_names, gym_problems, peer_target
from referee.redteam.run import Plan, attack
from referee.redteam.target import Target

TASK = Task(prompt="6 * 7?", truth="42")


def paid(target: Target, text: str) -> float | None:
    return target.pay([(Rollout(text=text), TASK)])[0].reward


def test_math_verify():
    pytest.importorskip("math_verify", reason="math-verify is not installed")
    target = callable_target("math-verify", "r1-zero-math")
    assert target.version.startswith("math-verify ")
    assert paid(target, r"\boxed{42}") == 1.0
    assert paid(target, r"\boxed{43}") == 0.0
    assert paid(target, r"\boxed{17 = 42}") == 1.0, "a false equation"
    assert paid(target, r"\boxed{42_{7}}") == 1.0, "another base"
    assert paid(target, r"<think>maybe \boxed{42}") == 1.0, "thinking that never ends"


@pytest.mark.parametrize(
    ("name", "text", "reward"),
    [
        ("verl.math", r"\boxed{43}\boxed{42}", 1.0),
        ("verl.math", r"<think>maybe \boxed{42}", 1.0),
        ("verl.math", r"\boxed{17 = 42}", 0.0),
        ("verl.gsm8k", "#### 42", 1.0),
        ("verl.gsm8k-flexible", "3 9 17 42", 1.0),
        ("verl.math-dapo", "Answer: 42", 1.0),
    ],
)
def test_verl(name: str, text: str, reward: float):
    pytest.importorskip("verl.utils.reward_score.math_reward", reason="verl is not installed")
    assert max(paid(callable_target(name, "gsm8k"), text) or 0.0, 0.0) == reward


def test_reasoning_gym():
    pytest.importorskip("reasoning_gym", reason="reasoning-gym is not installed: it pins what others do not")
    assert "puzzle24" in gym_names()
    name = "reasoning-gym.puzzle24"
    plan = Plan(families=("constants", "cross"), budget=600, most_pairs=0, again=False)
    report = attack(callable_target(name, "gsm8k"), gym_problems(name, 0)[:4], plan)
    assert {"K.1*1*3*8", "X.cross"} <= {one.id for one in report.leaks}


def test_a_peer_that_nobody_knows():
    with pytest.raises(UnknownName, match=r"'trl\.accuracy'"):
        peer_target("trl.acuracy", form_like)
    with pytest.raises(UsageError):
        callable_target("trl.acuracy", "gsm8k")
