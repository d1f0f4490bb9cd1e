"""What the service costs beside the library: the same rollouts through `referee serve` and through `score_group`.

Processor time of the service with its worker, in batches of one group a request over one kept connection; the
client's, which is the trainer's, is told apart. The machine may be shared, so compare figures of one run only.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from referee.bench.judge import Figure
from referee.bench.processes import cpu_seconds
from referee.bench.texts import rows
from referee.core.errors import InfrastructureError
from referee.data.plain import dumps
from referee.engine.score import RulePack, as_pack

BATCH = 64
_START_S = 60.0
_EXACT = {"name": "trivial", "rules": [{"verifier": "text.exact"}]}


class Service:
    """`referee serve` as a user starts it, with one worker, until closed."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="referee-bench-")
        log = Path(self._folder.name) / "log"
        argv = [sys.executable, "-m", "referee", "serve", "--port", "0", "--workers", "1"]
        with log.open("wb") as written:
            self.process = subprocess.Popen(argv, stdout=written, stderr=written)
        until = time.monotonic() + _START_S
        while not (found := re.search(r":(\d+) ", log.read_text())):
            if self.process.poll() is not None or time.monotonic() > until:
                raise InfrastructureError(f"the service did not start: {log.read_text()}")
            time.sleep(0.05)
        self._connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=_START_S)

    def post(self, body: bytes) -> bytes:
        """The answer to a request for scores."""
        self._connection.request("POST", "/v1/score", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise InfrastructureError(f"the service answered {answer.status}: {content[:200]!r}")
        return content

    def close(self) -> None:
        """End it."""
        self._connection.close()
        self.process.terminate()
        self.process.wait()
        self._folder.cleanup()


def measure(rollouts: int, rounds: int) -> Iterator[Figure]:
    """All figures, as they come."""
    service = Service()
    try:
        for name, pack in (("text.exact", _EXACT), ("r1-zero-math", "r1-zero-math")):
            yield from _beside(service, name, pack, rollouts, rounds)
        yield _alone(service, rollouts // BATCH)
    finally:
        service.close()


def _beside(service: Service, name: str, pack: Any, rollouts: int, rounds: int) -> Iterator[Figure]:
    compiled = RulePack.load(pack) if isinstance(pack, dict) else as_pack(pack)
    asked: Any = {"text": dumps(pack).decode(), "format": "json"} if isinstance(pack, dict) else pack
    batches = [list(_batch(start)) for start in range(max(1, rollouts // BATCH))]
    bodies = [dumps({"pack": asked, "completions": texts, "truth": "7"}) for texts in batches]
    count = len(batches) * BATCH

    def library() -> None:
        for texts in batches:
            compiled.score_group(texts, truth="7")

    def served() -> None:
        for body in bodies:
            service.post(body)

    for work in (library, served):  # everything is loaded
        work()
    alone = median(_cpu([os.getpid()], library) for _ in range(rounds)) / count
    own, through, walls = [], [], []
    for _ in range(rounds):
        before, wall = time.process_time(), time.perf_counter()
        through.append(_cpu([service.process.pid], served) / count)
        own.append((time.process_time() - before) / count)
        walls.append((time.perf_counter() - wall) / count)
    note = f"batches of {BATCH}, {count:,} rollouts, {rounds} rounds"
    yield Figure(name=f"{name}: library", value=alone * 1e6, unit="us CPU/rollout", note=note)
    yield Figure(name=f"{name}: service", value=median(through) * 1e6, unit="us CPU/rollout", note="service and worker")
    yield Figure(name=f"{name}: overhead", value=(median(through) - alone) * 1e6, unit="us CPU/rollout", note=note)
    yield Figure(name=f"{name}: client", value=median(own) * 1e6, unit="us CPU/rollout", note="of this process")
    yield Figure(name=f"{name}: one connection", value=1 / median(walls), unit="rollouts/s", note="wall time")


def _alone(service: Service, requests: int) -> Figure:
    """One rollout a request, as some trainers ask."""
    body = dumps({"pack": "r1-zero-math", "completion": next(_batch(0)), "truth": "7"})
    spent = _cpu([service.process.pid], lambda: [service.post(body) for _ in range(max(1, requests))])
    return Figure(
        name="r1-zero-math: one rollout a request", value=spent / max(1, requests) * 1e6, unit="us CPU/rollout"
    )


def _batch(seed: int) -> Iterator[str]:
    for row in rows(BATCH, seed=seed):
        yield row["completion"]


def _cpu(roots: list[int], work: Callable[[], object]) -> float:
    """Processor seconds that processes and their descendants spend while something is done."""
    before = cpu_seconds(roots)
    work()
    return cpu_seconds(roots) - before
