"""The closed formulas, against numbers worked out by hand and tables."""

from __future__ import annotations

import math

import pytest

from referee.plan import formula


def test_one_core_waits_with_the_chance_of_its_load():
    assert formula.erlang_c(1, 0.6) == pytest.approx(0.6)


def test_erlang_c_of_two_cores():
    # B = (1/2) / (1 + 1 + 1/2) = 0.2 at load 1; C = 2 B / (2 - 1 (1 - B)) = 0.4 / 1.2
    assert formula.erlang_c(2, 1.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("cores", "load"), [(5, 2.2), (64, 60.0), (500, 480.5)])
def test_erlang_c_is_its_sum(cores, load):
    terms = [math.exp(k * math.log(load) - math.lgamma(k + 1) - load) for k in range(cores + 1)]
    last = terms[-1] * cores / (cores - load)
    assert formula.erlang_c(cores, load) == pytest.approx(last / (sum(terms[:-1]) + last))


def test_more_work_than_cores_waits_for_ever():
    assert formula.erlang_c(2, 2.0) == 1.0
    assert formula.mean_wait(2, 2.0, 1.0) == math.inf
    assert formula.wait_beyond(2, 3.0, 1.0) == math.inf


def test_nothing_waits_where_nothing_comes():
    assert formula.erlang_c(3, 0.0) == 0.0
    assert formula.wait_beyond(3, 0.001, 1.0) == 0.0


def test_the_mean_wait_of_one_core():
    # M/M/1: rho / (1 - rho) service times; equal service times wait half of that.
    assert formula.mean_wait(1, 0.8, 1.0) == pytest.approx(4.0)
    assert formula.mean_wait(1, 0.8, 1.0, 0.0) == pytest.approx(2.0)


def test_the_p99_of_one_core():
    # P(W > t) = rho exp(-(1 - rho) t): ln(80) / 0.2 at rho 0.8
    assert formula.wait_beyond(1, 0.8, 1.0) == pytest.approx(math.log(80) / 0.2)


def test_a_batch_of_equal_times_goes_in_rounds():
    assert formula.batch_about(10, 2.0, 0.0, 4) == 6.0


def test_a_batch_of_exponential_times():
    # Four jobs on two cores: twice the first of two, then both of the last: 1/2 + 1/2 + 1/2 + 1
    assert formula.batch_mean(4, 1.0, 2) == pytest.approx(2.5)
    assert formula.batch_mean(3, 1.0, 8) == pytest.approx(1 + 1 / 2 + 1 / 3)
    assert formula.batch_mean(1000, 1.0, 1000) == pytest.approx(sum(1 / n for n in range(1, 1001)))


def test_bounds_of_a_batch():
    assert formula.batch_bounds([3.0, 1.0, 1.0, 1.0], 2) == (3.0, 4.5)
