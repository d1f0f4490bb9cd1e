"""Shapes of answers: ranges, labels, ratios, times, names; what is one value in two shapes and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.maths.clean import tidy, trailed
from referee.maths.compare import compiled, judge
from referee.maths.labels import labels
from referee.maths.policy import Policy
from referee.maths.tree import render


def equal(truth, answer, **policy):
    return judge(compiled(truth), answer, Policy(**policy)).equal


@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        (r"x \in (-\infty,-1)\cup(2,\infty)", r"x<-1 \text{ or } x>2"),
        (r"x<-1 \text{ or } x>2", r"(-\infty,-1)\cup(2,\infty)"),
        (r"\{x \mid x \ne 3\}", r"(-\infty,3)\cup(3,\infty)"),
        (r"(-\infty,3)\cup(3,\infty)", r"x \neq 3"),
        (r"\mathbb{R}\setminus\{3\}", r"x \neq 3"),
        (r"x \neq 1, x \neq -2", r"(-\infty,-2)\cup(-2,1)\cup(1,\infty)"),
        (r"\{x : x > 2\}", r"(2,\infty)"),
        ("[2,5]", r"2 \le x \le 5"),
        ("(2,5)", r"x>2 \text{ and } x<5"),
        ("|x|<3", "(-3,3)"),
        (r"\{x\in\mathbb{R} \mid 0\le x<1\}", "[0,1)"),
        ("x=1, y=2", "(1,2)"),
        ("(1,2)", "x=1, y=2"),
        ("x=1,y=2", "y=2,x=1"),
        ("a=3, b=4", r"a = 3 \text{ and } b = 4"),
        (r"\text{Alice: } 3, \text{Bob: } 5", r"\text{Bob}: 5, \text{Alice}: 3"),
        ("10, 9", r"\text{10 apples and 9 pears}"),
        ("42", r"\text{Area} = 42"),
        ("42", r"\text{Area: } 42"),
        (r"2k\pi", r"2n\pi"),
        (r"x = \frac{\pi}{4} + k\pi, k \in \mathbb{Z}", r"x = \frac{\pi}{4} + n\pi"),
        (r"2n+1, n\in\mathbb{Z}", r"2k+1 \text{ where } k \text{ is an integer}"),
        ("f(x)=x^2", "f(t)=t^2"),
        ("3:1", "3/1"),
        ("3:1", "6:2"),
        ("5:8", "0.625"),
        (r"\frac{5}{8}", "5:8"),
        ("2:3:4", "4:6:8"),
        ("12:30", "12:30 p.m."),
        ("7:05", r"7:05\text{ PM}"),
        ("March 5", "5 March"),
        ("March 5, 2020", "5 March 2020"),
        ("12", r"12^{\text{th}}"),
        ("12", "12th"),
        ("3", "3rd"),
        (r"\frac{\pi}{3}", r"60^\circ"),
        (r"60^\circ", r"\frac{\pi}{3}"),
        (r"60^\circ", "60"),
        (r"\text{DNE}", r"\text{does not exist}"),
        (r"\text{Yes}", r"\text{True}"),
        (r"\infty", r"\text{infinitely many}"),
        (r"\emptyset", r"\text{no solution}"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)"),
        ("(1,2)", r"\begin{pmatrix}1\\2\end{pmatrix}"),
        ("2x+4y=6", "x+2y=3"),
        ("y=2x+1", "2x-y+1=0"),
        ("204_5", "(204)_5"),
        (r"50\%", "0.5"),
        (r"(\pm 1, 2)", "(1,2),(-1,2)"),
        ("p=5,q=2;p=7,q=2", "(5,2),(7,2)"),
        (r"\angle ABC = 30^\circ", r"30^\circ"),
        ("AB = 5", "5"),
        ("5", "AB=5"),
        (r"x \approx 3.2", "3.2"),
        (r"\frac{1}{3}", r"\frac13 \approx 0.33"),
        ("x=5", "5=x"),
        ("5", "5=x"),
        ("5 cm", "5"),
        ("a<b<c", "a,b,c"),
        ("a<b<c", "c>b>a"),
        ("12", "12.0"),
        ("1,2", "1 and 2"),
        ("1,2", "1; 2"),
        ("1,2", "1 or 2"),
        ("1,2", "x_1=1, x_2=2"),
        (r"-\frac{1}{2}", "-.5"),
        ("1,000", "1000"),
        ("x>2", "2<x"),
        ("y=x^2", "x^2"),
        ("x^2", "y=x^2"),
        (r"\{1,2,3\}", r"\{3,1,2\}"),
        (r"\{1,2,3\}", "1,2,3"),
        ("none", r"\emptyset"),
        (r"\{\}", r"\emptyset"),
        (r"\text{(C)}", "C"),
        ("(D) 12", "D"),
        ("x^2-4", "(x-2)(x+2)"),
        ("n(n+1)/2", r"\frac{n^2+n}{2}"),
        (r"1 \pm \sqrt{2}", r"1+\sqrt2, 1-\sqrt2"),
        (r"y = \pm \frac{x}{2}", r"y=\frac{x}{2}, y=-\frac{x}{2}"),
        (r"y = \pm \frac{x}{2}", r"y=\frac{x}{2} \text{ or } y=-\frac{x}{2}"),
        (r"x-2y=0 \text{ or } x+y-3=0", r"x+y-3=0 \text{ or } x-2y=0"),
        (r"x-2y=0 \text{ or } x+y-3=0", "2y = x, y = 3-x"),
        (r"\frac{x^2}{4}+y^2=1", "x^2+4y^2=4"),
        ("a_n = 2n-1", "2n-1"),
        ("2n-1", "a_n = 2n-1"),
        ("a_n=2n-1", "a_{n}=2n-1"),
        (r"\vec{a} = (1,2)", "(1,2)"),
        ("(x-1)^2+(y+2)^2=5", "x^2+y^2-2x+4y=0"),
        (r"x \in \{1,2\}", "1,2"),
        (r"x \in \{1,2\}", r"\{1,2\}"),
        (r"m>1 \text{ or } m<-1", "|m|>1"),
        ("A, B, D", "ABD"),
        ("ABD", "A,B,D"),
        ("BCD", "BCD"),
        ("P(3,4)", "(3,4)"),
        (r"\tan \alpha = 2", "2"),
        ("2", r"\tan\alpha = 2"),
        (r"S_{\triangle ABC}=6", "6"),
        (r"3\sqrt{2} \text{ cm}", r"3\sqrt2"),
        (r"3\sqrt{2}", r"3\sqrt2\text{ cm}"),
        (r"-2 < x < 3 \text{ and } x \ne 0", r"(-2,0)\cup(0,3)"),
        (r"(-\infty, 0) \cup (0, +\infty)", r"\{x \mid x \neq 0\}"),
        (r"x = 2 \text{ or } x = 3", r"\{2,3\}"),
        (r"\{2,3\}", r"x = 2 \text{ or } x = 3"),
        ("2, 3", r"x \in \{2, 3\}"),
        (r"\left[0, \frac{\pi}{2}\right]", r"0 \leq \theta \leq \frac{\pi}{2}"),
        (r"k \in [1, 2)", r"1 \le k < 2"),
        (r"\frac{a+b}{2}", "0.5(a+b)"),
        ("e^{2}", "e^2"),
        (r"-\frac{\sqrt{3}}{3}", r"-\frac{1}{\sqrt3}"),
        (r"2\ln 2", r"\ln 4"),
        (r"\log_2 3", r"\frac{\ln 3}{\ln 2}"),
        (r"x=k\pi+\frac{\pi}{6}, k\in\mathbb{Z}", r"\{x | x=k\pi+\frac{\pi}{6}, k\in\mathbb{Z}\}"),
        (r"\{x | x=k\pi+\frac{\pi}{6}, k\in\mathbb{Z}\}", r"x=n\pi+\frac{\pi}{6}"),
        (
            r"\left[k\pi-\frac{\pi}{3}, k\pi+\frac{\pi}{6}\right] (k \in \mathbb{Z})",
            r"[-\frac{\pi}{3}+n\pi, \frac{\pi}{6}+n\pi]",
        ),
        ("7.5%", "0.075"),
        (r"3600\text{ yuan}", "3600"),
        (r"\$3.50", "3.5"),
        ("1:2", r"\frac12"),
        (r"120^{\circ}", r"\frac{2\pi}{3}"),
        ("(0,0),(1,1)", r"x=0,y=0 \text{ or } x=1,y=1"),
        ("(0,0),(1,1)", "(x,y)=(0,0),(1,1)"),
        ("(0,0),(1,1)", r"(x,y) \in \{(0,0),(1,1)\}"),
        ("n=2", "2"),
        (r"\text{odd}", "odd"),
        ("monday", "Monday"),
        ("a^2+b^2", "b^2+a^2"),
        ("x^2+2xy+y^2=0", "(x+y)^2=0"),
        (r"y=-\frac{1}{2}x+3", "x+2y-6=0"),
        ("f(x)=2x+1", "y=2x+1"),
        (r"\frac{7}{2}", "3.5"),
        (r"\sqrt{2}+\sqrt{3}", r"\sqrt{5+2\sqrt6}"),
        ("2^{n}-1", "2^n - 1"),
        ("n(n+1)", "n^2+n"),
        (r"0.\overline{3}", "1/3"),
        (r"2.\overline{36}", r"\frac{26}{11}"),
        (r"(1, +\infty)", "x > 1"),
        ("(-1, 1)", "|x|<1"),
        (r"-1 \leq a \leq 1", r"a \in [-1,1]"),
        (r"[3,+\infty)", r"\{x|x\ge 3\}"),
        (r"\frac{1}{2},-\frac{1}{2}", r"\pm\frac12"),
        (r"\pm 3", r"3 \text{ or } -3"),
        ("10!", "3628800"),
        (r"\binom{10}{3}", "120"),
        ("i", r"\sqrt{-1}"),
        ("(2,3]", r"2<x\le 3"),
        (r"9\pi \text{ cm}^3", r"9\pi"),
        (r"16 \pi", r"16 \pi \text{ square units}"),
    ],
)
def test_one_value_in_two_shapes(truth, answer):
    assert equal(truth, answer) is True


@pytest.mark.parametrize(
    ("truth", "answer"),
    [
        (r"\{x\in\mathbb{R} \mid 0\le x<1\}", "[0,1]"),
        (r"(-\infty,3)\cup(3,\infty)", "x = 3"),
        ("(1,2)", "x=2, y=1"),
        ("x=1,y=2", "x=2,y=1"),
        (r"\text{Alice: } 3, \text{Bob: } 5", r"\text{Bob}: 3, \text{Alice}: 5"),
        ("9, 10", r"\text{10 apples and 9 pears}"),
        ("42", r"\text{Answer: not } 42"),
        (r"\frac{\pi}{4} + k\pi", r"\frac{\pi}{4} + 2n\pi"),
        ("2n", "2k"),
        ("3:1", "1:3"),
        ("12:30 am", "12:30 pm"),
        ("12:30", "2:5"),
        ("March 5", "March 6"),
        ("60", r"60^\circ"),
        ("1", r"1^\circ"),
        (r"\text{no}", r"\text{yes}"),
        ("(1,2)", r"\begin{pmatrix}1&2\end{pmatrix}"),
        ("2x+4y=6", "x+2y=4"),
        ("204_5", "204"),
        (r"50\%", "50"),
        ("50", r"50\%"),
        ("p=5,q=2;p=7,q=2", "(5,2),(7,3)"),
        ("3.2", r"\approx 3.2"),
        ("3.2", r"x \approx 3.2"),
        ("17", r"17\approx 42"),
        ("42", r"17\approx 42"),
        ("5 cm", "50 mm"),
        ("5 cm", "5 m"),
        ("a<b<c", "c,b,a"),
        ("(1,2)", "(1,2]"),
        ("[1,2]", "(1,2)"),
        ("12", "1 or 2"),
        ("0 < x < 1", "0<y<1"),
        ("x>2", r"x\ge 2"),
        ("x^2+y^2=4", "4"),
        ("(1,2,3)", r"\{1,2,3\}"),
        ("0", r"\emptyset"),
        ("C", "c"),
        ("c", "C"),
        ("true", "false"),
        (r"1 \pm \sqrt{2}", r"1+\sqrt2"),
        (r"y = \pm \frac{x}{2}", r"y=\frac{x}{2}"),
        (r"\frac{x^2}{4}+y^2=1", "x^2+4y^2=1"),
        ("BCD", "BC"),
        ("2", r"n \ge 2"),
        (r"n \ge 2", "n = 2"),
        (r"n \ge 2", "2"),
        ("3", r"\pm 3"),
        (r"\{(1,2)\}", "(1,2)"),
        ("42", "A: 42 or B: 17"),
        ("17,42", "42: 17"),
        ("42", r"\text{not } 42"),
        ("42", r"\text{maybe}=42"),
        ("5", "x=5, y=6"),
        ("(1,2)", "P(1,3)"),
        ("6", "P(4,2)"),
        ("x=2", "x=2, y=3"),
        ("x>2", "x>2, y>3"),
        ("1,2", r"x \in [1,2]"),
        ("[1,2]", r"x \in \{1,2\}"),
        ("(1,2)", r"\{x|x=1\}"),
        (r"x=k\pi", "x = k"),
        (r"k\pi", "n"),
        (r"2k\pi", r"n\pi"),
        ("k", "n"),
        (r"mn\pi", r"nk\pi"),
        ("ABD", "ABC"),
        ("ABD", "AB"),
        ("A,B", "C,D"),
        ("yes", "maybe yes"),
        ("True", "not true"),
        ("12:30", "12:31"),
        ("5:8", "8:5"),
        ("5:8", "0.62"),
        ("March 5", "May 3"),
        (r"\frac{2\pi}{3}", r"60^\circ"),
        (r"\sin \alpha = \frac12", r"\cos \alpha = \frac12"),
        ("2", r"\tan\alpha = 3"),
        ("f(x)=2x+1", "y=2x"),
        ("f(x)=y+1", "y=y+1"),
        (r"x \ne 0", r"x \ne 1"),
        (r"(-2,0)\cup(0,3)", "-2<x<3"),
        ("(-2,3)", r"-2<x<3, x \ne 0"),
        ("(1,3)", r"x>3 \text{ and } x<1"),
        (r"(-\infty,1)\cup(3,\infty)", "1<x<3"),
        (r"y=\pm x", "y=x"),
        (r"x=\pm 2", "x=2"),
        (r"(\pm 1, \pm 2)", "(1,2),(-1,-2)"),
        ("3", "3:1"),
        ("1", "1:1"),
        ("10", r"10^{th} \text{ of } 3"),
        (r"\text{Alice}", r"\text{Alice and Bob}"),
        ("9 apples", "9 pears"),
        ("40 apples, 60 pears", "60 apples, 40 pears"),
        (r"R=1 \text{ is necessary}", "2"),
        ("x+2y=3, x-y=0", "x+2y=3, x-y=1"),
        ("|x|<3", "(-3,3]"),
        ("|x|>3", "(-3,3)"),
        (r"\emptyset", "0"),
        (r"\emptyset", r"\text{no}"),
        ("no", r"\emptyset"),
        (r"\mathbb{R}", r"(0,\infty)"),
        (r"\infty", r"-\infty"),
        (r"\{x|x>2\}", r"\{x|x<2\}"),
        ("x=5", "5=y"),
        ("2^{10}", "2^{11}"),
        ("7,4", "4 goats and 7 helis"),
        ("1,2", "Max = 2, Min = 2"),
        ("C", r"\text{Option D}"),
        ("12", r"12 \text{ or so}"),
        ("a<b<c", "a,c,b"),
        ("a<b<c", "a>b>c"),
        ("p=5,q=2;p=7,q=2", "(7,2),(5,3)"),
        ("x_1=1,x_2=2", "x_1=2,x_2=1"),
        ("1", r"x=1 \text{ for all } x \in \mathbb{R}, 2"),
        ("204_5", "(204)_6"),
        (r"\vec{a}=(1,2)", "(2,1)"),
        (r"\overline{AB}=5", "6"),
    ],
)
def test_two_values(truth, answer):
    assert equal(truth, answer) is not True


@pytest.mark.parametrize(
    ("text", "kept", "declared"),
    [
        (r"k\pi, k \in \mathbb{Z}", r"k\pi", "k"),
        (r"2n+1 \text{ where } n \text{ is an integer}", "2n+1", "n"),
        (r"f(x) = 1 \text{ for all } x \in \mathbb{Q}_{>0}", "f(x) = 1", "x"),
        (r"(3t, 5t) \text{ for some integer } t", "(3t, 5t)", "t"),
        (r"\pi k \quad (k = 0, \pm 1, \ldots)", r"\pi k \quad (k = 0, \pm 1, \ldots)", ""),
        (r"x \in [-2,7]", r"x \in [-2,7]", ""),
        (r"f(x) = 0, x > 0", "f(x) = 0, x > 0", ""),
        (r"x = 1 \text{ for } x > 3", r"x = 1 \text{ for } x > 3", ""),
        (r", k \in \mathbb{Z}", r", k \in \mathbb{Z}", ""),
    ],
)
def test_trailers(text, kept, declared):
    found = trailed(text)
    assert (found.text, found.declared) == (kept, frozenset(declared))


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        (r"\\frac{1}{2}", r"\frac{1}{2}"),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"),
        (r"\phantom{-}3", "3"),
        ("12th", "12"),
        (r"12^{\mathrm{th}}", "12"),
        (r"$8$,$400$", " 8 , 400 "),
        ("185\\", "185"),
        (r"\text{only }x=0", "x=0"),
        ("x+1", "x+1"),
    ],
)
def test_tidy(text, tidied):
    assert tidy(text) == tidied


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Maximum = 2, Minimum = 1", "2, 1"),
        (r"7 \text{ stuffed goats and } 4 \text{ toy helicopters}", "7, 4"),
        (r"\text{Area} = \frac{1}{2}", "(1/2)"),
        ("not 2, is 3", None),
        ("the answer is 42", None),
        ("Answer: 42", None),
        ("Total: 1, Total: 2", None),
        ("9 chickens", None),
        ("sin = 3", None),
        ("A: " * 300, None),
    ],
)
def test_labels(text, shown):
    found = labels(text)
    assert (render(found.value) if found else None) == shown


def test_the_order_of_counted_things_is_that_of_the_truth():
    assert equal("9, 10", "9 chickens and 10 rabbits") is True
    assert equal("9, 10", "10 chickens and 9 rabbits") is False


def test_units_may_be_required():
    assert equal(r"5\text{ cm}", "5") is True
    assert equal(r"5\text{ cm}", "5", unit="required") is False
    assert equal(r"5\text{ cm}", "5 cm", unit="required") is True
    assert equal("5", "5", unit="required") is True


def test_a_parameter_is_renamed_only_when_it_is_bound():
    assert equal(r"2k\pi", r"2m\pi") is True
    assert equal("2k", "2m") is not True
    assert equal(r"r\pi", r"s\pi") is not True
    assert equal(r"k\pi + x", r"m\pi + x") is True
    assert equal(r"mn\pi", r"nk\pi") is not True
    assert equal("n", r"k, k \in \mathbb{Z}") is not True
    assert equal("x=5", "5=y") is not True
    assert equal("2k, k \\in \\mathbb{Z}", "2m") is True


@given(st.integers(-50, 50), st.integers(1, 50), st.sampled_from(["()", "[]", "(]", "[)"]))
def test_an_interval_and_its_inequality(low, width, ends):
    left, right = ("<" if ends[0] == "(" else "\\le"), ("<" if ends[1] == ")" else "\\le")
    written = f"{ends[0]}{low}, {low + width}{ends[1]}"
    assert equal(written, f"{low} {left} x {right} {low + width}") is True
    assert equal(written, f"{low} {left} x {right} {low + width + 1}") is False
    assert equal(f"\\{{x | {low} {left} x {right} {low + width}\\}}", written) is True
