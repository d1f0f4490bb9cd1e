"""The published string normalisers, against tables of inputs and outputs worked out by hand from their rules."""

import pytest

from referee.maths.compare import compiled, judge
from referee.maths.policy import Policy
from referee.maths.reference import equal, hendrycks, minerva


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("0.5", r"\frac{1}{2}"),
        (".5", r"\frac{1}{2}"),
        ("1/2", r"\frac{1}{2}"),
        ("01/2", "01/2"),
        ("x/2", "x/2"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\frac1{72}", r"\frac{1}{72}"),
        (r"\dfrac{3}{4}", r"\frac{3}{4}"),
        (r"\tfrac 3 4", r"\frac{3}{4}"),
        (r"\sqrt3", r"\sqrt{3}"),
        (r"\sqrt{3}", r"\sqrt{3}"),
        ("x = 5", "5"),
        ("xyz = 5", "xyz=5"),
        ("a=b=c", "a=b=c"),
        (r"10\text{ units}", "10"),
        (r"10\text{units}", r"10\text{units}"),
        (r"90^\circ", "90"),
        (r"90^{\circ}", "90"),
        (r"\$5", "5"),
        (r"50\%", "50"),
        (r"\left(1,2\right)", "(1,2)"),
        (r"3\!4", "34"),
        ("{.5}", "{0.5}"),
        ("1 , 2", "1,2"),
        ("", ""),
    ],
)
def test_math(text, normal):
    assert hendrycks(text) == normal


@pytest.mark.parametrize(
    ("truth", "answer", "same"),
    [
        ("42", "42", True),
        ("42", "42.0", False),
        ("1,2", "2,1", False),
        (r"\frac{2}{4}", r"\frac{1}{2}", False),
        (r"10\%", "10", True),
        (r"10\text{ cm}", r"10\text{ km}", True),
        (r"\frac", r"\frac", True),
        (r"\text{ a \text{ b", "5", False),
        ("x=5", "5", True),
        ("5", "y=5", True),
    ],
)
def test_verdicts_of_math(truth, answer, same):
    assert equal(truth, answer, "math-reference") is same
    assert (judge(compiled("7"), "7", Policy(policy="math-reference")).reason) == "math.equal.reference"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("x = 5", "5"),
        ("the answer = $5$", "5"),
        (r"\$1,234", "1234"),
        ("1,234.5", "1,234.5"),
        (r"12\text{ cm}", "12"),
        (r"90^\circ", "90"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\frac{ab}{c}", r"\frac{ab}{c}"),
        (r"\sqrt3", r"\sqrt{3}"),
        (r"\sqrt 3", r"\sqrt{3}"),
        (r"\textbf{(B)}", "(B)"),
        (r"\boxed{7}", "7"),
        (r"\text{Evelyn}", "Evelyn"),
        (r"1{,}234", "1234"),
        (r"3\mathrm{th}", "3"),
        ("5 dollars", "5"),
        (r"1,\text{and}2", "12"),
        (r"6,\ldots", "6"),
    ],
)
def test_minerva(text, normal):
    assert minerva(text) == normal


def test_too_long_for_the_published_patterns():
    assert equal("5", "5" * 2000, "minerva") is None
    assert judge(compiled("5"), "5" * 2000, Policy(policy="minerva")).reason == "answer.too_long"
