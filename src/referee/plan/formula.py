"""What queueing theory says in closed form, beside which the simulation is checked.

Erlang C: A. K. Erlang, 1917. The general service time: A. O. Allen, Probability, Statistics and Queueing Theory with
Computer Science Applications, 1978 (Allen and Cunneen's approximation). Bounds of a batch: R. L. Graham, Bounds on
Multiprocessing Timing Anomalies, 1969.
"""

from __future__ import annotations

import math


def erlang_c(cores: int, load: float) -> float:
    """The chance that an arrival has to wait in M/M/c. load: arrival rate x mean service time, in cores."""
    if load >= cores:
        return 1.0
    if not load:
        return 0.0
    blocked = 1.0  # Erlang B by its recurrence, which neither overflows nor loses digits
    for count in range(1, cores + 1):
        blocked = load * blocked / (count + load * blocked)
    return cores * blocked / (cores - load * (1 - blocked))


def mean_wait(cores: int, rate: float, mean_s: float, spread2: float = 1.0) -> float:
    """Mean seconds in line in M/G/c; exact for spread2 = 1 (M/M/c) and for one core, Allen and Cunneen's otherwise.

    rate: arrivals a second, mean_s: of the service time, spread2: its squared ratio of standard deviation to mean.
    """
    load = rate * mean_s
    if load >= cores:
        return math.inf
    return erlang_c(cores, load) * mean_s / (cores - load) * (1 + spread2) / 2


def wait_beyond(cores: int, rate: float, mean_s: float, share: float = 0.01, spread2: float = 1.0) -> float:
    """Seconds that only a share of the arrivals waits longer; exact in M/M/c, else with the mean's correction."""
    load = rate * mean_s
    if load >= cores:
        return math.inf
    chance = erlang_c(cores, load)
    if chance <= share:
        return 0.0
    return math.log(chance / share) * mean_s / (cores - load) * (1 + spread2) / 2


def batch_bounds(services: list[float], cores: int) -> tuple[float, float]:
    """Graham's bounds of the time that a batch takes in any order: never less, never more."""
    work, longest = sum(services), max(services)
    return max(work / cores, longest), work / cores + longest * (1 - 1 / cores)


def batch_mean(count: int, mean_s: float, cores: int) -> float:
    """Mean seconds of a batch whose service times are exponential: exact."""
    if cores >= count:
        return mean_s * _harmonic(count)
    return mean_s * ((count - cores) / cores + _harmonic(cores))


def batch_about(count: int, mean_s: float, spread2: float, cores: int) -> float:
    """About the mean seconds of a batch: all cores are busy until the line is empty, then the last one ends.

    Between equal times (spread2 = 0: exact) and exponential ones (1: exact). It knows nothing of a heavy tail: no batch
    ends before its longest verification.
    """
    even = mean_s * math.ceil(count / cores)
    return even + min(spread2, 1.0) * (batch_mean(count, mean_s, cores) - even)


def _harmonic(count: int) -> float:
    """1 + 1/2 + ... + 1/count."""
    if count < 64:
        return sum(1 / one for one in range(1, count + 1))
    return math.log(count) + 0.5772156649015329 + 1 / (2 * count) - 1 / (12 * count * count)
