"""The measurement of simulators and queries measures right answers."""

import pytest

from referee.bench import acted


def test_all_of_them_are_measured(monkeypatch):
    pytest.importorskip("sqlglot")
    monkeypatch.setattr(acted, "_COUNT", 12)
    found = list(acted.measure(1))
    assert [one.name.rpartition(" ")[2] for one in found] == ["countdown", "sudoku", "maze", "plan", "sql.result"]
    assert all(one.value > 0 for one in found)
