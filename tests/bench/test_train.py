"""The measurement measures: it counts what was sampled, ours and TRL's, and says the ratios."""

import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="TRL is not installed")

from referee.bench import train as bench


def test_a_figure_for_each_and_their_ratios(monkeypatch):
    monkeypatch.setitem(bench.LENGTHS, "fixed", (4, 0))
    monkeypatch.delitem(bench.LENGTHS, "variable")
    jobs = []

    def found(job):
        jobs.append(job.who)
        return bench.Found(tokens=600 if job.who == "referee" else 200, seconds=2.0, peak_mb=50.0)

    monkeypatch.setattr(bench, "_apart", found)
    figures = {figure.name: figure.value for figure in bench.measure(["small"], 3, 2)}
    assert jobs == ["referee", "trl", "referee", "trl"]
    assert figures["small, fixed to 4: speed"] == 3.0
    assert figures["small, fixed to 4: memory"] == 1.0


@pytest.mark.parametrize("who", ["referee", "trl"])
def test_both_sides_run_in_processes_of_their_own(who):
    """A fixed length has the tokens that it must have: 32 completions of 64, twice."""
    found = bench._apart(bench.Job(who=who, size="small", lengths="fixed", steps=2))
    assert found.tokens == 2 * 32 * 64
    assert found.seconds > 0
    assert found.peak_mb > 0
