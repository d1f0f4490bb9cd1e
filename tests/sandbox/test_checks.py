"""Test scripts in a jail of their own: what counts is what was executed there, whatever the program does."""

from __future__ import annotations

from typing import Any

import pytest

from referee.core.jobs import CheckJob, Limits, Outcome
from referee.sandbox.pool import Sandbox

ADD = "def add(a, b): return a + b"
CHECK = """
def check(candidate):
    assert candidate(1, 2) == 3
    assert candidate(2, 2) == 4, "two and two"
    assert True, "says nothing"
    for i in range(3):
        assert candidate(i, 1) == i + 1
"""


def check(sandbox: Sandbox, program: str, test: str = CHECK, **more: Any) -> Outcome:
    more = {"form": "check", "entries": ("add",), "limits": Limits(cpu_s=0.5, wall_s=1.0)} | more
    return sandbox.run((CheckJob(program=program, test=test, **more),))[0]


def counts(outcome: Outcome) -> tuple[str, int, int, bool]:
    return outcome.status, outcome.executed, outcome.passed, outcome.complete


def test_every_assertion_counts(sandbox: Sandbox) -> None:
    assert counts(check(sandbox, ADD)) == ("ok", 5, 5, True)
    assert counts(check(sandbox, "def add(a, b): return a + b if a < 2 else 0")) == ("ok", 5, 3, True)
    assert check(sandbox, "def add(a, b): return 0").checks[1].message == "AssertionError: two and two"


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(0)",
        "import os; os._exit(0)",
        "def add(a, b): raise SystemExit",
        "import os\ndef add(a, b): os._exit(0)",
        "class E:\n    def __eq__(s, o): return True\n    def __bool__(s): return True\ndef add(a, b): return E()",
        "class E(int):\n    def __eq__(s, o): return True\n    __hash__ = None\ndef add(a, b): return E(3)",
        "class E(list):\n    def __eq__(s, o): return True\ndef add(a, b): return E()",
        "def add(a, b):\n    while True: pass",
        "import marshal, os, struct\ndef add(a, b):\n    c = marshal.dumps((0, 'value', 3), 2)\n    os.write(21, struct.pack('<I', len(c)) + c)\n    return 0",
        "import os\ndef add(a, b):\n    os.write(3, b'R' + bytes(400))\n    return 0",
        "import os\ndef add(a, b):\n    os.close(21)\n    return 3",
        "import os\ndef add(a, b):\n    os.write(21, os.urandom(3000))\n    return 0",
        "import builtins\nbuiltins.AssertionError = Exception\ndef add(a, b): return 0",
        "def check(candidate): pass\ndef add(a, b): return 0",
        "1 / 0",
        "def add(",
        "",
    ],
)
def test_nothing_but_right_values_passes(sandbox: Sandbox, program: str) -> None:
    outcome = check(sandbox, program)
    assert outcome.status != "infra", outcome
    assert outcome.passed == 0, outcome


def test_a_sleeper_ends_and_the_next_check_is_sound(sandbox: Sandbox) -> None:
    assert check(sandbox, "import time\ndef add(a, b): time.sleep(60)").status == "wall"
    assert counts(check(sandbox, ADD + "\n#")) == ("ok", 5, 5, True)


def test_scripts_of_assertions(sandbox: Sandbox) -> None:
    program = "def f(x): raise ValueError('no')\ndef g(x): return x * 2"
    test = "assert g(2) == 4\ntry:\n    f(1)\n    assert False\nexcept ValueError: pass\nassert set(g([1])) == {1}\nassert g(1) == 3"
    outcome = check(sandbox, program, test, form="asserts", entries=())
    assert (outcome.status, outcome.passed, outcome.complete) == ("ok", 2, True)
    assert [one.line for one in outcome.checks if not one.passed] == [7]


def test_objects_of_the_program_can_be_used_but_equal_nothing(sandbox: Sandbox) -> None:
    program = "class Stack:\n    def __init__(s): s.v = []\n    def push(s, x): s.v.append(x)\n    def pop(s): return s.v.pop()\n    def __len__(s): return len(s.v)"
    test = "from solution import Stack\ns = Stack()\ns.push(3)\nassert len(s) == 1\nassert s.pop() == 3\nassert s.v == []\nassert Stack() == Stack()"
    outcome = check(sandbox, program, test, form="asserts", entries=())
    assert (outcome.executed, outcome.passed) == (4, 3)


PYTEST = """
import pytest
from solution import add
@pytest.fixture
def two():
    yield 2
@pytest.mark.parametrize("a, b, c", [(1, 2, 3), (2, 2, 4), (5, 5, 11)])
def test_add(a, b, c): assert add(a, b) == c
def test_raises():
    with pytest.raises(TypeError): add(1, "x")
def test_fixture(two): assert add(two, 1) == 3
@pytest.mark.skip
def test_skipped(): assert True
class TestFloat:
    def test_it(self): assert add(1.0, 2) == pytest.approx(3.0)
"""
UNITTEST = """
import unittest
from solution import add
class T(unittest.TestCase):
    def test_right(self): self.assertEqual(add(1, 2), 3)
    def test_wrong(self): self.assertEqual(add(1, 2), 4)
    @unittest.skip("no")
    def test_skipped(self): pass
"""


def test_files_of_pytest_and_unittest(sandbox: Sandbox) -> None:
    outcome = check(sandbox, ADD, PYTEST, form="pytest", entries=())
    assert counts(outcome) == ("ok", 6, 5, True)
    assert [one.name for one in outcome.checks if not one.passed] == ["test_add[2]"]
    assert counts(check(sandbox, ADD, UNITTEST, form="unittest", entries=())) == ("ok", 2, 1, True)


@pytest.mark.parametrize(
    "test", ["", "def helper(): pass", "import unittest", "@__import__('pytest').mark.skip\ndef test_a(): pass"]
)
def test_nothing_executed_is_nothing_passed(sandbox: Sandbox, test: str) -> None:
    outcome = check(sandbox, ADD, test, form="pytest", entries=())
    assert (outcome.executed, outcome.passed) == (0, 0)


@pytest.mark.parametrize(
    "test", ["assert add(1, 2", "import no_such_module\nassert add(1, 2) == 3", "assert add(lambda: 1, 2) == 3"]
)
def test_a_script_that_cannot_be_run_is_no_fault_of_the_program(sandbox: Sandbox, test: str) -> None:
    outcome = check(sandbox, ADD, test, form="asserts")
    assert (outcome.status, outcome.reason) == ("infra", "infra.test")


def test_an_object_cannot_make_a_check_impossible(sandbox: Sandbox) -> None:
    program = "class E: pass\ndef add(a, b): return E()"
    outcome = check(sandbox, program, "assert add([add(1, 2)], 3) == 3", form="asserts")
    assert (outcome.status, outcome.executed, outcome.passed) == ("ok", 1, 0)


def test_the_program_never_sees_the_script(sandbox: Sandbox) -> None:
    program = """
import gc, sys
def add(a, b):
    needle = bytes([120, 121, 122, 122, 121]).decode()
    seen = [one for one in gc.get_objects() if type(one) in (dict, list, tuple) and needle in repr(one)[:100000]]
    frame = sys._getframe().f_back
    while frame:
        seen += [one for one in frame.f_locals.values() if needle in repr(one)[:100000]]
        frame = frame.f_back
    return len(seen)
"""
    assert counts(
        check(sandbox, program, "secret = 'xyzzy'\nassert add(1, 2) == 0", form="asserts", entries=("add",))
    ) == ("ok", 1, 1, True)


# Answers what the script asks without reading the requests, so that these fill the pipe.
_DEAF = """
import marshal, os, struct, sys, time
def f(x):
    frame, number = sys._getframe(), None
    while frame and type(number) is not int:
        number, frame = getattr(frame.f_locals.get("self"), "number", None), frame.f_back
    content = marshal.dumps((number, "value", 0, None), 2)
    while True:
        os.write(21, struct.pack("<I", len(content)) + content)
        time.sleep(0.001)
"""


@pytest.mark.parametrize(("rounds", "size"), [(60, 2000), (15, 4200)])
def test_a_program_that_reads_no_request_is_judged(sandbox: Sandbox, rounds: int, size: int) -> None:
    test = f"for i in range({rounds}):\n    assert f('x' * {size}) == 1\n"
    outcome = check(sandbox, _DEAF, test, form="asserts", entries=("f",), limits=Limits(cpu_s=0.5, wall_s=0.5))
    assert outcome.status != "infra"
    assert not outcome.passed


@pytest.mark.parametrize(
    ("program", "test"),
    [
        ("def f(x): return 'a' * ((4 << 20) - 40)", "assert f(f('abc')) == 'abc'"),
        ("def f(x): return 'a' * (3 << 20)", "x = f(1)\nassert f(x + x) == 1"),
        ("def f(x): return 'a' * (3 << 20)", "x = f(1)\nassert f(x * 12) == 1"),
        ("def made(): return []\ndef f(x): return 1", "assert f(made().index) == 2"),
        ("def made(): return {1: 2}\ndef f(x): return 1", "assert f(made().items()) == 2"),
    ],
)
def test_what_the_program_returned_and_goes_back_makes_nothing_unjudged(
    sandbox: Sandbox, program: str, test: str
) -> None:
    outcome = check(sandbox, program, test, form="asserts", entries=(), limits=Limits())
    assert (outcome.status, outcome.passed, outcome.executed) == ("ok", 0, 1)


def test_an_argument_that_can_never_cross_is_the_tests_fault(sandbox: Sandbox) -> None:
    outcome = check(sandbox, ADD, "assert add('x' * (40 << 20), '') == ''", form="asserts")
    assert (outcome.status, outcome.reason) == ("infra", "infra.test")
