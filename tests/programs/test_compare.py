"""Values and outputs, equal or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.programs.compare import Policy, same
from referee.programs.streams import Streams, same_output

NAN = float("nan")
BIG = 10**4000

# got, expected, then whether they are the same for python, json, strict
VALUES = [
    (1, 1, "yes", "yes", "yes"),
    (1, 2, "no", "no", "no"),
    (1, 1.0, "yes", "yes", "no"),
    (2.0, 2, "yes", "yes", "no"),
    (True, 1, "yes", "no", "no"),
    (1, True, "yes", "no", "no"),
    (0, False, "yes", "no", "no"),
    (True, True, "yes", "yes", "yes"),
    (None, None, "yes", "yes", "yes"),
    (None, 0, "no", "no", "no"),
    ("1", 1, "no", "no", "no"),
    ("a", "a", "yes", "yes", "yes"),
    ("a", b"a", "no", "no", "no"),
    ([1, 2], [1, 2], "yes", "yes", "yes"),
    ([1, 2], [1, 2, 3], "no", "no", "no"),
    ([], [1], "no", "no", "no"),
    ((1, 2), [1, 2], "no", "yes", "no"),
    ([1, 2], (1, 2), "no", "yes", "no"),
    ([(1, 2)], [[1, 2]], "no", "yes", "no"),
    ({1, 2}, {2, 1}, "yes", "yes", "yes"),
    ({1}, {True}, "yes", "no", "no"),
    (frozenset([1]), {1}, "yes", "yes", "no"),
    ([1, 2], {1, 2}, "no", "no", "no"),
    ({"a": 1}, {"a": 1}, "yes", "yes", "yes"),
    ({"a": 1}, {"a": 2}, "no", "no", "no"),
    ({"a": 1}, {"b": 1}, "no", "no", "no"),
    ({1: 2}, {"1": 2}, "no", "yes", "no"),
    ({1: [2]}, {1.0: [2.0]}, "yes", "no", "no"),
    (NAN, NAN, "yes", "yes", "yes"),
    ([NAN], [NAN], "yes", "yes", "yes"),
    (NAN, 1.0, "no", "no", "no"),
    (float("inf"), float("inf"), "yes", "yes", "yes"),
    (0.0, -0.0, "yes", "yes", "yes"),
    (0.1 + 0.2, 0.3, "no", "no", "no"),
    (BIG, BIG, "yes", "yes", "yes"),
    (BIG, BIG + 1, "no", "no", "no"),
    (BIG, 1.0, "no", "no", "no"),
    (1 + 0j, 1, "yes", "yes", "no"),
]


@pytest.mark.parametrize(("got", "expected", "python", "json", "strict"), VALUES)
def test_values(got: Any, expected: Any, python: str, json: str, strict: str):
    policies = [Policy("python"), Policy("json"), Policy("strict")]
    assert [("no", "yes")[same(got, expected, policy)] for policy in policies] == [python, json, strict]


def test_a_tolerance_is_for_floats_in_the_truth_only():
    near = Policy("python", abs_tol=1e-3)
    assert same(0.3001, 0.3, near)
    assert same([1, {"a": (0.3001,)}], [1, {"a": (0.3,)}], near)
    assert not same(0.302, 0.3, near)
    assert not same(3.0001, 3, near)
    assert not same(10**400, 1.5, near)
    assert not same(float("inf"), 1.5, Policy("python", rel_tol=1.0))
    assert not same(5.0, float("inf"), near)
    assert same(1_000_001.0, 1_000_000.0, Policy("python", rel_tol=1e-5))


def test_what_is_too_deep_or_too_large_is_different():
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    assert not same(deep, deep)
    assert not same([0] * 500_000, [0] * 500_000)


class Yes(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


def test_only_builtin_types_are_values():
    """Nothing of the kind can come out of a jail; the comparison does not rely on it."""
    assert not same(Yes(0), 3)
    assert not same(object(), object())


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(PLAIN, st.sampled_from(["python", "json", "strict"]))
def test_every_value_is_the_same_as_itself(value: Any, types: Any):
    assert same(value, value, Policy(types))


@given(PLAIN, PLAIN)
def test_python_says_the_same(one: Any, other: Any):
    if "nan" not in repr((one, other)):
        assert same(one, other, Policy("python")) == (one == other)


# got, expected, then tokens, lines, floats, exact
OUTPUTS = [
    ("3\n", "3\n", "yes yes yes yes"),
    ("3", "3\n", "yes yes yes no"),
    ("3 \n\n", "3\n", "yes yes yes no"),
    (" 3\n", "3\n", "yes no yes no"),
    ("1 2\n", "1\n2\n", "yes no yes no"),
    ("1\n\n2\n", "1\n2\n", "yes no yes no"),
    ("YES\n", "yes\n", "no no no no"),
    ("3.0\n", "3\n", "no no yes no"),
    ("0.5000001\n", "0.5\n", "no no yes no"),
    ("0.6\n", "0.5\n", "no no no no"),
    ("50000000000000000\n", "50000000000000001\n", "no no no no"),
    ("5e16\n", "50000000000000001\n", "no no no no"),
    ("1\n", "1\n2\n", "no no no no"),
    ("1\n2\n3\n", "1\n2\n", "no no no no"),
    ("", "1\n", "no no no no"),
    ("", "", "yes yes yes yes"),
    ("nan\n", "1.5\n", "no no no no"),
    ("nan\n", "nan\n", "yes yes yes yes"),
    ("inf\n", "1e999\n", "no no no no"),
    ("1_0\n", "10\n", "no no no no"),
    ("007\n", "7\n", "no no yes no"),
    ("1\r\n2\r\n", "1\n2\n", "yes yes yes no"),
]


@pytest.mark.parametrize(("got", "expected", "wanted"), OUTPUTS)
def test_outputs(got: str, expected: str, wanted: str):
    modes: list[Any] = ["tokens", "lines", "floats", "exact"]
    found = [same_output(got.encode(), expected.encode(), Streams(mode)) for mode in modes]
    assert [("no", "yes")[one] for one in found] == wanted.split()


def test_case_is_folded_where_the_task_says_so():
    assert same_output(b"YES", b"yes", Streams("tokens", fold_case=True))


@given(st.binary(max_size=100), st.binary(max_size=100), st.sampled_from(["tokens", "lines", "floats", "exact"]))
def test_any_bytes_are_equal_or_not(got: bytes, expected: bytes, mode: Any):
    assert isinstance(same_output(got, expected, Streams(mode)), bool)
    assert same_output(expected, expected, Streams(mode))


ORDERS: list[tuple[Any, Any, str, bool]] = [
    ([2, 1], [1, 2], "any", True),
    ([2, 1], [1, 2], "exact", False),
    ([1, 1, 2], [1, 2, 2], "any", False),
    ([[2, 1], [3]], [[3], [1, 2]], "any", False),
    ([[2, 1], [3]], [[3], [1, 2]], "nested", True),
    ([(2, 1)], [[1, 2]], "nested", True),
    ([True], [1], "any", False),
    ([{"a": [2, 1]}], [{"a": [1, 2]}], "nested", True),
    ([{"a": [2, 1]}], [{"a": [1, 2]}], "any", False),
    ([float("nan"), 1], [1, float("nan")], "any", True),
    ([{1, 2}, None, "x"], ["x", {2, 1}, None], "any", True),
    ([{"1": 2}], [{1: 2}], "any", True),
    ("ba", "ab", "any", False),
]


@pytest.mark.parametrize(("got", "expected", "order", "equal"), ORDERS)
def test_the_order_of_members(got: Any, expected: Any, order: Any, equal: bool):
    assert same(got, expected, Policy("json", order=order)) is equal


def test_a_free_order_within_a_tolerance():
    near = Policy("json", abs_tol=0.01, order="any")
    assert same([0.301, 0.1, 7], [0.1, 7, 0.3], near)
    assert not same([0.1, 0.1, 0.3], [0.1, 0.3, 0.3], near)
    assert not same([7.001], [7], near)


@given(
    st.lists(st.one_of(st.integers(), st.booleans(), st.text(max_size=2), st.lists(st.integers(0, 3), max_size=3))),
    st.randoms(),
)
def test_a_shuffled_list_is_the_same_in_any_order(values: list[Any], dice: Any):
    shuffled = list(values)
    dice.shuffle(shuffled)
    for types in ("python", "json", "strict"):
        assert same(shuffled, values, Policy(types, order="any"))
        assert not same([*shuffled, 0], values, Policy(types, order="any"))
