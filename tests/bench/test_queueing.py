"""The simulation of the queue, against what queueing theory knows."""

from __future__ import annotations

import random
from math import factorial, isclose

import msgspec
import pytest

from referee.bench.queueing import Costs, shards, simulate

FREE = Costs(
    service_s=(1.0,), group=1, submit_s=0.0, lease_s=0.0, answer_s=0.0, bytes_in=0.0, bytes_out=0.0, link=1.0,
    commit_s=0.0, entry_s=0.0, batch=1,
)  # fmt: skip


def costs(**changes):
    return msgspec.structs.replace(FREE, **changes)


def erlang_wait(servers, load):
    """Mean wait of M/M/k in service times (Erlang C)."""
    offered = servers * load
    terms = [offered**n / factorial(n) for n in range(servers)]
    last = offered**servers / factorial(servers) / (1 - load)
    return last / (sum(terms) + last) / (servers * (1 - load))


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 0.7), (8, 0.8)])
def test_waits_are_those_of_erlang(servers, load):
    luck = random.Random(3)
    samples = tuple(luck.expovariate(1.0) for _ in range(20_000))
    found = costs(service_s=samples)
    courses = [simulate(found, servers, messages=30_000, load=load, burst=1, seed=seed) for seed in range(5)]
    mean = sum(samples) / len(samples)
    assert isclose(sum(one.workers for one in courses) / 5, load, rel_tol=0.04)
    assert isclose(sum(one.mean_s for one in courses) / 5 / mean - 1, erlang_wait(servers, load), rel_tol=0.12)


def test_one_group_on_a_quiet_queue_takes_what_its_steps_take():
    one = costs(
        service_s=(0.5,), group=2, submit_s=0.01, lease_s=0.02, answer_s=0.03, bytes_in=4.0, bytes_out=2.0, link=100.0,
        commit_s=0.1, entry_s=0.001, batch=8,
    )  # fmt: skip
    course = simulate(one, 3, messages=1, burst=1)
    assert isclose(course.p50_s, 0.04 + 0.01 + 0.02 + 0.02 + 2 * 0.5 + 0.03 + 0.1 + 2 * 0.001)


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        ({"submit_s": 0.1}, "Redis"),
        ({"bytes_out": 0.1}, "network"),
        ({"entry_s": 0.1}, "ledger"),
    ],
)
def test_the_bound_is_named_and_shards_move_it(changes, bound):
    course = simulate(costs(**changes), 100, messages=4_000)
    assert course.bound == bound
    assert isclose(course.carried, 10.0, rel_tol=0.1)
    assert course.offered == 80.0
    many = {"redis": shards(8.0), "ledgers": shards(8.0)}
    assert shards(8.0) == 12
    assert isclose(simulate(costs(**changes), 100, messages=4_000, **many).carried, 80.0, rel_tol=0.1)


def test_the_same_seed_gives_the_same_course():
    assert simulate(FREE, 4, messages=500) == simulate(FREE, 4, messages=500)
    assert simulate(FREE, 4, messages=500) != simulate(FREE, 4, messages=500, seed=2)
