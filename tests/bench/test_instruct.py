"""The measurements of instruction kinds measure every kind, and in each mode those that it knows."""

import pytest

from referee.bench import instruct


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(instruct, "SIZE", 300)
    monkeypatch.setattr(instruct, "PIECES", ("a. ", "* a\n"))


def test_every_kind_is_measured():
    found = list(instruct.measure(1))
    assert found[0].value == 112
    speeds = [one for one in found if one.unit == "checks/s"]
    assert [one.note.split(" kinds")[0].rpartition(" ")[2] for one in speeds] == ["112"] * 3 + ["25"] * 3
    assert all(one.value > 0 for one in speeds)
    slowest = [one.value for one in found if one.unit == "ms"]
    assert len(slowest) == 2 * instruct.SHOWN
    assert slowest[: instruct.SHOWN] == sorted(slowest[: instruct.SHOWN], reverse=True)
