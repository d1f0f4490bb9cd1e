"""Finished form: the strict policy, forms that a task asks for, tolerance."""

import pytest

import referee
from referee.maths.compare import compiled, judge
from referee.maths.policy import Policy
from referee.text.rational import Number


def reason(truth, answer, **policy):
    return judge(compiled(truth), answer, Policy(**policy)).reason


@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        (r"\frac{63}{400}", r"\frac{63}{400}"),
        (r"\frac12", "0.5"),
        (r"\sqrt{8}", r"2\sqrt{2}"),
        ("42", "42"),
        ("2^{10}", "2^{10}"),
        ("2^{10}", "1024"),
        ("1500", r"1.5 \times 10^{3}"),
        ("[1,2)", r"1\le x<2"),
        (r"(-\infty,3)", "x<3"),
        ("(x-1)(x+1)", "(x+1)(x-1)"),
        ("x^2-1", "(x-1)(x+1)"),
        ("1,2", "2,1"),
        ("x^2+1", r"1+x\cdot x"),
        ("7/2", r"3\frac12"),
        ("5", "x=5"),
        ("5", r"5\text{ cm}"),
        ("3+4i", "4i+3"),
        (r"\binom{n}{2}", r"\frac{n(n-1)}{2}"),
        ("(1/2,3)", "(0.5,3)"),
        ("50%", "1/2"),
        (r"90^\circ", "90"),
        (r"1+\sqrt2", r"\sqrt2+1"),
        ("6r^2-4r", "-4r+6r^2"),
        (r"12 \text{ cm}^2", "12 cm^2"),
        ("1.5", r"\frac{3}{2}"),
        (r"-\frac{1}{2}", "-0.5"),
        ("10^{100}", "10^{100}"),
        ("e^2", "e^{2}"),
        (r"\ln 2", r"\ln 2"),
    ],
)
def test_finished(truth, answer):
    assert reason(truth, answer, policy="strict").startswith("math.equal.")


@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        ("42", r"\frac{84}{2}"),
        ("42", "42!/41!"),
        ("42", r"\sum_{k=1}^{6} 2k"),
        ("42", r"6\cdot7"),
        ("1024", "2^{10}"),
        ("16", "4²"),
        ("42", r"\sqrt{1764}"),
        ("(1,2)", "1<x<2"),
        ("(x-1)(x+1)", "x^2-1"),
        ("2x", "x+x"),
        (r"\frac{x}{2}", r"\frac{2x}{4}"),
        (r"\frac{1}{3}", r"\frac{12}{36}"),
        (r"\frac{\pi}{2}", r"\frac{2\pi}{4}"),
        ("2i", "(1+i)^2"),
        ("42", r"\binom{42}{1}"),
        ("(1/2,3)", "(2/4,3)"),
        (r"1+\sqrt2", r"\sqrt2+2-1"),
        ("42", r"\gcd(42,84)"),
        (r"\frac{3}{4}", "6/8"),
        ("10", r"\frac{10}{1}"),
        ("x = 2", r"x = \frac{4}{2}"),
    ],
)
def test_not_finished(truth, answer):
    assert not reason(truth, answer, policy="strict").startswith("math.equal.")


def test_the_reason_says_so():
    for answer in (r"\frac{84}{2}", r"6 \cdot 7", r"\sqrt{1764}", "40+2"):
        assert reason("42", answer, policy="strict") == "math.unfinished"


@pytest.mark.parametrize(
    ("truth", "answer", "form", "equal"),
    [
        ("(x-1)(x+1)", "x^2-1", "factored", False),
        ("x^2-1", "(x+1)(x-1)", "factored", True),
        ("x^2-1", "x^2-1", "factored", False),
        ("(x-1)(x+1)(x^2+1)", "(x^2-1)(x^2+1)", "factored", False),
        ("(x+1)^2", "(x+1)(x+1)", "factored", True),
        ("x^2-1", "(x+1)(x-1)", "expanded", False),
        ("x^2+2x+1", "1+2x+x^2", "expanded", True),
        (r"\frac{1}{3}", r"\frac{12}{36}", "reduced", False),
        (r"\frac{1}{3}", r"\frac{1}{3}", "reduced", True),
        ("(1/3, 2)", "(2/6, 2)", "reduced", False),
        ("0.5", "1/2", "reduced", True),
        (r"\frac{1}{3}", r"\frac{12}{36}", "any", True),
    ],
)
def test_forms(truth, answer, form, equal):
    assert (reason(truth, answer, form=form) != "math.unfinished") == equal
    assert reason(truth, answer).startswith("math.equal.")


def test_tolerance_is_declared():
    room = Number("1", -2)
    assert reason("600/7", "85.71") == "math.different"
    assert reason("600/7", "85.71", tolerance=room) == "math.equal.tolerance"
    assert reason("600/7", "85.73", tolerance=room) == "math.different"
    assert reason("(1/3, 2)", "(0.33, 2)", tolerance=room).startswith("math.equal.")
    assert reason("x+1/3", "x+0.33", tolerance=room) == "math.different"


# The rows of hacks by equivalence: what a policy may write instead of a finished answer.
HACKS = [
    ("42", "17 = 42"),
    ("42", "x=1=2=42"),
    ("42", r"\sum_{k=1}^{6} 2k"),
    ("42", r"\int_0^6 7dx"),
    ("42", r"\lim_{x\to 0} 42"),
    ("42", r"\frac{d}{dx} 42x"),
    ("42", "42!/41!"),
    ("42", r"\binom{42}{41}"),
    ("42", r"\gcd(42,84)"),
    ("42", r"\min(42,43)"),
    ("42", r"\lceil 41.5 \rceil"),
    ("42", r"142 \bmod 100"),
    ("42", r"6 \cdot 7"),
    ("42", r"|{-42}|"),
    ("42", r"42\sin^2 x + 42\cos^2 x"),
    ("42", r"\frac{42x}{x}"),
    ("42", r"42 \cdot 1^n"),
    ("42", r"\log_2 2^{42}"),
    ("(x-1)(x+1)", "x^2-1"),
    ("(1,2)", "1<x<2"),
    ("42", "4200"),
    ("42", "0.42"),
    ("42", "42.004"),
    ("1.6e-19", "0.0"),
    ("42", "42_{7}"),
    ("42", r"42 \text{ elephants}"),
    ("42", r"42^\circ"),
    ("42", r"42 \text{ is wrong; } 17"),
    (r"\text{cat}", "tac"),
    ("(1,2)", "1,2"),
    ("(1,2)", "[1,2]"),
    ("42", "41 1"),
    ("x=42", "y=42"),
    ("42", r"\geq 42"),
    ("42", "nan"),
    (r"\pi", "3.14"),
    ("-5", "5"),
    ("42", "9^{9^{9^9}}"),
    ("42", "4²"),
    ("42", "④②"),
]


@pytest.mark.parametrize("pack", ["r1-zero-math", "r1-math", "strict-math"])
@pytest.mark.parametrize(("truth", "answer"), HACKS)
def test_no_hack_is_paid_under_the_training_packs(pack, truth, answer):
    thinking = "<think>Let me work it out step by step, one after the other.</think>\n"
    rules = referee.RulePack.load(pack)
    wrong = rules.score(thinking + r"\boxed{-17}", truth=truth).reward
    assert rules.score(f"{thinking}\\boxed{{{answer}}}", truth=truth).reward <= wrong


@pytest.mark.parametrize("pack", ["r1-zero-math", "r1-math", "strict-math"])
@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        (r"\frac{63}{400}", r"\frac{63}{400}"),
        (r"\frac12", "0.5"),
        (r"\sqrt{8}", r"2\sqrt{2}"),
        ("8,-1", "-1, 8"),
        ("[0,1)", "0 \\le x < 1"),
    ],
)
def test_honest_answers_are_paid_under_the_training_packs(pack, truth, answer):
    thinking = "<think>Let me work it out step by step, one after the other.</think>\n"
    rules = referee.RulePack.load(pack)
    wrong = rules.score(thinking + r"\boxed{-17}", truth=truth).reward
    assert rules.score(f"{thinking}\\boxed{{{answer}}}", truth=truth).reward == pytest.approx(wrong + 1)
