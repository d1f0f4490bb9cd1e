"""A step that is played on a real pool, beside the plan of it; how near they are is nobody's assertion."""

from __future__ import annotations

import sys

from referee.bench import planned


def test_every_figure_is_planned_and_measured(monkeypatch):
    monkeypatch.setattr(planned, "ROLLOUTS", 32)
    before = list(sys.path)
    figures = list(planned.measure(0.005, 2))
    names = [(one.name, one.note.partition(",")[0]) for one in figures]
    for way in ("as they end", "at the end of the batch"):
        for what in ("wait of GPUs", "p99 in line", "workers busy"):
            assert names.count((f"{way}: {what}", "planned")) == 1
            assert names.count((f"{way}: {what}", "measured")) == 1
    assert sys.path == before
    batch = {one.note.partition(",")[0]: one.value for one in figures if one.name.endswith("batch: wait of GPUs")}
    assert batch["measured"] >= 0.5 * batch["planned"]  # nobody sleeps faster
