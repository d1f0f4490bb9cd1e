"""`text.exact` and `text.pattern`: what their cases cannot say."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import MissingExtra, TruthError
from referee.core.types import Rollout, Task, Verdict
from referee.verifiers import find
from referee.verifiers.text import pattern as pattern_module

EXACT = find("text.exact")
PATTERN = find("text.pattern")
PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)


def exact(completion: str, truth: object, **params: object) -> Verdict:
    verdict = EXACT(Rollout(text=completion), Task(truth=truth), EXACT.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


def pattern(completion: str, truth: object, **params: object) -> Verdict:
    verdict = PATTERN(Rollout(text=completion), Task(truth=truth), PATTERN.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


def test_the_first_difference_is_shown():
    assert exact("hallo", "hello").evidence["offset"] == 1
    assert exact("hell", "hello").evidence["offset"] == 4


@given(PLAIN.filter(lambda text: "<" not in text), PLAIN)
def test_exact_is_equality(said: str, truth: str):
    assert (exact(said, truth).status == "pass") == (said == truth)
    assert exact(said, said).status == "pass"


def test_the_span_of_a_search_is_in_the_completion():
    text = "<think>Hm.</think>\nIt was on 2024-05-17, a Friday."
    verdict = pattern(text, r"\d{4}-\d\d-\d\d", match="search")
    start, end = verdict.evidence["span"]
    assert text[start:end] == verdict.evidence["found"] == "2024-05-17"


def test_spans_are_characters_not_bytes():
    verdict = pattern("äöü 42", r"\d+", match="search")
    assert verdict.evidence["span"] == [4, 6]


def test_a_pattern_of_any_size_takes_linear_time():
    assert pattern("a" * 99_999 + "!", "(a|a)*(a|a)*(a|a)*b").status == "fail"
    with pytest.raises(TruthError):
        pattern("a", "((a{1000}){1000}){1000}")


def test_without_the_library_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    pattern_module._compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(MissingExtra, match="pip install"):
        pattern("a", "a")
