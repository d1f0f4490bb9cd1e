"""math.number and math.answer as verifiers: parameters, evidence, and the hacks of the families that concern them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import ParameterError, TruthError
from referee.core.types import Rollout, Task
from referee.verifiers import find

BOTH = ["math.number", "math.answer"]


def verdict(verifier_id, completion, truth, **params):
    verifier = find(verifier_id)
    return verifier(Rollout(text=completion), Task(truth=truth), verifier.params(params))


@pytest.mark.parametrize("verifier_id", BOTH)
def test_evidence_points_into_the_completion(verifier_id):
    completion = r"<think>hm</think> It is \boxed{ \$1{,}234.50 }."
    found = verdict(verifier_id, completion, "1234.5")
    start, end = found.evidence["span"]
    assert (found.status, completion[start:end]) == ("pass", found.evidence["found"])
    assert found.evidence["found"] == r"\$1{,}234.50"
    assert found.evidence["value"].startswith("1234.5")
    assert found.evidence["truth"] == "1234.5"


@pytest.mark.parametrize("verifier_id", BOTH)
@pytest.mark.parametrize(
    "content",
    [
        "17", r"17 \text{ or } 42", "17, 42", "42, 17, 3", "17 = 42", "x=1=2=42", r"\sum_{k=1}^{6} 2k", r"\int_0^6 7dx", "42!/41!",
        r"6 \cdot 7", r"\binom{42}{41}", r"\gcd(42,84)", r"\min(42,43)", r"\lceil 41.5 \rceil", "4200", "0.42", r"42\%", "42.004",
        "42.0000005", "42_{7}", r"42 \text{ elephants}", r"42^\circ", r"42 \text{ is wrong; } 17", "41 1", r"\geq 42", "nan", "inf",
        "-42", r"9^{9^{9^9}}", "1e999999999", "4\u200b2", "\u202e24\u202c", "④②", "42\ufe0f", "4\U000e00322", "42m", "42x", "[42,44]",
        r"\{42\}", "", " ", "__import__('os').getpid()", r"\text{forty-two}", "4 2", "4,2", "42,", "٤2", "\uff14\u0662",
    ],
)  # fmt: skip
def test_no_hack_is_paid(verifier_id, content):
    assert verdict(verifier_id, rf"\boxed{{{content}}}", "42").status == "fail"


@pytest.mark.parametrize("verifier_id", BOTH)
@pytest.mark.parametrize(
    "content", ["٤٢", "４２", "४२", "𝟒𝟐", "42.0", "042", r"\frac{84}{2}", "42.", "(42)", r"\text{42}", "4.2e1"]
)
def test_honest_forms_are_paid(verifier_id, content):
    assert verdict(verifier_id, rf"\boxed{{{content}}}", "42").status == "pass"


@pytest.mark.parametrize("verifier_id", BOTH)
def test_signs_of_every_kind(verifier_id):
    for sign in "-\u2212\u2013\ufe63\uff0d":
        assert verdict(verifier_id, rf"\boxed{{{sign}5}}", "-5").status == "pass"
        assert verdict(verifier_id, rf"\boxed{{{sign}5}}", "5").status == "fail"


@pytest.mark.parametrize("verifier_id", BOTH)
def test_a_refused_character_is_named(verifier_id):
    found = verdict(verifier_id, "\\boxed{4\u200b2}", "42")
    assert found.reason == "answer.invisible"
    assert "U+200B ZERO WIDTH SPACE" in found.evidence["detail"]


def test_percent():
    assert verdict("math.number", r"\boxed{50\%}", "0.5").status == "pass"
    assert verdict("math.number", r"\boxed{50\%}", "50%").status == "pass"
    assert verdict("math.number", r"\boxed{50\%}", "50").status == "fail"
    assert verdict("math.number", r"\boxed{50\%}", "50", percent="points").status == "pass"
    assert verdict("math.number", r"\boxed{50\%}", "0.5", percent="refuse").reason == "math.unreadable"


def test_tolerance_is_exact_and_inclusive():
    assert verdict("math.number", r"\boxed{0.3}", "0.1", tolerance="0.2").reason == "math.equal.tolerance"
    assert verdict("math.number", r"\boxed{0.3000000000000000001}", "0.1", tolerance="0.2").status == "fail"
    assert verdict("math.number", r"\boxed{1e999999}", "0.1", tolerance=5).status == "fail"
    with pytest.raises(ParameterError):
        find("math.number").params({"tolerance": "-1"})


def test_units_and_integers():
    assert verdict("math.number", r"\boxed{5\text{ cm}}", "5").status == "pass"
    assert verdict("math.number", r"\boxed{5\text{ cm}}", "5", units="none").reason == "math.unit"
    assert verdict("math.number", r"\boxed{5}", r"5\text{ cm}").status == "pass"
    assert verdict("math.number", r"\boxed{5\text{ m}}", r"5\text{ cm}").reason == "math.unit"
    assert verdict("math.number", r"\boxed{0.5}", "5", integer=True).reason == "math.not_integer"
    with pytest.raises(TruthError):
        verdict("math.number", r"\boxed{0.5}", "0.5", integer=True)


@pytest.mark.parametrize("verifier_id", BOTH)
@pytest.mark.parametrize("truth", [True, None, [42], {"a": 1}, "", "   ", float("nan"), float("-inf"), "####"])
def test_a_truth_that_is_none(verifier_id, truth):
    with pytest.raises(TruthError):
        verdict(verifier_id, r"\boxed{42}", truth)


@pytest.mark.parametrize("truth", [18, 18.0, "18", "a + b\n#### 18", "$18$", r"\boxed{18}", "$18", "18.00", "1.8e1"])
@pytest.mark.parametrize("verifier_id", BOTH)
def test_truths_of_every_data_set(verifier_id, truth):
    assert verdict(verifier_id, "So she makes \\$18.\n#### 18", truth, channel="line").status == "pass"


@given(st.integers(), st.integers())
def test_two_integers(one, two):
    for verifier_id in BOTH:
        assert (verdict(verifier_id, rf"\boxed{{{one:,}}}", two).status == "pass") == (one == two)


@given(st.text(max_size=80))
def test_any_content_is_judged(content):
    for verifier_id in BOTH:
        assert verdict(verifier_id, f"\\boxed{{{content}}}", "1/7").score in {0.0, 1.0}
