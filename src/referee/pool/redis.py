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
from referee.engine.build import Build
from referee.engine.scored import Keeper, Scored, Submission
from referee.pool.base import Depth, Done, Keep, Lease
from referee.pool.metrics import Metrics
from referee.pool.redis_link import Link
from referee.pool.redis_submit import Submitter
from referee.pool.redis_watch import depth
from referee.pool.redis_wire import Keys, split
from referee.pool.redis_work import Leases

PASSWORD = "REFEREE_REDIS_PASSWORD"


def linked(url: str, *, timeout_s: float = 5.0, patience_s: float | None = 60.0) -> tuple[Link, str]:
    """A connection, and the run that the URL names, if any."""
    address, run = split(url)
    return Link(address, timeout_s=timeout_s, patience_s=patience_s, password=os.environ.get(PASSWORD)), run


class RedisQueue:
    """The queue of one run on a Redis server.

    url: `redis://host:6379`, `rediss://host:6379` for TLS (`?ssl_ca_certs=FILE`), `unix:///socket`; the password may
        stand in it or in REFEREE_REDIS_PASSWORD.
    run: the namespace, else what follows `#` in the URL, else `default`; runs do not see each other.
    name: of the submitter, unique within the run, such as `rank0`; scores come back to it, also after a restart.
    capacity: submissions that may be in flight; most_bytes: the same for the bytes of this submitter.
    lease_s: silence after which a worker counts as dead. deliveries: losses of workers after which a submission is
        given up.
    keeper: a ledger beside the workers, which has a score before it is acknowledged. info: what signs of life say.
    timeout_s: silence after which a connection counts as dead; patience_s: how long to wait for a server that does not
        serve, None for ever.

    Raises `MissingExtra` without redis-py, `UsageError` for a URL or name that cannot be used.
    """

    def __init__(
        self,
        url: str,
        run: str = "",
        *,
        name: str = "trainer",
        capacity: int = 16_384,
        most_bytes: int = 1 << 28,
        lease_s: float = 15.0,
        deliveries: int = 5,
        keeper: Keeper | None = None,
        info: Callable[[], str] = str,
        metrics: Metrics | None = None,
        timeout_s: float = 5.0,
        patience_s: float | None = 60.0,
    ) -> None:
        if capacity < 1 or deliveries < 1 or lease_s <= 0 or timeout_s <= 0:
            raise UsageError("capacity and deliveries start at 1, lease_s and timeout_s are above 0")
        self.keys = Keys(run or split(url)[1] or "default")
        self.metrics = Metrics() if metrics is None else metrics
        self.lease_s = lease_s
        self.link, _ = linked(url, timeout_s=timeout_s, patience_s=patience_s)
        self._submitter = Submitter(
            self.link, self.keys, self.metrics, to=name, capacity=capacity, most_bytes=most_bytes
        )
        self._leases = Leases(
            self.link, self.keys, self.metrics, lease_s=lease_s, deliveries=deliveries, keeper=keeper, info=info
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

    def learns(self, learn: Callable[[Build], object]) -> None:
        """`learn` is told what the judge of each worker is made of before the first score that names it is drained."""
        self._submitter.learn = learn

    def says(self, info: Callable[[], str]) -> None:
        """What the signs of life of this process's workers say from now on."""
        self._leases.info = info

    def _broken(self) -> None:
        self._leases.broken()
        self._submitter.broken()
