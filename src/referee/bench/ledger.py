"""How many scores a second a ledger keeps, each of them on the disk before it is acknowledged.

Entries are those of a group of 16 with 400 characters of text; producers hand them in a group at a time, as a pool
does. Beside it, the disk alone: one write and one sync for as many bytes, which nothing that is durable can pass.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from referee.bench.judge import Figure
from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, key_of
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

GROUP = 16
_PACK = {
    "name": "bench",
    "rules": [
        {"verifier": "math.number", "name": "answer"},
        {"verifier": "shape.length", "name": "brief", "params": {"maximum": 1000}},
    ],
}


def measure(entries: int, rounds: int, folder: str | None = None) -> Iterator[Figure]:
    """All figures, as they come. `folder`: on the disk to be measured; the system's temporary one when None."""
    groups = _groups(entries)
    with tempfile.TemporaryDirectory(prefix="referee-bench-", dir=folder) as place:
        yield _disk(Path(place))
        for producers, pipelined in ((1, False), (1, True), (16, False)):
            rates, commits, waits, cpu = [], [], [], []
            for _ in range(rounds):
                path = Path(place) / "bench.ledger"
                spent = time.process_time()
                rate, commit, wait = run(path, groups, producers, pipelined=pipelined)
                cpu.append((time.process_time() - spent) / entries)
                rates.append(rate)
                commits.append(commit)
                waits += wait
                _remove(path)
            how = "without waiting for each" if pipelined else "each waits until its group is safe"
            name = f"{producers} producer{'s' if producers > 1 else ''}, {how}"
            note = f"{entries:,} entries in groups of {GROUP}, {statistics.median(commits):,.0f} a commit"
            yield Figure(name=name, value=statistics.median(rates), unit="entries/s", note=note)
            yield Figure(
                name=f"{name}: CPU", value=statistics.median(cpu) * 1e6, unit="us/entry", note="of all threads"
            )
            if not pipelined:
                for share in (0.5, 0.99):
                    value = sorted(waits)[int(share * (len(waits) - 1))] * 1e3
                    yield Figure(
                        name=f"{name}, p{share * 100:.0f}", value=value, unit="ms", note="a group, until it is safe"
                    )
        yield from _reading(Path(place), groups)


def run(path: Path, groups: list[list[Scored]], producers: int, *, pipelined: bool) -> tuple[float, float, list[float]]:
    """Entries a second, entries a commit, and the seconds that each group waited."""
    waits: list[float] = []
    with Ledger(path) as ledger:
        ledger.learn(RulePack.load(_PACK))

        def produce(first: int) -> None:
            sent = []
            for group in groups[first::producers]:
                started = time.perf_counter()
                future = ledger.send(group)
                if pipelined:
                    sent.append(future)
                    if len(sent) >= 256:  # as a pool bounds what is under way
                        sent.pop(0).result()
                else:
                    future.result()
                    waits.append(time.perf_counter() - started)
            for future in sent:
                future.result()

        threads = [threading.Thread(target=produce, args=(first,)) for first in range(producers)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
        figures = ledger.figures()
    return figures.entries / seconds, figures.entries / max(figures.batches, 1), waits


def _reading(place: Path, groups: list[list[Scored]]) -> Iterator[Figure]:
    path = place / "read.ledger"
    run(path, groups, 1, pipelined=True)
    started = time.perf_counter()
    report = verify(path)
    seconds = time.perf_counter() - started
    yield Figure(name="verify", value=report.entries / seconds, unit="entries/s", note=f"{len(report.faults)} faults")
    size = path.stat().st_size / report.entries
    yield Figure(name="size", value=size, unit="bytes/entry", note="texts inside, index and chain included")


def _groups(entries: int) -> list[list[Scored]]:
    pack, judge = RulePack.load(_PACK), build().id
    found = []
    for number in range(max(entries // GROUP, 1)):
        texts = [
            f"{'The sum of the two is what was asked for. ' * 9}{i} \\boxed{{{number + i % 2}}}" for i in range(GROUP)
        ]
        task = Task(id=f"task-{number}", prompt=f"What is {number} + 0?", truth=str(number))
        rollouts = tuple(Rollout(text=text) for text in texts)
        work = Submission(
            run="bench", group=f"g{number}", task=task, rollouts=rollouts, pack=pack.spec, step=number // 64
        )
        scores = [pack.score_rollout(rollout, task) for rollout in rollouts]
        found.append(
            [
                Scored(
                    key=key_of(work, index, pack.digest, judge), run=work.run, group=work.group, index=index,
                    rollout=rollouts[index], task=task, score=scores[index], build=judge, step=work.step,
                )
                for index in range(GROUP)
            ]
        )  # fmt: skip
    return found


def _disk(place: Path) -> Figure:
    size = 256 * len(msgspec.json.encode(_groups(GROUP)[0][0]))
    path, seconds = place / "disk", []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    for _ in range(50):
        started = time.perf_counter()
        os.write(handle, b"x" * size)
        os.fdatasync(handle)
        seconds.append(time.perf_counter() - started)
    os.close(handle)
    path.unlink()
    return Figure(
        name="the disk alone", value=statistics.median(seconds) * 1e3, unit="ms", note=f"write and sync {size >> 10} kB"
    )


def _remove(path: Path) -> None:
    for file in path.parent.glob(path.name + "*"):
        file.unlink()
