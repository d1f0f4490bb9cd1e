"""Rows of code data sets, as they are published, become truths."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from referee.core.errors import InputError
from referee.data.columns import Columns
from referee.data.rows import RowReader
from referee.programs.stdio import cases
from referee.programs.truth import suite


def truth(row: dict[str, Any], *choices: str) -> Any:
    return RowReader(Columns.of(choices)).row(json.dumps({"completion": "x", **row}).encode()).truth


HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": "def f(x):\n",
    "entry_point": "f",
    "canonical_solution": "    return x\n",
    "test": "def check(candidate):\n    assert candidate(1) == 1\n",
}
MBPP = {
    "text": "Write f.",
    "code": "def f(x): return x",
    "task_id": 1,
    "test_setup_code": "",
    "test_list": ["assert f(1) == 1"],
    "challenge_test_list": [],
}
APPS = {"question": "q", "solutions": "[]", "input_output": json.dumps({"inputs": ["1\n"], "outputs": ["2\n"]})}
CONTEST = {
    "description": "d",
    "public_tests": {"input": ["1\n"], "output": ["2\n"]},
    "private_tests": {"input": [], "output": []},
    "generated_tests": {"input": ["3\n"], "output": ["4\n"]},
}


def test_humaneval():
    assert truth(HUMANEVAL) == {name: HUMANEVAL[name] for name in ("entry_point", "prompt", "test")}
    assert suite(truth(HUMANEVAL)).size == 1


def test_mbpp():
    assert suite(truth(MBPP)).size == 1
    plus = "inputs = [[1]]\nresults = [1]\nfor i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(f(*inp), exp, 0)\n"
    assert truth({**MBPP, "test": plus}) == {"test": plus}


def test_apps_and_taco():
    assert cases(truth(APPS)).cases[0].output == b"2\n"
    named = {"inputs": [[1]], "outputs": [[2]], "fn_name": "f"}
    assert suite(truth({"input_output": json.dumps(named)})).size == 1
    assert truth({"input_output": ""}) is None


def test_code_contests():
    assert len(cases(truth(CONTEST)).cases) == 2


def test_livecodebench():
    public = json.dumps([{"input": "1\n", "output": "2\n", "testtype": "stdin"}])
    private = base64.b64encode(
        zlib.compress(pickle.dumps(json.dumps([{"input": "3\n", "output": "4\n", "testtype": "stdin"}])))
    )
    row = {"public_test_cases": public, "private_test_cases": private.decode(), "metadata": "{}"}
    assert [case.input for case in cases(truth(row)).cases] == [b"1\n", b"3\n"]
    called = json.dumps([{"input": "[1, 2]\n3", "output": "[4]", "testtype": "functional"}])
    row = {"public_test_cases": called, "private_test_cases": "", "metadata": json.dumps({"func_name": "two"})}
    assert truth(row) == {"fn_name": "two", "inputs": [[[1, 2], 3]], "outputs": [[[4]]]}


class Bomb:
    def __reduce__(self) -> Any:
        return (print, ("revived",))


@pytest.mark.parametrize(
    "private", [b"!", zlib.compress(b"x"), zlib.compress(pickle.dumps(Bomb())), zlib.compress(pickle.dumps(["a", "b"]))]
)
def test_a_pickle_of_more_than_a_text_is_refused(private: bytes, capsys: pytest.CaptureFixture[str]):
    row = {"public_test_cases": "[]", "private_test_cases": base64.b64encode(private).decode()}
    with pytest.raises(InputError, match="private_test_cases"):
        truth(row)
    assert capsys.readouterr().out == ""


def test_a_column_that_says_truth_wins_and_so_does_the_user():
    assert truth({**HUMANEVAL, "truth": "7"}) == "7"
    assert truth({**HUMANEVAL, "label_answer": "7"}) != "7"
    assert truth(HUMANEVAL, "truth=canonical_solution") == "    return x\n"


def test_a_file_of_the_data_sets_own_columns_is_scored(tmp_path: Path):
    from referee.engine.run import score_file

    path = tmp_path / "completions.jsonl"
    rows = [{**HUMANEVAL, "completion": body} for body in ("    return x\n", "    return -x\n")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    summary = score_file(str(path), "humaneval", out=None, workers=1)
    if summary.unjudged:
        pytest.skip("no sandbox can be had here")
    assert (summary.rollouts, summary.mean_reward, summary.pass_at[1]) == (2, 0.5, 0.5)
