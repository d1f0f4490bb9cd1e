"""Plain numbers about a score: the same keys for ever, and nothing missing said as if it were there."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import referee
from referee.adapters.judge import Judge, answer, fault
from referee.adapters.truths import in_row
from referee.core.errors import InfrastructureError, RefereeWarning, TruthError, UsageError
from referee.core.types import unjudged

PACK = {
    "name": "p",
    "answer": "number",
    "rules": [
        {"name": "number", "verifier": "math.number", "weight": 0.5},
        {"name": "words", "verifier": "shape.repetition", "weight": 0.25},
    ],
}


def test_what_is_missing_is_said_once_and_counted() -> None:
    judge = Judge(PACK, unjudged=-2.0)
    right, lost = judge.scores(["\\boxed{4}", "\\boxed{4}"], ["4", "north"])
    assert judge.numbers(right) == {"score": 0.75, "judged": 1.0, "rule/number": 1.0, "rule/words": 1.0}
    with pytest.warns(RefereeWarning, match=r"truth\.unreadable: .*'north'.*its reward is -2\. The number 'judged'"):
        found = judge.numbers(lost)
    assert found == {"score": -2.0, "judged": 0.0, "rule/number": -2.0, "rule/words": 1.0}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert judge.reward(lost) == -2.0


def test_the_keys_stay_when_the_pack_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    rule = '[[rules]]\nname = "{}"\nverifier = "math.number"\nweight = {}\n'
    path.write_text(rule.format("one", 1.0))
    judge = Judge(str(path))
    (before,) = judge.scores(["4"], ["4"])
    path.write_text(rule.format("two", 0.5))
    (after,) = judge.scores(["4"], ["4"])
    assert judge.numbers(before) == {"score": 1.0, "judged": 1.0, "rule/one": 1.0}
    assert judge.numbers(after) == {"score": 0.5, "judged": 1.0, "rule/one": 0.0}


def test_the_answer_that_was_read() -> None:
    judge = Judge(PACK)
    read, none = judge.scores(["so \\boxed{4}", "nothing here"], ["4", "4"])
    assert answer(judge.pack, read) == "4"
    assert answer(judge.pack, none) in (None, "nothing here")


def test_the_error_that_a_missing_reward_stands_for() -> None:
    pack = referee.RulePack.load(PACK)
    for reason, kind in (("truth.empty", TruthError), ("infra.worker_lost", InfrastructureError)):
        verdict = unjudged(reason, detail="why")
        error = fault(pack.score_verdicts(referee.Rollout(text="x"), {"number": verdict, "words": verdict}))
        assert isinstance(error, kind)
        assert (str(error), error.reason) == ("why", reason)


def test_the_truth_in_a_row() -> None:
    assert in_row({"question": "?", "answer": "2 + 2\n#### 4"}) == "4"
    assert in_row({"reward_model": {"ground_truth": "4"}, "answer": "5"}) == "4"
    assert in_row({"gold_is": {"x": "4"}}, "gold_is.x") == "4"
    assert in_row({"question": "?"}) is None
    assert in_row({"entry_point": "f", "test": "def check(f): ...", "answer": "code"}) == {
        "entry_point": "f",
        "test": "def check(f): ...",
    }
    with pytest.raises(UsageError, match="there is no column 'gold'; the columns are question"):
        in_row({"question": "?"}, "gold")
