"""Each rule of thumb comes out of its preset, and so does what its preset says beside it."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from referee.plan.plan import make
from referee.plan.presets import PRESETS


@cache
def plan(name, **changes):
    return make(msgspec.structs.replace(PRESETS[name].setting, **changes))


def one_kind(name, **changes):
    made = PRESETS[name].setting
    return make(msgspec.structs.replace(made, work=(msgspec.structs.replace(made.work[0], **changes),)))


def capacity(**changes):
    """Verifications a second of the node, whatever the size of a step."""
    made = PRESETS["node-2000"].setting
    few = msgspec.structs.replace(made.sampler, prompts=64)
    return make(
        msgspec.structs.replace(made, sampler=few, work=(msgspec.structs.replace(made.work[0], **changes),))
    ).chosen.capacity_s


def test_fifty_cores_for_mathematics():
    found = plan("math-50")
    assert 43 <= found.batch.cores <= 55
    assert found.batch.met
    assert found.batch.idle_s <= 2.43
    assert found.streaming.cores == 1
    assert one_kind("math-50", seconds=0.001).batch.cores == 1
    assert found.chosen.spend == pytest.approx(0.1, abs=0.015)


def test_five_hundred_cores_for_code():
    found = plan("code-500")
    assert 450 <= found.batch.cores <= 550
    assert found.batch.idle_s <= 2.43
    assert found.streaming.cores == 8
    assert one_kind("code-500", runs=1).batch.cores == 45


def test_two_thousand_verifications_a_second_and_node():
    assert capacity() == pytest.approx(2_000, rel=0.02)
    assert capacity(runs=10) == pytest.approx(200, rel=0.02)
    assert capacity(seconds=0.01) == pytest.approx(20_000, rel=0.02)


def test_a_tenth_of_the_spend():
    found = plan("spend-10")
    assert found.mean_s == pytest.approx(0.86, abs=0.01)
    assert found.batch.idle_share <= 0.03
    assert found.chosen.spend == pytest.approx(0.1, abs=0.015)
    assert found.chosen.cores / 64 == pytest.approx(6, abs=0.6)
    streamed = plan("spend-10", scoring="streaming").chosen
    assert streamed.cores == 13
    assert streamed.spend < 0.01


def test_what_the_two_without_a_rule_say():
    assert plan("math").mean_s == pytest.approx(0.023, abs=0.002)
    assert plan("math").streaming.cores == 1
    # The worked example of programs: eight cores wait 1.6 s, which is 0.9 % of a step.
    eight = next(point for point in plan("code").curve if point.cores == 8)
    assert eight.streaming_s == pytest.approx(1.6, abs=0.2)
    assert eight.streaming_share == pytest.approx(0.009, abs=0.001)


@pytest.mark.parametrize("name", PRESETS)
def test_each_says_when_it_holds(name):
    preset = PRESETS[name]
    assert preset.name == name
    assert preset.holds.endswith(".")
