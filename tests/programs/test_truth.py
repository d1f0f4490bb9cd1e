"""Truths of every shape, and what is wrong with a truth that has none."""

from __future__ import annotations

from typing import Any

import pytest

from referee.core.errors import TruthError
from referee.core.jobs import CallJob, CallResult, Limits, Outcome
from referee.programs.compare import Policy
from referee.programs.exceptions import is_one_of
from referee.programs.files import file_suite as read_file
from referee.programs.plan import Plan, Settings, placed
from referee.programs.scripts import preamble
from referee.programs.stdio import cases
from referee.programs.suite import Call, Session
from referee.programs.truth import suite

ADD = {"entry_point": "add", "calls": [{"args": [1, 2], "expected": 3}, {"kwargs": {"a": 1, "b": 1}, "expected": 2}]}
PROMPT = 'import math\n\ndef helper(x):\n    return x\n\ndef f(x):\n    """Twice."""\n'


def test_calls():
    found = suite(ADD)
    assert [test.does for test in found.tests] == [Call("add", (1, 2)), Call("add", (), {"a": 1, "b": 1})]
    assert (found.types, found.entry, found.size) == ("json", "add", 2)


def test_humaneval_is_taken_apart_or_kept_whole():
    apart = suite({"entry_point": "f", "prompt": PROMPT, "test": "def check(c):\n    assert c(1) == 2\n"})
    assert [test.does for test in apart.tests] == [Call("f", (1,))]
    whole = suite(
        {
            "entry_point": "f",
            "prompt": PROMPT,
            "test": "def check(c):\n    for i in range(3):\n        assert c(i) == 2 * i\n",
        }
    )
    (script,) = whole.scripts
    assert (script.form, script.stubs, len(script.sites)) == ("check", ("f",), 1)
    assert script.code.startswith("import math\n\ndef helper")
    assert script.code.split("\n")[script.sites[0] - 1].strip() == "assert c(i) == 2 * i"


def test_humaneval_plus_and_mbpp_plus():
    loop = "inputs = [[1], [2]]\nresults = [2, 4.5]\nfor i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(NAME(*inp), exp, 0)\n"
    lines = "".join("    " + line + "\n" for line in loop.replace("NAME", "candidate").splitlines())
    check = (
        f"import numpy as np\n\ndef assertion(out, exp, atol):\n    assert out == exp\n\ndef check(candidate):\n{lines}"
    )
    for found in (
        suite({"entry_point": "f", "prompt": PROMPT, "test": check}),
        suite(
            {
                "test": "import numpy as np\n\ndef assertion(out, exp, atol):\n    assert out == exp\n\n"
                + loop.replace("NAME", "f")
            }
        ),
    ):
        assert [test.does for test in found.tests] == [Call("f", (1,)), Call("f", (2,))]
        assert found.tests[1].expect.abs_tol == 1e-6
        assert not found.scripts


def test_mbpp():
    row = {"test_list": ["assert f(1) == 2", "assert f(g()) == h()"], "challenge_test_list": ["assert f(3) == 4"]}
    assert suite(row).size == 2
    assert suite(row, challenge=True).size == 3
    assert suite(row).scripts[0].stubs == ("f", "g", "h")
    assert suite(["assert f(1) == 2"]).size == suite("assert f(1) == 2").size == 1
    sized = suite({"test_list": ["assert f(1) == sys.getsizeof(1)"]})
    assert sized.scripts[0].code.startswith("import sys\n")
    hidden = suite({"test_list": ["assert sum(10, 15) == 6"]})
    assert hidden.tests[0].does == Call("sum", (10, 15))


def test_design_problems_and_functions():
    design = {"entry_point": "Box", "operations": ["Box", "put"], "arguments": [[], [1]], "expected": [None, 1]}
    assert suite(design).tests[0].does == Session("Box", (("__init__", ()), ("put", (1,))))
    named = suite('{"fn_name": "f", "inputs": [[1], [2]], "outputs": [[2], [[4]]]}')
    assert [test.expect.value for test in named.tests] == [([2], 2), ([[4]], [4])]


BAD: list[tuple[Any, str]] = [
    (None, "truth.missing"),
    ("", "truth.unreadable"),
    ("def f(:", "truth.unreadable"),
    ([], "truth.unreadable"),
    ([1], "truth.unreadable"),
    ({}, "truth.unreadable"),
    (7, "truth.unreadable"),
    ({"entry_point": "f", "calls": []}, "truth.no_tests"),
    ({"entry_point": "f", "calls": [1]}, "truth.unreadable"),
    ({"entry_point": "f", "calls": [{"args": [1]}]}, "truth.unreadable"),
    ({"entry_point": "f", "calls": [{"args": [object()], "expected": 1}]}, "truth.unreadable"),
    ({"entry_point": "f(", "calls": [{"args": [], "expected": 1}]}, "truth.unreadable"),
    ({"calls": [{"args": [], "expected": 1}]}, "truth.unreadable"),
    ({"entry_point": "f", "test": "def check(c):\n    pass\n"}, "truth.no_tests"),
    ({"entry_point": "f", "test": "def check(c):\n    assert True\n"}, "truth.no_tests"),
    ({"test_list": []}, "truth.no_tests"),
    ({"test_list": ["x = 1"]}, "truth.no_tests"),
    ({"entry_point": "B", "operations": ["B"], "arguments": [], "expected": []}, "truth.unreadable"),
    ({"fn_name": "f", "inputs": [[1]], "outputs": []}, "truth.no_tests"),
]


@pytest.mark.parametrize(("truth", "reason"), BAD)
def test_a_truth_that_cannot_be_read(truth: Any, reason: str):
    with pytest.raises(TruthError) as caught:
        suite(truth)
    assert caught.value.reason == reason


def test_streams():
    one = cases({"inputs": ["1\n"], "outputs": ["2\n"]})
    assert (one.cases[0].input, one.cases[0].output) == (b"1\n", b"2\n")
    same = [
        cases({"input": ["1\n"], "output": ["2\n"]}),
        cases([{"input": "1\n", "output": "2\n"}]),
        cases([("1\n", "2\n")]),
    ]
    assert same == [one] * 3
    assert cases({"inputs": [["1", "2"]], "outputs": [["3"]]}).cases[0].input == b"1\n2"
    assert cases({"inputs": ["1"], "checker": "def check(i, o, e): return True"}).cases[0].output is None
    for bad in (
        None,
        7,
        {},
        [],
        {"inputs": ["1"]},
        {"inputs": ["1"], "outputs": []},
        {"inputs": [{}], "outputs": ["1"]},
    ):
        with pytest.raises(TruthError):
            cases(bad)


FILE = """\
import pytest
import unittest
from solution import f
BASE = 10

@pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4)])
def test_rows(a, b):
    assert f(a) == b

def test_base():
    wanted = BASE + 2
    assert f(BASE) == wanted
    assert f(0) in (1, 2)

def test_error():
    with pytest.raises((ValueError, TypeError)):
        f(-1)

class FTest(unittest.TestCase):
    def setUp(self):
        self.given = [3, 1]

    def test_equal(self):
        self.assertEqual(f(self.given), [1, 3], msg="sorted")
        self.assertAlmostEqual(f(0.1), 0.3, places=2)
        self.assertRaises(KeyError, f, {})
        self.assertTrue(f(1))

    def test_loop(self):
        for n in range(3):
            self.assertEqual(f(n), n)

def test_fixture(tmp):
    assert f(1) == 1
"""


def test_files_of_tests_are_taken_apart_test_by_test():
    found = read_file(FILE)
    assert [(test.unit, test.does) for test in found.tests] == [
        ("test_rows[0]", Call("f", (1,))),
        ("test_rows[1]", Call("f", (3,))),
        ("test_base", Call("f", (10,))),
        ("test_base", Call("f", (0,))),
        ("test_error", Call("f", (-1,))),
        ("FTest.test_equal", Call("f", ([3, 1],))),
        ("FTest.test_equal", Call("f", (0.1,))),
        ("FTest.test_equal", Call("f", ({},))),
        ("FTest.test_equal", Call("f", (1,))),
    ]
    assert found.tests[4].expect.value == ("ValueError", "TypeError")
    (script,) = found.scripts
    assert (script.form, script.least, found.size) == ("unittest", 2, 7)
    assert "test_loop" in script.code
    assert "test_equal" not in script.code


def test_files_of_tests_are_counted():
    file = read_file(
        "import pytest\n@pytest.mark.parametrize('a', [1, 2, 3])\ndef test_a(a): pass\ndef test_b(): pass\n"
    )
    assert (file.scripts[0].form, file.size) == ("pytest", 4)
    case = read_file("import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n")
    assert case.scripts[0].form == "unittest"
    assert suite({"entry_point": "f", "test": FILE}).size == suite(FILE).size == 7
    for bad in (None, "", "x = 1", {"test": 7}, {}):
        with pytest.raises(TruthError):
            read_file(bad)


def test_what_a_completion_is_put_together_with():
    task = suite({"entry_point": "f", "prompt": PROMPT, "test": "def check(c):\n    assert c(1) == 2\n"})
    assert placed("    return 2 * x", task).program == PROMPT + "    return 2 * x"
    whole = placed("def f(x):\n    return 2 * x", task)
    assert (whole.before, whole.program) == (
        "import math\n\ndef helper(x):\n    return x\n\n",
        "def f(x):\n    return 2 * x",
    )
    assert placed("f = lambda x: 2 * x", task).program == "f = lambda x: 2 * x"
    assert placed("    y = 1\n    return f(y)\n\ndef f(x): pass", task).program.startswith(PROMPT)
    future = placed("from __future__ import annotations\ndef f(x): return 2", task)
    assert future.before.startswith("from __future__ import annotations\nimport math")
    assert "__future__" not in future.program
    method = suite({"fn_name": "f", "inputs": [[1]], "outputs": [2]})
    assert placed("class Solution:\n    def f(self, x): return 2", method).entry("f") == "Solution.f"
    assert placed("def f(x): return 2", method).entry("f") == "f"
    assert preamble("def f(x):\n", "f") == ""


def run(truth: Any, results: list[CallResult], status: Any = "ok") -> list[bool]:
    plan = Plan(suite(truth), placed("def add(a, b): ...", suite(truth)), Settings(Limits(), Policy("json")))
    (job,) = plan.jobs
    assert isinstance(job, CallJob)
    assert "expected" not in repr(job)
    return [result.passed for result in plan.results([Outcome(status=status, results=tuple(results))])]


def test_results_are_compared_here():
    right, wrong = CallResult(kind="value", value=3), CallResult(kind="value", value=4)
    assert run(ADD, [right, CallResult(kind="value", value=2)]) == [True, True]
    assert run(ADD, [wrong, wrong]) == [False, False]
    assert run(ADD, [right, CallResult(kind="stopped")], "cpu") == [True, False]
    assert run(ADD, [], "exit") == [False, False]
    assert run(ADD, [right, CallResult(kind="opaque", type="Yes")]) == [True, False]
    error = CallResult(kind="raised", type="ZeroDivisionError", message="no")
    assert run(ADD, [right, error]) == [True, False]
    raises = {"entry_point": "add", "calls": [{"args": [1, 0], "raises": "ArithmeticError"}]}
    assert run(raises, [error]) == [True]
    assert run(raises, [right]) == [False]


def test_families_of_exceptions():
    assert is_one_of("ZeroDivisionError", ("ArithmeticError",))
    assert is_one_of("solution.Mine", ("Mine",))
    assert is_one_of("Mine", ("Exception",))
    assert not is_one_of("KeyError", ("ValueError",))
    assert not is_one_of("SystemExit", ("Exception",))
    assert not is_one_of("int", ("object",))
