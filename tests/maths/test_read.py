"""The reader: what it understands, what it refuses, and that nothing hurts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.maths.read import read
from referee.maths.tree import Node, render
from referee.text.numbers import Unread


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        (r"2\sqrt{3}+1", "((2*root(3, 2))+1)"),
        ("16sqrt(2)", "(16*root(2, 2))"),
        (r"\frac34i", "((3/4)*i)"),
        ("-3^2", "-(3^2)"),
        ("1/2x", "(1/2*x)"),
        (r"\sin 5x \cos x", "(sin((5*x))*cos(x))"),
        (r"\sin(x)y", "(sin(x)*y)"),
        (r"\sin^{-1} x", "arcsin(x)"),
        (r"\log_2 8", "log(2, 8)"),
        ("|x-1|", "abs((x-1))"),
        (r"3\frac{1}{2}", "3.5"),
        (r"\left[0,\infty\right)", "[0, inf)"),
        (r"1,\text{ and }x", "1, x"),
        (r"\{1\pm\sqrt{5},-2\}", "{(1±root(5, 2)), -2}"),
        (r"0 < x \le 1", "0 < x <= 1"),
        (r"(-\infty,3]\cup(4,5)", "((-inf, 3] ∪ (4, 5))"),
        (r"x \in \mathbb{R}", "x in mathbb_R"),
        ("204_{5}", "204_5"),
        (r"10\sqrt3\text{ cm}^2", "(10*root(3, 2)) centimeter^2"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "matrix(1, 2, 3, 4)"),
        (r"\left[\begin{array}{cc}1 & 2\end{array}\right]", "matrix(1, 2)"),
        ("14.0 + -1.0i", "(14-(1*i))"),
        (r"\sum_{k=1}^6 2k", "sum _ { k = 1 } ^ 6 2 k"),
        ("x_1^2", "(x_1^2)"),
        (r"f'(x)", "f'(x)"),
        (r"\boldsymbol{x}", "x"),
        ("10\\%", "(10*0.01)"),
        ("5!", "fact(5)"),
        (r"\binom{n}{2}", "binom(n, 2)"),
    ],
)
def test_understood(text, understood):
    tree = read(text)
    assert isinstance(tree, Node), tree
    assert render(tree) == understood


@pytest.mark.parametrize(
    "text",
    ["", "41 1", "2x+", "((((", "x)", "{", r"\geq 42", r"3\frac{5}{2}", "--5", "x^2^3", "[1", "(1,2", r"\frac{1}", "elephants",
     r"\cmd", r"42 \text{ is wrong; } 17", "1..2", "#", "1 2/", "x=", "1,,2", "(1,2]3", r"\begin{cases}1\end{cases}", "5x'y'"[:0],
     "import os", "__import__('os')", "9**9**9", "(1]", r"\left(", "|x", "x^", "_1", "!", "\x00"],
)  # fmt: skip
def test_refused(text):
    assert isinstance(read(text), Unread)


def test_depth_is_capped():
    assert isinstance(read("{" * 20 + "1" + "}" * 20), Node)
    for opening, closing in (("{", "}"), ("(", ")"), (r"\sqrt", ""), (r"\sin ", ""), ("x^{", "}"), ("|", "|")):
        assert isinstance(read(opening * 200 + "1" + closing * 200), Unread)


@given(st.lists(st.sampled_from(
    ["1", "23", "x", "y", "+", "-", "*", "/", "^", "_", "(", ")", "[", "]", "{", "}", ",", "=", "<", "|", "!", " ", ".", "'",
     "\\frac", "\\sqrt", "\\sin", "\\pi", "\\{", "\\}", "\\pm", "\\cup", "\\text{cm}", "\\text{or}", "\\circ", "\\sum", "%",
     "\\begin{pmatrix}", "\\end{pmatrix}", "&", "\\\\", "\\left", "\\right", "\\log", "and", "in", "cm", "é", "$"]
), max_size=25).map("".join))  # fmt: skip
def test_the_reader_never_raises(text):
    found = read(text)
    assert isinstance(found, Node | Unread)
    if isinstance(found, Node):
        assert render(found)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    assert isinstance(read(text), Node | Unread)
