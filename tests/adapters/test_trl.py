"""The one callable that a trainer wants: what it takes, what it returns, and what it says when a call is wrong."""

import math
import pickle
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.adapters import trl
from referee.core.errors import RefereeWarning, UsageError
from referee.data.columns import COLUMNS

PACK = {"name": "p", "rules": [{"name": "answer", "verifier": "math.number", "weight": 0.5}]}
BOXES = ["\\boxed{4}", "\\boxed{5}"]


def test_the_one_line_for_a_trainer() -> None:
    reward = referee.reward_function({**PACK, "name": "one-line"})
    assert reward(["\\boxed{4}", "\\boxed{5}"], ["4", "4"]) == [0.5, 0.0]
    assert reward.__name__ == "referee_one_line"


@pytest.mark.parametrize("column", [name for name in COLUMNS["truth"] if "." not in name])
def test_a_trainer_may_pass_its_columns(column: str) -> None:
    reward = referee.reward_function(PACK)
    chat = [[{"role": "assistant", "content": "\\boxed{4}"}], [{"role": "assistant", "content": "\\boxed{5}"}]]
    prompts = [[{"role": "user", "content": "2 + 2?"}]] * 2
    assert reward(completions=chat, prompts=prompts, trainer_state=None, **{column: ["4", "4"]}) == [0.5, 0.0]


def test_what_could_not_be_judged_is_no_zero() -> None:
    reward = referee.reward_function(PACK)
    right, unjudged = reward(["\\boxed{4}", "\\boxed{4}"], ["4", "no number"])
    assert right == 0.5
    assert math.isnan(unjudged)


def test_a_trainers_callable_follows_its_pack_file(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('[[rules]]\nverifier = "math.number"\nweight = 0.5\n')
    reward = referee.reward_function(path)
    assert reward(["4"], ["4"]) == [0.5]
    path.write_text('[[rules]]\nverifier = "math.number"\nweight = 0.25\n')
    assert reward(["4"], ["4"]) == [0.25]
    digest = reward.pack.digest
    path.write_text("[[rules]]")
    with pytest.warns(RefereeWarning, match="either 'verifier' or 'parts'"):
        assert reward(["4"], ["4"]) == [0.25]
    assert reward(["4"], ["4"]) == [0.25]
    assert "either 'verifier' or 'parts'" in reward.pack.fault
    assert reward.pack.digest == digest


def test_none_instead_of_nan() -> None:
    reward = referee.reward_function(PACK, unjudged=None)
    assert reward(BOXES, ["4", "no number"]) == [0.5, None]


def test_a_column_of_another_name_can_be_named() -> None:
    reward = referee.reward_function(PACK, truth="gt_final")
    assert reward(prompts=["p", "p"], completions=BOXES, gt_final=["4", "4"], answer=["5", "5"]) == [0.5, 0.0]
    with pytest.raises(UsageError, match="there is no column 'gt_final'; the columns passed are answer"):
        reward(completions=BOXES, answer=["4", "4"])


def test_the_forms_in_which_data_sets_hold_truths() -> None:
    reward = referee.reward_function(PACK)
    assert reward(completions=BOXES, reward_model=[{"ground_truth": "4", "style": "rule"}] * 2) == [0.5, 0.0]
    assert reward(completions=BOXES, answer=["2 and 2 is 4.\n#### 4"] * 2) == [0.5, 0.0]


@pytest.mark.parametrize("columns", [{}, {"gt_final": ["4", "4"]}])
@pytest.mark.parametrize("pack", ["r1-zero-math", "gsm8k", {**PACK, "unjudged": "zero"}])
def test_without_truths_a_pack_that_needs_them_refuses(pack: Any, columns: dict[str, Any]) -> None:
    reward = referee.reward_function(pack)
    with pytest.raises(UsageError) as caught:
        reward(prompts=["p", "p"], completions=BOXES, **columns)
    message = str(caught.value)
    assert f"the columns passed are {', '.join(columns) or 'none'}; the names read are truth, ground_truth" in message
    assert ("truth='gt_final'" if columns else "truth='COLUMN'") in message


def test_a_pack_that_reads_no_truth_needs_none() -> None:
    reward = referee.reward_function({"rules": [{"verifier": "format.think_answer"}, {"verifier": "shape.length"}]})
    assert reward(["<think>x y z</think><answer>4</answer>", "4"]) == [2.0, 1.0]
    assert reward([]) == []


def test_truths_that_nobody_can_read_are_said_once() -> None:
    reward = referee.reward_function(PACK)
    with pytest.warns(RefereeWarning, match="none of the 2 truths in 'answer' could be read"):
        assert all(math.isnan(value) for value in reward(completions=BOXES, answer=["x y", "x y"]))
    assert all(math.isnan(value) for value in reward(completions=BOXES, answer=["x y", "x y"]))


@pytest.mark.parametrize(
    ("arguments", "columns", "words"),
    [
        ((["2 + 2?"] * 2, BOXES), {"answer": ["4", "4"]}, "completions come first, or by keyword"),
        (([[{"role": "user", "content": "2 + 2?"}]], BOXES[:1]), {}, "completions come first, or by keyword"),
        (([None, "4"], ["4", "4"]), {}, r"completions\[0\]: a completion is a text, .* got None"),
        ((BOXES[0],), {"answer": ["4"]}, "completions must be a list, got one"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: Any, columns: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        referee.reward_function(PACK)(*arguments, **columns)


def test_it_travels_to_another_process() -> None:
    reward = pickle.loads(pickle.dumps(referee.reward_function({**PACK, "name": "far"})))
    assert reward(BOXES, ["4", "4"]) == [0.5, 0.0]
    assert reward.__name__ == "referee_far"


STRICT = {
    "name": "strict",
    "rules": [
        {"name": "boxed", "verifier": "format.one_box", "role": "gate"},
        {"name": "answer", "verifier": "math.number", "weight": 0.5},
        {"name": "length", "verifier": "shape.repetition", "weight": 0.25, "role": "penalty"},
    ],
}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many completions each judging of a batch had."""
    sizes: list[int] = []
    score_batch = trl.score_batch

    def counting(pack: Any, completions: Any, *rest: Any, **options: Any) -> Any:
        sizes.append(len(completions))
        return score_batch(pack, completions, *rest, **options)

    monkeypatch.setattr(trl, "score_batch", counting)
    return sizes


def test_one_callable_for_each_rule_adds_up_to_the_reward(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = counted(monkeypatch)
    functions = trl.reward_functions({**STRICT, "name": "apart"})
    assert [function.__name__ for function in functions] == ["referee_apart_answer", "referee_apart_length"]
    texts, truths = [*BOXES, "4", "\\boxed{4} " * 60, "\\boxed{4}"], ["4", "4", "4", "4", "no number"]
    rows = [function(prompts=["p"] * 5, completions=texts, answer=truths) for function in functions]
    whole = referee.reward_function(STRICT, unjudged=None)(texts, truths)
    assert [None if one is None else one + two for one, two in zip(*rows, strict=True)] == whole
    assert whole[-1] is None
    assert sizes == [5, 5]  # once for both functions, once for the whole


def test_the_same_batch_again_is_judged_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizes = counted(monkeypatch)
    path = tmp_path / "p.toml"
    path.write_text('[[rules]]\nverifier = "math.number"\nweight = 0.5\n')
    (function,) = trl.reward_functions(path)
    assert function(["4"], ["4"]) == [0.5]
    path.write_text('[[rules]]\nverifier = "math.number"\nweight = 0.25\n')
    assert function(["4"], ["4"]) == [0.25]
    assert sizes == [1, 1]


def test_a_rule_that_comes_while_the_functions_run_is_said(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    rule = '[[rules]]\nverifier = "math.number"\nweight = 0.5\n'
    path.write_text(rule)
    (function,) = trl.reward_functions(path)
    path.write_text(rule + '[[rules]]\nverifier = "shape.repetition"\n')
    with pytest.warns(RefereeWarning, match="has the rule 'shape.repetition', for which there is no function"):
        assert function(["4"], ["4"]) == [0.5]
    assert function(["4"], ["4"]) == [0.5]


def test_a_pack_that_clips_cannot_be_taken_apart() -> None:
    with pytest.raises(UsageError, match=r"clips its reward to \[0.0, 1.0\].*pass reward_function"):
        trl.reward_functions({**STRICT, "clip": [0.0, 1.0]})


def test_the_trainer_logs_rules_by_names_of_their_own() -> None:
    metrics: dict[str, float] = {}
    extra: dict[str, list[Any]] = {}
    reward = referee.reward_function({**STRICT, "name": "logged"})
    rewards = reward(
        completions=[*BOXES, "\\boxed{4}"],
        answer=["4", "4", "no number"],
        log_metric=metrics.__setitem__,
        log_extra=extra.__setitem__,
    )
    assert rewards[:2] == [0.5, 0.0]
    assert metrics == {
        "referee_logged/boxed": 1.0, "referee_logged/answer": 0.5, "referee_logged/length": 1.0,
        "referee_logged/weight/answer": 0.5, "referee_logged/weight/length": 0.25,
        "referee_logged/judged": pytest.approx(2 / 3),
    }  # fmt: skip
    assert extra["referee_logged/answer"] == [1.0, 0.0, None]
    assert extra["referee_logged/reason"] == ["format.ok", "math.different", "truth.unreadable"]


def test_the_callables_travel_to_another_process() -> None:
    for function in (*trl.reward_functions(PACK), trl.async_reward_function(PACK)):
        again = pickle.loads(pickle.dumps(function))
        assert again.__name__ == function.__name__
    (answer,) = pickle.loads(pickle.dumps(trl.reward_functions(PACK)))
    assert answer(BOXES, ["4", "4"]) == [0.5, 0.0]


def test_trl_sees_which_callable_it_must_await() -> None:
    utils = pytest.importorskip("trl.trainer.utils", reason="trl is not installed")
    assert utils.is_async_callable(trl.async_reward_function(PACK))
    assert not utils.is_async_callable(referee.reward_function(PACK))
    names = [utils.get_callable_name(one) for one in trl.reward_functions({**STRICT, "name": "seen"})]
    assert names == ["referee_seen_answer", "referee_seen_length"]


def test_two_packs_of_one_name_are_logged_apart() -> None:
    one = referee.reward_function({**PACK, "name": "twin"})
    again = referee.reward_function({**PACK, "name": "twin"})
    other = referee.reward_function({**STRICT, "name": "twin"})
    rules = [function.__name__ for function in trl.reward_functions({**STRICT, "name": "twin"})]
    assert one.__name__ == again.__name__ == "referee_twin"
    assert other.__name__ == f"referee_twin_{other.pack.digest[:6]}"
    assert rules == [f"{other.__name__}_answer", f"{other.__name__}_length"]
