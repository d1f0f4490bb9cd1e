"""A pool of this machine beside what `referee plan` says of it: rollouts whose verdicts take a known time.

A drawn step of a plan is played in real time: each rollout is submitted when it ends, and its verifier sleeps for as
long as judging it takes. Sleeping needs no core, so the number of workers may be larger than that of cores, and what
is measured is the pool: its queue, its processes, its way back.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from referee.bench.judge import Figure
from referee.core.errors import InfrastructureError
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission
from referee.packs.spec import PackSpec
from referee.plan.queue import ends
from referee.plan.setting import Sampler, Setting, Tokens, Work, Workers
from referee.plan.simulate import Steps, course, percentile
from referee.pool.pool import Pool

ROLLOUTS = 512
_ROUNDS = 16  # of the workers, to see what carrying a rollout costs
_START_S = 120.0
_VERIFIER = '''"""Sleeps for as many seconds as the rollout says.

## What it checks
Nothing: it takes time.
## Truth
None.
## Parameters
None.
## When it cannot judge
Never.
## Known gaps
It is for measurements only.
## Sources
None.
"""
import time

from referee.core.types import passed
from referee.core.verifier import Parameters, verifier


class Params(Parameters, frozen=True, kw_only=True):
    """None."""


CASES = ()


@verifier
def sleep(rollout, task, params):
    """Passes, after a while."""
    time.sleep(float(rollout.text))
    return passed("bench.slept")
'''


class Played(NamedTuple):
    """What came of a step on a real pool. idle_s: from the last submission to the last score; scored: all scores."""

    idle_s: float
    scored: list[Scored]


def measure(service_s: float, workers: int) -> Iterator[Figure]:
    """Planned and measured, as rollouts end and all at once. service_s: mean; one in twenty takes five times as long.

    What carrying a rollout costs here is measured first, and the plan is told.
    """
    with _sleeper() as spec, Pool("local", workers=workers) as pool:
        overhead_s = _overhead(pool, spec, service_s, workers)
        yield Figure(name="carrying a rollout", value=overhead_s * 1e3, unit="ms", note="of a worker")
        one = Steps(_setting(service_s, workers, overhead_s)).steps[0]
        asleep = [seconds - overhead_s for seconds in one.services]
        for name, arrivals in (("as they end", one.ends), ("at the end of the batch", [0.0] * len(one.ends))):
            planned = course(one._replace(ends=list(arrivals)), workers)
            found = play(pool, spec, arrivals, asleep, name)
            done = max(ends(arrivals, one.services, workers))
            waits = sorted(scored.waited for scored in found.scored)
            busy = sum(scored.seconds + overhead_s for scored in found.scored) / workers
            yield from _pair(f"{name}: wait of GPUs", planned.idle_s, found.idle_s, "s")
            yield from _pair(f"{name}: p99 in line", percentile(planned.waits, 0.99), percentile(waits, 0.99), "s")
            measured = busy / (found.idle_s + arrivals[-1])
            yield from _pair(f"{name}: workers busy", planned.busy_s / workers / done, measured, "of the time")


def _overhead(pool: Pool, spec: PackSpec, service_s: float, workers: int) -> float:
    """Seconds of a worker for a rollout beyond its verification: what a batch takes longer than its times say."""
    until = time.monotonic() + _START_S
    while (known := pool.statistics().workers) is None or known.workers["idle"] < workers:
        if time.monotonic() > until:
            raise InfrastructureError(f"not all of {workers:,} workers started within {_START_S:g} s; try fewer")
        time.sleep(0.01)
    count = _ROUNDS * workers
    services = [service_s * (0.5 + place * 0.618034 % 1) for place in range(count)]  # in no order, none like another
    play(pool, spec, [0.0] * workers, services[:workers], "warm")  # what a rollout takes is known from now on
    longer = play(pool, spec, [0.0] * count, services, "spread").idle_s - max(ends([0.0] * count, services, workers))
    return max(0.0, longer / _ROUNDS)


def _setting(service_s: float, workers: int, overhead_s: float) -> Setting:
    """Rollouts that end over a while in which the workers cannot quite follow, so that they are waited for."""
    tokens = Tokens(mean=1_000.0, spread=0.6, most=3_000)
    work = Work(seconds=service_s, spread=0.5, timeouts=0.05, limit_s=5 * service_s)
    mean = service_s * (0.95 + 0.05 * 5)
    span = 0.5 * ROLLOUTS * mean / workers  # the longest rollout ends after one and a half of it
    return Setting(
        sampler=Sampler(gpus=1, tokens_s=ROLLOUTS * 2_000 / span, prompts=ROLLOUTS // 8, group=8),
        tokens=tokens,
        work=(work,),
        pool=Workers(overhead_s=overhead_s),
        repeats=1,
    )


def play(pool: Pool, spec: PackSpec, arrivals: list[float], services: list[float], name: str) -> Played:
    """A step in real time: each rollout is submitted at its time."""
    started = time.perf_counter()
    found: list[Scored] = []
    sent, last = 0, 0.0
    while len(found) < len(arrivals):
        now = time.perf_counter() - started
        while sent < len(arrivals) and arrivals[sent] <= now:
            rollout = Rollout(text=repr(services[sent]))
            pool.submit(Submission(run="bench", group=f"{name} {sent}", task=Task(), rollouts=(rollout,), pack=spec))
            sent += 1
        ahead = arrivals[sent] - now if sent < len(arrivals) else 1.0
        if sent == len(found):
            time.sleep(max(0.0, ahead))
        elif came := pool.drain(1024, max(0.0, ahead)):
            found += came
            last = time.perf_counter() - started
    return Played(last - arrivals[-1], found)


def _pair(name: str, planned: float, measured: float, unit: str) -> Iterator[Figure]:
    """A planned and a measured figure, and by how much they differ."""
    yield Figure(name=name, value=planned, unit=unit, note="planned")
    apart = f", {measured / planned - 1:+.1%}" if planned else ""
    yield Figure(name=name, value=measured, unit=unit, note=f"measured{apart}")


@contextlib.contextmanager
def _sleeper() -> Iterator[PackSpec]:
    """A pack of the verifier above, installed as a plugin for as long as it is measured."""
    with tempfile.TemporaryDirectory(prefix="referee-bench-") as folder:
        site = Path(folder)
        family = site / "referee_bench_sleeper" / "wait"
        family.mkdir(parents=True)
        (family.parent / "__init__.py").touch()
        (family / "__init__.py").touch()
        (family / "sleep.py").write_text(_VERIFIER, encoding="utf-8")
        info = site / "referee_bench_sleeper-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: referee-bench-sleeper\nVersion: 1\n", "utf-8")
        (info / "entry_points.txt").write_text("[referee.verifiers]\nsleeper = referee_bench_sleeper\n", "utf-8")
        sys.path.insert(0, folder)
        try:
            yield RulePack.load({"name": "sleep", "rules": [{"name": "sleep", "verifier": "sleeper/wait.sleep"}]}).spec
        finally:
            sys.path.remove(folder)
