"""The benchmarks of the pool run, and say what they promise; their figures are nobody's assertion."""

from __future__ import annotations

import shutil

import pytest

from referee.bench import pool, scale

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


def test_every_figure_of_the_pool_is_measured():
    figures = list(pool.measure(640, peers=False))
    names = {(one.name, one.unit) for one in figures}
    for way in ("redis", "local"):
        assert {(f"{way}: one rollout a message", "rollouts/s"), (f"{way}: groups of 16", "us CPU/rollout")} <= names
        assert {(f"{way}: submit to drained", "ms, p50"), (f"{way}: submit to drained", "ms, p99")} <= names
    assert ("ledger: kept", "rollouts/s") in names
    assert all(one.value > 0 for one in figures if one.unit != "us CPU/rollout")  # a clock that ticks every 10 ms


def test_the_table_of_scale_names_a_bound_and_what_moves_it(monkeypatch):
    monkeypatch.setattr(scale, "WORKERS", (1, 10))
    figures, costs = scale.measured(300)
    assert {"service time", "1 worker", "2 workers", "Redis", "ledger"} == {one.name for one in figures}
    rows = list(scale.table(costs, 1_000))
    assert {row.mix for row in rows} == {"mathematics", "computer algebra", "programs"}
    assert all(row.course.carried > 0 for row in rows)
