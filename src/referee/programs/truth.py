"""A truth of any shape -> the `Suite` that it means. Raises `TruthError`, which names what is wrong and where.

| keys | what it is |
|---|---|
| `entry_point`, `calls` | calls with plain arguments: `{"args": [1, 2], "kwargs": {}, "expected": 3}` or `"raises"` |
| `entry_point`, `test`, `prompt` | HumanEval(+): a script that defines `check(candidate)`, or bare assertions |
| `test_list`, `test_setup_code`, `test_imports` | MBPP: assertions, one text each |
| `test` | a file of pytest or unittest tests (KodCode, BigCodeBench), or assertions |
| `entry_point`, `operations`, `arguments`, `expected` | LeetCode's design problems; several as `sequences` |
| `fn_name`, `inputs`, `outputs` | APPS, TACO, LiveCodeBench: calls of a function or of a method of `Solution` |

A string is JSON of these, or a script of assertions; a list of strings is a list of assertions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from referee.core.errors import TruthError
from referee.programs.called import calls, functional, sessions
from referee.programs.fields import name, sequence, short, text
from referee.programs.files import file_suite, is_file
from referee.programs.rows import published
from referee.programs.scripts import from_assertions, from_check
from referee.programs.suite import Suite

SHAPES: Final = (
    'a truth of a program is {"entry_point", "calls"}, {"entry_point", "prompt", "test"}, {"test_list"}, '
    '{"entry_point", "operations", "arguments", "expected"} or {"fn_name", "inputs", "outputs"}'
)


def suite(truth: Any, *, challenge: bool = False) -> Suite:
    """The tests that a truth asks for. `challenge` adds MBPP's `challenge_test_list`."""
    truth = published(truth)
    if isinstance(truth, str) and truth.strip():
        return file_suite({"test": truth}) if is_file(truth) else from_assertions((truth,))
    if isinstance(truth, list | tuple) and truth:
        return from_assertions(tuple(text(one, f"$[{index}]") for index, one in enumerate(truth)))
    if not isinstance(truth, Mapping):
        raise TruthError(f"{SHAPES}; got {short(truth)}", "truth.unreadable" if truth is not None else "truth.missing")
    if "calls" in truth:
        return calls(truth)
    if "sequences" in truth or "operations" in truth:
        return sessions(truth)
    if "test_list" in truth:
        return _mbpp(truth, challenge=challenge)
    if "test" in truth:
        return _script(truth)
    if "inputs" in truth and ("fn_name" in truth or "entry_point" in truth):
        return functional(truth)
    raise TruthError(f"{SHAPES}; got the keys {', '.join(map(str, truth))[:200] or 'of an empty object'}")


def _script(truth: Mapping[str, Any]) -> Suite:
    test = text(truth["test"], "$.test")
    entry = truth.get("entry_point")
    if is_file(test):
        return file_suite(truth)
    if entry is None:
        return from_assertions((test,), text(truth.get("setup") or "", "$.setup"))
    return from_check(name(entry, "$.entry_point"), text(truth.get("prompt") or "", "$.prompt"), test)


def _mbpp(truth: Mapping[str, Any], *, challenge: bool) -> Suite:
    texts = list(sequence(truth["test_list"], "$.test_list"))
    if challenge:
        texts += sequence(truth.get("challenge_test_list") or [], "$.challenge_test_list")
    imports = truth.get("test_imports") or []
    lines = [imports] if isinstance(imports, str) else sequence(imports, "$.test_imports")
    if not texts:
        raise TruthError("the truth holds no assertion (at $.test_list)", "truth.no_tests")
    return from_assertions(
        tuple(text(one, f"$.test_list[{index}]") for index, one in enumerate(texts)),
        text(truth.get("test_setup_code") or "", "$.test_setup_code"),
        "\n".join(text(one, "$.test_imports") for one in lines),
    )
