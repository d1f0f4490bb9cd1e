"""The order that a query asks for, and the rows that may change places."""

from __future__ import annotations

import sqlite3

import pytest

from referee.queries.order import in_order, ordering, ties
from referee.queries.rows import Rules

pytest.importorskip("sqlglot")
DATA = "CREATE TABLE t(a, b, c); INSERT INTO t VALUES (1, 'x', 9), (2, 'x', 8), (3, 'y', 7), (4, 'y', 6), (5, 'z', 5)"


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("SELECT a FROM t", False),
        ("SELECT a FROM (SELECT a FROM t ORDER BY b LIMIT 3)", False),
        ("WITH o AS (SELECT a FROM t ORDER BY b) SELECT a FROM o", False),
        ("WITH o AS (SELECT a FROM t) SELECT a FROM o ORDER BY a", True),
        ("SELECT a FROM t UNION SELECT c FROM t ORDER BY 1", True),
        ("SELECT 'order by' FROM t -- order by a", False),
        ("SELECT row_number() OVER (ORDER BY a) FROM t", False),
        ("SELECT group_concat(a) FROM t WHERE b = 'x' /* order by a */", False),
        ("SELECT a FROM t WHERE a > ALL (SELECT c FROM t ORDER BY 1)", False),  # SQLite has no ALL
        ("SELECT a FROM t WHERE ((( ORDER BY a", True),  # nobody can read it: its words decide
        ("SELECT a FROM t WHERE ) 'order by' \"order by\" [order by]", False),
    ],
)
def test_whether_it_is_asked_for(sql: str, asked: bool):
    assert ordering(sql).asked is asked


def rows(sql: str) -> list[list[object]]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(DATA)
    found = [list(row) for row in connection.execute(sql)]
    connection.close()
    return found


@pytest.mark.parametrize(
    ("sql", "right", "wrong"),
    [
        ("SELECT a FROM t ORDER BY b", [[2], [1], [4], [3], [5]], [[3], [1], [2], [4], [5]]),
        ("SELECT a, b FROM t ORDER BY 2 DESC", [[5, "z"], [4, "y"], [3, "y"], [2, "x"], [1, "x"]], [[4, "y"], [5, "z"], [3, "y"], [2, "x"], [1, "x"]]),
        ("SELECT a FROM t ORDER BY b LIMIT 1", [[2]], [[3]]),
        ("SELECT a FROM t ORDER BY b LIMIT 2 OFFSET 1", [[1], [4]], [[1], [2]]),
        ("SELECT a FROM t ORDER BY b, a", [[1], [2], [3], [4], [5]], [[2], [1], [3], [4], [5]]),
        ("SELECT b, count(*) AS n FROM t GROUP BY b ORDER BY n DESC", [["y", 2], ["x", 2], ["z", 1]], [["z", 1], ["x", 2], ["y", 2]]),
        ("SELECT b FROM t GROUP BY b ORDER BY count(*)", [["z"], ["y"], ["x"]], [["x"], ["z"], ["y"]]),
        ("SELECT * FROM t ORDER BY b LIMIT 1", [[2, "x", 8]], [[3, "y", 7]]),
        ("SELECT DISTINCT b FROM t ORDER BY b", [["x"], ["y"], ["z"]], [["y"], ["x"], ["z"]]),
        ("SELECT a FROM t UNION SELECT 1 ORDER BY a", [[1], [2], [3], [4], [5]], [[2], [1], [3], [4], [5]]),
    ],
)  # fmt: skip
def test_ties_may_change_places(sql: str, right: list[list[object]], wrong: list[list[object]]):
    found = ordering(sql)
    assert found.keyed is not None
    gold = rows(sql)
    stretches = ties(found.keyed, rows(found.keyed.sql), gold, Rules())
    assert stretches is not None
    assert in_order(gold, gold, stretches, Rules())
    assert in_order(right, gold, stretches, Rules())
    assert not in_order(wrong, gold, stretches, Rules())
    assert not in_order(right[:-1], gold, stretches, Rules())


def test_what_shows_other_rows_tells_no_ties():
    found = ordering("SELECT a FROM t ORDER BY b")
    assert found.keyed is not None
    assert ties(found.keyed, [[9, "x"], [8, "y"]], rows("SELECT a FROM t ORDER BY b"), Rules()) is None
    assert in_order([[1]], [[1]], None, Rules())
    assert not in_order([[2], [1]], [[1], [2]], None, Rules())


@pytest.mark.parametrize("sql", ["SELECT DISTINCT a FROM t ORDER BY b", "SELECT a FROM t ORDER BY b LIMIT 1 + 1"])
def test_what_cannot_be_shown_is_a_list_without_ties(sql: str):
    assert ordering(sql) == (True, None)
