"""How fast a pool carries rollouts, beside raw Redis Streams, Ray actors and a task framework in the same run.

Ours does all that a pool does: content keys, leases, signs of life, drops of duplicates, statuses, metrics, and the
verdict of a real rule (`text.exact`). The peers carry the same texts, compare two strings and send a number back.
Processor time is that of all processes: submitter, queue, supervisor, workers. The machine may be shared, so compare
figures of one run only; processor time varies less than wall time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from referee.bench.judge import Figure
from referee.bench.processes import Server, cpu_seconds, family
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Keeper, Scored, Submission
from referee.pool.pool import Pool
from referee.pool.redis import RedisQueue

WORKERS = 2
TEXT = "so the answer follows from the line above; " * 19  # 0.8 kB
GROUP = 16
AT_ONCE = 256


class Flow(NamedTuple):
    """What came of sending many: rollouts and messages a second, and microseconds of processor time a rollout."""

    rollouts_s: float
    messages_s: float
    cpu_us: float

    def figures(self, name: str, group: int, note: str = "") -> Iterator[Figure]:
        carried = "one rollout a message" if group == 1 else f"groups of {group}"
        yield Figure(name=f"{name}: {carried}", value=self.rollouts_s, unit="rollouts/s", note=note)
        yield Figure(name=f"{name}: {carried}", value=self.cpu_us, unit="us CPU/rollout", note="all processes")


def submissions(count: int, group: int, start: int = 0) -> list[Submission]:
    """`count` submissions of `group` rollouts each, half of them right."""
    spec = RulePack.load({"name": "trivial", "rules": [{"verifier": "text.exact"}]}).spec
    task = Task(truth=TEXT, prompt="?")
    rollouts = tuple(Rollout(text=TEXT if index % 2 else TEXT[1:]) for index in range(group))
    return [
        Submission(run="bench", group=f"g{start + number}", task=task, rollouts=rollouts, pack=spec)
        for number in range(count)
    ]


def measure(rollouts: int, *, peers: bool = True) -> Iterator[Figure]:
    """All figures, as they come."""
    with Server() as server, Worker(server) as worker, RedisQueue(server.url, "bench") as queue:
        roots = [server.process.pid, worker.pid]
        through(queue, submissions(200, 4, start=-200))  # everything is loaded
        for group, count in ((1, rollouts), (GROUP, 4 * rollouts)):
            yield from through(queue, submissions(count // group, group), roots).figures("redis", group)
        yield from _latency("redis", queue, 2000)
    yield from _local(rollouts)
    yield from _ledger(4 * rollouts)
    if peers:
        from referee.bench import peers as others

        yield from others.measure(rollouts)


class Worker:
    """`referee worker` as a user starts it."""

    def __init__(self, server: Server, workers: int = WORKERS) -> None:
        argv = [sys.executable, "-m", "referee", "worker", "--redis", server.url, "--run", "bench"]
        self._process = subprocess.Popen(
            [*argv, "--workers", str(workers), "--metrics", "0"], stderr=subprocess.DEVNULL
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait()


def through(queue: RedisQueue, work: Sequence[Submission], roots: Sequence[int] = ()) -> Flow:
    """Submit everything and drain everything, in one thread."""
    due, sent, got = sum(len(one.rollouts) for one in work), 0, 0
    busy = cpu_seconds(roots) + time.process_time()
    started = time.perf_counter()
    while got < due:
        if sent < len(work):
            sent += queue.submit(work[sent : sent + AT_ONCE], 0.0)
        got += len(queue.drain(1024, 0.0 if sent < len(work) else 0.5))
    seconds = time.perf_counter() - started
    busy = cpu_seconds(roots) + time.process_time() - busy
    return Flow(due / seconds, len(work) / seconds, busy / due * 1e6)


def _latency(name: str, queue: RedisQueue, count: int) -> Iterator[Figure]:
    """One rollout at a time, from before it is submitted until its score is drained."""

    def one(work: Submission) -> None:
        queue.submit([work], 1.0)
        while not queue.drain(1, 1.0):
            pass

    yield from percentiles(name, one, submissions(count, 1, start=10**6))


def percentiles(name: str, ask: Callable[[Submission], object], work: Sequence[Submission]) -> Iterator[Figure]:
    """The time that `ask` takes for each."""
    seconds: list[float] = []
    for one in work:
        started = time.perf_counter()
        ask(one)
        seconds.append(time.perf_counter() - started)
    seconds.sort()
    for share in (50, 99):
        value = seconds[min(len(seconds) * share // 100, len(seconds) - 1)] * 1e3
        yield Figure(
            name=f"{name}: submit to drained", value=value, unit=f"ms, p{share}", note=f"{len(seconds):,} times"
        )


def _local(rollouts: int) -> Iterator[Figure]:
    """The pool of this machine, through `Pool`, as a trainer uses it."""
    with Pool("local", workers=WORKERS) as pool:
        for _ in pool.stream(submissions(200, 4, start=-200)):
            pass
        me = os.getpid()
        for group, count in ((1, rollouts), (GROUP, 4 * rollouts)):
            work = submissions(count // group, group)
            busy = cpu_seconds([me])
            started = time.perf_counter()
            due = sum(1 for _ in pool.stream(work))
            seconds = time.perf_counter() - started
            flow = Flow(due / seconds, len(work) / seconds, (cpu_seconds([me]) - busy) / due * 1e6)
            yield from flow.figures("local", group, f"{len(family(me)) - 1} workers")
        yield from percentiles("local", lambda one: pool.score([one]), submissions(1000, 1, start=10**6))


def _ledger(entries: int) -> Iterator[Figure]:
    """Entries on the disk a second: what workers and trainers may wait for."""
    from referee.ledger.write import Ledger

    with (
        tempfile.TemporaryDirectory(prefix="referee-bench-") as folder,
        Ledger(Path(folder) / "bench.ledger") as ledger,
    ):
        scored = _judged(ledger, entries)
        started = time.perf_counter()
        waiting = [ledger.send(scored[at : at + 256]) for at in range(0, len(scored), 256)]
        for one in waiting:
            one.result()
        seconds = time.perf_counter() - started
    note = f"{len(scored):,} entries with their texts, synced"
    yield Figure(name="ledger: kept", value=len(scored) / seconds, unit="rollouts/s", note=note)


def _judged(keeper: Keeper, count: int) -> list[Scored]:
    from referee.pool.base import join
    from referee.pool.judge import Judge

    judge = Judge("bench")
    work = submissions(count // GROUP, GROUP)
    keeper.learn(work[0].pack)
    return [one for submission in work for one in join(submission, judge(submission))]
