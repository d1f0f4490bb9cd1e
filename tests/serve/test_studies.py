"""The planner and the hack lab over HTTP say what the library says."""

from __future__ import annotations

import json

import httpx
import msgspec
import pytest

from referee.data.plain import dumps
from referee.plan.plan import make
from referee.plan.presets import PRESETS
from referee.plan.setting import Setting
from referee.redteam.lab import list_hacks, try_hack


def plain(value):
    return json.loads(dumps(value))


def test_a_plan_is_the_librarys(served):
    asked = {"sampler": {"gpus": 2, "prompts": 8, "group": 4}, "work": [{"seconds": 0.05, "runs": 1}], "repeats": 1}
    found = served.post("/v1/plan", json=asked)
    assert found.status_code == 200, found.text
    assert found.json() == plain(make(msgspec.convert(asked, Setting)))
    assert [one["name"] for one in served.get("/v1/plan/presets").json()["presets"]] == list(PRESETS)


@pytest.mark.parametrize(
    "asked",
    [
        {"sampler": {"gpus": -1}},
        {"sampler": {"prompts": 65536, "group": 65536}},
        {"nothing": 1},
        {"tokens": {"samples": [0, 0]}},
    ],
)
def test_a_setting_that_cannot_be_planned_for_is_refused(served, asked):
    answer = served.post("/v1/plan", json=asked)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_hacks_are_those_of_the_lab(served):
    assert served.get("/v1/hacks").json()["hacks"] == plain(list_hacks())
    few = served.get("/v1/hacks", params={"pack": "r1-zero-math"}).json()["hacks"]
    assert few == plain(list_hacks("r1-zero-math"))
    assert served.get("/v1/hacks", params={"pack": "nothing"}).status_code == 422


def test_a_hack_is_tried_beside_gold_and_an_honest_wrong_answer(served):
    name = next(one["id"] for one in list_hacks("r1-zero-math") if one["direction"] == "hack")
    answer = served.post("/v1/hacks/try", json={"pack": "r1-zero-math", "hack": name, "index": 1})
    assert answer.status_code == 200, answer.text
    found, expected = answer.json(), plain(try_hack("r1-zero-math", None, name, index=1))
    assert found == expected
    assert found["gold"]["reward"] == 1.1
    assert found["wrong"]["reward"] == 0.1


@pytest.mark.parametrize(
    "asked", [{"pack": "r1-zero-math", "hack": "nothing"}, {"pack": "nothing", "hack": "B.echo"}, {"hack": "B.echo"}]
)
def test_what_the_lab_does_not_have_is_said(served, asked):
    assert served.post("/v1/hacks/try", json=asked).status_code == 422


def test_a_ledger_without_times_cannot_be_measured(serving, tmp_path):
    from referee.ledger.write import Ledger

    path = tmp_path / "empty.ledger"
    with Ledger(path):
        pass
    with serving(ledgers=(path,)) as address:
        answer = httpx.get(f"{address}/v1/ledgers/empty/measured", timeout=120)
    assert answer.status_code == 422
    assert "no scores" in answer.json()["error"]["message"]
