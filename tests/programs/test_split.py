"""Assertions taken apart: what travels, and what stays."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from referee.programs.compare import Policy
from referee.programs.literals import NotLiteral, literal
from referee.programs.split import NotSplit, Splitter
from referee.programs.suite import Call, Expect, Probe
from referee.programs.views import holds


def taken_apart(source: str, known: tuple[str, ...] = ()) -> list[Any]:
    splitter = Splitter(known)
    splitter.take(ast.parse(source).body)
    return splitter.tests


# An assertion; what is called; a value that it accepts, one that it does not.
SPLIT: list[tuple[str, Any, Any, Any]] = [
    ("assert f(1) == 2", Call("f", (1,)), 2, 3),
    ("assert 2 == f(1)", Call("f", (1,)), 2, 3),
    ("assert f(1, b=[2]) != 2", Call("f", (1,), {"b": [2]}), 3, 2),
    ("assert not f(1)", Call("f", (1,)), [], [0]),
    ("assert f(1)", Call("f", (1,)), "x", ""),
    ("assert f(1) is True", Call("f", (1,)), True, 1),
    ("assert f(1) is None", Call("f", (1,)), None, 0),
    ("assert f(1) is not None", Call("f", (1,)), 0, None),
    ("assert f(1) in (1, 2)", Call("f", (1,)), 2, 3),
    ("assert 5 < f(1)", Call("f", (1,)), 6, 5),
    ("assert f(1) <= 'b'", Call("f", (1,)), "b", 3),
    ("assert abs(f(1.5) - 0.5) < 1e-6", Call("f", (1.5,)), 0.5000001, 0.6),
    ("assert abs(2.0 / 3.0 - f(1)) < 1e-6", Call("f", (1,)), 2 / 3, "x"),
    ("import math\nassert math.isclose(f(1), 0.3)", Call("f", (1,)), 0.1 + 0.2, 0.31),
    ("assert f(1) == pytest.approx(0.3, abs=0.01)", Call("f", (1,)), 0.305, 0.32),
    ("assert sorted(f([2, 1])) == [1, 2]", Call("f", ([2, 1],)), [2, 1], [2, 2]),
    ("assert tuple(f(1)) == tuple([1, 2])", Call("f", (1,)), [1, 2], [2, 1]),
    ("assert int(f(1)) == 35", Call("f", (1,)), 35.5, "x"),
    ("assert len(f(1)) == 2", Call("f", (1,)), "ab", 7),
    ("assert f(1)[0] == 3", Call("f", (1,)), [3, 9], []),
    ("assert f('a').lower() == 'b'", Call("f", ("a",)), "B", 7),
    ("assert round(f(1), 2) == 0.33", Call("f", (1,)), 0.3333, 0.4),
    ("assert -f(1) == 3", Call("f", (1,)), -3, 3),
    ("assert f(3 * 19 * 3, 'a' + 'b') == (3 + 5, 3 * 5)", Call("f", (171, "ab")), (8, 15), [8, 15]),
    ("assert f(0 ** 0, float('inf')) == 1", Call("f", (1, float("inf"))), 1, 2),
    ("lst = [1, 2]\nassert f(lst) == 3", Call("f", ([1, 2],)), 3, 2),
    ("wanted = [1]\nassert f(2) == wanted", Call("f", (2,)), [1], [2]),
    ("result = f(3)\nassert result == 9", Call("f", (3,)), 9, 3),
    ("assert Solution().two([1], 2) == [0]", Call("Solution.two", ([1], 2)), [0], 0),
    ("cases = [(1, 2)]\nassert f(cases[0][0]) == cases[0][1]", Call("f", (1,)), 2, 1),
    ("assert f(Pair(1, 2)) == 3", Probe("return f(Pair(1, 2))"), 3, 4),
    ("assert f(int) == 3", Probe("return f(int)"), 3, 4),
    ("lst = [3, 1]\nf(lst)\nassert lst == [1, 3]", Probe("lst = [3, 1]\nf(lst)\nreturn lst"), [1, 3], [3, 1]),
    ("a, b = f(3)\nassert b == 2", Probe("a, b = f(3)\nreturn b"), 2, 1),
    ("other = [7]\nnode = Node(1)\nassert f(node) == 1", Probe("node = Node(1)\nreturn f(node)"), 1, 2),
]


@pytest.mark.parametrize(("source", "does", "right", "wrong"), SPLIT)
def test_an_assertion_is_a_call_and_what_must_come_back(source: str, does: Any, right: Any, wrong: Any):
    (test,) = taken_apart(source)
    assert test.does == does
    assert holds(test.expect, right, Policy())
    assert not holds(test.expect, wrong, Policy())


# What would let the candidate decide, see the truth, or needs more than one look: a second jail runs it.
NOT_SPLIT = [
    "assert isinstance(f(3), list)",
    "assert all(x > 0 for x in f(3))",
    "assert f(1) == 1 and f(2) == 2",
    "assert 0 < f(1) < 3",
    "assert f(1) == g(1)",
    "assert f(1) == f(1)",
    "ok = f(3) == 9\nassert ok",
    "ok = all(f(3))\nassert ok",
    "got = [f(x) for x in (1, 2)]\nassert got == [1, 4]",
    "got = []\nfor x, y in [(1, 2)]:\n    got.append(f(x))\nassert got == [2]",
    "for i in range(3):\n    assert f(i) == i",
    "def helper(x):\n    return f(x) == 3\nassert helper(2)",
    "import random\nassert f(random.random()) == 1 if True else 2",
    "x = make()\nassert f(x) == x",
    "assert 1 + 1 == 2",
    "with open('x') as g:\n    assert f(1) == 2",
    "assert helper(f(1)) == 2",
]


@pytest.mark.parametrize("source", NOT_SPLIT)
def test_other_assertions_are_not_taken_apart(source: str):
    with pytest.raises(NotSplit):
        taken_apart(source, known=("helper",))


def test_the_truth_never_travels():
    for source, *_ in SPLIT:
        for test in taken_apart(source):
            assert "assert" not in repr(test.does)
    (test,) = taken_apart("secret = 4711\nnode = Node(1)\nassert f(node) == secret")
    assert "4711" not in repr(test.does)


def test_an_object_keeps_what_earlier_assertions_did_to_it():
    pop, empty = taken_apart("s = Stack()\ns.push(3)\nassert s.pop() == 3\nassert s.empty()")
    assert pop.does == Probe("s = Stack()\ns.push(3)\nreturn s.pop()")
    assert empty.does == Probe("s = Stack()\ns.push(3)\ns.pop()\nreturn s.empty()")


def test_what_asserts_nothing_is_no_test():
    assert taken_apart("assert True, 'good for debugging'\n'''text'''\nprint(1)") == []


@pytest.mark.parametrize(
    "source",
    ["9 ** 9 ** 9", "'a' * 10 ** 9", "[0] * 10 ** 9", "1 << 10 ** 6", "range(3)", "open('x')", "1 / 0", "x", "..."],
)
def test_an_expression_that_is_no_value_or_too_large_is_not_read(source: str):
    with pytest.raises(NotLiteral):
        literal(ast.parse(source, mode="eval").body)


def test_a_step_that_does_not_apply_fails_the_test_and_raises_nothing():
    hostile: list[Any] = [None, 7, 10**5000, "x", [], {}, {1: 2}, [[]], float("nan"), b"x", ("a", 1), set(), 1j]
    for source, *_ in SPLIT:
        for test in taken_apart(source):
            for value in hostile:
                assert isinstance(holds(test.expect, value, Policy()), bool)
    assert not holds(Expect("<", 3), "x", Policy())
