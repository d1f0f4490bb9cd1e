"""math.answer with its default parameters on labelled cases from elsewhere, where they lie beside the project."""

import json
from pathlib import Path

import pytest

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task
from referee.verifiers import find

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "cases" / "math"
KINDS = {"int", "frac", "dec", "currency", "percent", "base", "degree", "text", "mcq"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the labelled cases are not beside the project")


def rows(name):
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def accepted(row):
    verifier = find("math.answer")
    try:
        return verifier(Rollout(text=row["pred"]), Task(truth=row["gold"]), verifier.params({})).status == "pass"
    except TruthError:
        return False


def wrong(cases):
    return [(row["gold"], row["pred"], row["expected"]) for row in cases if accepted(row) != row["expected"]]


@pytest.mark.parametrize("name", ["trl_tests", "open_r1_tests", "verifiers_tests", "realistic"])
def test_all_right(name):
    assert wrong(rows(name)) == []


def test_rewritten_numbers_and_words_are_all_right():
    assert wrong(row for row in rows("rewritten") if row["kind"].split("|")[0] in KINDS) == []


def test_nothing_wrong_is_accepted():
    """In no file: hendrycks_tests asserts that lists are ordered, which is a parameter here."""
    for file in FOLDER.glob("*.jsonl"):
        falsely = [row for row in rows(file.stem) if not row["expected"] and accepted(row)]
        assert [row["gold"] for row in falsely] == (
            ["10, 4, -2", "0.1, 4, 2"] if file.stem == "hendrycks_tests" else []
        )
