"""The process that asks SQLite: what one question leaves to the next, and who is to blame when it ends."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.core.jobs import Database, Limits, Outcome, QueryJob
from referee.sandbox.queries import Asker

pytest.importorskip("sqlglot")
TOWN = "CREATE TABLE town(name TEXT, people INT); INSERT INTO town VALUES ('Ulm', 126000), ('Lyon', 522000)"
COUNT = "SELECT count(*) FROM town"
ROWS = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t LIMIT {}) "
LARGE = ROWS.format(200_000) + "SELECT count(*) FROM (SELECT DISTINCT printf('%.100c', x) || x FROM t)"  # some 30 MB


@pytest.fixture
def asker() -> Iterator[Asker]:
    one = Asker()
    outcome = one.run(job("SELECT 1"))
    if outcome.reason == "infra.no_sandbox":
        pytest.skip(f"no jail for queries here: {outcome.detail}")
    yield one
    one.close()


def job(
    sql: str, *, script: str = TOWN, path: str = "", memory_mb: int = 256, cpu_s: float = 20, **more: Any
) -> QueryJob:
    database = Database(path=path) if path else Database(script=script)
    return QueryJob(database=database, sql=sql, limits=Limits(cpu_s=cpu_s, memory_mb=memory_mb), **more)


def rows(outcome: Outcome) -> Any:
    return outcome.results[0].value["rows"]


def test_a_small_limit_of_memory_is_none_for_the_next_question(asker: Asker):
    assert asker.run(job(LARGE, memory_mb=2)).status == "memory"
    assert rows(asker.run(job(LARGE))) == [[200_000]]
    assert asker.run(job(LARGE, memory_mb=2)).status == "memory"
    assert rows(asker.run(job(COUNT, memory_mb=2))) == [[2]]
    assert asker.kills == 0


def test_where_the_limit_cannot_be_raised_another_process_is_asked_for():
    program = f"""
import json, sqlite3
from referee.sandbox.inside import queries
queries._heap_functions = lambda: (None, None)
desk = queries.Desk()
assert desk.open("a", b"", {TOWN!r}, 9.0) == ("opened",)
limits = dict(cpu_s=60.0, rows=10, bytes=1000)
said = [desk.ask("a", {COUNT!r}, dict(limits, memory_mb=size))[0] for size in (8, 8, 4, 8)]
print(json.dumps(said))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": ":".join(one for one in sys.path if one)},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert done.stdout.strip() == '["rows", "rows", "rows", "worn"]'


@pytest.mark.parametrize(
    ("select", "count"),
    [
        (", ".join(["x"] * 1990), 1050),  # more values than are read
        ("replace(hex(zeroblob(1990000)), '0', '\U0001f600')", 4),  # few characters of many bytes
        ("zeroblob(9000000)", 2),
        ("x", 100_001),
    ],
)
def test_what_is_too_much_to_be_read_is_output(asker: Asker, select: str, count: int):
    assert asker.run(job(f"{ROWS.format(count)} SELECT {select} FROM t")).status == "output"
    assert asker.kills == 0


def test_a_question_over_which_the_process_ends_is_at_fault_and_one_whose_process_is_killed_is_not(asker: Asker):
    broken = job(COUNT, rows="x")  # what nobody can send through `sql.result`
    found = asker((job(COUNT), broken, job("SELECT 7")))
    assert [one.status for one in found] == ["ok", "signal", "ok"]
    assert asker.kills == 2
    assert asker.child is not None
    asker.child.kill()
    assert rows(asker.run(job(COUNT))) == [[2]]


def test_several_questions_are_answered_in_their_order(asker: Asker):
    endless = ROWS.replace("LIMIT {}", "") + "SELECT count(*) FROM t"
    blind = "SELECT instr(hex(zeroblob(7000000)), hex(zeroblob(3000000)) || '1')"
    asked = [job(f"SELECT {number}") for number in range(20)]
    asked[3] = job(endless, cpu_s=0.05)
    asked[7] = job(blind, cpu_s=0.05)
    asked[9] = job("SELECT", variant="even")
    asked[11] = job(COUNT, path="/no/such.sqlite")
    asked[12] = job(COUNT, path="/no/such.sqlite", variant="odd")
    found = asker(tuple(asked))
    said = {number: one.status for number, one in enumerate(found) if one.status != "ok"}
    assert said == {3: "cpu", 7: "cpu", 9: "raised", 11: "infra", 12: "raised"}
    assert [rows(one) for one in found if one.status == "ok"] == [[[n]] for n in range(20) if n not in said]


def test_more_databases_than_are_kept_open(asker: Asker):
    scripts = [f"CREATE TABLE town(a); INSERT INTO town VALUES ({number})" for number in range(150)]
    for _ in range(2):
        found = asker(tuple(job("SELECT a FROM town", script=script, variant="even") for script in scripts))
        assert [rows(one) for one in found] == [[[number]] for number in range(150)]
    assert asker.kills == 0


def test_a_file_that_is_replaced_is_another_database(asker: Asker, tmp_path: Path):
    path, stamp = tmp_path / "one.sqlite", None
    for value in (1, 2, 3):
        other = tmp_path / "other"
        connection = sqlite3.connect(other)
        connection.executescript(f"CREATE TABLE t(a); INSERT INTO t VALUES ({value})")
        connection.close()
        stamp = stamp or other.stat()
        os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the same time of change, and the same size
        other.replace(path)
        assert rows(asker.run(job("SELECT a FROM t", path=str(path), keep=True))) == [[value]]


def test_threads_take_turns(asker: Asker):
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        found[number] = [rows(asker.run(job(f"SELECT {number} + {turn}"))) for turn in range(20)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [[[number + turn]] for turn in range(20)] for number in range(6)}


def test_what_is_kept_is_bounded(asker: Asker):
    for number in range(40):
        outcome = asker.run(job(f"SELECT hex(zeroblob(1000000)), {number}", keep=True))
        assert outcome.status == "ok"
    assert len(asker.kept) <= 16
    assert asker.weight <= 32 << 20
    asker.run(job("SELECT hex(zeroblob(3000000))", keep=True))
    assert all(weight < 4 << 20 for _, weight in asker.kept.values())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM town, json_each('[1]')",
        "SELECT value FROM json_each((SELECT json_array(count(*)) FROM town))",
        "SELECT count(*) OVER () FROM town LIMIT 1",
        "SELECT count(*) FROM town;;",
        "SELECT count(*) FROM town; /* all of them */ ;",
        "VALUES ((SELECT count(*) FROM town))",
        "WITH n AS MATERIALIZED (SELECT name FROM town) SELECT count(*) FROM n",
        "SELECT sum(1) FILTER (WHERE date('2000-01-01', '+1 day') = '2000-01-02') FROM town",
    ],
)
def test_right_queries_of_many_kinds(asker: Asker, query: str):
    verdict = referee.verify("sql.result", query, truth={"sql": COUNT, "databases": [{"script": TOWN}]})
    assert verdict.status == "pass", verdict


def test_a_collation_makes_ties():
    words = "CREATE TABLE w(a TEXT, b INT); INSERT INTO w VALUES ('x', 1), ('X', 2), ('b', 3), ('B', 5), ('c ', 4), ('c', 6)"
    truth = {"sql": "SELECT b FROM w ORDER BY a COLLATE NOCASE", "databases": [{"script": words}]}
    verdict = referee.verify("sql.result", "SELECT b FROM w ORDER BY lower(a), b DESC", truth=truth)
    if verdict.reason == "infra.no_sandbox":
        pytest.skip("no jail for queries here")
    assert verdict.status == "pass"
    assert referee.verify("sql.result", "SELECT b FROM w ORDER BY a", truth=truth).reason == "sql.order"
    truth["sql"] = "SELECT b FROM w ORDER BY a COLLATE RTRIM"
    assert referee.verify("sql.result", "SELECT b FROM w ORDER BY rtrim(a), b DESC", truth=truth).status == "pass"
