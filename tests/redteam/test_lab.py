"""The hack lab: plain data for a page."""

from __future__ import annotations

import json

import pytest

from referee.core.errors import UnknownName, UsageError
from referee.redteam.lab import list_hacks, try_hack


def test_the_list_says_what_each_hack_is():
    every, some = list_hacks(), list_hacks("gsm8k")
    assert set(every[0]) == {"id", "family", "name", "mechanism", "source", "fix", "direction"}
    assert {"B.echo", "B.empty", "B.refusal"} <= {one["id"] for one in some}
    assert len(some) < len(every) or len(every) == 3
    json.dumps(every)


def test_a_hack_on_a_bundled_task():
    tried = try_hack("r1-zero-math", None, "B.refusal")
    assert tried["task"]["id"] == "math-1"
    assert (tried["gold"]["reward"], tried["wrong"]["reward"]) == (1.1, 0.1)
    assert [one["verdict"] for one in tried["rollouts"]] == ["holds"] * 3
    assert tried["leaks"] == 0
    json.dumps(tried)


def test_a_leak_names_the_rule_that_paid():
    short = {"name": "short", "verifier": "shape.length", "weight": 0.3, "params": {"maximum": 5}}
    pack = {"name": "loose", "answer": "answer", "rules": [{"name": "answer", "verifier": "math.number"}, short]}
    tried = try_hack(pack, {"prompt": "say 5", "truth": "5"}, "B.empty")
    leak = tried["rollouts"][0]
    assert (leak["verdict"], leak["rule"]) == ("leak", "short")
    assert leak["above_wrong"] == pytest.approx(0.3)
    assert leak["share_of_gold"] == pytest.approx(0.3)
    assert leak["advantage"] == pytest.approx(7**0.5, abs=1e-5)


def test_a_task_of_ones_own():
    tried = try_hack("json-mode", {"prompt": "?", "truth": {"type": "integer"}, "gold": "7", "wrong": '"x"'}, "B.empty")
    assert tried["gold"]["text"] == "7"
    assert tried["wrong"]["text"] == '"x"'


def test_what_cannot_be_tried():
    with pytest.raises(UnknownName, match="hack"):
        try_hack("gsm8k", None, "B.ech")
    with pytest.raises(UsageError, match="'gold'"):
        try_hack("gsm8k", {"prompt": "?", "truth": {}}, "B.echo")
