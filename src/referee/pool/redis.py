"""A `Queue` over Redis Streams: workers anywhere on the network, and submitters that may come back.

```
submitter -- XADD --> work ---- XREADGROUP --> worker (a host: one supervisor, its processes)
    ^                  | held until drained        | beats, acknowledges, sweeps
    +--- XREAD --- done:NAME <-- XADD + XACK ------+        lost too often --> dead
```

Redis carries and is never the truth. What it loses, a living submitter gives it again; what a submitter that died had
in flight is the set difference between its rollouts and the ledger. `redis_submit` and `redis_work` are the two sides.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Self

from referee.core.errors import UsageError
from referee.engine.scored import Scored, Submission
from referee.pool.base import Depth, Done, Keep, Lease
from referee.pool.metrics import Metrics
from referee.pool.redis_link import Link
from referee.pool.redis_submit import Submitter
from referee.pool.redis_watch import depth
from referee.pool.redis_wire import Keys
from referee.pool.redis_work import Leases

PASSWORD = "REFEREE_REDIS_PASSWORD"


class RedisQueue:
    """The queue of one run on a Redis server.

    url: `redis://host:6379`, `rediss://host:6379` for TLS (`?ssl_ca_certs=FILE`), `unix:///socket`; the password may
    stand in it or in REFEREE_REDIS_PASSWORD. run: the namespace; runs do not see each other. name: of the submitter,
    unique within the run, such as `rank0`; scores come back to it, also after a restart. capacity: submissions that may
    be in flight; most_bytes: the same for the bytes of this submitter. lease_s: silence after which a worker counts as
    dead. deliveries: losses of workers after which a submission is given up. keep: called with what was scored before
    it is acknowledged, for a ledger beside the workers. patience_s: how long to wait for a server that does not answer,
    None for ever. Raises `MissingExtra` without redis-py, `UsageError` for a URL or name that cannot be used.
    """

    def __init__(
        self,
        url: str,
        run: str = "default",
        *,
        name: str = "trainer",
        capacity: int = 16_384,
        most_bytes: int = 1 << 28,
        lease_s: float = 15.0,
        deliveries: int = 5,
        keep: Keep | None = None,
        info: Callable[[], str] = str,
        metrics: Metrics | None = None,
        timeout_s: float = 5.0,
        patience_s: float | None = 60.0,
    ) -> None:
        if capacity < 1 or deliveries < 1 or lease_s <= 0 or timeout_s <= 0:
            raise UsageError("capacity and deliveries start at 1, lease_s and timeout_s are above 0")
        self.keys = Keys(run)
        self.metrics = Metrics() if metrics is None else metrics
        self.lease_s = lease_s
        password = os.environ.get(PASSWORD)
        self.link = Link(url, timeout_s=timeout_s, patience_s=patience_s, password=password)
        self._submitter = Submitter(
            self.link, self.keys, self.metrics, to=name, capacity=capacity, most_bytes=most_bytes
        )
        self._leases = Leases(
            self.link, self.keys, self.metrics, lease_s=lease_s, deliveries=deliveries, keep=keep, info=info
        )
        self.link.broken = self._broken
        self.link.repair = self._leases.prepare()

    def submit(self, submissions: Sequence[Submission], wait_s: float) -> int:
        return self._submitter.submit(submissions, wait_s)

    def lease(self, worker: str, count: int, wait_s: float) -> list[Lease]:
        return self._leases.lease(worker, count, wait_s)

    def beat(self, worker: str) -> None:
        self._leases.beat(worker)

    def acknowledge(self, done: Sequence[Done]) -> None:
        self._leases.acknowledge(done)

    def drain(self, count: int, wait_s: float, keep: Keep | None = None) -> list[Scored]:
        return self._submitter.drain(count, wait_s, keep)

    def sweep(self) -> int:
        return self._leases.sweep()

    def depth(self) -> Depth:
        self._submitter.flush()
        return depth(self.link, self.keys, self._submitter.to)

    def close(self) -> None:
        """Drained scores leave the server, workers of this process leave the run, connections end."""
        self._leases.leave()
        self._submitter.flush(ends=True)
        self.link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _broken(self) -> None:
        self._leases.broken()
        self._submitter.broken()
