"""Aliases as data sets hold them, and what may not be equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task, Verdict
from referee.verifiers import find

ALIAS = find("qa.alias")


def judge(completion: str, truth: object, **params: object) -> Verdict:
    verdict = ALIAS(Rollout(text=completion), Task(truth=truth), ALIAS.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


ROW = {"Value": "The Beatles", "Aliases": ["Beatles", "The Fab Four"], "NormalizedAliases": ["beatles", "fab four"]}


@pytest.mark.parametrize(
    "answer", ["The Beatles", "beatles", "the fab four", "\\boxed{\\text{Fab Four}}", "**Beatles**."]
)
def test_any_alias_of_a_row_will_do(answer: str):
    assert judge(answer, ROW).status == "pass"
    assert judge(answer, ROW, policy="triviaqa").status == "pass"


@pytest.mark.parametrize(
    "truth",
    [
        "Beatles",
        ["Beatles"],
        {"text": ["Beatles"], "answer_start": [3]},
        {"answer": "Beatles"},
        {"value": "Beatles", "type": "WikipediaEntity"},
        {"normalized_value": "beatles"},
        {"human_answers": ["The Beatles"]},
    ],
)
def test_shapes_of_truth(truth: object):
    assert judge("The Beatles", truth).status == "pass"


def test_normalised_aliases_are_lossy_and_count_under_the_official_policy_only():
    truth = {"value": "C++", "normalized_aliases": ["c"]}
    assert judge("C", truth).status == "fail"
    assert judge("C", truth, policy="triviaqa").status == "pass"


@pytest.mark.parametrize("truth", [None, 5, [], [5], {}, {"aliases": []}, "", " ", '""'])
def test_a_truth_without_a_name_is_refused(truth: object):
    with pytest.raises(TruthError):
        judge("Beatles", truth)


def test_an_alias_of_which_nothing_is_left_is_nobodys_name():
    truth = {"value": "The The", "aliases": ["The The", "Matt Johnson's band"]}
    assert judge("a", truth, policy="squad").reason == "qa.empty"
    assert judge("Matt Johnsons band", truth, policy="squad").status == "pass"
    assert judge("The The", truth).status == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        "Answer: J. K. Rowling",
        "The answer is J. K. Rowling.",
        "Answer: J.K. Rowling. She wrote it in Edinburgh.",
        "**Answer:** J. K. Rowling",
    ],
)
def test_full_stops_within_an_answer_line(answer: str):
    assert judge(answer, "J. K. Rowling", channel="line").status == "pass"


def test_longer_readings_are_no_second_try():
    assert judge("Answer: Paris. London", "London", channel="line").status == "fail"
    assert judge("Answer: Dr. Who. Or London.", ["London", "Who"], channel="line").status == "fail"
    assert judge("Answer: St. Louis. It lies on the Mississippi.", "St. Louis", channel="line").status == "pass"


EQUAL = [
    ("Paris, France", "Paris France"),
    ("Spider-Man", "Spider Man"),
    ("Simon & Garfunkel", "simon and garfunkel"),
    ("1,234,567", "1234567"),
    ("U.S.A.", "U. S. A."),
    ("'Hamlet'", "Hamlet"),
    ("O\u2019Brien", "O'Brien"),
    ("H\u2082O", "H2O"),
    ("x\u00b2", "x^2"),
    ("4\u00bd", "4 1/2"),
    ("\uff21\uff22\uff23", "abc"),
    ("STRASSE", "stra\u00dfe"),
    ("\u0664\u0662", "42"),
    ("\u22125", "-5"),
    ("Mamma Mia!", "Mamma Mia"),
    ("An Officer and a Gentleman", "officer and a gentleman"),
]
APART = [
    ("US", "U.S."),
    ("1.5", "1 5"),
    ("5!", "5"),
    ("F-16", "F16"),
    ("AT&T", "ATT"),
    ("AC/DC", "ACDC"),
    ("\u2463\u2461", "42"),
    ("4\u00b2", "42"),
    ("4\u00bd", "41/2"),
    ("The A", "The"),
    ("Hepatitis A", "Hepatitis"),
    ("\u20ac5", "5"),
    ("re-sign", "resign"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_typed_equal(one: str, other: str):
    assert judge(one, other, channel="whole").status == "pass"
    assert judge(other, one, channel="whole").status == "pass"


@pytest.mark.parametrize(("one", "other"), APART)
def test_typed_apart(one: str, other: str):
    assert judge(one, other, channel="whole").status == "fail"
    assert judge(other, one, channel="whole").status == "fail"


NAME = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=30)


@given(NAME, NAME)
def test_equality_is_symmetric_and_never_of_nothing(one: str, other: str):
    for policy in ("typed", "triviaqa", "squad"):
        try:
            forward = judge(f"<answer>{one}</answer>", other, policy=policy)
            back = judge(f"<answer>{other}</answer>", one, policy=policy)
        except TruthError:
            continue
        if "qa." in forward.reason and "qa." in back.reason and "$" not in one + other and "*" not in one + other:
            assert forward.status == back.status
