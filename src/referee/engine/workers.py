"""Worker processes of one call: bytes go out, bytes come back, in order, and a dead worker costs nobody else anything.

A worker is a fresh interpreter (never a fork: the parent may hold torch, threads or a GPU) that reads length-prefixed
requests on its standard input and answers on its standard output. It ends when its input does, so it can not outlive
its parent. The service that runs for days, with leases and supervision, is `referee.pool`; this is the short form for
one batch or one file.

A worker that does not answer, because something stopped it, is ended after `allowance` seconds on the wall clock. That
decides no verdict: it is lost like one that died, and who asked may ask again.
"""

from __future__ import annotations

import contextlib
import os
import select
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from queue import SimpleQueue
from typing import IO, Self

from referee.core.errors import InfrastructureError

_LENGTH = struct.Struct("<Q")
_AHEAD = 3  # requests in flight per worker: enough to hide the pipe, few enough to keep memory flat
_PATIENCE_S = 120.0  # longer than a worker takes to start and to load what it needs
_BYTES_A_SECOND = 1 << 10  # a rollout of 2 kB, which takes under a millisecond, is given two seconds


class WorkerLost(InfrastructureError):
    """The worker process died while it held this request, or did not answer."""

    def __init__(self, code: int | None, waited_s: float = 0.0) -> None:
        end = f"did not answer within {waited_s:.0f} seconds" if waited_s else f"ended with {code}"
        super().__init__(f"a worker process {end} while scoring", "infra.worker_lost")


def allowance(size: int) -> float:
    """Seconds without a sign of life after which a worker that holds a request of `size` bytes counts as lost."""
    return _PATIENCE_S + size / _BYTES_A_SECOND


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """`count` processes, each of which applies `function` ("package.module:name", bytes to bytes)."""

    def __init__(self, count: int, function: str) -> None:
        self.function = function
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._all = [_Worker(function) for _ in range(count)]
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="referee-worker")
        self._window = count * _AHEAD
        self._closed = False

    def map(self, requests: Iterable[bytes], on_lost: Callable[[bytes, WorkerLost], bytes]) -> Iterator[bytes]:
        """The answers in the order of the requests; reads only as far ahead as keeps the workers busy.

        When a worker dies, `on_lost` gets the request and says what to answer; it may call `ask` with smaller ones.
        """
        waiting: deque[Future[bytes]] = deque()
        for request in requests:
            waiting.append(self._threads.submit(self._guarded, request, on_lost))
            if len(waiting) >= self._window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def ask(self, request: bytes) -> bytes:
        """One answer from any idle worker. Raises `WorkerLost`; the worker is replaced."""
        worker = self._idle.get()
        try:
            return worker.ask(request)
        except WorkerLost:
            if self._closed:  # it was ended, it did not die; no request is worth a new one
                raise
            self._all.remove(worker)
            worker.close()
            worker = _Worker(self.function)
            self._all.append(worker)
            raise
        finally:
            self._idle.put(worker)

    def insist(self, request: bytes, tries: int = 3) -> bytes:
        """`ask` again when a worker dies: what kills its worker does so each time, a worker killed from outside not."""
        for _ in range(tries - 1):
            with contextlib.suppress(WorkerLost):
                return self.ask(request)
        return self.ask(request)

    def close(self) -> None:
        """End the processes. Safe to call twice."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _guarded(self, request: bytes, on_lost: Callable[[bytes, WorkerLost], bytes]) -> bytes:
        try:
            return self.ask(request)
        except WorkerLost as lost:
            if self._closed:
                raise
            return on_lost(request, lost)


class _Worker:
    def __init__(self, function: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "referee.engine.workers", function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            bufsize=0,
            process_group=0,  # Ctrl-C is for the parent, which then ends its workers
        )

        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        os.set_blocking(self._requests.fileno(), False)

    def ask(self, request: bytes) -> bytes:
        seconds = allowance(len(request))
        try:
            _write(self._requests, request, seconds)
            answer = _read(self._answers, seconds)
        except (BrokenPipeError, ConnectionError):
            answer = None
        except TimeoutError:
            self._process.kill()
            raise WorkerLost(self._process.wait(), seconds) from None
        if answer is None:
            raise WorkerLost(self._process.wait())
        return answer

    def close(self) -> None:
        process = self._process
        process.kill()  # first, so that a thread that waits for an answer sees the end of it; one that is stopped too
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()
        process.wait()


def _write(pipe: IO[bytes], content: bytes, seconds: float | None = None) -> None:
    """Send one message. Raises TimeoutError when the other side takes nothing for so long; without, waits for ever."""
    for part in (_LENGTH.pack(len(content)), content):
        rest = memoryview(part)
        while rest:
            _wait(pipe, select.POLLOUT, seconds)
            rest = rest[pipe.write(rest) or 0 :]


def _read(pipe: IO[bytes], seconds: float | None = None) -> bytes | None:
    """One message, or None when the other side has gone. Raises TimeoutError as `_write` does."""
    head = _exactly(pipe, _LENGTH.size, seconds)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0], seconds)


def _exactly(pipe: IO[bytes], size: int, seconds: float | None) -> bytes | None:
    parts: list[bytes] = []
    while size:
        _wait(pipe, select.POLLIN, seconds)
        part = pipe.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _wait(pipe: IO[bytes], event: int, seconds: float | None) -> None:
    """Until the pipe is ready, or its other side has gone."""
    if seconds is not None:
        poll = select.poll()
        poll.register(pipe, event)
        if not poll.poll(seconds * 1000):
            raise TimeoutError


def main(function: str) -> None:
    """The life of a worker: answer until the input ends."""
    module, _, name = function.partition(":")
    answer = getattr(import_module(module), name)
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints by accident goes to the error stream, not into the protocol
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        while (request := _read(requests)) is not None:
            _write(answers, answer(request))


if __name__ == "__main__":
    main(sys.argv[1])
