"""The queue within one process: what `Pool` uses when nothing else is asked for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from referee.engine.build import Build
from referee.engine.scored import Scored, Submission
from referee.pool.base import Depth, Done, Keep, Lease, join

WAITING = 4096  # submissions that may wait
LEASE_S = 60.0


class _Entry:
    """A submission in the queue."""

    __slots__ = ("delivery", "id", "since", "submission", "worker")

    def __init__(self, name: str, submission: Submission, since: float) -> None:
        self.id, self.submission, self.since = name, submission, since
        self.delivery, self.worker = 0, ""


class MemoryQueue:
    """A `Queue` without persistence. `waiting`: submissions that may wait; `lease_s`: the longest silence of a worker.

    `ready` is called when a submission came in or back, for whoever leases without waiting.
    """

    def __init__(
        self, waiting: int = WAITING, lease_s: float = LEASE_S, ready: Callable[[], None] | None = None
    ) -> None:
        self.capacity = waiting
        self.lease_s = lease_s
        self.ready = ready
        lock = threading.Lock()
        self._lock = lock
        self._room, self._work, self._news = (threading.Condition(lock) for _ in range(3))
        self._waiting: deque[_Entry] = deque()
        self._leased: dict[str, _Entry] = {}
        self._results: deque[Scored] = deque()
        self._beats: dict[str, float] = {}
        self._drains = threading.Lock()
        self._count = self._redelivered = 0
        self._closed = False

    def submit(self, submissions: Sequence[Submission], wait_s: float) -> int:
        until = time.monotonic() + wait_s
        taken = 0
        with self._lock:
            while taken < len(submissions):
                free = self.capacity - len(self._waiting)
                if free <= 0:
                    if not self._wait(self._room, until):
                        break
                    continue
                for one in submissions[taken : taken + free]:
                    self._count += 1
                    self._waiting.append(_Entry(str(self._count), one, time.monotonic()))
                    taken += 1
                self._work.notify_all()
        self._told(taken)
        return taken

    def lease(self, worker: str, count: int, wait_s: float) -> list[Lease]:
        until = time.monotonic() + wait_s
        with self._lock:
            while not self._waiting and self._wait(self._work, until):
                pass
            now = self._beats[worker] = time.monotonic()
            found = [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]
            for entry in found:
                entry.delivery += 1
                entry.worker = worker
                self._leased[entry.id] = entry
            if found:
                self._room.notify_all()
            return [Lease(entry.id, entry.submission, entry.delivery, now - entry.since) for entry in found]

    def beat(self, worker: str) -> None:
        with self._lock:
            self._beats[worker] = time.monotonic()

    def acknowledge(self, done: Sequence[Done]) -> None:
        scored = [one for lease, judged, _ in done for one in join(lease.submission, judged)]
        with self._lock:
            self._results.extend(scored)
            for lease, _, last in done:
                if last:
                    self._leased.pop(lease.id, None)
            self._news.notify_all()

    def drain(self, count: int, wait_s: float, keep: Keep | None = None) -> list[Scored]:
        until = time.monotonic() + wait_s
        with self._drains:
            with self._lock:
                while not self._results and self._wait(self._news, until):
                    pass
                found = [self._results.popleft() for _ in range(min(count, len(self._results)))]
            try:
                if found and keep is not None:
                    keep(found)
            except BaseException:
                with self._lock:
                    self._results.extendleft(reversed(found))
                raise
            return found

    def sweep(self) -> int:
        now = time.monotonic()
        with self._lock:
            silent = {worker for worker, beat in self._beats.items() if now - beat > self.lease_s}
            lost = [entry for entry in self._leased.values() if entry.worker in silent]
            for entry in reversed(lost):
                del self._leased[entry.id]
                self._waiting.appendleft(entry)
            for worker in silent:
                del self._beats[worker]
            self._redelivered += len(lost)
            self._work.notify_all()
        self._told(len(lost))
        return len(lost)

    def depth(self) -> Depth:
        now = time.monotonic()
        with self._lock:
            return Depth(
                waiting=len(self._waiting),
                leased=len(self._leased),
                results=len(self._results),
                redelivered=self._redelivered,
                oldest_s=now - self._waiting[0].since if self._waiting else 0.0,
                workers={worker: now - beat for worker, beat in self._beats.items()},
            )

    def learns(self, learn: Callable[[Build], object]) -> None:
        """The workers are of this machine, and so are their builds."""

    def close(self) -> None:
        """Nobody waits any longer."""
        with self._lock:
            self._closed = True
            for condition in (self._room, self._work, self._news):
                condition.notify_all()

    def _wait(self, condition: threading.Condition, until: float) -> bool:
        """Until something changed; False when the time is over."""
        left = until - time.monotonic()
        return left > 0 and not self._closed and condition.wait(left)

    def _told(self, came: int) -> None:
        if came and self.ready is not None:
            self.ready()
