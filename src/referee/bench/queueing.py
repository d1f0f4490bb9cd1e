"""The queue as a simulation: bursts of groups through Redis, workers and a ledger, event by event.

```
bursts -> [link] -> [Redis: submit] -> [Redis: lease] -> workers (k of them) -> [Redis: answer, drain] -> [ledger]
```

Each bracket serves one at a time, first come, first served; the ledger serves a batch. Redis and the ledger may be
split into shards by group. Pure: the same numbers for the same `Costs`, seed and sizes, on any machine.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque

from referee.core.types import Record

_SUBMITTED, _LEASED, _JUDGED, _ANSWERED, _COMMITTED = range(5)


class Costs(Record, frozen=True, kw_only=True):
    """What was measured. Times in seconds.

    service_s: samples of the time that a worker takes for one rollout. group: rollouts in a message. submit_s, lease_s,
    answer_s: of the Redis process for one message; the answer includes the drain. bytes_in, bytes_out: of one message,
    towards and away from Redis. link: bytes a second, each way. commit_s: of a commit, without its entries; entry_s: of
    an entry in it; batch: entries of a commit.
    """

    service_s: tuple[float, ...]
    group: int
    submit_s: float
    lease_s: float
    answer_s: float
    bytes_in: float
    bytes_out: float
    link: float
    commit_s: float
    entry_s: float
    batch: int


class Course(Record, frozen=True, kw_only=True):
    """What came of a simulation. carried: rollouts a second; offered: the same, had nothing been a bound.

    workers, redis, link, ledger: shares of the time that they were busy. mean_s, p50_s, p99_s: from the end of a
    group until its scores are safe. waiting: the most messages that waited for a worker at once.
    """

    offered: float
    carried: float
    workers: float
    redis: float
    link: float
    ledger: float
    mean_s: float
    p50_s: float
    p99_s: float
    waiting: int

    @property
    def bound(self) -> str:
        """What is busiest, when it is nearly always busy."""
        shares = {"workers": self.workers, "Redis": self.redis, "network": self.link, "ledger": self.ledger}
        name = max(shares, key=lambda one: shares[one])
        return name if shares[name] > 0.9 else ""


class _Station:
    """Serves one at a time."""

    def __init__(self) -> None:
        self.free = self.busy = 0.0

    def serve(self, now: float, seconds: float) -> float:
        """When what comes `now` is done."""
        self.free = max(self.free, now) + seconds
        self.busy += seconds
        return self.free


class _Ledger:
    """Commits what waits, up to a batch, when the commit before is done."""

    def __init__(self) -> None:
        self.waiting: deque[int] = deque()
        self.free = self.busy = 0.0
        self.idle = True


def simulate(
    costs: Costs,
    workers: int,
    *,
    messages: int,
    load: float = 0.8,
    burst: int = 64,
    redis: int = 1,
    ledgers: int = 1,
    seed: int = 1,
) -> Course:
    """`messages` groups for `workers` workers. `load`: of the workers, were they all that there is; groups end in
    bursts of `burst`, at random times. redis, ledgers: shards.
    """
    run = _Run(costs, workers, redis, ledgers, seed)
    return run.course(messages, load, burst)


class _Run:
    def __init__(self, costs: Costs, workers: int, redis: int, ledgers: int, seed: int) -> None:
        self.costs = costs
        self.luck = random.Random(seed)  # noqa: S311  # chance of a simulation
        self.workers, self.free, self.worked = workers, workers, 0.0
        self.redis = [_Station() for _ in range(redis)]
        self.into, self.out = [_Station() for _ in range(redis)], [_Station() for _ in range(redis)]
        self.ledgers = [_Ledger() for _ in range(ledgers)]
        self.waiting: deque[int] = deque()
        self.most = 0
        self.rate = 0.0  # messages a second
        self.arrived: list[float] = []
        self.ended: list[float] = []
        self.events: list[tuple[float, int, int, int]] = []
        self.count = 0

    def course(self, messages: int, load: float, burst: int) -> Course:
        costs = self.costs
        self.rate = load * self.workers / (sum(costs.service_s) / len(costs.service_s) * costs.group)
        self.arrived = _arrivals(messages, self.rate, burst, self.luck)
        self.ended = [0.0] * messages
        for number, at in enumerate(self.arrived):
            shard = number % len(self.redis)
            sent = self.into[shard].serve(at, costs.bytes_in / costs.link)
            self.at(sent, _SUBMITTED, number)
        steps = (self.submitted, self.leased, self.judged, self.answered, self.committed)
        while self.events:
            now, _, kind, number = heapq.heappop(self.events)
            steps[kind](now, number)
        return self.summed()

    def at(self, when: float, kind: int, number: int) -> None:
        self.count += 1
        heapq.heappush(self.events, (when, self.count, kind, number))

    def submitted(self, now: float, number: int) -> None:
        shard = number % len(self.redis)
        done = self.redis[shard].serve(now, self.costs.submit_s + self.costs.lease_s)
        self.at(self.out[shard].serve(done, self.costs.bytes_out / self.costs.link), _LEASED, number)

    def leased(self, now: float, number: int) -> None:
        self.waiting.append(number)
        self.most = max(self.most, len(self.waiting))
        self.start(now)

    def start(self, now: float) -> None:
        """Whoever is free takes the oldest."""
        while self.free and self.waiting:
            number = self.waiting.popleft()
            seconds = sum(self.luck.choices(self.costs.service_s, k=self.costs.group))
            self.free -= 1
            self.worked += seconds
            self.at(now + seconds, _JUDGED, number)

    def judged(self, now: float, number: int) -> None:
        self.free += 1
        self.start(now)
        self.at(self.redis[number % len(self.redis)].serve(now, self.costs.answer_s), _ANSWERED, number)

    def answered(self, now: float, number: int) -> None:
        ledger = self.ledgers[number % len(self.ledgers)]
        ledger.waiting.append(number)
        if ledger.idle:
            self.commit(ledger, now, number)

    def commit(self, ledger: _Ledger, now: float, number: int) -> None:
        """The next batch. What it holds is safe at its end."""
        count = min(len(ledger.waiting), max(1, self.costs.batch // self.costs.group))
        seconds = self.costs.commit_s + count * self.costs.group * self.costs.entry_s
        for _ in range(count):
            self.ended[ledger.waiting.popleft()] = now + seconds
        ledger.busy += seconds
        ledger.idle = False
        self.at(now + seconds, _COMMITTED, number)

    def committed(self, now: float, number: int) -> None:
        ledger = self.ledgers[number % len(self.ledgers)]
        if ledger.waiting:
            self.commit(ledger, now, number)
        else:
            ledger.idle = True

    def summed(self) -> Course:
        span = max(self.ended) - self.arrived[0]
        ends = sorted(self.ended)
        low, high = len(ends) // 5, len(ends) * 4 // 5  # without the beginning and the end, when not all are at work
        if ends[high] > ends[low]:
            span = len(ends) * (ends[high] - ends[low]) / (high - low)
        waits = sorted(end - start for start, end in zip(self.arrived, self.ended, strict=True))
        return Course(
            offered=self.rate * self.costs.group,
            carried=len(ends) * self.costs.group / span,
            workers=self.worked / (span * self.workers),
            redis=max(one.busy for one in self.redis) / span,
            link=max(one.busy for one in (*self.into, *self.out)) / span,
            ledger=max(one.busy for one in self.ledgers) / span,
            mean_s=sum(waits) / len(waits),
            p50_s=waits[len(waits) // 2],
            p99_s=waits[len(waits) * 99 // 100],
            waiting=self.most,
        )


def _arrivals(count: int, rate: float, burst: int, luck: random.Random) -> list[float]:
    """When groups end: bursts at random times, `rate` a second on average."""
    found: list[float] = []
    now = 0.0
    while len(found) < count:
        found += [now] * min(burst, count - len(found))
        now += luck.expovariate(rate / burst)
    return found


def shards(share: float, wanted: float = 0.7) -> int:
    """How many of something are needed so that none is busy for more than `wanted` of the time."""
    return max(1, math.ceil(share / wanted))
