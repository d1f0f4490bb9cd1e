"""Completions in every form that a trainer has them in, and the promises of a pack."""

import asyncio
from typing import Any

import pytest

import referee
from referee.core.errors import ParameterError, UnknownName, UsageError
from referee.core.types import Rollout

NUMBER = {"name": "p", "rules": [{"name": "answer", "verifier": "math.number", "weight": 1.0}]}


@pytest.mark.parametrize(
    "completion",
    [
        "\\boxed{4}",
        Rollout(text="\\boxed{4}", tokens=3),
        {"role": "assistant", "content": "\\boxed{4}"},
        [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "\\boxed{4}"}],
        [{"role": "assistant", "content": "\\boxed{5}"}, {"role": "assistant", "content": "\\boxed{4}"}],
        [{"role": "assistant", "content": [{"type": "text", "text": "\\boxed"}, {"type": "text", "text": "{4}"}]}],
    ],
)
def test_a_completion_in_any_form(completion: Any) -> None:
    assert referee.verify("math.number", completion, truth="4").status == "pass"
    assert referee.RulePack.load(NUMBER).score(completion, truth="4").reward == 1.0


@pytest.mark.parametrize("completion", [[], [{"role": "user", "content": "4"}], {"role": "user", "content": "4"}])
def test_what_holds_no_completion_is_refused(completion: Any) -> None:
    with pytest.raises(UsageError, match="assistant message"):
        referee.verify("math.number", completion, truth="4")


def test_an_empty_message_is_an_empty_completion() -> None:
    assert referee.verify("math.number", {"role": "assistant", "content": None}, truth="4").status == "fail"


def test_names_that_do_not_exist_offer_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"did you mean 'math\.number'"):
        referee.verify("math.nmber", "4", truth="4")
    with pytest.raises(ParameterError, match="did you mean 'channel'"):
        referee.verify("math.number", "4", truth="4", chanel="boxed")
    with pytest.raises(ParameterError, match=r"math\.number.*'boxes'"):
        referee.verify("math.number", "4", truth="4", channel="boxes")


def test_an_unjudged_rollout_is_masked_and_the_group_goes_on() -> None:
    pack = {
        "name": "p",
        "rules": [{"name": "words", "verifier": "shape.length", "params": {"unit": "tokens", "maximum": 5}}],
    }
    group = referee.score_group(pack, [Rollout(text="a", tokens=3), Rollout(text="b"), Rollout(text="c", tokens=9)])
    assert group.rewards == (1.0, None, 0.0)
    assert (group.mean, group.std, group.silent) == (0.5, 0.5, False)
    assert [round(value, 6) for value in group.advantages] == [1.0, 0.0, -1.0]


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(UsageError, match="exactly one pack, got 0"):
        referee.score_group(NUMBER, [], truth="4")


def test_the_async_form_gives_the_same_score() -> None:
    pack = referee.RulePack.load("r1-math")
    completion = "<think>two and two</think> \\boxed{4}"
    assert asyncio.run(pack.score_async(completion, truth="4")) == pack.score(completion, truth="4")


def test_contributions_are_named_after_the_rules_and_sum_to_the_reward() -> None:
    score = referee.RulePack.load("r1-zero-math").score("<think>2 + 2</think> \\boxed{4}", truth="4")
    assert score.contributions == {"format": 0.1, "answer": 1.0}
    assert score.reward == pytest.approx(1.1)
    assert {name: verdict.status for name, verdict in score.verdicts.items()} == {"format": "pass", "answer": "pass"}
    assert score.pack == referee.RulePack.load("r1-zero-math").digest


@pytest.mark.parametrize("odd", [None, 42, 4.2, object()])
def test_what_is_no_completion_is_refused(odd: Any) -> None:
    with pytest.raises(UsageError, match="a completion is a text, a list of messages or a Rollout; got"):
        referee.verify("math.number", odd, truth="42")
    with pytest.raises(UsageError, match=r"completions\[1\]: a completion is a text"):
        referee.score_group("gsm8k", ["A: 1", odd], truth="1")


@pytest.mark.parametrize("one", ["\\boxed{1}", {"role": "assistant", "content": "x"}, Rollout(text="x")])
def test_one_completion_is_no_group(one: Any) -> None:
    with pytest.raises(UsageError, match="completions must be a list, got one"):
        referee.score_group("r1-zero-math", one, truth="1")


def test_a_verifier_goes_by_its_id() -> None:
    with pytest.raises(UsageError, match=r"by its id, like 'math\.number'; got int '3'"):
        referee.verify(3, "x", truth="1")


def test_a_wrong_parameter_names_the_values_that_are_allowed() -> None:
    with pytest.raises(ParameterError) as caught:
        referee.verify("math.number", "42", truth="42", channel="lines")
    assert str(caught.value) == (
        "math.number: 'channel' must be 'answer', 'auto', 'boxed', 'line' or 'whole'; "
        "got the text 'lines'; did you mean 'line'?"
    )
    assert caught.value.parameter == "channel"
