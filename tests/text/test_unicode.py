"""Characters in an answer: mapped by value, or refused by name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.unicode import Refused, name, plain

DIGITS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Nd"]


def test_ascii_comes_back_untouched():
    text = r"\frac{1}{2} + x_1 $5\%$"
    assert plain(text) is text


@pytest.mark.parametrize("digit", DIGITS)
def test_every_digit_of_every_script_is_its_value(digit):
    assert plain(digit) == str(unicodedata.digit(digit))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("٤٢", "42"),
        ("４２", "42"),
        ("𝟒𝟐", "42"),
        ("−5", "-5"),
        ("–5", "-5"),
        ("﹣5", "-5"),
        ("－5", "-5"),
        ("4²", "4^{2}"),
        ("4⁻¹²", "4^{-12}"),
        ("204₅", "204_{5}"),
        ("3½", r"3\frac{1}{2}"),
        ("90°", r"90^{\circ}"),
        ("[0,∞)", r"[0,\infty )"),
        ("x≤5", r"x\leq 5"),
        ("2πr", r"2\pi r"),
        ("√12", " sqrt 12"),
        ("17\u202f576", "17 576"),
        ("（１，２）", "(1,2)"),
        ("٣٫١٤", "3.14"),
        ("𝑥+1", "x+1"),
    ],
)
def test_mapped(written, read):
    assert plain(written) == read


@pytest.mark.parametrize(
    ("text", "reason", "offset"),
    [
        ("4\u200b2", "answer.invisible", 1),
        ("4\ufeff2", "answer.invisible", 1),
        ("4\u00ad2", "answer.invisible", 1),
        ("4\ufe0f2", "answer.invisible", 1),
        ("4\U000e00322", "answer.invisible", 1),
        ("4\u31642", "answer.invisible", 1),
        ("\u202e24\u202c", "answer.bidi", 0),
        ("42\u200f", "answer.bidi", 2),
        ("42\x85", "answer.control", 2),
        ("42\ue000", "answer.private_use", 2),
        ("42\u0378", "answer.unassigned", 2),
        ("42\ud800", "answer.surrogate", 2),
        ("④②", "answer.number_form", 0),
        ("Ⅻ", "answer.number_form", 0),
        ("٤2", "answer.mixed_digits", 1),
        ("1.٢", "answer.mixed_digits", 2),
        ("4\u03382", "answer.combining", 1),
        ("a" + "\u0301" * 5, "answer.combining", 5),
        ("é" * 4001, "answer.too_long", 0),
    ],
)
def test_refused_with_the_offset(text, reason, offset):
    found = plain(text)
    assert isinstance(found, Refused)
    assert (found.reason, found.offset) == (reason, offset)


def test_the_refusal_names_the_code_point():
    assert plain("4\u200b2").detail == "U+200B ZERO WIDTH SPACE at 1"
    assert name("\ud800") == "U+D800 unnamed"


def test_look_alike_letters_stay_what_they_are():
    assert plain("\u0441at") == "\u0441at"  # Cyrillic es
    assert plain("\u0391") == "\u0391"  # Greek capital alpha


def test_two_numbers_may_be_of_two_scripts():
    assert plain("٤ 2") == "4 2"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_never_raises_and_never_turns_a_power_into_a_digit(text):
    found = plain(text)
    assert isinstance(found, str | Refused)


@given(st.text(alphabet="⁰¹²³⁴⁵⁶⁷⁸⁹", min_size=1))
def test_superscripts_are_powers(text):
    assert plain("4" + text).startswith("4^{")
