"""`referee bench code`: verifications of programs a second, beside what else is on the machine.

The problems are a HumanEval file's (JSON lines, `.gz` too), each with its canonical solution; without a file, forty
small ones of our own. The peers run the same solutions and the same tests as scripts, one process for each, and
without a jail where they have none: measure with solutions that you trust.
"""

from __future__ import annotations

import gzip
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
from typing import NamedTuple

import msgspec

from referee.bench.code_peers import PEERS
from referee.bench.judge import Figure
from referee.core.errors import InfrastructureError, InputError
from referee.core.jobs import Call, CallJob, Limits, RunJob, Tier
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.sandbox import tiers
from referee.sandbox.pool import Sandbox
from referee.verifiers import find


class Problem(NamedTuple):
    """One problem with a program that solves it."""

    program: str
    truth: dict[str, str]

    @property
    def script(self) -> str:
        """The program and its test, as a script that fails with an exception."""
        return f"{self.program}\n{self.truth['test']}\ncheck({self.truth['entry_point']})\n"


def problems(path: str | None) -> list[Problem]:
    """The problems of a HumanEval file, or our own."""
    if path is None:
        return [_own(number) for number in range(40)]
    try:
        opened = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")  # noqa: PTH123, SIM115
        with opened as file:
            rows = [msgspec.json.decode(line) for line in file if line.strip()]
        return [
            Problem(
                row["prompt"] + row["canonical_solution"],
                {"entry_point": row["entry_point"], "prompt": row["prompt"], "test": row["test"]},
            )
            for row in rows
        ]
    except (OSError, KeyError, TypeError, msgspec.DecodeError) as error:
        raise InputError(f"{path}: not a HumanEval file: {error}") from error


def _own(number: int) -> Problem:
    name = f"spread_{number}"
    program = (
        f"from typing import List\n\ndef {name}(values: List[int]):\n    return max(values) - min(values) + {number}\n"
    )
    cases = [[number, 1, 2], [5, 5], [-3, 9, number], list(range(50))]
    asserts = "".join(f"    assert candidate({case}) == {max(case) - min(case) + number}\n" for case in cases)
    truth = {"entry_point": name, "prompt": "", "test": f"def check(candidate):\n{asserts}"}
    return Problem(program, truth)


def measure(path: str | None, rounds: int, *, peers: bool) -> Iterator[Figure]:
    """All figures, as they come: ours, the others', and each aim with what came of it."""
    found = problems(path)
    inside = _in_one_process(found, rounds)
    note = f"{len(found)} problems, best of {rounds} rounds; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    yield Figure(name="in one process, no isolation between programs", value=inside, unit="/s", note=note)
    ours: dict[tuple[str, int], Speed] = {}
    for tier in (*reversed(tiers.STRENGTH), "bubblewrap"):
        if not tiers.probe(tiers.named(tier)).usable:
            continue
        for workers in (1, 2) if tier in {"namespaces", "kernel"} else (1,):
            speed = ours[tier, workers] = _ours(found, tier, workers, rounds)
            name = f"referee, tier {tier}, {_workers(workers)}"
            yield Figure(name=name, value=speed.rate, unit="/s", note=speed.words)
    tier = next(one for one in ("namespaces", "kernel", "none") if (one, 1) in ours)
    best = {workers: speed for (name, workers), speed in ours.items() if name == tier}
    aims = [("of one process's speed, one worker", 100 * best[1].rate / inside, 70.0, "%")]
    aims.append(("median, one worker", best[1].median_ms, -1.5, "ms"))
    cores = max(best.values(), key=lambda one: one.rate / one.cpu_ms).cpu_ms * 2
    aims.append(("cores for 2,000/s", cores, -8.0, "cores"))
    for figure, aim in _steps():
        yield figure
        if aim:
            aims.append((figure.name, figure.value, aim, figure.unit))
    for peer in PEERS if peers else ():
        for workers in (1, 2):
            rate = peer.rate([problem.script for problem in found], workers, max(1, rounds // 2))
            if rate is None:
                yield Figure(name=peer.name, value=0.0, unit="not installed", note=peer.missing)
                break
            ratio = best.get(workers, best[1]).rate / rate if rate else 0.0
            note = f"referee is {ratio:.1f} times as fast" if rate else "it failed"
            yield Figure(name=f"{peer.name}, {_workers(workers)}", value=rate, unit="/s", note=note)
            if workers == 1 and peer.aim:
                aims.append((f"times {peer.name}", ratio, peer.aim, "x"))
    for name, value, aim, unit in aims:
        met = value <= -aim if aim < 0 else value >= aim
        words = f"{'at most' if aim < 0 else 'at least'} {abs(aim):g}: {'met' if met else 'not met here'}"
        yield Figure(name=f"aim: {name}", value=value, unit=unit, note=f"tier {tier}; {words}")


def _workers(number: int) -> str:
    return f"{number} worker{'s' * (number > 1)}"


class Speed(NamedTuple):
    """Verifications a second; milliseconds: median, 99th percentile, CPU of judge and jails together for each.

    The CPU of jails in another program's is not known: 0.
    """

    rate: float
    median_ms: float
    p99_ms: float
    cpu_ms: float

    @property
    def words(self) -> str:
        """The rest, in words."""
        times = f"median {self.median_ms:.2f} ms, p99 {self.p99_ms:.1f} ms"
        if not self.cpu_ms:
            return times
        return f"{times}; {self.cpu_ms:.2f} ms of CPU each, judge and jails: {1e3 / self.cpu_ms:.0f}/s a core"


def _ours(found: list[Problem], tier: str, workers: int, rounds: int) -> Speed:
    """`code.python`, end to end."""
    verifier = find("code.python")
    params = verifier.params({})
    times: list[float] = []

    def one(problem: Problem) -> None:
        started = time.perf_counter()
        verdict = judge(verifier, Rollout(text=problem.program), Task(truth=problem.truth), params, sandbox.run)
        times.append(time.perf_counter() - started)
        if verdict.status == "unjudged":
            raise InfrastructureError(f"a program could not be judged: {verdict.reason} {verdict.evidence}")

    def walk() -> None:
        if workers == 1:
            for problem in found:
                one(problem)
            return
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(one, found))

    before = _cpu()
    with Sandbox(tier, require="none", slots=workers, cache=0) as sandbox:
        walk()
        times.clear()
        seconds = _best(walk, rounds)
    each = (_cpu() - before) / (len(found) * (rounds + 1))  # of jails too: they have been waited for
    times.sort()
    median, p99 = (times[int(len(times) * share)] * 1e3 for share in (0.5, 0.99))
    return Speed(len(found) / seconds, median, p99, 0.0 if tier in tiers.WRAPPED else each * 1e3)


def _cpu() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


_DRIVER = """
import time
def drive(sources):
    started = time.perf_counter()
    for source in sources:
        exec(compile(source, "x", "exec"), {"__name__": "x"})
    return time.perf_counter() - started
"""


def _in_one_process(found: list[Problem], rounds: int) -> float:
    """The speed of `exec` in one process, measured inside one jail: what isolation is compared with."""
    limits = Limits(cpu_s=120, wall_s=240, memory_mb=1024)
    call = Call(args=([problem.script for problem in found],))
    with Sandbox(slots=1, cache=0) as sandbox:
        times = []
        for _ in range(rounds):
            (outcome,) = sandbox.run((CallJob(program=_DRIVER, entry="drive", calls=(call,), limits=limits),))
            value = outcome.results[0].value
            if not isinstance(value, float) or value <= 0:
                raise InfrastructureError(f"the solutions do not run: {outcome.status} {outcome.results[0]}")
            times.append(value)
    return len(found) / min(times)


def _steps() -> Iterator[tuple[Figure, float]]:
    """What isolation costs over a fork, and 15 cases of a program that reads and prints; each with its aim, or 0."""
    empty = CallJob(program="def f(x): return x", entry="f", calls=(Call(args=(1,)),))
    cases = RunJob(
        program="n = int(input())\nprint(sum(map(int, input().split())) % n)",
        stdins=tuple(b"7\n%d 2 3\n" % number for number in range(15)),
    )
    usable = [tier for tier in tiers.STRENGTH if tiers.probe(tiers.named(tier)).usable]
    with ExitStack() as stack:
        boxes = {tier: stack.enter_context(Sandbox(tier, require="none", slots=1, cache=0)) for tier in usable}
        once = _in_turn(boxes, empty, 40, 10)
        many = _in_turn(boxes, cases, 4, 8)
    for tier in usable:
        tax = 100 * (once[tier] / once["none"] - 1)
        words = "a bare fork" if tier == "none" else f"{tax:+.0f} % over a fork without walls"
        yield Figure(name=f"an empty run, tier {tier}", value=once[tier] * 1e3, unit="ms", note=words), 0.0
        if tier != "none":
            yield Figure(name=f"isolation, tier {tier}", value=tax, unit="%", note="over a bare fork"), -15.0
    for tier in usable[1:]:
        name = f"15 cases of standard input, tier {tier}"
        yield Figure(name=name, value=many[tier] * 1e3, unit="ms", note="a fresh process each"), -10.0


def _in_turn(boxes: dict[Tier, Sandbox], job: CallJob | RunJob, times: int, rounds: int) -> dict[Tier, float]:
    """Seconds of a job in each tier: the least of several medians, taken in turn, since the machine may be shared."""
    medians: dict[Tier, list[float]] = {tier: [] for tier in boxes}
    for _ in range(rounds):
        for tier, sandbox in boxes.items():
            medians[tier].append(_median(lambda sandbox=sandbox: sandbox.run((job,)), times))  # type: ignore[misc]
    return {tier: min(found) for tier, found in medians.items()}


def _best(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _median(work: Callable[[], object], times: int) -> float:
    for _ in range(5):
        work()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
