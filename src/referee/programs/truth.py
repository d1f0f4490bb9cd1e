"""A truth of any shape -> the `Suite` that it means. Raises `TruthError`, which names what is wrong and where.

| keys | what it is |
|---|---|
| `entry_point`, `calls` | calls with plain arguments: `{"args": [1, 2], "kwargs": {}, "expected": 3}` or `"raises"` |
| `entry_point`, `test`, `prompt` | HumanEval(+): a script that defines `check(candidate)`, or bare assertions |
| `test_list`, `test_setup_code`, `test_imports` | MBPP: assertions, one text each |
| `entry_point`, `operations`, `arguments`, `expected` | LeetCode's design problems; several as `sequences` |
| `fn_name`, `inputs`, `outputs` | APPS, TACO, LiveCodeBench: calls of a function or of a method of `Solution` |

A string is JSON of these, or a script of assertions; a list of strings is a list of assertions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from referee.core.errors import TruthError
from referee.programs.compare import DEEPEST
from referee.programs.scripts import from_assertions, from_check, parsed
from referee.programs.suite import Call, Expect, Session, Suite, Test

SHAPES: Final = (
    'a truth of a program is {"entry_point", "calls"}, {"entry_point", "prompt", "test"}, {"test_list"}, '
    '{"entry_point", "operations", "arguments", "expected"} or {"fn_name", "inputs", "outputs"}'
)
_PLAIN: Final = (type(None), bool, int, float, complex, str, bytes)
_NAMED: Final = 120

# What LeetCode's editor imports before a solution.
LEETCODE: Final = """\
import bisect, collections, functools, heapq, itertools, math, operator, random, re, string, sys
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from operator import *
from typing import *
from builtins import *

inf = math.inf
"""


def read(truth: Any) -> Any:
    """A truth that is JSON in a string as the data that it says; anything else as it is."""
    if not isinstance(truth, str) or truth.lstrip()[:1] not in ("{", "["):
        return truth
    try:
        return msgspec.json.decode(truth.encode("utf-8", "surrogatepass"))
    except (msgspec.MsgspecError, RecursionError):
        return truth


def suite(truth: Any, *, challenge: bool = False) -> Suite:
    """The tests that a truth asks for. `challenge` adds MBPP's `challenge_test_list`."""
    truth = read(truth)
    if isinstance(truth, str) and truth.strip():
        return from_assertions((truth,))
    if isinstance(truth, list | tuple) and truth:
        return from_assertions(tuple(_text(one, f"$[{index}]") for index, one in enumerate(truth)))
    if not isinstance(truth, Mapping):
        raise TruthError(f"{SHAPES}; got {_short(truth)}", "truth.unreadable" if truth is not None else "truth.missing")
    if "calls" in truth:
        return _calls(truth)
    if "sequences" in truth or "operations" in truth:
        return _sessions(truth)
    if "test_list" in truth:
        return _mbpp(truth, challenge=challenge)
    if "test" in truth:
        return _script(truth)
    if "inputs" in truth and ("fn_name" in truth or "entry_point" in truth):
        return _functional(truth)
    raise TruthError(f"{SHAPES}; got the keys {', '.join(map(str, truth))[:200] or 'of an empty object'}")


def _script(truth: Mapping[str, Any]) -> Suite:
    test = _text(truth["test"], "$.test")
    entry = truth.get("entry_point")
    if entry is None:
        return from_assertions((test,), _text(truth.get("setup") or "", "$.setup"))
    return from_check(_name(entry, "$.entry_point"), _text(truth.get("prompt") or "", "$.prompt"), test)


def _mbpp(truth: Mapping[str, Any], *, challenge: bool) -> Suite:
    texts = list(_sequence(truth["test_list"], "$.test_list"))
    if challenge:
        texts += _sequence(truth.get("challenge_test_list") or [], "$.challenge_test_list")
    imports = truth.get("test_imports") or []
    lines = [imports] if isinstance(imports, str) else _sequence(imports, "$.test_imports")
    if not texts:
        raise TruthError("the truth holds no assertion (at $.test_list)", "truth.no_tests")
    return from_assertions(
        tuple(_text(one, f"$.test_list[{index}]") for index, one in enumerate(texts)),
        _text(truth.get("test_setup_code") or "", "$.test_setup_code"),
        "\n".join(_text(one, "$.test_imports") for one in lines),
    )


def _calls(truth: Mapping[str, Any]) -> Suite:
    entry = _name(truth.get("entry_point"), "$.entry_point")
    calls = _sequence(truth["calls"], "$.calls")
    if not calls:
        raise TruthError("the truth holds no call (at $.calls)", "truth.no_tests")
    tests = tuple(_call(entry, call, f"$.calls[{index}]") for index, call in enumerate(calls))
    return _around(Suite(tests, entry=entry, types="json"), truth)


def _call(entry: str, call: Any, path: str) -> Test:
    if not isinstance(call, Mapping):
        raise TruthError(f'a call is {{"args": [...], "expected": ...}}, got {_short(call)} (at {path})')
    args = tuple(_sequence(call.get("args") or [], f"{path}.args"))
    kwargs = dict(call.get("kwargs") or {})
    plain([args, kwargs, call.get("expected")], path)
    does = Call(entry, args, kwargs)
    if "raises" in call:
        names = call["raises"]
        return Test(_shown(does), does, Expect("raises", (names,) if isinstance(names, str) else tuple(names)))
    if "expected" not in call:
        raise TruthError(f"a call needs `expected` or `raises` (at {path})")
    return Test(_shown(does), does, Expect("==", call["expected"]))


def _sessions(truth: Mapping[str, Any]) -> Suite:
    entry = _name(truth.get("entry_point"), "$.entry_point")
    given = truth.get("sequences") or [truth]
    tests = tuple(_session(entry, one, f"$.sequences[{at}]") for at, one in enumerate(_sequence(given, "$.sequences")))
    return _around(Suite(tests, before=LEETCODE, entry=entry, types="json"), truth)


def _session(entry: str, given: Any, path: str) -> Test:
    if not isinstance(given, Mapping):
        raise TruthError(f"a sequence is an object, got {_short(given)} (at {path})")
    operations = [_text(one, f"{path}.operations") for one in _sequence(given.get("operations"), f"{path}.operations")]
    arguments = [tuple(_sequence(one, f"{path}.arguments")) for one in _sequence(given.get("arguments"), path)]
    expected = list(_sequence(given.get("expected"), f"{path}.expected"))
    if operations and operations[0] in (entry, "__init__"):
        operations[0] = "__init__"
    else:
        operations, arguments, expected = ["__init__", *operations], [(), *arguments], [None, *expected]
    if not len(operations) == len(arguments) == len(expected) > 1:
        raise TruthError(f"operations, arguments and expected must be of one length (at {path})")
    plain([arguments, expected], path)
    does = Session(entry, tuple(zip(operations, arguments, strict=True)))
    return Test(f"{entry}: {len(operations) - 1} operations", does, Expect("==", expected))


def _functional(truth: Mapping[str, Any]) -> Suite:
    """APPS writes an output as the value or as a list of one; either is what a call may return."""
    entry = _name(truth.get("fn_name") or truth.get("entry_point"), "$.fn_name")
    inputs = _sequence(truth["inputs"], "$.inputs")
    outputs = _sequence(truth.get("outputs"), "$.outputs")
    if not inputs or len(inputs) != len(outputs):
        raise TruthError(f"{len(inputs)} inputs and {len(outputs)} outputs (at $.inputs)", "truth.no_tests")
    tests = []
    for at, (given, wanted) in enumerate(zip(inputs, outputs, strict=True)):
        does = Call(entry, tuple(_sequence(given, f"$.inputs[{at}]")))
        plain([does.args, wanted], f"$.inputs[{at}]")
        either = (wanted, wanted[0]) if isinstance(wanted, list) and len(wanted) == 1 else (wanted,)
        tests.append(Test(_shown(does), does, Expect("in", either)))
    return _around(Suite(tuple(tests), before=LEETCODE, entry=entry, types="json"), truth)


def _around(suite: Suite, truth: Mapping[str, Any]) -> Suite:
    """With the trusted code that the truth puts in front (`setup`) and the prompt that a completion continues."""
    setup = _text(truth.get("setup") or "", "$.setup")
    parsed(setup)
    prompt = _text(truth.get("prompt") or "", "$.prompt")
    return suite._replace(before="\n".join(part for part in (suite.before, setup) if part), prompt=prompt)


def plain(value: Any, path: str, depth: int = 0) -> None:
    """Raise `TruthError` unless the value can cross into a jail and be compared."""
    kind = type(value)
    if kind in _PLAIN:
        return
    if depth > DEEPEST - 2:
        raise TruthError(f"a value is nested too deeply (at {path})")
    if kind is dict:
        members = [*value, *value.values()]
    elif kind in (list, tuple, set, frozenset):
        members = list(value)
    else:
        raise TruthError(f"a value of type {kind.__name__} is not plain data (at {path})")
    for one in members:
        plain(one, path, depth + 1)


def _sequence(value: Any, path: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TruthError(f"a list is needed, got {_short(value)} (at {path})")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise TruthError(f"a text is needed, got {_short(value)} (at {path})")
    return value


def _name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not all(part.isidentifier() for part in value.split(".")):
        raise TruthError(f"the name of a function is needed, got {_short(value)} (at {path})")
    return value


def _shown(does: Call) -> str:
    inside = [repr(one) for one in does.args] + [f"{name}={value!r}" for name, value in does.kwargs.items()]
    text = f"{does.function}({', '.join(inside)})"
    return text if len(text) <= _NAMED else text[: _NAMED - 3] + "..."


def _short(value: Any) -> str:
    return repr(value)[:80] if isinstance(value, str | int | float | bool | type(None)) else type(value).__name__
