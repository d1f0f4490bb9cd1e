"""Truths that are calls: with plain arguments, of LeetCode's classes, or of one object's methods in order.

    {"entry_point": "add", "calls": [{"args": [1, 2], "expected": 3}, {"args": ["x"], "raises": "TypeError"}]}
    {"fn_name": "twoSum", "inputs": [[[2, 7], 9]], "outputs": [[[0, 1]]]}                  APPS, TACO, LiveCodeBench
    {"entry_point": "LRUCache", "operations": [...], "arguments": [...], "expected": [...]}         a design problem

Beside them, for all calls or in one: `after` ({"0": [1, 2]}: what argument 0 must be when the call is over), `takes`
and `returns` (the types of arguments and result, of which `ListNode`, `TreeNode` and lists of them count, and `void`),
`order` ("any", "nested": the order of a list, or of lists in it, is free), `abs_tol` and `rel_tol`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from referee.core.errors import TruthError
from referee.programs.fields import name, plain, sequence, short, text
from referee.programs.scripts import parsed
from referee.programs.shims import NODES
from referee.programs.suite import Call, Expect, Session, Suite, Test

_NAMED: Final = 120
_NODE: Final = ("ListNode", "TreeNode")
_BESIDE: Final = ("after", "takes", "returns", "order", "abs_tol", "rel_tol")
_LISTED = re.compile(r"^(?:list|array)[\[<](.*)[\]>]$", re.IGNORECASE)
_MAYBE = re.compile(r"^optional\[(.*)\]$", re.IGNORECASE)

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


def calls(truth: Mapping[str, Any]) -> Suite:
    """Calls with what each must return, raise, or leave in its arguments."""
    entry = name(truth.get("entry_point") or truth.get("fn_name"), "$.entry_point")
    given = sequence(truth["calls"], "$.calls")
    if not given:
        raise TruthError("the truth holds no call (at $.calls)", "truth.no_tests")
    return _around(tuple(_call(entry, one, truth, f"$.calls[{at}]") for at, one in enumerate(given)), truth, entry)


def _call(entry: str, given: Any, truth: Mapping[str, Any], path: str) -> Test:
    if not isinstance(given, Mapping):
        raise TruthError(f'a call is {{"args": [...], "expected": ...}}, got {short(given)} (at {path})')
    args = tuple(sequence(given.get("args") or [], f"{path}.args"))
    kwargs = dict(given.get("kwargs") or {})
    plain([args, kwargs, given.get("expected")], path)
    given = {**{key: truth[key] for key in _BESIDE if key in truth}, **given}
    if "raises" in given:
        names = given["raises"]
        wanted = (names,) if isinstance(names, str) else tuple(text(one, f"{path}.raises") for one in names)
        does = Call(entry, args, kwargs, *_types(given, path))
        return Test(_shown(does), does._replace(gives=""), Expect("raises", wanted))
    if "expected" not in given and not given.get("after"):
        raise TruthError(f"a call needs `expected`, `raises` or `after` (at {path})")
    return _test(Call(entry, args, kwargs), given, path, given.get("expected"))


def _test(does: Call, given: Mapping[str, Any], path: str, *wanted: Any) -> Test:
    """A call that must return one of the wanted values, and leave in its arguments what `after` says."""
    takes, gives = _types(given, path)
    after = _after(given, len(does.args), path)
    if after and "expected" not in given and "outputs" not in given:
        gives = "void"
    does = does._replace(takes=takes, gives=gives, after=tuple(after))
    wanted = tuple(_node_value(gives, one) for one in wanted)
    order, tolerances = given.get("order") or None, [given.get(key) or 0.0 for key in ("abs_tol", "rel_tol")]
    if order not in (None, "exact", "any", "nested"):
        raise TruthError(f'`order` is "exact", "any" or "nested", got {short(order)} (at {path})')
    if not all(isinstance(one, int | float) and one >= 0 for one in tolerances):
        raise TruthError(f"a tolerance is a number that is not negative (at {path})")
    expect = Expect("==", wanted[0], (), float(tolerances[0]), float(tolerances[1]), order)
    if after:
        kinds = {at: takes[at] if at < len(takes) else "" for at in after}
        expect = expect._replace(
            operation="each", value=(wanted[0], *(_node_value(kinds[at], one) for at, one in after.items()))
        )
    elif len(wanted) > 1:
        expect = expect._replace(operation="in", value=wanted)
    return Test(_shown(does), does, expect)


def _types(given: Mapping[str, Any], path: str) -> tuple[tuple[str, ...], str]:
    """The types that are more than plain data, as `ListNode` or `TreeNode[]`."""
    takes = tuple(_type(one) for one in sequence(given.get("takes") or [], f"{path}.takes"))
    returned = given.get("returns")
    return takes, "void" if returned == "void" else _type(returned)


def _type(written: Any) -> str:
    """`Optional[ListNode]`, `List[ListNode]`, `list<TreeNode>`, `ListNode[]` in one form; nothing for plain data."""
    if not isinstance(written, str):
        return ""
    written = written.strip()
    if maybe := _MAYBE.match(written):
        return _type(maybe[1])
    if listed := _LISTED.match(written):
        inner = _type(listed[1])
        return inner and f"{inner}[]"
    if written.endswith("[]"):
        inner = _type(written[:-2])
        return inner and f"{inner}[]"
    return written if written in _NODE else ""


def _node_value(kind: str, wanted: Any) -> Any:
    """What a linked list or a tree is written as: no nodes are an empty list, and a tree ends with a node."""
    if kind.endswith("[]") and isinstance(wanted, list):
        return [_node_value(kind[:-2], one) for one in wanted]
    if kind not in _NODE:
        return None if kind == "void" else wanted
    found = list(wanted or [])
    while kind == "TreeNode" and found and found[-1] is None:
        found.pop()
    return found


def _after(given: Mapping[str, Any], count: int, path: str) -> dict[int, Any]:
    """Number of an argument -> what it must be after the call."""
    after = given.get("after") or {}
    if not isinstance(after, Mapping):
        raise TruthError(f'`after` is {{"0": what argument 0 must be}}, got {short(after)} (at {path}.after)')
    found: dict[int, Any] = {}
    for key, wanted in after.items():
        if not str(key).isdecimal() or int(key) >= count:
            raise TruthError(f"there is no argument {short(key)} among {count} (at {path}.after)")
        plain(wanted, f"{path}.after")
        found[int(key)] = wanted
    return found


def sessions(truth: Mapping[str, Any]) -> Suite:
    """Design problems: an object and the methods called on it in order. Those in `void` may return anything."""
    entry = name(truth.get("entry_point"), "$.entry_point")
    void = tuple(text(one, "$.void") for one in sequence(truth.get("void") or [], "$.void"))
    given = sequence(truth.get("sequences") or [truth], "$.sequences")
    tests = tuple(_session(entry, one, void, f"$.sequences[{at}]") for at, one in enumerate(given))
    tolerances = [float(truth.get(key) or 0.0) for key in ("abs_tol", "rel_tol")]
    tests = tuple(
        test._replace(expect=test.expect._replace(abs_tol=tolerances[0], rel_tol=tolerances[1])) for test in tests
    )
    return _around(tests, truth, entry, LEETCODE)


def _session(entry: str, given: Any, void: tuple[str, ...], path: str) -> Test:
    if not isinstance(given, Mapping):
        raise TruthError(f"a sequence is an object, got {short(given)} (at {path})")
    operations = [text(one, f"{path}.operations") for one in sequence(given.get("operations"), f"{path}.operations")]
    arguments = [tuple(sequence(one, f"{path}.arguments")) for one in sequence(given.get("arguments"), path)]
    expected = list(sequence(given.get("expected"), f"{path}.expected"))
    if operations and operations[0] in (entry, "__init__"):
        operations[0] = "__init__"
    else:
        operations, arguments, expected = ["__init__", *operations], [(), *arguments], [None, *expected]
    if not len(operations) == len(arguments) == len(expected) > 1:
        raise TruthError(f"operations, arguments and expected must be of one length (at {path})")
    plain([arguments, expected], path)
    does = Session(entry, tuple(zip(operations, arguments, strict=True)), void)
    expected = [None if method in void else one for method, one in zip(operations, expected, strict=True)]
    return Test(f"{entry}: {len(operations) - 1} operations", does, Expect("==", expected))


def functional(truth: Mapping[str, Any]) -> Suite:
    """APPS writes an output as the value or as a list of one; either is what a call may return."""
    entry = name(truth.get("fn_name") or truth.get("entry_point"), "$.fn_name")
    inputs = sequence(truth["inputs"], "$.inputs")
    outputs = sequence(truth.get("outputs"), "$.outputs")
    if not inputs or len(inputs) != len(outputs):
        raise TruthError(f"{len(inputs)} inputs and {len(outputs)} outputs (at $.inputs)", "truth.no_tests")
    tests = []
    for at, (given, wanted) in enumerate(zip(inputs, outputs, strict=True)):
        path = f"$.inputs[{at}]"
        does = Call(entry, tuple(sequence(given, path)))
        plain([does.args, wanted], path)
        either = (wanted, wanted[0]) if isinstance(wanted, list) and len(wanted) == 1 else (wanted,)
        tests.append(_test(does, truth, path, *either))
    return _around(tuple(tests), truth, entry, LEETCODE)


def _around(tests: tuple[Test, ...], truth: Mapping[str, Any], entry: str, before: str = "") -> Suite:
    """With the trusted code that stands in front (`setup`) and the prompt that a completion continues."""
    setup = text(truth.get("setup") or "", "$.setup")
    parsed(setup)
    nodes = NODES if any(True for test in tests for _ in _nodes(test)) else ""
    code = "\n".join(part for part in (before, nodes, setup) if part)
    return Suite(tests, before=code, entry=entry, prompt=text(truth.get("prompt") or "", "$.prompt"), types="json")


def _nodes(test: Test) -> Iterator[str]:
    if isinstance(test.does, Call):
        yield from (one for one in (*test.does.takes, test.does.gives) if one.startswith(_NODE))


def _shown(does: Call) -> str:
    """A call as text, cut. An integer of too many digits is not written out."""
    try:
        inside = [repr(one) for one in does.args] + [f"{key}={value!r}" for key, value in does.kwargs.items()]
    except ValueError:
        inside = ["..."]
    shown = f"{does.function}({', '.join(inside)})"
    return shown if len(shown) <= _NAMED else shown[: _NAMED - 3] + "..."
