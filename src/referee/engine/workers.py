"""Worker processes of one call: bytes go out, bytes come back, in order, and a dead worker costs nobody else anything.

The supervision is the crew's (`engine.crew`), which `referee.pool` uses as well: a worker that is killed or stopped
from outside, or does not answer within `allowance` seconds, is replaced. That decides no verdict: who asked may ask
again.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Self

from referee.core.errors import InfrastructureError
from referee.engine.crew import Crew, Lost, Unit
from referee.engine.process import Settings

_AHEAD = 3  # requests in flight per worker: enough to keep it busy, few enough to keep memory flat
_PATIENCE_S = 120.0  # longer than a worker takes to start and to load what it needs
_BYTES_A_SECOND = 1 << 10  # a rollout of 2 kB, which takes under a millisecond, is given two seconds
_NO_LIMIT = Settings(memory_mb=1 << 30)  # the rows of a file may be long
_LOOK_S = 0.25  # between two looks at whether workers start at all


class WorkerLost(InfrastructureError):
    """The worker process was lost while it held this request."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"a worker process was lost while scoring: {detail}", "infra.worker_lost")


def allowance(size: int) -> float:
    """Seconds without a sign of life after which a worker that holds a request of `size` bytes counts as lost."""
    return _PATIENCE_S + size / _BYTES_A_SECOND


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """`count` processes, each of which applies `function` ("package.module:name", bytes to bytes)."""

    def __init__(self, count: int, function: str) -> None:
        self._window = count * _AHEAD
        self._waiting: deque[Unit] = deque()
        self._closed = False
        self.crew = Crew(count, function, self, _NO_LIMIT)

    def map(self, requests: Iterable[bytes], on_lost: Callable[[bytes, WorkerLost], bytes]) -> Iterator[bytes]:
        """The answers in the order of the requests; reads only as far ahead as keeps the workers busy.

        When a worker dies, `on_lost` gets the request and says what to answer; it may call `ask` with smaller ones.
        """
        waiting: deque[tuple[bytes, Future[bytes]]] = deque()
        for request in requests:
            waiting.append((request, self._put(request)))
            if len(waiting) >= self._window:
                yield self._answer(*waiting.popleft(), on_lost)
        while waiting:
            yield self._answer(*waiting.popleft(), on_lost)

    def ask(self, request: bytes) -> bytes:
        """One answer from any worker. Raises `WorkerLost`."""
        return self._wait(self._put(request))

    def insist(self, request: bytes, tries: int = 3) -> bytes:
        """`ask` again when a worker dies: what kills its worker does so each time, a worker killed from outside not."""
        for _ in range(tries - 1):
            with contextlib.suppress(WorkerLost):
                return self.ask(request)
        return self.ask(request)

    def close(self) -> None:
        """End the processes. Safe to call twice."""
        self._closed = True
        self.crew.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def feed(self, idle: int) -> Iterator[Unit]:
        """For the crew."""
        for _ in range(min(idle, len(self._waiting))):
            yield self._waiting.popleft()

    def done(self, unit: Unit, answer: bytes) -> None:
        """For the crew."""
        unit.owner.set_result(answer)

    def lost(self, unit: Unit, lost: Lost) -> None:
        """For the crew."""
        unit.owner.set_exception(WorkerLost(lost.detail))

    def turn(self) -> None:
        """For the crew: nothing is told in batches."""

    def _put(self, request: bytes) -> Future[bytes]:
        answer: Future[bytes] = Future()
        self._waiting.append(Unit(request, answer, wall_s=allowance(len(request))))
        self.crew.wake()
        return answer

    def _wait(self, answer: Future[bytes]) -> bytes:
        while True:
            with contextlib.suppress(TimeoutError):
                return answer.result(_LOOK_S)
            fault = "it was closed" if self._closed else self.crew.fault
            if fault and not answer.done():
                raise WorkerLost(fault)

    def _answer(self, request: bytes, answer: Future[bytes], on_lost: Callable[[bytes, WorkerLost], bytes]) -> bytes:
        try:
            return self._wait(answer)
        except WorkerLost as lost:
            return on_lost(request, lost)
