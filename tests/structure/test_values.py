"""Equality with declared freedom, and pairing without order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import UsageError
from referee.structure.matching import matching
from referee.structure.values import Comparison, Freedom, leaves


def share(value, truth, fields=None, **freedom):
    return float(Comparison(Freedom(**freedom), fields or {}).share(value, truth))


@pytest.mark.parametrize(
    ("value", "truth", "freedom", "expected"),
    [
        (1, 1.0, {}, 1),
        (True, 1, {}, 0),
        (1, True, {}, 0),
        (0, False, {}, 0),
        (None, 0, {}, 0),
        ("1", 1, {}, 0),
        ([], {}, {}, 0),
        ("é", "e\u0301", {}, 0),
        (0.1 + 0.2, 0.3, {}, 0),
        (0.1 + 0.2, 0.3, {"abs_tol": 1e-9}, 1),
        (101, 100, {"rel_tol": 0.01}, 1),
        (101.1, 100, {"rel_tol": 0.01}, 0),
        (10**30 + 1, 10**30, {"rel_tol": 1e-40}, 0),
        ([1, 2], [2, 1], {"order": "any"}, 1),
        ([[1, 2], [3]], [[3], [2, 1]], {"order": "any"}, 1),
        ([1, 1.0], [1, 1], {"order": "any"}, 1),
        ([1, True], [1, 1], {"order": "any"}, 0.5),
        (["1"], [1], {"order": "any"}, 0),
        ([1.1, 1.2], [1.0, 1.1], {"order": "any", "abs_tol": 0.11}, 1),
        ({"a": 1, "b": 2}, {"a": 1}, {}, 0),
        ({"a": 1, "b": 2}, {"a": 1}, {"extra": True}, 1),
        ({"a": 1}, {"a": 1, "b": None}, {}, 0.5),
        ([1, 2, 3], [1, 2], {}, 0.5),
        ([1], [1, 2], {}, 0.5),
        ({"x": [1, 2, 9]}, {"x": [1, 2, 3]}, {}, pytest.approx(2 / 3)),
    ],
)
def test_shares(value, truth, freedom, expected):
    assert share(value, truth, **freedom) == expected


def test_a_field_frees_its_place_only():
    truth = {"items": [{"price": 1, "name": "A"}, {"price": 2, "name": "B"}]}
    value = {"items": [{"price": 1.004, "name": "a"}, {"price": 2, "name": "B"}]}
    assert share(value, truth, {"$.items[*].price": Freedom(abs_tol=0.01)}) == 0.75
    both = {"$.items[*].price": Freedom(abs_tol=0.01), "$.items[0].name": Freedom(fold_case=True)}
    assert share(value, truth, both) == 1


@pytest.mark.parametrize("path", ["", "x", "$x", "$.", "$[", "$[x]", "$.a..b"])
def test_a_path_that_cannot_be_read_is_named(path):
    with pytest.raises(UsageError, match="path like"):
        Comparison(Freedom(), {path: Freedom()})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "#1"]) | st.floats(-2, 2, width=16),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)


@given(VALUES, st.sampled_from(["ordered", "any"]))
def test_a_value_equals_itself(value, order):
    assert share(value, value, order=order) == 1
    assert leaves(value) >= 1


@given(VALUES, VALUES)
def test_equality_is_symmetric(one, other):
    assert (share(one, other) == 1) == (share(other, one) == 1)


@given(st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=4))
def test_a_matching_is_as_large_as_any(rows):
    found = matching(len(rows), 4, lambda i, j: rows[i][j])
    assert all(rows[i][j] for i, j in found.items())
    assert len(set(found.values())) == len(found)
    best = max(
        sum(rows[i][j] for i, j in enumerate(chosen) if j < 4)
        for chosen in itertools.permutations(range(4 + len(rows)), len(rows))
    )
    assert len(found) == best
