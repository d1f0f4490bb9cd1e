"""The completion's program passes a file of pytest or unittest tests.

## What it checks
The program is the last fenced block of the final segment, or the whole segment where it has no fence. A test whose
assertions can be taken apart (`assert f(1) == 2`, `assertEqual`, `raises`, rows of `parametrize`, a plain `setUp`)
becomes calls in the program's jail, and what comes back is compared here. The others run in a jail of their own, in
which the program is stubs that call into the program's jail: `from solution import add` works, and nothing of the tests
can be seen or changed by the program. A test that was skipped or never reached has not passed, whatever the program
prints and however it ends.

| reason | meaning |
|---|---|
| `code.passed` | every test passed |
| `code.wrong` | a test did not |
| `code.no_tests` | no test was executed |
| `code.error`, `code.compile` | the program raised before any test, it is not Python |
| `code.exit`, `code.crash`, `code.stopped` | it ended its process, it crashed, the tests did not come to their end |
| `limit.cpu`, `limit.memory`, `limit.output` ... | it ran into that limit |
| `code.empty`, `code.language` | the block holds nothing, or another language |
| `code.too_long`, `code.unreadable` | the program is too long, or no text |
| `answer.*`, `think.*` | the final segment holds no program, or too many |

The score is the share of tests that passed, of those that the file holds, unless `score = "all"`.

## Truth
The text of the file, or `{"test": text, "setup": trusted code in front of the program, "form": "pytest" or
"unittest"}`. The tests import the program as `solution`, `main` or `candidate`, or use its names without importing
them.

## Parameters
What counts as the score, the limits of a run, and where the program stands in the completion.

## When it cannot judge
The file is not Python (`truth.unreadable`) or holds no test (`truth.no_tests`); the sandbox is missing or failed
(`infra.*`).

## Known gaps
In tests that are not taken apart only plain values cross between the jails: an object of the program's is a handle; its
methods can be called and that equals nothing, and an argument is changed in place only by a call that is a statement
of its own. Of pytest: `parametrize`, `raises`, `approx` and fixtures of the file itself, no plugins and no `capsys`.

## Sources
Reward hacking of test files: MacDiarmid et al. 2025, arXiv 2511.18397; Baker et al. 2025, arXiv 2503.11926.
"""

from __future__ import annotations

from referee.core.jobs import Flow
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import Case, verifier
from referee.programs.files import file_suite
from referee.verifiers.code._running import Calling, by_calls, found_in


class Params(Calling, frozen=True, kw_only=True):
    """The parameters of `code.python` that concern tests."""


GOOD = "def add(a, b):\n    if not isinstance(a, int):\n        raise TypeError(a)\n    return a + b"
PYTEST = """\
import pytest
from solution import add

def test_small():
    assert add(1, 2) == 3

@pytest.mark.parametrize(("a", "b", "c"), [(5, 5, 10), (-1, 1, 0)])
def test_more(a, b, c):
    assert add(a, b) == c

def test_error():
    with pytest.raises(TypeError):
        add("1", 2)
"""
UNITTEST = """\
import unittest
from solution import add

class AddTest(unittest.TestCase):
    def setUp(self):
        self.one = 1

    def test_small(self):
        self.assertEqual(add(self.one, 2), 3)

    def test_many(self):
        for n in range(10):
            self.assertEqual(add(n, n), 2 * n)
"""
CASES = (
    Case(GOOD, PYTEST, "pass", reason="code.passed"),
    Case(f"```python\n{GOOD}\n```", {"test": UNITTEST}, "pass"),
    Case("def add(a, b): return a + b", PYTEST, "pass", "'1' + 2 raises as well"),
    Case("def add(a, b): return abs(a) + b", PYTEST, "partial", "three of four", score=0.75),
    Case("def add(a, b): return 3", UNITTEST, "partial", score=0.5),
    Case("def add(a, b): return None", UNITTEST, "fail", reason="code.wrong"),
    Case("def plus(a, b): return a + b", UNITTEST, "fail", "there is no add"),
    Case(
        "import unittest\ndef add(a, b): raise unittest.SkipTest('x')",
        UNITTEST,
        "fail",
        "attack: skips the tests",
    ),
    Case("def add(a, b): raise SystemExit(0)", PYTEST, "fail", "attack: leaves early with code 0"),
    Case(
        "class Yes:\n    def __eq__(self, other): return True\ndef add(a, b): return Yes()",
        UNITTEST,
        "fail",
        "attack: equals everything",
    ),
    Case("print('4 passed in 0.01s')\ndef add(a, b): pass", UNITTEST, "fail", "attack: prints a report"),
    Case(GOOD, "import solution", "unjudged", "no test in it", reason="truth.no_tests"),
)


@verifier
def tests(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    suite = file_suite(task.truth)
    found = found_in(rollout, task, params)
    if isinstance(found, Verdict):
        return found
    return (yield from by_calls(found, suite, task.truth, params))
