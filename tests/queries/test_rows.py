"""Results compared: bags, lists, NULL, numbers and text, tolerances."""

from __future__ import annotations

import random
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.queries.rows import Rules, column_orders, same_bag, same_list, within

EXACT, NEAR, LOOSE = Rules(), Rules(abs_tol=0.01), Rules(types="loose")
CELLS = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from([0.5, 1.0]), st.sampled_from(["a", "1"]), st.just(b"a")
)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=8)


@pytest.mark.parametrize(
    ("left", "right", "rules", "same"),
    [
        ([[1], [2]], [[2], [1]], EXACT, True),
        ([[1], [1]], [[1]], EXACT, False),
        ([[1], [1], [2]], [[1], [2], [2]], EXACT, False),
        ([[None]], [[None]], EXACT, True),
        ([[None]], [[0]], EXACT, False),
        ([[None]], [[""]], EXACT, False),
        ([[2]], [[2.0]], EXACT, True),
        ([[2**53 + 1]], [[float(2**53)]], EXACT, False),
        ([["2"]], [[2]], EXACT, False),
        ([["2"]], [[2]], LOOSE, True),
        ([["2.0"]], [[2]], LOOSE, True),
        ([["1e400"]], [["1e401"]], LOOSE, True),  # both spell a number that no float holds
        ([["two"]], [[2]], LOOSE, False),
        ([["a"]], [["A"]], EXACT, False),
        ([["a"]], [[b"a"]], EXACT, False),
        ([[0.1 + 0.2]], [[0.3]], EXACT, False),
        ([[0.1 + 0.2]], [[0.3]], NEAR, True),
        ([[3]], [[3.005]], NEAR, True),
        ([[3]], [[3.02]], NEAR, False),
        ([[300]], [[301]], Rules(rel_tol=0.1), False),
        ([[float("inf")]], [[1e308]], Rules(rel_tol=0.5), False),
        ([[1.0, "x"], [1.005, "y"]], [[1.005, "x"], [1.0, "y"]], NEAR, True),
        ([[1.0], [1.009]], [[1.0], [1.0]], NEAR, True),
        ([[1.0], [1.018]], [[1.009], [1.009]], NEAR, True),
        ([[1.0, 2.0], [1.009, 5.0]], [[1.009, 2.0], [1.0, 5.0]], NEAR, True),
    ],
)
def test_a_bag(left, right, rules, same):
    assert same_bag(left, right, rules) is same
    assert same_bag(right, left, rules) is same


def test_a_list_is_in_order():
    assert same_list([[1], [2]], [[1], [2.0]], EXACT)
    assert not same_list([[1], [2]], [[2], [1]], EXACT)
    assert not same_list([[1], [2]], [[1]], EXACT)


def test_more_rows_than_are_matched_one_by_one():
    rows = [[number + 0.001 * (number % 7)] for number in range(500)]
    other = [[number] for number in reversed(range(500))]
    assert same_bag(rows, other, NEAR)
    assert not same_bag(rows, [*other[:-1], [777]], NEAR)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_shuffled_bag_is_the_same_and_one_row_less_is_not(rows: list[tuple[object, ...]], chance: random.Random):
    shuffled = chance.sample(rows, len(rows))
    assert same_bag(rows, shuffled, EXACT)
    if rows:
        assert not same_bag(rows, shuffled[1:], EXACT)
        assert within(shuffled[1:], rows, EXACT)


@given(CELLS, CELLS)
def test_sqlite_is_the_oracle_of_one_cell(left: object, right: object):
    with sqlite3.connect(":memory:") as connection:
        expected = connection.execute("SELECT ? IS ?", (left, right)).fetchone()[0] == 1
    connection.close()
    assert same_bag([[left]], [[right]], EXACT) is expected


def test_columns_in_another_order():
    gold = [["a", 1, 2], ["b", 2, 1]]
    assert column_orders(gold, [[2, "a", 1], [1, "b", 2]], EXACT) == [(1, 0, 2), (1, 2, 0)]
    assert column_orders(gold, [[2, "a", 3], [1, "b", 2]], EXACT) == []
    wide = [list(range(12))]
    assert column_orders(wide, [list(range(12))[::-1]], EXACT) == [tuple(range(12))[::-1]]
    assert len(column_orders([[1] * 30], [[1] * 30], EXACT)) <= 720


def test_rows_whose_hashes_agree_are_compared_in_time():
    first = hash((0, 0))
    alike = [(number * (2**61 - 1), 0) for number in range(3000)]  # all of these have one hash
    assert {hash(row) for row in alike} == {first}
    assert same_bag(alike, alike[::-1], Rules(rel_tol=1e-9))
    assert not same_bag(alike, [*alike[1:], (1, 0)], Rules(rel_tol=1e-9))
