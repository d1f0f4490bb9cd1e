"""Rows of code data sets, as they are published, become truths."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from referee.core.errors import InputError, TruthError
from referee.data.columns import Columns
from referee.data.rows import RowReader
from referee.programs.rows import published
from referee.programs.stdio import cases
from referee.programs.suite import Call
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
    (test,) = suite(truth(row)).tests
    assert (test.does, test.expect.value) == (Call("two", ([1, 2], 3)), ([[4]], [4]))


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


PYTEST = "from solution import f\n\ndef test_f():\n    assert f(1) == 2\n\ndef test_more():\n    for n in range(3):\n        assert f(n) == n + 1\n"
CALLED = [{"type": "function_call", "fn_name": "f", "input": [1, [2]], "output": [3]}]
PRINTED = [{"type": "stdin_stdout", "input": "1\n", "output": "2\n"}]

# As the data sets are published, with what matters of each row.
PUBLISHED: list[tuple[str, dict[str, Any], int]] = [
    (
        "KodCode-V1",
        {"style": "instruct", "question_id": "q_1", "question": "q", "solution": "def f(n): return n + 1", "test": PYTEST,
         "test_info": [{"function_name": "f", "parameter_list": "(n)", "function_declaration": "def f(n):", "docstring": ""}]},
        2,
    ),
    ("KodCode-V1-SFT", {"question": "q", "solution": "s", "test_code": PYTEST, "test_entry_point": "f"}, 2),
    (
        "LeetCodeDataset",
        {"task_id": "two-sum", "prompt": "from typing import *\n", "entry_point": "Solution().f", "query": "q",
         "test": "def check(candidate):\n    assert candidate(n = 1) == 2\n",
         "input_output": [{"input": "n = 1", "output": "2"}], "completion": "c"},
        1,
    ),
    (
        "BigCodeBench",
        {"task_id": "BigCodeBench/0", "complete_prompt": "import math\ndef task_func(n):\n", "instruct_prompt": "i",
         "canonical_solution": "    return n", "code_prompt": "import math\ndef task_func(n):\n", "entry_point": "task_func",
         "test": "import unittest\nclass TestCases(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(task_func(1), 1)\n"},
        1,
    ),
    ("DeepCoder, PRIME's part", {"problem": "p", "solutions": ["s"], "tests": json.dumps(CALLED * 2), "starter_code": ""}, 2),
    (
        "DeepCoder, TACO's part",
        {"problem": "p", "tests": json.dumps({"fn_name": "f", "inputs": [[1]], "outputs": [[2]]}), "starter_code": "def f"},
        1,
    ),
    (
        "DeepCoder, LiveCodeBench's part",
        {"problem": "p", "starter_code": "class Solution:",
         "tests": json.dumps([{"input": "1\n[2]", "output": "3", "testtype": "functional", "metadata": {"func_name": "f"}}])},
        1,
    ),
    ("SYNTHETIC-1", {"prompt": "p", "verification_info": json.dumps({"language": "python", "test_cases": CALLED})}, 1),
    ("PRIME", {"data_source": "taco", "reward_model": {"style": "rule", "ground_truth": json.dumps(CALLED)}}, 1),
    ("code-r1", {"reward_model": {"ground_truth": json.dumps({"functional": "assert f(1) == 2\nassert f(2) == 3"})}}, 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "size"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_rows_as_they_are_published(name: str, row: dict[str, Any], size: int):
    assert suite(truth(row)).size == size


STREAMS: list[tuple[str, dict[str, Any]]] = [
    ("DeepCoder", {"problem": "p", "tests": json.dumps(PRINTED), "starter_code": ""}),
    ("SYNTHETIC-1", {"prompt": "p", "verification_info": json.dumps({"language": "python", "test_cases": PRINTED})}),
    ("open-r1", {"verification_info": {"language": "python", "test_cases": [{**PRINTED[0], "fn_name": None}]}}),
    ("PRIME", {"reward_model": {"ground_truth": json.dumps({"inputs": ["1\n"], "outputs": ["2\n"]})}}),
    ("Codeforces", {"official_tests": [{"input": "1\n", "output": "2\n"}], "generated_checker": "print(1)"}),
]


@pytest.mark.parametrize(("name", "row"), STREAMS, ids=[row[0] for row in STREAMS])
def test_rows_of_programs_that_read_and_print(name: str, row: dict[str, Any]):
    found = cases(published(truth(row)))
    assert (found.cases[0].input, found.cases[0].output) == (b"1\n", b"2\n")
    assert bool(found.checker) == (name == "Codeforces")


@pytest.mark.parametrize(
    "bad",
    [
        CALLED + PRINTED,
        [*CALLED, {**CALLED[0], "fn_name": "g"}],
        [{"testtype": "functional", "fn_name": "f", "input": "{", "output": "1"}],
    ],
)
def test_cases_that_do_not_fit_together(bad: list[dict[str, Any]]):
    with pytest.raises(TruthError):
        published(bad)
