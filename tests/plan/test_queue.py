"""The queue of a plan, against literal numbers, an independent simulator and queueing theory."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from referee.plan import formula
from referee.plan.queue import ends, ends_with_loss

times = st.floats(0, 100, allow_nan=False)
jobs = st.lists(st.tuples(times, times), min_size=1, max_size=40)


def test_two_cores_take_what_came_first():
    assert ends([0, 0, 0, 1, 9], [3, 1, 1, 4, 1], 2) == [3, 1, 2, 6, 10]


def test_a_core_for_each_makes_nobody_wait():
    assert ends([0, 1, 2], [5, 5, 5], 3) == [5, 6, 7]


def by_simpy(arrivals, services, cores):
    """When each job ends, by simpy: another author's events, another author's queue."""
    world = simpy.Environment()
    room = simpy.Resource(world, capacity=cores)
    found = {}

    def job(number):
        yield world.timeout(arrivals[number])
        with room.request() as turn:
            yield turn
            yield world.timeout(services[number])
            found[number] = world.now

    for number in range(len(arrivals)):
        world.process(job(number))
    world.run()
    return [found[number] for number in range(len(arrivals))]


@given(jobs, st.integers(1, 8))
def test_every_job_ends_when_simpy_says(given_jobs, cores):
    arrivals = sorted(at for at, _ in given_jobs)
    services = [seconds for _, seconds in given_jobs]
    assert ends(arrivals, services, cores) == pytest.approx(by_simpy(arrivals, services, cores), abs=1e-9)


@given(jobs, st.integers(1, 8))
def test_one_more_core_never_ends_a_job_later(given_jobs, cores):
    arrivals = sorted(at for at, _ in given_jobs)
    services = [seconds for _, seconds in given_jobs]
    few, more = ends(arrivals, services, cores), ends(arrivals, services, cores + 1)
    assert all(later <= sooner + 1e-9 for later, sooner in zip(more, few, strict=True))


@given(st.lists(times, min_size=1, max_size=40), st.integers(1, 8))
def test_a_batch_is_within_the_bounds_of_graham(services, cores):
    low, high = formula.batch_bounds(services, cores)
    assert low - 1e-9 <= max(ends([0.0] * len(services), services, cores)) <= high + 1e-9


def waits(rate, draw, cores, count, seed):
    """Seconds in line of many arrivals at random times."""
    luck = random.Random(seed)
    arrivals = list(accumulate(luck.expovariate(rate) for _ in range(count)))
    services = [draw(luck) for _ in range(count)]
    done = ends(arrivals, services, cores)
    return [end - seconds - at for end, seconds, at in zip(done, services, arrivals, strict=True)]


@pytest.mark.parametrize(("cores", "load"), [(1, 0.5), (4, 0.7), (16, 0.8)])
def test_waits_are_those_of_erlang(cores, load):
    rate = cores * load
    found = sorted(
        wait for seed in range(4) for wait in waits(rate, lambda luck: luck.expovariate(1.0), cores, 80_000, seed)
    )
    assert sum(found) / len(found) == pytest.approx(formula.mean_wait(cores, rate, 1.0), rel=0.05)
    p99 = found[int(0.99 * len(found))]
    assert p99 == pytest.approx(formula.wait_beyond(cores, rate, 1.0), rel=0.05)


def test_waits_of_one_core_are_those_of_pollaczek_and_khinchine_for_equal_times():
    found = [wait for seed in range(4) for wait in waits(0.7, lambda luck: 1.0, 1, 80_000, seed)]
    expected = 0.7 / (2 * (1 - 0.7))  # 1.1667 service times
    assert formula.mean_wait(1, 0.7, 1.0, 0.0) == pytest.approx(expected)
    assert sum(found) / len(found) == pytest.approx(expected, rel=0.05)


def test_a_heavy_tail_waits_as_allen_and_cunneen_say():
    def draw(luck):
        return 2.0 if luck.random() < 0.05 else 0.737  # mean 0.80015

    found = [wait for seed in range(4) for wait in waits(9.0, draw, 8, 80_000, seed)]
    mean, second = 0.95 * 0.737 + 0.05 * 2, 0.95 * 0.737**2 + 0.05 * 4
    expected = formula.mean_wait(8, 9.0, mean, second / mean**2 - 1)
    assert sum(found) / len(found) == pytest.approx(expected, rel=0.12)  # an approximation, by its nature


@pytest.mark.parametrize("cores", [1, 7, 64, 300])
def test_a_batch_of_exponential_times_takes_what_the_formula_says(cores):
    spans = []
    for seed in range(40):
        luck = random.Random(seed)
        services = [luck.expovariate(1.0) for _ in range(1024)]
        spans.append(max(ends([0.0] * 1024, services, cores)))
    assert sum(spans) / len(spans) == pytest.approx(formula.batch_mean(1024, 1.0, cores), rel=0.05)


class TestALostWorker:
    def test_its_work_begins_anew_after_the_lease(self):
        # Two cores; the one with the longer job is lost at 2, its job begins again at 2 + 10 on the other.
        assert ends_with_loss([0.0, 0.0], [4.0, 3.0], 2, 2.0, 10.0) == [16.0, 3.0]

    def test_others_go_on_with_one_core_less(self):
        # At 1: core 0 (free at 4) is lost; the other one (free at 2) takes what waits.
        assert ends_with_loss([0.0, 0.0, 0.5, 0.5], [4.0, 2.0, 1.0, 1.0], 2, 1.0, 20.0) == [25.0, 2.0, 3.0, 4.0]

    def test_an_idle_worker_takes_nothing_along(self):
        assert ends_with_loss([0.0, 5.0], [1.0, 1.0], 2, 3.0, 20.0) == [1.0, 6.0]

    def test_a_single_worker_is_replaced(self):
        assert ends_with_loss([0.0, 0.0], [4.0, 3.0], 1, 2.0, 10.0) == [16.0, 5.0]

    @given(jobs, st.integers(1, 8), times, times)
    def test_every_job_ends_once_and_none_before_its_time(self, given_jobs, cores, at, again):
        arrivals = sorted(when for when, _ in given_jobs)
        services = [seconds for _, seconds in given_jobs]
        found = ends_with_loss(arrivals, services, cores, at, again)
        least = [when + seconds for when, seconds in zip(arrivals, services, strict=True)]
        assert all(end >= soon - 1e-9 for end, soon in zip(found, least, strict=True))
        assert max(found) >= max(least) - 1e-9
