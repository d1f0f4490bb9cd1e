"""The number reader against `fractions.Fraction`, and what it refuses."""

import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.numbers import Unread, read, scan
from referee.text.rational import (
    Number,
    digits_of,
    divided,
    fraction,
    int_of,
    negative,
    of_fraction,
    of_int,
    plus,
    power,
    show,
    times,
    within,
)


def value(text):
    number = read(text)
    assert isinstance(number, Number), (text, number)
    found = fraction(number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", "42"),
        ("+42", "42"),
        ("-42", "-42"),
        ("016", "16"),
        ("42.", "42"),
        (".50", "1/2"),
        ("-0.0", "0"),
        ("1,234", "1234"),
        ("1,234,567.50", "2469135/2"),
        ("1{,}234", "1234"),
        (r"1\,234\,567", "1234567"),
        (r"11,\! 111,\! 111,\! 100", "11111111100"),
        ("17 576", "17576"),
        ("17\u00a0576", "17576"),
        ("1.5e3", "1500"),
        ("1E-2", "1/100"),
        (r"1.5\times10^{3}", "1500"),
        (r"1.5 \times 10^{-3}", "3/2000"),
        ("1.5 x 10^3", "1500"),
        (r"2 \cdot 10^5", "200000"),
        ("10^{4}", "10000"),
        ("4²", "16"),
        ("-4²", "-16"),
        ("2^{-3}", "1/8"),
        ("3/4", "3/4"),
        ("-3/4", "-3/4"),
        (r"\frac{3}{4}", "3/4"),
        (r"\dfrac{-3}{4}", "-3/4"),
        (r"\tfrac34", "3/4"),
        (r"\cfrac{3}4", "3/4"),
        (r"\frac 3 4", "3/4"),
        (r"\frac{1,000}{4}", "250"),
        (r"\frac{0.5}{4}", "1/8"),
        (r"-\frac{3}{-4}", "3/4"),
        (r"3\frac{1}{2}", "7/2"),
        (r"-3 \frac{1}{2}", "-7/2"),
        ("3 1/2", "7/2"),
        ("5 123/200", "1123/200"),
        ("3½", "7/2"),
        ("50%", "1/2"),
        (r"50\%", "1/2"),
        ("50 percent", "1/2"),
        (r"50\text{ percent}", "1/2"),
        (r"\$5.25", "21/4"),
        ("$1,000", "1000"),
        ("-$5", "-5"),
        ("5€", "5"),
        ("£5", "5"),
        (r"5\$", "5"),
        (r"0.\overline{3}", "1/3"),
        (r"0.1\overline{6}", "1/6"),
        (r"1.\bar{9}", "2"),
        ("(8788)", "8788"),
        (r"\left(-\frac{1}{10}\right)", "-1/10"),
        (r"\text{623}", "623"),
        (r"\textbf{6}.", "6"),
        ("$42$", "42"),
        ("٤٢", "42"),
        ("３．５", "7/2"),
        ("−7", "-7"),
    ],
)
def test_read(text, expected):
    assert value(text) == Fraction(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", "nan", "inf", "-inf", "Infinity", "(1,234)", "(1,2)", "1,5", "1.234,56", "12,34,567", "1,234,56",
        "0,123", "1,2345", "41 1", "4 2", "1 2345", "1.2.3", "1/0", r"\frac{1}{0}", "1/2/3", "--5", "5-", "1e", "2 + 2",
        r"\frac{1}{2", r"3\frac{5}{2}", "1 234/5", r"\frac{1}{2}3", "42_7", "x", "5x", "9^{9^9}", "9^9^9", "1/x",
        "4\u200b2", "①", "{1}/{2}", "17 or 42", "17, 42", "42 km", "1e3e3", "$5 $6", "0x10", "1_000", r"\sqrt{4}",
    ],
)  # fmt: skip
def test_refused(text):
    assert isinstance(read(text), Unread)


def test_the_rest_is_kept_for_units():
    found = scan(r"5\text{ cm}")
    assert (found.value, found.rest) == (Number("5"), r"\text{ cm}")


@given(st.integers())
def test_integers_of_every_formatting(n):
    assert value(str(n)) == value(f"{n:,}") == value(f"{n:,}".replace(",", "{,}")) == n
    assert value(f"{n:,}".replace(",", r"\,")) == value(f"({n})") == value(f"{n}.0") == value(rf"\${n}") == n


@given(st.fractions())
def test_fractions_of_every_formatting(number):
    above, below = number.numerator, number.denominator
    forms = [f"{above}/{below}", rf"\frac{{{above}}}{{{below}}}", rf"\dfrac{{{above * 7}}}{{{below * 7}}}"]
    forms.append(rf"\left(\frac{{{-above}}}{{{-below}}}\right)")
    assert {read(form) for form in forms} == {of_fraction(number)}
    assert value(forms[0]) == number


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_and_scientific(number):
    expected = Fraction(number)
    for form in (f"{number:f}", f"{number:e}", f"{Decimal(number):E}"):
        found = read(form)
        assert isinstance(found, Number)
        if (exact := fraction(found)) is not None:
            assert exact == expected


@given(st.fractions(min_value=1, max_value=1000, max_denominator=999))
def test_mixed_numbers(number):
    whole, rest = divmod(number.numerator, number.denominator)
    if rest:
        mixed = rf"{whole}\frac{{{rest}}}{{{number.denominator}}}"
        assert value(mixed) == value(f"{whole} {rest}/{number.denominator}") == number


@given(st.text(alphabet="0123456789.,/-+ \\{}()$%efracx^_²½٤", max_size=40))
def test_the_reader_never_raises(text):
    assert isinstance(read(text), Number | Unread)


@given(st.fractions(), st.fractions())
def test_arithmetic(one, two):
    left, right = of_fraction(one), of_fraction(two)
    assert fraction(plus(left, right)) == one + two
    assert fraction(times(left, right)) == one * two
    assert fraction(negative(left)) == -one
    if two:
        assert fraction(divided(left, right)) == one / two
    assert (left == right) == (one == two)
    assert within(left, right, of_int(1)) == (abs(one - two) <= 1)


@given(st.fractions(max_denominator=100).filter(bool), st.integers(-20, 20))
def test_powers(base, exponent):
    assert fraction(power(of_fraction(base), exponent)) == base**exponent


@given(st.integers(min_value=0, max_value=10**3000))
def test_long_conversions(n):
    assert int_of(digits_of(n)) == n


def test_huge_numbers_are_exact_and_never_expanded():
    ones = "1" * 100_000
    assert read(ones) == read("0" + ones + ".0") != read(ones[:-1] + "2")
    assert read("1e999999999") == Number("1", 999_999_999) != read("1e999999998")
    assert read("10e999999998") == read("1e999999999")
    assert read("1e-999999999").exponent == -999_999_999
    assert isinstance(read("9^{99999999999}"), Unread)
    assert read("1" * 7000 + "," + "234").reason == "number.malformed"


@pytest.mark.parametrize(
    "piece", [r"\frac{", "{", "(", "^{", ",", "1,", " ", r"\text{", "-", "$", "1/", "9,999", r"\,", "."]
)
def test_hostile_texts_finish(piece):
    for size in (15_000, 200_000):
        assert isinstance(read((piece * size)[:size] + "x"), Unread)


def test_the_process_limit_on_conversions_does_not_matter():
    code = (
        "from referee.text.numbers import read; from referee.text.rational import show;"
        "a = read('1' + '0' * 999 + '1/3'); b = read('9^{1000}'); print(show(a)[:3], show(b)[:3], len(b.digits))"
    )
    env = {**os.environ, "PYTHONINTMAXSTRDIGITS": "640", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split() == ["100", "174", "955"]


def test_shown_short():
    assert show(read("17576")) == "17576"
    assert show(read("-1/3")) == "-1/3"
    assert show(read("0.050")) == "0.05"
    assert show(read("1/6")) == "1/6"
    assert show(read("5/600")) == "1/120"
    assert show(read("1e999999999")) == "1e+999999999"
    assert show(read("1" * 5000)) == "111111111111...111 (5000 digits)"
