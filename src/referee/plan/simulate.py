"""What a number of cores makes of a step: how long the GPUs wait for the judge, and how long rollouts do.

Every number of cores sees the same drawn steps, so two of them differ by the cores alone: more are never worse.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import NamedTuple

from referee.plan.draw import Step, step
from referee.plan.queue import ends, ends_with_loss
from referee.plan.setting import Setting

_DRAWN = 16_384  # rollouts: a step of so many shows its mean by itself
_LOSSES = 15  # moments of a step at which a worker is lost
_FLOOR = 1.1  # times the shortest wait there is: what counts as near, where the target is out of reach


class Course(NamedTuple):
    """Rollouts scored as they end. idle_s: from the last token to the last verdict. waits: of each rollout in line,
    sorted. waiting: the most in line at once. busy_s: core seconds of work.
    """

    idle_s: float
    waits: list[float]
    waiting: int
    busy_s: float


class Steps:
    """The drawn steps of a setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        luck = random.Random(setting.seed)  # noqa: S311  # chance of a simulation
        repeats = min(setting.repeats, max(1, _DRAWN // setting.rollouts))
        self.steps = [step(setting, luck) for _ in range(repeats)]
        self.most = setting.rollouts
        self.generation_s = fmean(one.generation_s for one in self.steps)
        update_s = setting.sampler.update_s
        self.step_s = self.generation_s + (self.generation_s / 4 if update_s is None else update_s)
        self.work_s = fmean(sum(one.services) for one in self.steps)

    def streaming_s(self, cores: int) -> float:
        """Mean seconds that GPUs wait when each rollout is scored as it ends."""
        return fmean(max(ends(one.ends, one.services, cores)) - one.generation_s for one in self.steps)

    def batch_s(self, cores: int) -> float:
        """Mean seconds that GPUs wait when all are scored at the end of the batch."""
        return fmean(max(ends([0.0] * len(one.ends), one.services, cores)) for one in self.steps)

    def courses(self, cores: int) -> list[Course]:
        """What happens in each step when each rollout is scored as it ends."""
        return [course(one, cores) for one in self.steps]

    def fewest(self, idle_s: Callable[[int], float], near: int = 1) -> tuple[int, bool]:
        """The fewest cores whose wait is within the target, and True; where none is, near the shortest, and False."""
        floor = idle_s(self.most)
        goal = self.setting.target * self.step_s / (1 - self.setting.target)
        met = floor <= goal
        return _fewest(lambda cores: idle_s(cores) <= (goal if met else _FLOOR * floor), self.most, near), met

    def lost(self, cores: int) -> tuple[float, float]:
        """Mean and worst seconds that one lost worker adds to the wait, lost at one of many moments of the step.

        The worst moment is when its rollout, the last one, is all but judged.
        """
        again_s = self.setting.pool.lease_s
        found = []
        for one in self.steps:
            arrivals = one.ends if self.setting.scoring == "streaming" else [0.0] * len(one.ends)
            before = max(ends(arrivals, one.services, cores))
            moments = [before * (place + 0.5) / _LOSSES for place in range(_LOSSES)] + [before * (1 - 1e-9)]
            found.append([max(ends_with_loss(arrivals, one.services, cores, at, again_s)) - before for at in moments])
        return fmean(fmean(row[:-1]) for row in found), fmean(max(row) for row in found)


def course(one: Step, cores: int) -> Course:
    """The course of one step, each rollout scored as it ends."""
    done = ends(one.ends, one.services, cores)
    begins = [end - seconds for end, seconds in zip(done, one.services, strict=True)]
    waits = sorted(max(0.0, begin - at) for begin, at in zip(begins, one.ends, strict=True))
    return Course(max(done) - one.generation_s, waits, _most(one.ends, sorted(begins)), sum(one.services))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the sorted values does not exceed."""
    return values[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def _most(arrivals: Sequence[float], begins: Sequence[float]) -> int:
    """The most that had come and not begun at once. Both in order."""
    most = begun = 0
    for came, at in enumerate(arrivals, 1):
        while begins[begun] <= at:
            begun += 1
            if begun == len(begins):
                return most
        most = max(most, came - begun)
    return most


def _fewest(enough: Callable[[int], bool], most: int, near: int) -> int:
    """The smallest number up to `most` that is enough: outwards from `near`, then between. `most` always is."""
    low, high = 0, min(near, most)
    while high < most and not enough(high):
        low, high = high, min(2 * high, most)
    if not low:  # `near` was enough
        while high > 1 and enough(half := high // 2):
            high = half
        low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
