"""`sql.result` on SQLite itself: its cases, hostile queries, and a file that stays what it is."""

from __future__ import annotations

import hashlib
import importlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.core.jobs import Database, Limits, QueryJob
from referee.sandbox.queries import Asker

pytest.importorskip("sqlglot")
CASES = importlib.import_module("referee.verifiers.sql.result").CASES  # the package's name is the function's

HOSTILE = [
    "DROP TABLE town", "DELETE FROM town", "UPDATE town SET people = 0", "INSERT INTO town VALUES ('x', 'y', 1)",
    "CREATE TABLE x(a)", "CREATE TEMP TABLE x(a)", "CREATE VIEW v AS SELECT 1", "ALTER TABLE town RENAME TO x",
    "ATTACH 'x.sqlite' AS x", "ATTACH DATABASE ':memory:' AS x", "DETACH main", "VACUUM", "VACUUM INTO 'x.sqlite'",
    "PRAGMA writable_schema = 1", "PRAGMA journal_mode = WAL", "PRAGMA table_info(town)", "PRAGMA user_version = 7",
    "SELECT * FROM pragma_table_info('town')", "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema",
    "BEGIN", "COMMIT", "SAVEPOINT s", "REINDEX", "ANALYZE", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT load_extension('x')", "SELECT writefile('x', 'y')", "SELECT readfile('/etc/passwd')", "SELECT edit('x')",
    "SELECT random()", "SELECT randomblob(4)", "SELECT date('now')", "SELECT DATE( ' NOW ' )", "SELECT time()",
    "SELECT strftime('%s')", "SELECT julianday('n' || 'ow')", "SELECT unixepoch()", "SELECT current_timestamp",
    "SELECT date(CAST('now' AS BLOB))", "SELECT date(char(110, 111, 119, 0, 65))", "SELECT strftime('%s', x'6e6f77')",
    "SELECT time('12:00', CAST('localtime' AS BLOB))", "SELECT * FROM sqlite_stmt", "SELECT * FROM dbstat",
    "SELECT datetime('2020-01-01', 'localtime')", "SELECT sqlite_version()", "SELECT last_insert_rowid()",
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE town", "-- nothing", ";", "/* SELECT 1", "SELECT 1 /* \x00",
    "WITH t AS (DELETE FROM town RETURNING *) SELECT * FROM t", "WITH t AS (SELECT 1) DELETE FROM town",
    "REPLACE INTO town VALUES (1, 2, 3)", "SELECT zeroblob(2000000000)", "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT " + ", ".join("1" for _ in range(5000)), "SELECT 'a' LIKE '" + "%a" * 20000 + "'", "\ud800", "SELECT '\ud800'",
]  # fmt: skip


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    path = tmp_path / "towns.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE town(name TEXT, land TEXT, people INT);"
        "INSERT INTO town VALUES ('Ulm', 'de', 126000), ('Lyon', 'fr', 522000), ('Metz', 'fr', 126000)"
    )
    connection.close()
    return path


def judged(query: str, truth: Any, **params: Any) -> referee.Verdict:
    verdict = referee.verify("sql.result", query, truth=truth, **params)
    if verdict.reason == "infra.no_sandbox":
        pytest.skip(f"no jail for queries here: {verdict.evidence.get('detail')}")
    return verdict


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_case(number: int):
    case = CASES[number]
    verdict = judged(case.completion, case.truth, **case.params)
    assert verdict.status == case.status, verdict
    assert verdict.reason == (case.reason or verdict.reason)


def test_nothing_hostile_is_paid_and_the_file_stays_what_it_is(towns: Path):
    before, stat = hashlib.sha256(towns.read_bytes()).hexdigest(), towns.stat()
    truth = {"sql": "SELECT count(*) FROM town", "databases": [str(towns)]}
    for query in HOSTILE:
        verdict = judged(query, truth, bare="always")
        assert (verdict.status, verdict.score) == ("fail", 0.0), (query[:60], verdict)
    assert judged("SELECT count(name) FROM town", truth).status == "pass"
    assert hashlib.sha256(towns.read_bytes()).hexdigest() == before
    assert (towns.stat().st_mtime_ns, towns.stat().st_size) == (stat.st_mtime_ns, stat.st_size)
    assert [one.name for one in towns.parent.iterdir()] == ["towns.sqlite"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t", "limit.cpu"),
        ("SELECT printf('%.*c', 900000000, 'x')", "limit.cpu"),  # all of it within one instruction
        ("SELECT instr(hex(zeroblob(7000000)), hex(zeroblob(3000000)) || '1')", "limit.cpu"),
        ("WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t LIMIT 200000) SELECT x FROM t", "limit.output"),
        ("WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t LIMIT 9) SELECT zeroblob(9000000) FROM t", "limit.output"),
        ("SELECT count(*) FROM (WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t LIMIT 900) SELECT DISTINCT zeroblob(900000 + x) FROM t)", "limit.memory"),
    ],
)  # fmt: skip
def test_limits(towns: Path, query: str, reason: str):
    truth = {"sql": "SELECT count(*) FROM town", "databases": [str(towns)]}
    assert judged(query, truth, cpu_s=0.5, memory_mb=64).reason == reason
    assert judged("SELECT count(*) FROM town", truth).status == "pass"


def test_a_database_is_what_the_truth_says(towns: Path):
    digest = hashlib.sha256(towns.read_bytes()).hexdigest()
    truth = {"sql": "SELECT count(*) FROM town", "databases": [{"path": str(towns), "sha256": digest}]}
    verdict = judged("SELECT count(*) FROM town", truth)
    assert verdict.evidence["databases"] == [digest]
    connection = sqlite3.connect(towns)
    connection.execute("DELETE FROM town WHERE name = 'Ulm'")
    connection.commit()
    connection.close()
    verdict = judged("SELECT count(*) FROM town", truth)
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.database")
    truth["databases"] = [{"path": str(towns)}]
    assert judged("SELECT 2 FROM town WHERE name = 'Lyon' AND (SELECT count(*) FROM town) = 2", truth).status == "pass"


def test_a_folder_and_a_write_ahead_log(towns: Path):
    truth = {"sql": "SELECT max(people) FROM town", "databases": ["towns.sqlite"]}
    assert judged("SELECT people FROM town ORDER BY 1 DESC LIMIT 1", truth, folder=str(towns.parent)).status == "pass"
    connection = sqlite3.connect(towns)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("INSERT INTO town VALUES ('Graz', 'at', 1000000)")
    connection.commit()
    verdict = judged("SELECT max(people) FROM town", truth, folder=str(towns.parent))
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.database")
    connection.close()  # the log is gone; the header still says that there was one
    assert judged("SELECT 1000000 FROM town LIMIT 1", truth, folder=str(towns.parent)).reason == "sql.constant"
    assert judged("SELECT max(people) FROM town", truth, folder=str(towns.parent)).status == "pass"


def test_several_right_queries_and_several_databases(towns: Path):
    other = {"script": "CREATE TABLE town(name TEXT, land TEXT, people INT); INSERT INTO town VALUES ('Oslo', 'no', 7)"}
    truth = {"sql": ["SELECT name FROM town", "SELECT name, land FROM town"], "databases": [str(towns), other]}
    assert judged("SELECT name, land FROM town", truth).status == "pass"
    assert judged("SELECT name FROM town ORDER BY 1", truth).status == "pass"
    assert judged("SELECT land FROM town", truth).reason == "sql.different"
    assert judged("SELECT name FROM town WHERE name <> 'Oslo'", truth).evidence["database"] == 1


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("/no/such.sqlite", "truth.database"),
        ({"script": "CREATE TABLE t(a); SELECT * FROM nowhere"}, "truth.database"),
        ({"path": __file__}, "truth.database"),
        ({"path": "a", "script": "b"}, "truth.unreadable"),
        ({"file": "a"}, "truth.unreadable"),
        ("", "truth.unreadable"),
        (7, "truth.unreadable"),
    ],
)
def test_a_truth_that_cannot_be_used(database: Any, reason: str):
    verdict = judged("SELECT 1", {"sql": "SELECT 1", "databases": [database]})
    assert (verdict.status, verdict.reason) == ("unjudged", reason)


def test_a_process_that_dies_is_replaced_and_its_question_asked_again(towns: Path):
    asker = Asker()
    job = QueryJob(database=Database(path=str(towns)), sql="SELECT count(*) FROM town", limits=Limits(cpu_s=1))
    outcome = asker.run(job)
    if outcome.reason == "infra.no_sandbox":
        pytest.skip(f"no jail for queries here: {outcome.detail}")
    assert asker.child is not None
    asker.child.kill()
    outcome = asker.run(job)
    assert (outcome.status, outcome.results[0].value["rows"]) == ("ok", [[3]])
    assert asker.kills == 1
    asker.close()
    assert asker.child is None


def test_the_process_sees_no_file_and_starts_none(towns: Path):
    asker = Asker()
    outcome = asker.run(QueryJob(database=Database(path=str(towns)), sql="SELECT 1"))
    if outcome.reason == "infra.no_sandbox":
        pytest.skip(f"no jail for queries here: {outcome.detail}")
    assert asker.child is not None
    status = Path(f"/proc/{asker.child.pid}/status").read_text(encoding="ascii")
    fields = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert (fields["Seccomp"], fields["NoNewPrivs"]) == ("2", "1")
    assert int(fields["CapEff"], 16) == 0
    asker.close()
