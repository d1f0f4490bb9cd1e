"""The completion's Python program returns what the tests expect, called in a sandbox that never holds the truth.

## What it checks
The program is the last fenced block of the final segment, or the whole segment where it has no fence. Where it does
not define the entry point, it continues the prompt that the truth holds (HumanEval). Its functions are called in a
jail; plain values come back; they are compared here. Assertions are taken apart into a call and what must be true of
its value; a script that cannot be (a loop, helpers) runs in a second jail, where the program's functions are stubs.
An overridden `__eq__`, a search of the stack, an early exit and a patched comparison have nothing to act on.

| reason | meaning |
|---|---|
| `code.passed` | every test passed |
| `code.wrong`, `code.raised`, `code.opaque` | a wrong value, an exception, a value that is no plain data |
| `code.error`, `code.compile` | it raised before any call, it is not Python |
| `code.exit`, `code.crash`, `code.stopped` | it ended its process, it crashed, a call never came back |
| `limit.cpu`, `limit.memory`, `limit.output` ... | it ran into that limit |
| `code.empty`, `code.language` | the block holds nothing, or another language |
| `code.too_long`, `code.unreadable` | the program is too long, or no text |
| `answer.*`, `think.*` | the final segment holds no program, or too many |

The score is the share of tests that passed, unless `score = "all"`. The evidence names the tests that did not pass,
what came back, the tier of the `sandbox`, and the hash of the truth.

## Truth
`{"entry_point": "add", "calls": [{"args": [1, 2], "kwargs": {}, "expected": 3}]}`; `"raises": "ValueError"` in place
of `expected`; an entry point `Solution.add` calls a method of a fresh object. Beside `calls`, or in one of them:
`after` (`{"0": [1, 2]}`: what argument 0 must be when the call is over, for programs that change it in place), `takes`
and `returns` (LeetCode's types of arguments and result: `ListNode`, `Optional[TreeNode]`, `ListNode[]` are written as
lists, level by level), `order` ("any", "nested": of a list, and of lists in it), `abs_tol`, `rel_tol`. HumanEval(+):
`{"entry_point", "prompt", "test"}`. MBPP(+): `{"test_list", "test_setup_code", "challenge_test_list",
"test_imports"}`, or a list of assertions. A file of tests (KodCode, BigCodeBench): its text, or `{"test"}`; see
`code.tests`. LeetCode design problems: `{"entry_point", "operations", "arguments", "expected"}`, several as
`sequences`; what the methods in `void` return is not looked at. APPS and LiveCodeBench: `{"fn_name", "inputs",
"outputs"}`, or a list of cases of `"type": "function_call"` or `"testtype": "functional"`. Any of these as a JSON
string. `setup` is trusted code in front.

## Parameters
How values compare, what counts as the score, the limits of a run, and where the program stands in the completion.

## When it cannot judge
The truth has none of these shapes (`truth.unreadable`) or holds no test (`truth.no_tests`); the sandbox is missing or
failed (`infra.*`).

## Known gaps
An object of the program's own classes equals nothing outside its jail, not even another one: `f(1) == Point(2, 3)`
does not hold. In scripts that cannot be taken apart, dates, decimals and functions do not cross either way. Subclasses
of dict, list, numbers and strings count as what they hold, fractions and numpy's numbers as numbers; a range, a
generator or a view counts as a list for truths that were written as JSON, and where an assertion sorts, counts or
lists it. A test that needs a package which the jail does not have cannot be judged. Tests are as strong as their
author made them: a program that knows the answers by heart passes.

## Sources
HumanEval (Chen et al. 2021, arXiv 2107.03374), MBPP (Austin et al. 2021, arXiv 2108.07732), EvalPlus (Liu et al.
2023, arXiv 2305.01210), APPS (Hendrycks et al. 2021, arXiv 2105.09938). Hacks: arXiv 2511.18397, 2510.20270.
"""

from __future__ import annotations

from referee.core.jobs import Flow
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import verifier
from referee.programs.truth import suite
from referee.verifiers.code._python_cases import CASES
from referee.verifiers.code._running import Calling, by_calls, found_in

__all__ = ["CASES", "Params", "python"]


class Params(Calling, frozen=True, kw_only=True):
    """challenge: whether MBPP's `challenge_test_list` is part of the tests."""

    challenge: bool = False


@verifier
def python(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    tests = suite(task.truth, challenge=params.challenge)
    found = found_in(rollout, task, params)
    if isinstance(found, Verdict):
        return found
    return (yield from by_calls(found, tests, task.truth, params))
