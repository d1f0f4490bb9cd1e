"""Typed comparison: equal, different, undecided, and the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import TruthError
from referee.maths.compare import compiled, judge
from referee.maths.structure import Policy


def reason(truth, answer, **policy):
    result = judge(compiled(truth), answer, Policy(**policy))
    assert (result.equal is True) == result.reason.startswith("math.equal")
    assert (result.equal is None) == (result.reason == "math.undecided")
    return result.reason


@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        ("5", "x = 5"),
        ("x = 5", "5"),
        ("5", r"x = 5\text{ cm}"),
        ("7/2", r"x = 3\frac{1}{2}"),
        ("5", "f(x) = 5"),
        ("1024", "2^{10}"),
        ("2", r"\sqrt{4}"),
        (r"90^\circ", "90"),
        (r"90^\circ", r"90\text{ degrees}"),
        ("10", "$10$"),
        (r"10\text{ units}", "10"),
        (r"5\text{ cm}", "5 centimeters"),
        (r"\text{(E)}", "E."),
        (r"\text{(A)}", r"\text{Option A}"),
        ("E", r"\mathrm{E}"),
        (r"\text{two lines}", "Two  Lines."),
        ("odd", r"\text{odd}"),
        ("hello world", "Hello World"),
        ("(1/2, 3)", "(0.5, 3.0)"),
        ("1,2", r"\{2, 1\}"),
        (r"\{1,2\}", r"\{2,1,1\}"),
        ("$8$,$4$", "4, 8"),
        ("(1,2),(3,4)", r"(3,4) \text{ and } (1,2)"),
        ("n=1, 2, 3", "3,2,1"),
        ("x=3, y=4", "y = 4, x = 3"),
        ("x=3, y=4", "3, 4"),
        (r"3 \pm 2\sqrt{2}", r"3+2\sqrt2, 3-2\sqrt2"),
        (r"\pm 2021", r"\{-2021, 2021\}"),
        ("[0,1)", r"0 \le x < 1"),
        ("[0,1)", "1 > x >= 0"),
        (r"(-\infty, 3)", "x < 3"),
        (r"m \in [\sqrt{2}, +\infty)", r"m \geq \sqrt{2}"),
        (r"-2 \le x \le 7", r"x \in [-2,7]"),
        (r"(-\infty,1)\cup(3,\infty)", r"x < 1 \text{ or } x > 3"),
        (r"[1,2]\cup(3,4)", r"(3,4)\cup[1,2]"),
        (r"(-\infty,\infty)", r"\mathbb{R}"),
        (r"x \geq 5", r"5 \leq x"),
        ("x < 1", "-x > -1"),
        ("x+2y=3", "4y+2x=6"),
        ("2x+4y-3=0", r"y = -\frac{1}{2}x + \frac{3}{4}"),
        ("y = x^2+2x+1", "2x+1+x^2"),
        ("1:2", "1 : 2"),
        (r"\begin{pmatrix}1\\ 1/2\end{pmatrix}", r"v = \begin{bmatrix}1\\0.5\end{bmatrix}"),
        (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt{3}} \approx 0.577"),
        (r"x-7-\frac{7}{4x-5}", r"\frac{x(4x-5)-28x+28}{4x-5}"),
        (r"\sum_{k=1}^{n} k", r"\sum_{k=1}^{n} k"),
        ("204_5", r"204_{\text{5}}"),
        ("-1", r"e^{i\pi}"),
        (r"1-\sin^2 x", r"\cos^2 x"),
    ],
)
def test_equal(truth, answer):
    assert reason(truth, answer).startswith("math.equal.")


@pytest.mark.parametrize(
    ("truth", "answer", "expected"),
    [
        ("42", "41", "math.different"),
        ("5", "4 = 5", "math.type"),
        ("42", "x=1=2=42", "math.type"),
        ("x=42", "y=42", "math.different"),
        ("42", r"\geq 42", "math.unreadable"),
        ("42", "x > 42", "math.type"),
        ("42", "(42, 42)", "math.type"),
        ("42", "[42,44]", "math.type"),
        ("42", r"6 \cdot 7", "math.unfinished"),
        ("42", "40+2", "math.unfinished"),
        ("1", r"\frac{\pi}{\pi}", "math.unfinished"),
        ("no", "on", "math.different"),
        ("[0, \\infty)", "[0, 3)", "math.different"),
        ("42", "42!/41!", "math.unfinished"),
        ("42", r"\binom{42}{1}", "math.unfinished"),
        ("42", r"\sum_{k=1}^{6} 2k", "math.undecided"),
        ("42", r"\int_0^6 7dx", "math.undecided"),
        ("42", r"\gcd(42, 84)", "math.unfinished"),
        ("42", r"42^\circ", "math.unit"),
        ("42", r"42 \text{ elephants}", "math.unreadable"),
        ("42", "42_7", "math.undecided"),
        ("204_5", "204", "math.type"),
        ("42", r"\log_2 3", "math.different"),
        ("204_5", "204_6", "math.different"),
        (r"2\text{ m}", r"2\text{ km}", "math.unit"),
        ("2", "2m", "math.different"),
        ("9", r"9\%", "math.different"),
        (r"\pi", "3.14", "math.different"),
        ("7000", r"7000+\pi", "math.different"),
        ("x^2+4", "x^2+4h", "math.different"),
        (r"\text{C}", "c", "math.different"),
        ("cat", "tac", "math.different"),
        (r"\text{Tuesday}", r"\text{not Tuesday}", "math.different"),
        ("forty two", "42", "math.type"),
        ("(1,2)", "(2,1)", "math.different"),
        ("(1,2)", "[1,2]", "math.different"),
        ("(1,2)", "1,2", "math.type"),
        ("(1,2)", r"\{1,2\}", "math.type"),
        ("1,2", "1", "math.type"),
        ("1,2", "1,3", "math.different"),
        ("1,2", "1,2,2", "math.different"),
        ("x=3, y=4", "x=4, y=3", "math.different"),
        ("x=3, y=4", "4, 3", "math.different"),
        ("x < 3", "x > 3", "math.different"),
        ("x < 3", r"x \le 3", "math.different"),
        ("x < 3", "y < 3", "math.different"),
        ("a+3z=0", "0", "math.type"),
        ("7 = 11a+c", "11a+c", "math.type"),
        (r"\pm 2021", "2021", "math.type"),
        ("12:00", "1:00", "math.different"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1&2\end{pmatrix}", "math.different"),
        ("1, 2, \\ldots, n", "1, 3, 5, \\ldots, 2n-1", "math.different"),
        (r"1-\frac{1}{e}", r"1+\frac{1}{e}", "math.different"),
        (r"\frac{1}{2004!}", r"\frac{1}{2006!}", "math.different"),
        (r"1-\sin^2 x", r"\cos^3 x", "math.different"),
        ("x+1", "x+", "math.unreadable"),
        ("x+1", "x\u200b+1", "answer.invisible"),
        ("x+1", "x" * 30_000, "answer.too_long"),
        ("x+1", "{" * 200, "answer.too_deep"),
    ],
)
def test_not_equal(truth, answer, expected):
    assert reason(truth, answer) == expected


def test_policies():
    assert reason("1,2", "2,1", lists="ordered") == "math.different"
    assert reason("1,2", r"\{2,1\}", lists="ordered") == "math.different"
    assert reason("(1,2)", "1<x<2", inequality="refuse") == "math.type"
    assert reason("50", "50%", percent="points") == "math.equal.number"


@pytest.mark.parametrize(
    "truth", ["", "  ", "####", r"\badmacro", "x +", True, None, [1], {}, float("nan"), float("inf"), "4\u200b2"]
)
def test_a_truth_that_cannot_be_read(truth):
    with pytest.raises(TruthError):
        compiled(truth if not isinstance(truth, list | dict) else str(truth) + "^")


@pytest.mark.parametrize(
    "truth",
    [42, 42.0, "42", "$42$", r"\boxed{42}", "so it is\n#### 42", r"Thus $x=\boxed{42}$.", "10**5000"[:0] or "042"],
)
def test_shapes_of_a_truth(truth):
    assert reason(truth, "42") == "math.equal.number"


def test_a_truth_beyond_the_limit_on_conversions():
    assert reason(10**5000, "1" + "0" * 5000) == "math.equal.number"
    assert reason(10**5000 + 1, "1" + "0" * 5000) == "math.different"


VALUES = [
    "7",
    "-3",
    r"\frac{2}{3}",
    "0.25",
    "x+1",
    r"\sqrt{5}",
    "(1,2)",
    "[1,2)",
    r"\{1,2\}",
    "1,2",
    r"\text{yes}",
    "x<2",
    "3_5",
]


@given(st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_different_values_are_never_equal(one, two):
    same = one == two or {one, two} == {r"\{1,2\}", "1,2"}
    assert reason(one, two).startswith("math.equal") == same


@given(st.text(max_size=50), st.sampled_from(VALUES))
def test_any_answer_is_judged(answer, truth):
    reason(truth, answer)


HOSTILE = [
    "{",
    r"\frac{",
    "^{",
    "1,",
    r"\text{",
    "(",
    r"\sqrt",
    "|",
    "-",
    "x+",
    r"\pm",
    "9^{9^",
    "(9!)",
    "(x+1)",
    "é",
    "²",
    "\x00",
    "=",
]


@pytest.mark.parametrize("truth", ["42", "x+1", "1,2", r"\text{yes}", "x<2", r"\text{B}"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_answers_finish(truth, piece):
    for size in (900, 19_000, 100_000):
        assert not reason(truth, (piece * size)[:size]).startswith("math.equal")
