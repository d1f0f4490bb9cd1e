"""Where a pool stops growing: measured with one and two workers here, simulated to 10,000.

Service times, the cost of a message for Redis and of a commit for the ledger are measured here first; the simulation
(`bench.queueing`) puts them together. What it says of one and two workers stands beside what was measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import msgspec

from referee.bench.judge import Figure
from referee.bench.pool import AT_ONCE, GROUP, Worker, through
from referee.bench.processes import Server, cpu_seconds
from referee.bench.queueing import Costs, Course, shards, simulate
from referee.bench.texts import BOX, rows
from referee.core.types import Record, Rollout, Task
from referee.data.plain import pack as pack_bytes
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.pool.redis import RedisQueue

LINK = 10e9 / 8  # bytes a second of a 10 Gbit/s network
MOST = 64  # shards that are worth a line
WORKERS = (1, 2, 10, 100, 1_000, 10_000)
SLOW_S = {"computer algebra": 0.020, "programs": 0.330}  # mean seconds of a rollout; shape of the measured samples


class Row(Record, frozen=True, kw_only=True):
    """A line of the table: a mix of rollouts, how many workers, and the course of it. redis, ledgers: shards."""

    mix: str
    workers: int
    redis: int
    ledgers: int
    course: Course


def work(count: int) -> list[Submission]:
    """Groups of answers to small problems, 2 kB each, for the pack `r1-zero-math`."""
    spec = RulePack.load("r1-zero-math").spec
    texts = [
        (Rollout(text=row["completion"]), Task(truth=row["truth"], prompt=row["prompt"])) for row in rows(count, BOX)
    ]
    return [
        Submission(run="bench", group=f"g{number}", task=task, rollouts=(rollout,) * GROUP, pack=spec)
        for number, (rollout, task) in enumerate(texts)
    ]


def measured(groups: int) -> tuple[list[Figure], Costs]:
    """Throughput at one and two workers, and what the simulation needs."""
    submissions = work(groups)
    samples = _service(submissions)
    figures = [
        Figure(name="service time", value=mean(samples) * 1e6, unit="us/rollout", note="r1-zero-math, in process")
    ]
    costs = None
    for count in (1, 2):
        with Server() as server, Worker(server, workers=count) as worker, RedisQueue(server.url, "bench") as queue:
            through(queue, submissions[:100])
            busy = cpu_seconds([server.process.pid])
            flow = through(queue, submissions, [server.process.pid, worker.pid])
            busy = cpu_seconds([server.process.pid]) - busy
        name = f"{count} worker{'s' * (count > 1)}"
        figures.append(Figure(name=name, value=flow.rollouts_s, unit="rollouts/s", note=f"Redis, groups of {GROUP}"))
        costs = _costs(samples, busy / len(submissions), submissions)
    assert costs is not None
    for label, seconds in (("Redis", costs.submit_s + costs.lease_s + costs.answer_s), ("ledger", costs.entry_s)):
        unit = "us CPU/message" if label == "Redis" else "us/entry"
        figures.append(Figure(name=label, value=seconds * 1e6, unit=unit))
    return figures, costs


def table(costs: Costs, messages: int) -> Iterator[Row]:
    """The simulation for each mix and number of workers, and again with as many shards as it takes."""
    for mix, scale in (("mathematics", 1.0), *((name, s / mean(costs.service_s)) for name, s in SLOW_S.items())):
        scaled = msgspec.structs.replace(costs, service_s=tuple(scale * one for one in costs.service_s))
        for workers in WORKERS:
            count, burst = max(messages, 8 * workers), min(64, workers)
            course = simulate(scaled, workers, messages=count, burst=burst)
            yield Row(mix=mix, workers=workers, redis=1, ledgers=1, course=course)
            if course.bound not in {"", "workers"}:
                redis, ledgers = shards(course.offered * _redis_s(scaled)), shards(course.offered * _ledger_s(scaled))
                if max(redis, ledgers) > MOST:
                    continue
                again = simulate(scaled, workers, messages=count, burst=burst, redis=redis, ledgers=ledgers)
                yield Row(mix=mix, workers=workers, redis=redis, ledgers=ledgers, course=again)


def _redis_s(costs: Costs) -> float:
    """Seconds that Redis, or its link, is busy for one rollout."""
    message = max(costs.submit_s + costs.lease_s + costs.answer_s, max(costs.bytes_in, costs.bytes_out) / costs.link)
    return message / costs.group


def _ledger_s(costs: Costs) -> float:
    return costs.commit_s / costs.batch + costs.entry_s


def _service(submissions: Sequence[Submission]) -> list[float]:
    """Seconds of each rollout, on this core."""
    pack = RulePack(submissions[0].pack)
    found: list[float] = []
    for submission in submissions[:AT_ONCE]:
        for rollout in submission.rollouts:
            started = time.thread_time()  # other work of this machine does not count
            pack.score_rollout(rollout, submission.task)
            found.append(time.thread_time() - started)
    return found


def _costs(samples: list[float], redis_s: float, submissions: Sequence[Submission]) -> Costs:
    size = mean(len(pack_bytes(one)) for one in submissions[:AT_ONCE])
    commit_s, entry_s = _commits(submissions)
    return Costs(
        service_s=tuple(samples),
        group=GROUP,
        submit_s=redis_s * 0.3,
        lease_s=redis_s * 0.3,
        answer_s=redis_s * 0.4,
        bytes_in=size + 600 * GROUP,  # the submission, and the verdicts that come back
        bytes_out=size + 600 * GROUP,
        link=LINK,
        commit_s=commit_s,
        entry_s=entry_s,
        batch=4096,  # what a commit takes at most when more wait
    )


def _commits(submissions: Sequence[Submission]) -> tuple[float, float]:
    """Seconds of a commit of one entry, by the wall clock, and of processor time of each further entry."""
    from referee.ledger.write import Ledger
    from referee.pool.base import join
    from referee.pool.judge import Judge

    judge = Judge("bench")
    scored = [one for submission in submissions[:AT_ONCE] for one in join(submission, judge(submission))]
    with (
        tempfile.TemporaryDirectory(prefix="referee-bench-") as folder,
        Ledger(Path(folder) / "scale.ledger") as ledger,
    ):
        ledger.learn(submissions[0].pack)
        started = time.perf_counter()
        for one in scored[:64]:
            ledger.keep([one])
        single = (time.perf_counter() - started) / 64
        started = time.process_time()
        rest = scored[64:]
        for at in range(0, len(rest), 256):
            ledger.keep(rest[at : at + 256])
        entry_s = (time.process_time() - started) / len(rest)
    return max(single - entry_s, 1e-6), entry_s
