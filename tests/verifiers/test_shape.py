"""DAPO's ramp by hand, repetition on what models really wrote, and that neither rewards padding."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import ParameterError
from referee.core.types import Rollout, Task, Verdict
from referee.verifiers import find

LENGTH = find("shape.length")
REPETITION = find("shape.repetition")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def length(completion: str = "", tokens: int | None = None, **params: object) -> Verdict:
    verdict = LENGTH(Rollout(text=completion, tokens=tokens), Task(), LENGTH.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


def repetition(completion: str, **params: object) -> Verdict:
    verdict = REPETITION(Rollout(text=completion), Task(), REPETITION.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


# Equation 13 of arXiv 2503.14476 with L_max 100 and L_cache 20, its value plus one, by hand.
@pytest.mark.parametrize(
    ("tokens", "score"), [(0, 1.0), (80, 1.0), (81, 0.95), (85, 0.75), (90, 0.5), (99, 0.05), (100, 0.0), (101, 0.0)]
)
def test_the_ramp_of_dapo(tokens: int, score: float):
    assert length(tokens=tokens, unit="tokens", maximum=100, cache=20).score == pytest.approx(score)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 100))
def test_a_longer_text_never_scores_more(one: int, other: int, cache: int):
    few, many = sorted((one, other))
    scores = [length(tokens=size, unit="tokens", maximum=200, cache=cache).score for size in (few, many)]
    assert scores[0] >= scores[1]


@given(st.text(), st.text(alphabet=" \t\n\u200b\u2060\u0301\u3164", max_size=20))
def test_padding_helps_neither_way(text: str, padding: str):
    for bounds in ({"minimum": 10}, {"maximum": 10}, {"maximum": 20, "cache": 10}):
        assert length(text + padding, **bounds).score <= length(text, **bounds).score


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "tokens", "of": "final"},
        {"cache": 5},
        {"maximum": 5, "cache": 6},
        {"maximum": 5, "minimum": 6},
        {"maximum": -1},
        {"unit": "words"},
    ],
)
def test_bounds_that_make_no_sense_are_refused(wrong: dict[str, object]):
    with pytest.raises(ParameterError):
        LENGTH.params(wrong)


def test_repetition_by_hand():
    words = [f"w{number}" for number in range(30)]
    assert repetition(" ".join(words)).evidence["share"] == 0.0
    # 60 words hold 55 sequences of six: 30 distinct ones, of which 5 run across the seam.
    assert repetition(" ".join(words * 2), allowed=0.0).evidence["share"] == pytest.approx(1 - 30 / 55)
    # Half way between allowed and zero.
    verdict = repetition(" ".join(words * 2), allowed=1 - 30 / 55 - 0.1, zero=1 - 30 / 55 + 0.1)
    assert verdict.score == pytest.approx(0.5)
    assert verdict.evidence["found"] == "w0 w1 w2 w3 w4 w5"
    assert verdict.evidence["span"] == [0, 17]


@pytest.mark.parametrize("unit", ["The answer is 4. ", "4 ", "4,", "\\boxed{4}", "四", "Answer: 4\n", "คำตอบคือสี่", "7"])
def test_an_answer_a_thousand_times_scores_nothing(unit: str):
    assert repetition(unit * 1000).score == 0.0


@given(st.text())
def test_the_span_holds_what_was_found(text: str):
    looped = "\n".join([text] * 40)
    verdict = repetition(looped)
    if verdict.status != "pass":
        start, end = verdict.evidence["span"]
        assert looped[start:end] == verdict.evidence["found"]


def rows(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {name}, which is not part of this project")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_real_mathematics_is_no_repetition():
    scores = [repetition(row["solution"]).score for row in rows("math500.jsonl.gz")]
    assert sum(score < 1 for score in scores) <= 1
    assert min(scores) > 0.9


def test_real_loops_are():
    completions = [row["completion"] for row in rows("gsm8k_model_solutions.jsonl.gz")]
    flagged = [text for text in completions if repetition(text).score < 1]
    assert len(flagged) == 9
    assert sum(any(digits * 40 in text for digits in ("3", "18", "27", "72")) for text in flagged) == 4
