"""Countdown: right expressions by search, wrong ones by change, exact arithmetic, hostile texts."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import referee

PUZZLES = [
    ([2, 5, 10], 20),
    ([3, 3, 8, 8], 24),
    ([1, 1, 1, 1, 1], 5),
    ([100, 75, 3, 7], 4),
    ([4, 4, 10, 10], 24),
    ([7], 7),
]


def judged(text: str, numbers: list[int], target: int, **state: Any) -> referee.Verdict:
    truth = {"simulator": "countdown", "state": {"numbers": numbers, "target": target, **state}}
    return referee.verify("simulate.final_state", text, truth=truth)


def solve(parts: list[tuple[Fraction, str]], target: int) -> str | None:
    """A search of its own, for expressions that use all numbers."""
    if len(parts) == 1:
        return parts[0][1] if parts[0][0] == target else None
    for (i, (a, x)), (j, (b, y)) in combinations(enumerate(parts), 2):
        rest = [part for number, part in enumerate(parts) if number not in (i, j)]
        made = [(a + b, f"({x} + {y})"), (a * b, f"({x} * {y})"), (a - b, f"({x} - {y})"), (b - a, f"({y} - {x})")]
        made += [(a / b, f"({x} / {y})")] if b else []
        made += [(b / a, f"({y} / {x})")] if a else []
        for one in made:
            if found := solve([*rest, one], target):
                return found
    return None


@pytest.mark.parametrize(("numbers", "target"), PUZZLES)
def test_what_a_search_finds_is_right_and_a_changed_one_is_not(numbers: list[int], target: int):
    found = solve([(Fraction(one), str(one)) for one in numbers], target)
    if found is None:
        pytest.skip("this puzzle has no solution")
    for text in (found, f"{found} = {target}", f"\\boxed{{{found}}}", found.replace("*", "×").replace("/", "÷")):
        assert judged(text, numbers, target).reason == "simulate.reached", text
    for text in (f"{found} + 0", f"{found} + {numbers[0]} - {numbers[0]}", f"({found}) * 1 / 1", str(target) + " + 0"):
        assert judged(text, numbers, target).status == "fail", text
    assert judged(found, numbers, target + 1).reason == "simulate.missed"
    assert judged(found, [*numbers, 3], target).reason == "simulate.missed"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2**5", "simulate.unreadable"), ("5**2", "simulate.unreadable"), ("7//2", "simulate.unreadable"),
        ("10/2.5", "simulate.unreadable"), ("2^5", "simulate.unreadable"), ("10 % 3", "simulate.unreadable"),
        ("int(20)", "simulate.unreadable"), ("(2 + 5 * 10", "simulate.unreadable"), ("2 5 10", "simulate.unreadable"),
        ("2 + + ", "simulate.unreadable"), ("", "answer.empty"), ("0x14", "simulate.unreadable"), ("1e1 + 10", "simulate.unreadable"),
        ("２ * ５ + 10", "simulate.unreadable"), ("02 * 5 + 10", "simulate.unreadable"), ("2 * 5 + 10 = 21", "simulate.illegal"),
        ("2 * 5 = 11\n11 + 10 - 1", "simulate.illegal"), ("2 * 5 = 10\n10 + 5", "simulate.illegal"), ("2 * 5 = 10", "simulate.missed"),
        ("9**9**9", "simulate.unreadable"), ("(" * 500 + "2" + ")" * 500, "simulate.unreadable"), ("2*5+10\x00", "simulate.unreadable"),
        ("2*5+10\u200b", "simulate.unreadable"), ("10+10", "simulate.illegal"), ("x = 2*5+10", "simulate.unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_answer(text: str, reason: str):
    verdict = judged(text, [2, 5, 10], 20)
    assert (verdict.status, verdict.score) == ("fail", 0.0)
    assert verdict.reason in {reason, "answer.missing"}, verdict


@pytest.mark.parametrize(
    "text", ["-(2 - 12)", "12 - 2", "- 2 + 12", "\\frac{12}{1} - 2", "\\left(12 - 2\\right)", "12 − 2"]
)
def test_signs_and_latex(text: str):
    numbers = [2, 12, 1] if "frac" in text else [2, 12]
    assert judged(text, numbers, 10).status == "pass", text


def test_some_of_the_numbers():
    assert judged("10 * 2", [2, 5, 10], 20).reason == "simulate.missed"
    assert judged("10 * 2", [2, 5, 10], 20, use="some").status == "pass"
    assert judged("10 * 2 * 1", [2, 5, 10], 20, use="some").reason == "simulate.illegal"
    assert judged("10 + 10", [2, 10, 5], 20, use="some").reason == "simulate.illegal"


@given(st.recursive(st.integers(1, 9).map(lambda one: (str(one), Fraction(one), [one])), lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda part: (f"({part[0][0]} {part[1]} {part[2][0]})", {"+": part[0][1] + part[2][1], "-": part[0][1] - part[2][1], "*": part[0][1] * part[2][1]}[part[1]], part[0][2] + part[2][2])), max_leaves=8))  # fmt: skip
def test_a_random_expression_makes_its_value(made: tuple[str, Fraction, list[int]]):
    text, value, numbers = made
    assert judged(text, numbers, int(value)).status == "pass"
    assert judged(text, numbers, int(value) + 1).status == "fail"
    assert judged(text, [*numbers[:-1], numbers[-1] + 1], int(value)).status == "fail"


@pytest.mark.parametrize("state", [{}, {"numbers": []}, {"numbers": [1.5], "target": 2}, {"numbers": [True], "target": 1}, {"numbers": [1] * 65, "target": 1}, {"numbers": [1], "target": "1/1"}, {"numbers": [1], "target": 1, "use": "few"}, None, [1]])  # fmt: skip
def test_a_state_that_is_none(state: Any):
    verdict = referee.verify("simulate.final_state", "1", truth={"simulator": "countdown", "state": state})
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.unreadable")


@pytest.mark.parametrize(
    "text",
    [
        "10 + 5x2", "10 + 5 x 2 = 20", "10 + {5} * 2", "1. 5 * 2 = 10\n2. 10 + 10 = 20", "Step 1: 5*2=10\nStep 2: 10+10=20",
        "- 5*2 = 10\n- 10+10 = 20", "20 = 10 + 5*2", "10 + 5 * 2 = 20.", "10 + 5 \\ast 2", '["5*2=10", "10+10=20"]',
    ],
)  # fmt: skip
def test_answers_as_models_write_them(text: str):
    assert judged(text, [2, 5, 10], 20).status == "pass"


def test_numbers_as_data_sets_write_them():
    for numbers, target in ((["2", "5", "10"], "20"), ([2.0, 5.0, 10.0], 20.0)):
        assert judged("10 + 5 * 2", numbers, target).status == "pass"
    for numbers, target in (([2, 5, 10], 2.5), ([2, "x"], 1), ([2, True], 3), ([2, 5], "５"), ([2, 5], "")):
        assert judged("2 + 5", numbers, target).reason == "truth.unreadable"
    for text in ("20 = 20", "20 = 10 + 10", "20 = 2 + 5", "21 = 10 + 5*2", "x10 + 5*2", "2**5", "10x + 5*2"):
        assert judged(text, [2, 5, 10], 20).status == "fail", text
