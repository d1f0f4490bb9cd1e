"""The arithmetic of a reward, by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.types import Verdict, graded, unjudged
from referee.packs.combine import contributions, reward, whole
from referee.packs.load import load
from referee.packs.spec import PackSpec, PartSpec, RuleSpec

FORMAT = {"name": "format", "verifier": "v.f", "weight": 0.1}
ANSWER = {"name": "answer", "verifier": "v.a", "weight": 1.0}
GATE = {"name": "gate", "verifier": "v.g", "role": "gate"}
PENALTY = {"name": "spam", "verifier": "v.s", "weight": 0.5, "role": "penalty"}


def pack(*rules: dict[str, Any], **fields: Any) -> PackSpec:
    return load({"name": "p", "rules": list(rules), **fields})


def total(spec: PackSpec, **scores: float | None) -> float | None:
    verdicts = {name: unjudged("x") if score is None else graded(score, "x") for name, score in scores.items()}
    added = contributions(spec, verdicts)
    return None if added is None else reward(spec, added)


def test_a_reward_is_the_weighted_sum() -> None:
    spec = pack(FORMAT, ANSWER)
    assert total(spec, format=1.0, answer=1.0) == 1.1
    assert total(spec, format=1.0, answer=0.0) == 0.1
    assert total(spec, format=0.5, answer=0.0) == 0.05


def test_a_penalty_takes_away_what_the_score_lacks() -> None:
    spec = pack(ANSWER, PENALTY)
    assert total(spec, answer=1.0, spam=1.0) == 1.0
    assert total(spec, answer=1.0, spam=0.5) == 0.75
    assert total(spec, answer=0.0, spam=0.0) == -0.5


def test_a_closed_gate_pays_nothing_and_keeps_penalties() -> None:
    spec = pack(GATE, ANSWER, PENALTY)
    assert total(spec, gate=1.0, answer=1.0, spam=1.0) == 1.0
    assert total(spec, gate=0.0, answer=1.0, spam=1.0) == 0.0
    assert total(spec, gate=0.9, answer=1.0, spam=1.0) == 0.0
    assert total(spec, gate=0.0, answer=1.0, spam=0.0) == -0.5


def test_the_reward_is_clipped_after_the_sum() -> None:
    spec = pack(FORMAT, ANSWER, PENALTY, clip=[0.0, 1.0])
    assert total(spec, format=1.0, answer=1.0, spam=1.0) == 1.0
    assert total(spec, format=0.0, answer=0.0, spam=0.0) == 0.0


@pytest.mark.parametrize(("policy", "expected"), [("mask", None), ("zero", 0.1), ("fail", 0.1)])
def test_what_unjudged_does_to_a_reward_rule(policy: str, expected: float | None) -> None:
    assert total(pack(FORMAT, ANSWER, unjudged=policy), format=1.0, answer=None) == expected


@pytest.mark.parametrize(("policy", "expected"), [("mask", None), ("zero", 1.0), ("fail", 0.5)])
def test_what_unjudged_does_to_a_penalty(policy: str, expected: float | None) -> None:
    assert total(pack(ANSWER, PENALTY, unjudged=policy), answer=1.0, spam=None) == expected


@pytest.mark.parametrize("policy", ["zero", "fail"])
def test_a_gate_that_could_not_be_judged_stays_closed(policy: str) -> None:
    assert total(pack(GATE, ANSWER, unjudged=policy), gate=None, answer=1.0) == 0.0


def test_a_rule_overrides_its_packs_policy() -> None:
    spec = pack(FORMAT, {**ANSWER, "unjudged": "zero"})
    assert total(spec, format=1.0, answer=None) == 0.1
    assert total(spec, format=None, answer=1.0) is None


PARTS = RuleSpec(
    name="format",
    parts=(
        PartSpec(name="structure", verifier="v.s", weight=0.8),
        PartSpec(name="thinking", verifier="v.t", weight=0.2),
    ),
)


def test_parts_are_a_weighted_mean_with_the_first_lacking_reason() -> None:
    verdict = whole(
        PARTS, {"structure": graded(1.0, "format.ok"), "thinking": graded(0.0, "format.think_short", found="")}
    )
    assert (verdict.status, verdict.score, verdict.reason) == ("partial", 0.8, "format.think_short")
    assert verdict.evidence["parts"]["thinking"] == {
        "status": "fail",
        "score": 0.0,
        "reason": "format.think_short",
        "found": "",
    }
    assert whole(PARTS, {"structure": graded(1.0, "a.ok"), "thinking": graded(1.0, "b.ok")}).status == "pass"
    assert whole(PARTS, {"structure": unjudged("infra.x"), "thinking": graded(1.0, "b.ok")}).status == "unjudged"


@given(st.floats(0, 1), st.floats(0, 1))
def test_parts_never_leave_the_range(structure: float, thinking: float) -> None:
    parts: dict[str, Verdict] = {"structure": graded(structure, "a"), "thinking": graded(thinking, "b")}
    score = whole(PARTS, parts).score
    assert score is not None
    assert min(structure, thinking) - 1e-12 <= score <= max(structure, thinking) + 1e-12


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 1)), min_size=1, max_size=6))
def test_contributions_add_up_to_the_reward(rules: list[tuple[float, float]]) -> None:
    spec = pack(*({"name": f"r{i}", "verifier": "v.x", "weight": weight} for i, (weight, _) in enumerate(rules)))
    added = contributions(spec, {f"r{i}": graded(score, "x") for i, (_, score) in enumerate(rules)})
    assert added is not None
    assert reward(spec, added) == pytest.approx(sum(weight * score for weight, score in rules))
