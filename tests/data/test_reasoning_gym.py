"""Tasks of reasoning-gym with our scoring: gold earns 1, constants nothing."""

from __future__ import annotations

from typing import Any

import pytest

import referee
from referee.core.errors import UnknownName
from referee.data.reasoning_gym import READERS, made, problems

CONSTANTS = ("", ".", "a", "[]", "1*1*3*8", "the answer", "0 = 0", "\\boxed{}", "1 1 1 1")
YARD = "+ + + + +  \n+ * @ X +  \n+ - $ - +  \n+ + + + +  \n\n"


def score(one: Any, text: str) -> float | None:
    return referee.verify(one.verifier, text, truth=one.truth).score


@pytest.mark.parametrize(
    ("name", "entry", "wrong"),
    [
        ("countdown", {"answer": "(9 - 4)*3", "metadata": {"numbers": [3, 4, 9], "target": 15}}, "3 * 5"),
        ("puzzle24", {"answer": "1*(7*4 - 4)", "metadata": {"numbers": [7, 4, 4, 1]}}, "1*1*3*8"),
        ("mini_sudoku", {"answer": "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1", "metadata": {"puzzle": [[1, 0, 3, 0], [0, 4, 0, 2], [2, 0, 4, 0], [0, 3, 0, 1]]}}, "1 2 3 4"),
        ("sokoban", {"answer": "R", "metadata": {"gamestr": YARD}}, "L"),
        ("game_of_life_halting", {"answer": "True", "metadata": {}}, "False"),
        ("coin_flip", {"answer": "0.06109619141", "metadata": {"rational": {"numerator": 1001, "denominator": 16384}}}, "0"),
        ("complex_arithmetic", {"answer": "4.0 - 7.0i", "metadata": {}}, "4.0 + 7.0i"),
        ("chain_sum", {"answer": "156", "metadata": {}}, "15"),
    ],
)  # fmt: skip
def test_an_entry_becomes_a_task(name: str, entry: dict[str, Any], wrong: str):
    pytest.importorskip("sympy")
    one = made(name, {"question": "?", **entry})
    assert (one.name, one.prompt) == (name, "?")
    assert score(one, one.gold) == 1.0
    assert [score(one, text) for text in (wrong, *CONSTANTS)] == [0.0] * (len(CONSTANTS) + 1)


def test_a_data_set_that_is_not_here():
    with pytest.raises(UnknownName, match="did you mean 'countdown'"):
        next(problems("countdwn"))


@pytest.mark.parametrize("name", sorted(READERS))
def test_gold_earns_all_and_constants_nothing(name: str):
    pytest.importorskip("reasoning_gym", reason="reasoning-gym is not installed")
    pytest.importorskip("sympy")
    tasks = list(problems(name, seed=11, size=6))
    assert [one.prompt for one in tasks] == [one.prompt for one in problems(name, seed=11, size=6)]
    for one in tasks:
        assert score(one, one.gold) == 1.0, one
        assert [score(one, text) for text in CONSTANTS] == [0.0] * len(CONSTANTS), one
