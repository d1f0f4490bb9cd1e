"""Worker processes of one call: bytes go out, bytes come back, in order, and a dead worker costs nobody else anything.

A worker is a fresh interpreter (never a fork: the parent may hold torch, threads or a GPU) that reads length-prefixed
requests on its standard input and answers on its standard output. It ends when its input does, so it can not outlive
its parent. The service that runs for days, with leases and supervision, is `referee.pool`; this is the short form for
one batch or one file.
"""

from __future__ import annotations

import contextlib
import os
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


class WorkerLost(InfrastructureError):
    """The worker process died while it held this request."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"a worker process ended with {code} while scoring", "infra.worker_lost")


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

    def ask(self, request: bytes) -> bytes:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _write(process.stdin, request)
            answer = _read(process.stdout)
        except (BrokenPipeError, ConnectionError):
            answer = None
        if answer is None:
            raise WorkerLost(process.wait())
        return answer

    def close(self) -> None:
        process = self._process
        process.terminate()  # first, so that a thread that waits for an answer sees the end of it
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _write(pipe: IO[bytes], content: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(content)) + content)
    while view:
        view = view[pipe.write(view) :]


def _read(pipe: IO[bytes]) -> bytes | None:
    """One message, or None when the other side has gone."""
    head = _exactly(pipe, _LENGTH.size)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0])


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


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
