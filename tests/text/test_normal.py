"""The official normalisations to the character, and the promises of our own."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.normal import squad, triviaqa, typed

SOUP = st.text(
    st.sampled_from("aA theTHE_-.,'’‘´`“”½² \t\n\u00a0ßİ5$%#+&()") | st.characters(codec="utf-8"), max_size=40
)


def official(text: str, marks: str, instead: str) -> str:
    """The published procedure, step by step as its description has it."""
    lowered = text.lower()
    spaced = "".join(instead if char in marks else char for char in lowered)
    without = re.sub(r"\b(a|an|the)\b", " ", spaced)
    return " ".join(without.split())


@given(SOUP)
def test_triviaqa_to_the_character(text: str):
    assert triviaqa(text) == official(text.replace("_", " "), string.punctuation + "‘’´`", " ")


@given(SOUP)
def test_squad_to_the_character(text: str):
    assert squad(text) == official(text, string.punctuation, "")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The Lord of the Rings", "lord of rings"),
        ("Jay-Z", "jay z"),
        ("rock_n_roll", "rock n roll"),
        ("It’s “A”", "it s “ ”"),
        ("A", ""),
        ("1.5", "1 5"),
    ],
)
def test_triviaqa_by_hand(text: str, form: str):
    assert triviaqa(text) == form


@pytest.mark.parametrize(("text", "form"), [("Jay-Z", "jayz"), ("It’s A-1", "it’s a1"), ("The The", ""), ("-5", "5")])
def test_squad_by_hand(text: str, form: str):
    assert squad(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("The Hobbit", "hobbit"),
        ("The", "the"),
        ("the a", "the a"),
        ("A. A. Milne", "a a milne"),
        ("3.14", "3.14"),
        ("$1,000.50", "$1000.50"),
        ("10–12", "10-12"),
        ("“Yes”, he said.", "yes he said"),
    ],
)
def test_typed_by_hand(text: str, form: str):
    assert typed(text) == form


@given(st.text(st.characters(categories=["L", "Nd"], max_codepoint=0x24F), min_size=1, max_size=12))
def test_a_word_never_vanishes(text: str):
    assert typed(text)
