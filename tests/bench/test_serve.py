"""The benchmark of the service runs, and says what it promises; its figures are nobody's assertion."""

from __future__ import annotations

import pytest

pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'referee[serve]'")

from referee.bench import serve


def test_every_figure_of_the_service_is_measured():
    figures = list(serve.measure(128, 1))
    names = [one.name for one in figures]
    for rules in ("text.exact", "r1-zero-math"):
        assert [name for name in names if name.startswith(f"{rules}: ")][:5] == [
            f"{rules}: {what}" for what in ("library", "service", "overhead", "client", "one connection")
        ]
    assert all(one.value > 0 for one in figures if one.unit == "rollouts/s")
