"""How fast the judge is on this machine: per rule, per pack, on one core and all, and through `referee score`.

Every figure is the median of several rounds over the same seeded completions. Peers are measured beside it, in the same
process, when they are installed. The machine may be shared with other work, so compare figures of one run only.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from referee.bench.texts import BOX, LINE, rows
from referee.core.errors import RefereeError
from referee.core.types import Record, Rollout, Task
from referee.engine.batch import score_batch
from referee.engine.drive import judge
from referee.engine.score import RulePack
from referee.engine.workers import cores
from referee.verifiers import find

Items = list[tuple[Rollout, Task]]

PACKS: tuple[str | dict[str, Any], ...] = (
    "r1-zero-math",
    "gsm8k",
    {
        "name": "format + number",
        "rules": [
            {"verifier": "format.think_answer", "name": "format", "weight": 0.1},
            {"verifier": "math.number", "name": "answer", "params": {"channel": "boxed", "take": "only"}},
        ],
    },
)


class Figure(Record, frozen=True, kw_only=True):
    """One measurement. `value` is in `unit`; `note` says what it was taken over."""

    name: str
    value: float
    unit: str
    note: str = ""


def measure(rollouts: int, rounds: int) -> Iterator[Figure]:
    """All figures, as they come."""
    items = _items(rollouts, BOX)
    size = statistics.mean(len(rollout.text) for rollout, _ in items)
    yield Figure(name="completion", value=size, unit="characters", note=f"mean of {rollouts:,}")
    for source in PACKS:
        try:
            pack = RulePack.load(source)
        except RefereeError as error:
            yield Figure(name=f"{source}", value=0.0, unit="not measured", note=str(error)[:100])
            continue
        chosen = _items(rollouts, _ending(pack.name))
        yield from _rules(pack, chosen, rounds)
        yield from _in_process(pack, chosen, rounds)
    yield from _peers(items, rounds)
    yield from _files("r1-zero-math", rollouts, rounds)
    yield from _files("gsm8k", rollouts, rounds)


def _ending(pack: str) -> str:
    return LINE if pack == "gsm8k" else BOX


def _items(rollouts: int, ending: str) -> Items:
    return [
        (Rollout(text=row["completion"]), Task(truth=row["truth"], prompt=row["prompt"]))
        for row in rows(rollouts, ending)
    ]


def _rules(pack: RulePack, items: Items, rounds: int) -> Iterator[Figure]:
    for rule in pack.spec.rules:
        for check in rule.parts or (rule,):
            verifier = find(check.verifier)
            params = verifier.params(check.params)

            def walk(verifier: Any = verifier, params: Any = params) -> None:
                for rollout, task in items:
                    judge(verifier, rollout, task, params)

            seconds = _median(walk, rounds)
            name = f"{pack.name}: {rule.name} ({check.verifier})"
            yield Figure(name=name, value=seconds / len(items) * 1e6, unit="us/rollout", note="one core")


def _in_process(pack: RulePack, items: Items, rounds: int) -> Iterator[Figure]:
    def walk() -> None:
        for rollout, task in items:
            pack.score_rollout(rollout, task)

    seconds = _median(walk, rounds)
    yield Figure(name=f"{pack.name}: score", value=seconds / len(items) * 1e6, unit="us/rollout", note="one core")
    yield Figure(name=f"{pack.name}: score", value=len(items) / seconds, unit="rollouts/s", note="one core")
    texts = [rollout for rollout, _ in items]
    truths, prompts = [task.truth for _, task in items], [task.prompt for _, task in items]
    score_batch(pack, texts, truths, prompts)  # the workers start once
    seconds = _median(lambda: score_batch(pack, texts, truths, prompts), rounds)
    note = f"score_batch, {cores()} cores"
    yield Figure(name=f"{pack.name}: score", value=len(items) / seconds, unit="rollouts/s", note=note)


def _files(pack: str, rollouts: int, rounds: int) -> Iterator[Figure]:
    """`referee score` as a command, on a file long enough to start workers for, and on one four times as long."""
    with tempfile.TemporaryDirectory(prefix="referee-bench-") as folder:
        peaks = []
        for times in (4, 16):
            path = Path(folder) / f"rollouts-{times}.jsonl"
            with path.open("wb") as file:
                file.writelines(msgspec.json.encode(row) + b"\n" for row in rows(rollouts * times, _ending(pack)))
            runs = [_command(pack, path) for _ in range(rounds if times == 4 else 1)]
            results = [run for run in runs if run is not None]
            if not results:
                return
            rate = statistics.median(result[0] for result in results)
            peaks.append(statistics.median(result[1] for result in results))
            note = f"{rollouts * times:,} rows, {cores()} cores, start-up of the workers included"
            yield Figure(name=f"referee score --pack {pack}", value=rate, unit="rollouts/s", note=note)
            note = f"{rollouts * times:,} rows, the largest process"
            yield Figure(name=f"referee score --pack {pack}", value=peaks[-1], unit="MB peak", note=note)
        yield Figure(name="memory, 4x rows / 1x rows", value=peaks[1] / peaks[0], unit="ratio", note="1 is flat")


# Between the benchmark and the command, so that the command's peak does not start from the benchmark's own memory.
_LAUNCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
printed = process.stdout.read()
_, code, usage = os.wait4(process.pid, 0)
sys.stdout.buffer.write(b"%d %d " % (code, usage.ru_maxrss) + printed)
"""


def _command(pack: str, path: Path) -> tuple[float, float] | None:
    """Rollouts per second and the peak resident memory, in MB, of one run; None when it failed."""
    argv = [sys.executable, "-m", "referee", "score", str(path), "--pack", pack, "--json", "--workers", str(cores())]
    done = subprocess.run([sys.executable, "-c", _LAUNCH, *argv], stdout=subprocess.PIPE, check=True)
    code, peak, printed = done.stdout.split(b" ", 2)
    if int(code):
        return None
    return float(msgspec.json.decode(printed)["rollouts_per_second"]), int(peak) / 1024


def _peers(items: Items, rounds: int) -> Iterator[Figure]:
    try:
        peer = import_module("math_verify")
    except ImportError:
        yield Figure(name="math-verify", value=0.0, unit="not installed", note="pip install math-verify to compare")
        return
    few = items[:200]

    def walk() -> None:
        for rollout, task in few:
            peer.verify(peer.parse(f"${task.truth}$"), peer.parse(rollout.text))

    seconds = _median(walk, rounds)
    note = f"one core, {len(few)} rollouts, version {version('math-verify')}"
    yield Figure(name="math-verify: parse and verify", value=seconds / len(few) * 1e6, unit="us/rollout", note=note)


def _median(work: Callable[[], object], rounds: int) -> float:
    """Seconds of one round: the median, after one round that is not counted."""
    work()
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
