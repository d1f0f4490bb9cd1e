"""Where the workers are: `local`, `here`, `redis://...`, `ray`, or a queue of one's own."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from referee.core.errors import UnknownName
from referee.engine.process import Settings
from referee.pool.base import Queue
from referee.pool.here import Here
from referee.pool.local import Limits, Local, Statistics
from referee.pool.memory import MemoryQueue

_REACH_S = 5.0  # a wrong address is said when the pool is opened
_UNBOUNDED = 1 << 30  # the pool bounds what is in flight
_PLACES = ("local", "here", "redis://HOST:PORT", "ray")


class Workforce(Protocol):
    """The workers of a pool that runs its own. `fault`: why none of them can work, empty when some can."""

    @property
    def fault(self) -> str: ...

    def statistics(self) -> Statistics | None:
        """What they do, where that is known."""

    def close(self) -> None:
        """End them, and return when the queue holds all that they judged."""


def opened(
    where: str | Queue, *, workers: int | None, limits: Limits | None, settings: Settings | None
) -> tuple[Queue, Workforce | None]:
    """The queue, and the workers where they are the pool's own.

    Raises `UsageError` for what does not exist and `InfrastructureError` for a server that cannot be reached.
    """
    if not isinstance(where, str):
        return where, None
    if where == "here":
        queue = MemoryQueue(_UNBOUNDED)
        return queue, Here(queue)
    if where == "local":
        queue = MemoryQueue(_UNBOUNDED)
        crew = Local(
            lambda count: queue.lease("local", count, 0.0),
            queue.acknowledge,
            workers=workers,
            limits=limits,
            settings=settings,
        )
        queue.ready = crew.wake
        return queue, crew
    scheme = where.partition(":")[0]
    if scheme in {"redis", "rediss", "unix"}:
        made = import_module("referee.pool.redis").RedisQueue(where)
        made.link.pipe([("PING",)], patience_s=_REACH_S)
        return cast("Queue", made), None
    if scheme == "ray":
        found = import_module("referee.pool.ray").opened(workers=workers, limits=limits, settings=settings)
        return cast("tuple[Queue, Workforce]", found)
    raise UnknownName("place for a pool", where, _PLACES, f"It is one of {', '.join(_PLACES)}.")
