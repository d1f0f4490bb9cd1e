"""Completions in every form that a trainer has them in, and the promises of a pack."""

import asyncio
import threading
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
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


@pytest.mark.parametrize(
    "completion",
    [
        b"4",
        4,
        {"text": "4"},
        {"role": "assistant", "content": [{"type": "image"}]},
        {"role": "assistant", "content": 4},
    ],
)
def test_what_holds_no_readable_text_is_no_empty_completion(completion: Any) -> None:
    with pytest.raises(UsageError, match=r"completion|content"):
        referee.verify("math.number", completion, truth="4")


@pytest.mark.parametrize(
    "completion",
    [
        {"from": "gpt", "value": "\\boxed{4}"},
        {"role": "assistant", "content": ["\\boxed{4}"]},
        {"role": "assistant", "content": [{"type": "text", "content": "\\boxed{4}"}]},
    ],
)
def test_other_chat_formats_are_read(completion: Any) -> None:
    assert referee.verify("math.number", completion, truth="4").status == "pass"


class Scalar:
    """What numpy's and torch's numbers offer."""

    def tolist(self) -> int:
        return 4


@pytest.mark.parametrize("truth", [Decimal(4), Fraction(8, 2), Scalar()])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_truth_means_the_same_whoever_scores_it(truth: Any, workers: int) -> None:
    scores = referee.score_batch(NUMBER, ["\\boxed{4}"] * 600, [truth] * 600, workers=workers)
    assert {score.reward for score in scores} == {1.0}


@pytest.mark.parametrize("truth", [object(), {4: object()}])
def test_a_truth_that_is_no_data_is_refused(truth: Any) -> None:
    with pytest.raises(UsageError, match="plain JSON data"):
        referee.verify("math.number", "4", truth=truth)


def test_a_refresh_in_the_middle_never_mixes_two_versions(tmp_path: Path) -> None:
    """The pack changes while another thread scores: each score is of one version, whole."""
    path = tmp_path / "p.json"
    texts = [
        b'{"name": "p", "rules": [{"name": "one", "verifier": "math.number"}]}',
        b'{"name": "p", "rules": [{"name": "two", "verifier": "math.number", "weight": 2.0}]}',
    ]
    path.write_bytes(texts[0])
    pack = referee.RulePack.load(path, watch=True)
    known = {
        referee.RulePack.load({"name": "p", "rules": [rule]}).digest: weight
        for rule, weight in (
            ({"name": "one", "verifier": "math.number"}, {"one": 1.0}),
            ({"name": "two", "verifier": "math.number", "weight": 2.0}, {"two": 2.0}),
        )
    }
    done = threading.Event()

    def edit() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            path.with_suffix(".new").write_bytes(texts[turn % 2])
            path.with_suffix(".new").replace(path)
            pack.refresh()

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        for _ in range(300):
            group = pack.score_group(["4", "5"], truth="4")
            assert group.scores[0].contributions == known[group.pack]
    finally:
        done.set()
        editor.join()
