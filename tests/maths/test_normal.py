"""Normal forms: equal where the values are, different only where that is proved."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.maths import exact
from referee.maths.forms import constant, key, separates
from referee.maths.normal import Difference, Undecided, normal
from referee.maths.read import read


def form(text):
    return normal(read(text))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1+x", "x+1"),
        (r"2 \cdot x", "2x"),
        (r"\dfrac{11\pi}{4}", r"\frac{11 \pi}{4}"),
        ("(x-2)(x+2)", "x^2-4"),
        ("-(1-12i)", "12i-1"),
        (r"\frac{x+2}{7}", r"\frac{x}{7}+\frac27"),
        (r"\sqrt{8}", r"2\sqrt{2}"),
        (r"\frac{1}{\sqrt{2}}", r"\frac{\sqrt2}{2}"),
        (r"\sqrt{6}\sqrt{10}", r"2\sqrt{15}"),
        (r"\sqrt[3]{16}", r"2\sqrt[3]{2}"),
        (r"\sqrt{\frac{3}{4}}", r"\frac{\sqrt{3}}{2}"),
        (r"\sqrt{-4}", "2i"),
        ("(1+i)^2", "2i"),
        ("2^{n+1}", r"2 \cdot 2^n"),
        ("4^n", "2^{2n}"),
        ("2^{1000000}", "4^{500000}"),
        (r"\sqrt{4x}", r"2\sqrt{x}"),
        (r"\frac{1}{2x+2}", r"\frac{1}{2(x+1)}"),
        (r"\sqrt{x+1}\sqrt{x+1}", "x+1"),
        (r"\sin^2 x", r"(\sin x)^2"),
        ("|x-1|", "|1-x|"),
        ("e^{x+1}", "e e^x"),
        (r"\exp(2)", "e^2"),
    ],
)
def test_equal(one, two):
    assert key(form(one)) == key(form(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("x", "X"),
        ("x+1", "x+2"),
        ("7000", r"7000+\pi"),
        (r"\sqrt{2}", "1.414"),
        (r"\frac{1}{2^{99}}", r"\frac{1}{2^{98}}"),
        ("3+4i", "3-4i"),
        ("x^2", "x^3"),
    ],
)
def test_proved_different(one, two):
    assert form(one) != form(two)
    assert separates(form(one), form(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (r"\sqrt{x^2}", "x"),
        (r"\cos^2 x", r"1-\sin^2 x"),
        (r"e^{i\pi}", "-1"),
        (r"\pi", "e"),
        (r"\ln 4", r"2\ln 2"),
        ("5!", "120"),
    ],
)
def test_not_told_apart_without_proof(one, two):
    assert form(one) != form(two)
    assert not separates(form(one), form(two))


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{1}{x-x}",
        "0^0",
        "0^{-1}",
        r"\frac{1}{0}",
        "(1,2)",
        "(a+b+c+d+e+f+g)^{12}",
        "+".join(f"x_{{{n}}}" for n in range(500)),
    ],
)
def test_undecided(text):
    with pytest.raises(Undecided):
        form(text)


def test_differences_vanish_over_a_common_denominator():
    difference = Difference()
    assert difference.vanishes(read(r"x-7-\frac{7}{4x-5}"), read(r"\frac{x(4x-5)-28x+28}{4x-5}")) is True
    assert difference.vanishes(read(r"x-7-\frac{7}{4x-5}"), read(r"\frac{x(4x-5)-28x+29}{4x-5}")) is False
    assert difference.vanishes(read(r"\sin x"), read("x")) is None


def test_the_budget_is_shared():
    difference = Difference()
    heavy = read("(a+b+c)^{9}(a+b+c+d)^{3}")
    for _ in range(5):
        difference.vanishes(heavy, read("x"))
    assert difference.vanishes(read("x"), read("x+1")) is None


TERMS = st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6)


@given(TERMS, st.randoms(use_true_random=False))
def test_the_order_of_a_polynomial_does_not_matter(terms, random):
    def written(parts):
        return "+".join(f"({a})x^{{{m}}}y^{{{n}}}" for a, m, n in parts)

    shuffled = random.sample(terms, len(terms))
    assert key(form(written(terms))) == key(form(written(shuffled)))


@given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6))
def test_rationals_are_exact(one, two):
    found = form(rf"\frac{{{one.numerator}}}{{{one.denominator}}} + \frac{{{two.numerator}}}{{{two.denominator}}}")
    assert constant(found) == one + two


@given(st.fractions(min_value=Fraction(1, 10**4), max_value=10**6, max_denominator=10**4), st.integers(2, 5))
def test_roots_of_perfect_powers(base, degree):
    found = exact.root(base**degree, Fraction(1, degree))
    assert found is None or found == (base, {})
