"""A step of the sampler, drawn by seed: when each rollout ends, and how long judging it takes."""

from __future__ import annotations

import heapq
import math
import random
from itertools import accumulate
from typing import NamedTuple

from referee.plan.setting import Sampler, Setting, Tokens, Work


class Step(NamedTuple):
    """One step. ends: when each rollout has been sampled, in seconds from the beginning, in order. services: seconds
    that judging each takes. memory: MB of each.
    """

    ends: list[float]
    services: list[float]
    memory: list[float]

    @property
    def generation_s(self) -> float:
        """When the last rollout ended."""
        return self.ends[-1]


def step(setting: Setting, luck: random.Random) -> Step:
    """A step of the setting."""
    ends = _ends(setting.sampler, lengths(setting.tokens, setting.rollouts, luck))
    kinds = setting.work
    bounds = list(accumulate(kind.share for kind in kinds))
    chosen = luck.choices(kinds, cum_weights=bounds, k=len(ends)) if len(kinds) > 1 else [kinds[0]] * len(ends)
    drawn = {id(kind): _Service(kind, setting.pool.overhead_s, luck) for kind in kinds}
    services = [drawn[id(kind)].draw() for kind in chosen]
    return Step(ends, services, [kind.memory_mb for kind in chosen])


def lengths(tokens: Tokens, count: int, luck: random.Random) -> list[float]:
    """Lengths of rollouts in tokens, cut where sampling is."""
    most = float(tokens.most)
    if tokens.samples:
        return [min(one, most) for one in luck.choices(tokens.samples, k=count)]
    return [min(_spread(tokens.mean, tokens.spread, luck), most) for _ in range(count)]


def _ends(sampler: Sampler, found: list[float]) -> list[float]:
    """When each rollout ends. A slot decodes at a constant speed, as decoding that is bound by memory does; a rollout
    begins when a slot is free.
    """
    slots = min(sampler.slots or len(found), len(found))
    speed = sampler.gpus * sampler.tokens_s / slots
    if slots == len(found):
        return sorted(one / speed for one in found)
    busy = [0.0] * slots
    ends = []
    for one in found:
        ends.append(busy[0] + one / speed)
        heapq.heapreplace(busy, ends[-1])
    return sorted(ends)


class _Service:
    """Draws times of whole verifications of one kind."""

    def __init__(self, kind: Work, overhead_s: float, luck: random.Random) -> None:
        self.kind, self.overhead_s, self.luck = kind, overhead_s, luck
        # the sum of independent runs
        self.mean, self.deviation = kind.seconds * kind.runs, kind.spread / math.sqrt(kind.runs)

    def draw(self) -> float:
        kind = self.kind
        # Both are drawn for each, so that settings that differ in a share or a limit differ in nothing else.
        late = self.luck.random() < kind.timeouts
        seconds = self.luck.choice(kind.samples) if kind.samples else _spread(self.mean, self.deviation, self.luck)
        return (kind.limit_s if late else min(seconds, kind.limit_s)) + self.overhead_s


def _spread(mean: float, spread: float, luck: random.Random) -> float:
    """A log-normal number with that mean and that ratio of standard deviation to mean."""
    if not spread or not mean:
        return mean
    variance = math.log1p(spread * spread)
    return luck.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
