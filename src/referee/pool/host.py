"""The workers of this machine on a queue that many machines share: what `referee worker` runs.

```
queue --lease--> fetched --> Local (its processes, its clock) --> told --keep, acknowledge--> queue
   \\------------------ beat, sweep: a thread of the supervisor, never one that computes ------/
```

Leases are fetched ahead for a few milliseconds of work, not more, so that a host that is slow or dies holds little.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Self

import msgspec

from referee.core.errors import RefereeError
from referee.engine.build import build
from referee.engine.process import Settings
from referee.engine.scored import Scored
from referee.engine.workers import cores
from referee.pool.base import Done, Lease, Queue, join
from referee.pool.local import Limits, Local
from referee.pool.metrics import Metrics

_AHEAD_S = 0.05  # of work that is fetched before a worker is idle
_MOST = 256  # leases at once, for each worker
_WAIT_S = 0.5
_PAUSE_S = 0.25  # between two tries


class Host:
    """Serves `queue` until closed.

    workers: processes, one for each core when None. name: of this host on the queue, made up when empty. lease_s:
    silence after which the queue gives away what a host holds; signs of life come five times as often. metrics: counts
    what is judged here. Starts at once; `fault` says why it cannot work, or cannot hand over what it judged.
    """

    def __init__(
        self,
        queue: Queue,
        *,
        workers: int | None = None,
        name: str = "",
        lease_s: float = 15.0,
        limits: Limits | None = None,
        settings: Settings | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.queue = queue
        self.name = name or f"{socket.gethostname().split('.')[0]}-{os.getpid()}-{secrets.token_hex(2)}"
        self.count = workers or cores()
        self.metrics = metrics or Metrics()
        self.lease_s = lease_s
        self._faults = {"tell": "", "fetch": "", "live": ""}  # of each thread, cleared by itself
        self._fetched: deque[Lease] = deque()
        self._told: list[Done] = []
        self._parts: dict[str, list[Scored]] = {}
        self._held = 0  # leases fetched and not acknowledged
        self._mean_s = 0.0  # of a lease, on one worker
        self._over, self._ended = threading.Event(), threading.Event()  # fetch no more; hand over no more
        self._changes = threading.Condition()
        self.local = Local(
            self._source, self._done, workers=self.count, limits=limits, settings=settings, name=self.name
        )
        self._threads = [
            threading.Thread(target=target, name=f"referee-{target.__name__[1:]}", daemon=True)
            for target in (self._fetch, self._tell, self._live)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def fault(self) -> str:
        """Why nothing is judged or handed over; empty when all is well."""
        return next(filter(None, self._faults.values()), self.local.fault)

    @property
    def held(self) -> int:
        """Submissions in hand."""
        return self._held

    def refresh(self) -> None:
        """Bring the gauges up to date; for an endpoint."""
        known = self.local.statistics()
        for state, count in known.workers.items():
            self.metrics.set("reward_workers", count, (state,))
        for cause, count in known.kills.items():
            self.metrics.set("reward_worker_lost_total", count, (cause,))
        self.metrics.set("reward_worker_busy_ratio", known.workers.get("busy", 0) / self.count)
        self.metrics.set("reward_ledger_lag_records", sum(len(done.judged) for done in self._told))
        depth = self.queue.depth()
        self.metrics.set("reward_queue_depth", depth.waiting + depth.leased)
        self.metrics.set("reward_oldest_item_seconds", depth.oldest_s)

    def close(self, grace_s: float = 10.0) -> None:
        """Finish what is in hand, for at most `grace_s`; the rest goes back to the queue. Safe to call twice."""
        self._over.set()
        with self._changes:
            self._changes.notify_all()
        fetching, *others = self._threads
        fetching.join()
        until = time.monotonic() + grace_s
        with self._changes:
            while self._held and not self.fault and (left := until - time.monotonic()) > 0:
                self._changes.wait(min(left, 0.1))
            self._ended.set()
            self._changes.notify_all()
        for thread in others:
            thread.join()
        self.local.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _source(self, count: int) -> list[Lease]:
        """For the supervisor: what was fetched."""
        found: list[Lease] = []
        while self._fetched and len(found) < count:
            found.append(self._fetched.popleft())
        return found

    def _done(self, told: Sequence[Done]) -> None:
        """For the supervisor: what was judged."""
        with self._changes:
            self._told += told
            self._changes.notify_all()

    def _room(self) -> int:
        """Leases to fetch now: enough for `_AHEAD_S`, and one for each worker."""
        ahead = self.count + 1 if not self._mean_s else int(self.count * (1 + _AHEAD_S / self._mean_s))
        return min(ahead, self.count * _MOST) - self._held

    def _fetch(self) -> None:
        while not self._over.is_set():
            with self._changes:
                room = self._room()
                if room <= 0 or self._faults["tell"] or self.local.fault:
                    self._changes.wait(_WAIT_S)
                    continue
            try:
                leases = self.queue.lease(self.name, min(room, _MOST), _WAIT_S)
            except RefereeError as error:
                self._faults["fetch"] = str(error)
                self._over.wait(_PAUSE_S)
                continue
            self._faults["fetch"] = ""
            if leases:
                with self._changes:
                    self._held += len(leases)
                self._fetched.extend(leases)
                self.local.wake()

    def _tell(self) -> None:
        """Hand over what was judged. It is kept here until the queue, and a ledger beside it, have it."""
        while True:
            with self._changes:
                while not self._told and not self._ended.is_set():
                    self._changes.wait(_WAIT_S)
                if not self._told:
                    return
                told, self._told = self._told, []
            if not self._handed_over(told):
                with self._changes:
                    self._told = told + self._told
                    if self._ended.is_set():
                        return
                    self._changes.wait(_PAUSE_S)
                continue
            for done in told:
                self._count(done)
            with self._changes:
                self._held -= sum(done.last for done in told)
                self._changes.notify_all()

    def _handed_over(self, told: list[Done]) -> bool:
        started = time.perf_counter()
        try:
            self.queue.acknowledge(told)
        except Exception as error:  # noqa: BLE001 - the queue's or the ledger's: said, and tried again
            self._faults["tell"] = f"what was judged cannot be handed over: {error}"
            return False
        self._faults["tell"] = ""
        self.metrics.observe("reward_ledger_commit_seconds", time.perf_counter() - started)
        return True

    def _count(self, done: Done) -> None:
        """Into the metrics, by whole submissions; and how long one takes here."""
        rows = self._parts.pop(done.lease.id, [])
        rows += join(done.lease.submission, done.judged)
        if not done.last:
            self._parts[done.lease.id] = rows
            return
        spent = sum(one.seconds for one in rows)
        self._mean_s += (spent - self._mean_s) * (0.1 if self._mean_s else 1.0)
        self.metrics.scored(rows)

    def _live(self) -> None:
        """Signs of life, and a look for those who gave none."""
        while not self._ended.is_set():
            try:
                self.queue.beat(self.name)
                self.queue.sweep()
                self._faults["live"] = ""
            except RefereeError as error:
                self._faults["live"] = str(error)
            self._ended.wait(self.lease_s / 5)


class Said(msgspec.Struct, omit_defaults=True):
    """What a host says of itself with every sign of life."""

    host: str
    processes: int
    held: int
    judged: int
    version: str


def said(host: Host) -> str:
    """For `RedisQueue(info=...)`."""
    known = host.local.statistics()
    line = Said(socket.gethostname(), host.count, host.held, known.judged, build().referee)
    return msgspec.json.encode(line).decode()
