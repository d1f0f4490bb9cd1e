"""Supervised worker processes: one thread owns the clock, kills what overruns, replaces what died, and never waits.

```
            feed                      bytes                                done, lost
  work  ----------->  supervisor  ------------->  worker process  ------------------------->  work
                       (a thread)  <-------------  (engine.child)
```

A worker holds one unit at a time, so that it is known whose fault its death is; a unit is large enough for the pipe to
cost little. What a unit is, and what becomes of one that was lost, is the business of whoever owns the crew.

The clock of an item starts when the worker says that it begins (`engine.child.begins`). What decides is the processor
time of the worker, which load on the machine does not change; wall time is the net for what waits for ever.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple, Protocol, Self

from referee.engine.process import BadAnswer, Process, Settings

Cause = Literal["died", "cpu", "wall", "memory", "stopped", "answer", "closed"]

TICK_S = 0.05  # between two looks at the clocks of busy workers
_START_S = 120.0  # until a worker is up; and from a request to its first item: imports, a pack to compile
_SILENT_S = 5.0  # for which a worker may be stopped by a signal
_LATE_S = 1.0  # a supervisor that was away for longer does not hold it against the workers
_FAILURES = 5  # workers that died before they were up, one after the other
_READ, _WRITE = select.POLLIN | select.POLLHUP | select.POLLERR, select.POLLOUT


class Unit:
    """A request for one worker. `cpu_s`, `wall_s`: for each item of it; `owner`: whatever its maker needs to know."""

    __slots__ = ("cpu_s", "owner", "request", "wall_s")

    def __init__(self, request: bytes, owner: Any = None, *, cpu_s: float = 10.0, wall_s: float = 60.0) -> None:
        self.request, self.owner, self.cpu_s, self.wall_s = request, owner, cpu_s, wall_s


class Lost(NamedTuple):
    """Why a unit was lost. `place`: the item that the worker was at, None when it had begun none."""

    cause: Cause
    place: int | None
    detail: str
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_mb: float = 0.0
    last_words: str = ""


class Work(Protocol):
    """Whom the crew works for. All of it is called in the supervisor's thread, and must not wait."""

    def feed(self, idle: int) -> Iterable[Unit]:
        """Up to `idle` units; `Crew.wake` says that there are more."""

    def done(self, unit: Unit, answer: bytes) -> None:
        """The answer to a unit."""

    def lost(self, unit: Unit, lost: Lost) -> None:
        """The worker died, was killed, or the crew was closed, before it answered."""

    def turn(self) -> None:
        """Everything that came in at once has been told."""


class _Worker:
    """A process and what it is busy with."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.unit: Unit | None = None
        self.up = False
        self.since = self.looked = time.monotonic()
        self.place, self.cpu = -1, 0.0
        self.silent = 0.0

    def give(self, unit: Unit) -> None:
        self.unit, self.place, self.silent = unit, -1, 0.0
        self.since = time.monotonic()
        self.process.send(unit.request)


class Crew:
    """`count` processes that apply `function` ("package.module:name", bytes to bytes) to the units of `work`."""

    def __init__(self, count: int, function: str, work: Work, settings: Settings | None = None) -> None:
        self.count = count
        self.function = function
        self.settings = settings or Settings()
        self.fault = ""  # why no worker starts
        self.kills: dict[str, int] = {}
        self.started = 0
        self._work = work
        self._owner = os.getpid()
        self._workers: dict[int, _Worker] = {}  # by the descriptor of their answers
        self._words: dict[int, _Worker] = {}
        self._ending: list[Process] = []
        self._failures, self._again = 0, 0.0
        self._closing = False
        self._poll = select.poll()
        self._rung, self._ringing = False, threading.Lock()
        self._bell, self._ring = os.pipe()
        for end in (self._bell, self._ring):
            os.set_blocking(end, False)
        self._poll.register(self._bell, _READ)
        self._thread = threading.Thread(target=self._run, name="referee-supervisor", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to be fed. From any thread."""
        if self._rung:
            return
        self._rung = True
        with self._ringing, contextlib.suppress(BlockingIOError):
            if self._ring >= 0:
                os.write(self._ring, b"\0")

    def states(self) -> dict[str, int]:
        """How many workers start, are idle, are busy, and how many of them someone has stopped."""
        found = {"starting": 0, "idle": 0, "busy": 0, "stopped": 0}
        for worker in list(self._workers.values()):
            found[
                "stopped" if worker.silent else "starting" if not worker.up else "busy" if worker.unit else "idle"
            ] += 1
        return found

    def pids(self) -> list[int]:
        """The processes that there are now."""
        return [worker.process.pid for worker in list(self._workers.values())]

    def close(self) -> None:
        """End the processes; what they held is lost. Safe to call twice, and in a fork, where it does nothing."""
        if self._owner != os.getpid():
            return
        self._closing = True
        self.wake()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        """The supervisor's life."""
        try:
            looked = time.monotonic()
            while not self._closing:
                self._hire()
                self._assign()
                self._hear()
                now = time.monotonic()
                if now - looked > _LATE_S + TICK_S:
                    self._forgive(now - looked)
                if now - looked >= TICK_S:
                    looked = now
                    self._look(now)
                self._work.turn()
        except BaseException as error:
            self.fault = f"the supervisor failed: {type(error).__name__}: {error}"
            raise
        finally:
            self._end()

    def _hire(self) -> None:
        """As many processes as there should be, unless they do not even start."""
        if self._failures and time.monotonic() < self._again:
            return
        while len(self._workers) < self.count:
            try:
                worker = _Worker(Process(self.function, self.settings))
            except OSError as error:
                self._failed(f"a worker cannot be started: {error}")
                return
            self.started += 1
            self._workers[worker.process.answers] = worker
            self._words[worker.process.words] = worker
            self._poll.register(worker.process.answers, _READ)
            self._poll.register(worker.process.words, _READ)
            if self._failures:
                return

    def _assign(self) -> None:
        idle = [worker for worker in self._workers.values() if worker.up and worker.unit is None]
        if not idle:
            return
        for worker, unit in zip(idle, self._work.feed(len(idle)), strict=False):
            worker.give(unit)
            if not worker.process.flush():
                self._poll.register(worker.process.requests, _WRITE)

    def _hear(self) -> None:
        """What came in since the last time; waits a tick for it, or, when all are idle, until the bell rings."""
        watched = self._failures or self._ending or any(one.unit or not one.up for one in self._workers.values())
        for descriptor, _ in self._poll.poll(TICK_S * 1000 if watched else None):
            if descriptor == self._bell:
                os.read(self._bell, 4096)
                self._rung = False  # who rings before this line has put its work where `_assign` looks next
            elif (worker := self._workers.get(descriptor)) is not None:
                self._answer(worker)
            elif (worker := self._words.get(descriptor)) is not None:
                if not worker.process.listen():
                    self._poll.unregister(descriptor)
                    del self._words[descriptor]
            else:
                self._flush(descriptor)

    def _flush(self, descriptor: int) -> None:
        for worker in self._workers.values():
            if worker.process.requests == descriptor and not worker.process.flush():
                return
        with contextlib.suppress(KeyError):  # its worker was dropped while this was on its way
            self._poll.unregister(descriptor)

    def _answer(self, worker: _Worker) -> None:
        try:
            answers, over = worker.process.read()
        except BadAnswer as error:
            self._lose(worker, "answer", str(error))
            return
        for answer in answers:
            if not worker.up:
                worker.up, self._failures, self.fault = True, 0, ""
            elif worker.unit is not None:
                unit, worker.unit = worker.unit, None
                self._work.done(unit, answer)
        if over:
            worker.process.ended(0.2)
            self._lose(worker, "died", worker.process.end)
        elif answers and worker.process.request and worker.process.resident() > self.settings.memory_mb << 19:
            self._drop(worker)  # it has grown to half of what it may have, and is idle now
            worker.process.retire()

    def _look(self, now: float) -> None:
        self._ending = [process for process in self._ending if not _over(process)]
        for worker in list(self._workers.values()):
            if worker.unit is not None:
                self._judge(worker, worker.unit, now)
            elif not worker.up and now - worker.since > _START_S:
                self._lose(worker, "wall", f"it did not start within {_START_S:.0f} seconds")

    def _judge(self, worker: _Worker, unit: Unit, now: float) -> None:
        """Whether a busy worker is over a limit."""
        process = worker.process
        place, began = process.place()
        if place != worker.place:
            worker.place, worker.since = place, now
        cpu = process.cpu()
        spent, waited = cpu - began, now - worker.since
        memory = process.resident()
        if memory > self.settings.memory_mb << 20:
            self._lose(worker, "memory", f"it took {memory >> 20:,} MB; {self.settings.memory_mb:,} are allowed")
        elif place >= 0 and spent > unit.cpu_s:
            self._lose(worker, "cpu", f"it took more than {unit.cpu_s:g} s of processor time")
        elif waited > (unit.wall_s if place >= 0 else max(unit.wall_s, _START_S)):
            self._lose(worker, "wall", f"it took more than {waited:.0f} s")
        elif cpu != worker.cpu or not process.stopped():
            worker.cpu, worker.silent = cpu, 0.0
        elif not worker.silent:
            worker.silent = now
        elif now - worker.silent > _SILENT_S:
            self._lose(worker, "stopped", f"someone stopped it with a signal {now - worker.silent:.0f} s ago")

    def _forgive(self, late_s: float) -> None:
        """The supervisor did not run for a while, so that it cannot say what the workers did with the time."""
        for worker in self._workers.values():
            worker.since += late_s
            worker.silent += late_s if worker.silent else 0.0

    def _lose(self, worker: _Worker, cause: Cause, detail: str) -> None:
        process, unit = worker.process, worker.unit
        place, began = process.place()
        cpu, memory = process.cpu(), process.resident()
        process.listen()
        self._drop(worker)
        process.kill()
        self.kills[cause] = self.kills.get(cause, 0) + 1
        if unit is not None:
            lost = Lost(
                cause,
                place if place >= 0 else None,
                detail,
                cpu_s=max(0.0, cpu - began) if place >= 0 else 0.0,
                wall_s=time.monotonic() - worker.since,
                memory_mb=memory / (1 << 20),
                last_words=process.last_words,
            )
            self._work.lost(unit, lost)
        elif not worker.up:
            self._failed(f"a worker does not start: {detail}. {process.last_words}".strip())

    def _failed(self, fault: str) -> None:
        self._failures += 1
        self._again = time.monotonic() + min(30.0, 0.05 * 2**self._failures)
        if self._failures >= _FAILURES and not any(worker.up for worker in self._workers.values()):
            self.fault = fault

    def _drop(self, worker: _Worker) -> None:
        """No member any more; it ends by itself or is killed."""
        process = worker.process
        self._workers.pop(process.answers, None)
        self._words.pop(process.words, None)
        for descriptor in (process.answers, process.words, process.requests):
            with contextlib.suppress(KeyError):
                self._poll.unregister(descriptor)
        self._ending.append(process)

    def _end(self) -> None:
        """Nobody is left behind."""
        for worker in list(self._workers.values()):
            self._lose(worker, "closed", "the pool was closed")
        for process in self._ending:
            process.kill()
        for process in self._ending:
            process.ended(30.0)
            process.close()
        with self._ringing:
            os.close(self._ring)
            os.close(self._bell)
            self._ring = -1


def _over(process: Process) -> bool:
    """Whether a process has ended; then nothing of it is held."""
    if not process.ended():
        return False
    process.close()
    return True
