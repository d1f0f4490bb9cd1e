"""Counting what shows, and finding what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.visible import hidden, shows, visible


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a b", 2),
        (" \t\n\0\x7f", 0),
        ("äß", 2),
        ("a\u0301\u0302", 1),
        ("\u200b\u3164\u2800", 0),
        ("答案。", 3),
    ],
)
def test_visible(text: str, count: int):
    assert visible(text) == count


@given(st.text(), st.integers(0, 40))
def test_shows_agrees_with_the_count(text: str, minimum: int):
    assert shows(text, minimum) == (visible(text) >= minimum)
    assert shows("x" + text + "x", minimum, 1, 1 + len(text)) == (visible(text) >= minimum)


def test_far_away_characters_count():
    assert shows(" " * 1000 + "x", 1)
    assert not shows(" " * 1000, 1)


def test_the_first_hidden_character_is_named():
    found = hidden("ab\u202ec\u200b")
    assert found is not None
    assert (found.reason, found.detail, found.offset) == ("answer.bidi", "U+202E RIGHT-TO-LEFT OVERRIDE at 2", 2)
    assert hidden("ab\u202ec\u200b", allowed="\u202e\u200b") is None
    assert hidden("plain äöü, 答案, e\u0301, ½, ²") is None
