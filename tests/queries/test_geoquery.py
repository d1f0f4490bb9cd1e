"""GeoQuery: each of its queries is right, and what changes its result is wrong."""

from __future__ import annotations

import json
import re
import sqlite3
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import referee

pytest.importorskip("sqlglot")
ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "geoquery.tar.gz"
STEPS = 3_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ARCHIVE.exists():
        pytest.skip("GeoQuery is not beside this checkout")
    place = tmp_path_factory.mktemp("geoquery")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(place, filter="data")
    if referee.verify("sql.result", "SELECT 1", truth=of("SELECT 1", place)).status == "unjudged":
        pytest.skip("no jail for queries here")
    return place


@pytest.fixture(scope="module")
def queries(folder: Path) -> list[str]:
    found = []
    for entry in json.loads((folder / "geography.json").read_text(encoding="utf-8")):
        sql = entry["sql"][0]
        for name, value in entry["sentences"][0]["variables"].items():
            sql = sql.replace(name, value)
        found.append(sql.strip().rstrip(";"))
    return found


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{folder}/geography.sqlite?mode=ro", uri=True)
    yield connection
    connection.close()


def of(sql: str, folder: Path) -> dict[str, Any]:
    return {"sql": sql, "databases": [str(folder / "geography.sqlite")]}


def asked(connection: sqlite3.Connection, sql: str) -> Counter[tuple[Any, ...]] | None:
    """The bag of rows, of a query that ends soon."""
    left = iter(range(STEPS // 1000))
    connection.set_progress_handler(lambda: next(left, None) is None, 1000)
    try:
        rows = connection.execute(sql).fetchmany(100_000)
    except sqlite3.Error:
        return None
    return None if len(rows) == 100_000 else Counter(rows)


def test_every_query_is_its_own_answer(folder: Path, queries: list[str]):
    found = Counter(referee.verify("sql.result", sql, truth=of(sql, folder)).reason for sql in queries)
    assert found == {"sql.same": 244, "truth.sql": 2}  # two of them are no SQL that SQLite takes


def test_a_changed_query_is_wrong_where_its_result_is_another(
    folder: Path, queries: list[str], plain: sqlite3.Connection
):
    counts: Counter[str] = Counter()
    for sql in queries:
        gold = asked(plain, sql)
        changes = [re.sub(r"\bMAX\b", "MIN", sql), re.sub(r"\bMIN\b", "MAX", sql), re.sub(r" = \"", ' <> "', sql)]
        changes += [f"SELECT * FROM ({sql}) UNION ALL SELECT * FROM ({sql})", f"SELECT * FROM ({sql}) LIMIT 0"]
        for other in dict.fromkeys(one for one in changes if one != sql):
            rows = asked(plain, other)
            if gold is None or rows is None or rows == gold:
                continue
            counts["differs"] += 1
            verdict = referee.verify("sql.result", other, truth=of(sql, folder))
            assert verdict.status == "fail", (sql, other, verdict)
    assert counts["differs"] >= 500


def test_a_result_written_out_is_a_constant(folder: Path, queries: list[str], plain: sqlite3.Connection):
    tried = 0
    for sql in queries:
        gold = asked(plain, sql)
        if not gold or sum(gold.values()) > 20:
            continue
        listed = ", ".join(f"({', '.join(map(written, row))})" for row in gold.elements())
        for form in (f"VALUES {listed}", f"SELECT * FROM (VALUES {listed}) WHERE (SELECT count(*) FROM state) > 0"):
            tried += 1
            verdict = referee.verify("sql.result", form, truth=of(sql, folder))
            assert verdict.reason == "sql.constant" or weak(verdict), (sql, verdict)
    assert tried >= 300


def weak(verdict: referee.Verdict) -> bool:
    """A truth that says the same when rows are taken away or mixed cannot be told from a constant that reads."""
    return verdict.reason == "sql.same" and verdict.evidence["expected"] == 1


def written(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else repr(value)
