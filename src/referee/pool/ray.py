"""Workers as Ray actors, over all nodes of a cluster: fed by the trainer's process, or draining a Redis queue.

    referee.Pool("ray")                                  # in a Ray job, or alone: then a Ray of its own
    placed = place("redis://host:6379#run1", 64)         # 64 actors that work for a run; any process may submit

An actor is a supervisor with one worker process, the same as everywhere, so what overruns is killed there and the actor
goes on. Ray restarts an actor that died (`max_restarts=-1`). It repeats no call (`max_task_retries=0`): repeating is
ours, one submission at a time, for a batch may hold what killed the actor.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from referee.core.errors import InfrastructureError, MissingExtra
from referee.engine.process import Settings
from referee.pool.base import Done, Judged, Lease, Queue
from referee.pool.judge import Judge
from referee.pool.local import Limits, Local, Statistics
from referee.pool.memory import MemoryQueue
from referee.pool.wire import read, read_judged, write, write_judged

if TYPE_CHECKING:
    from concurrent.futures import Future

RESTARTS, RETRIES = -1, 0  # of an actor, always; of a call, by Ray
NAME = "ray"
_AHEAD = 3  # calls in flight for each actor: one is judged while the next is on its way
_TARGET_S = 0.05  # of work in a call, which costs about a millisecond
_MOST = 64  # submissions in a call
_TRIES = 3
_WAIT_S = 0.2


class Actor:
    """Lives in a Ray worker: one supervised process, fed by calls."""

    def __init__(self, limits: Limits | None, settings: Settings | None, name: str) -> None:
        self._waiting: deque[Lease] = deque()
        self._calls: dict[str, _Call] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._local = Local(self._source, self._done, workers=1, limits=limits, settings=settings, name=name)

    def judge(self, messages: Sequence[tuple[bytes, int, float]]) -> list[bytes]:
        """What is said about each submission: its bytes, how often it was handed out, how long it waited."""
        call = _Call(len(messages))
        with self._lock:
            for content, delivery, waited in messages:
                self._count += 1
                lease = Lease(str(self._count), read(content), delivery, waited)
                call.judged[lease.id] = []
                self._calls[lease.id] = call
                self._waiting.append(lease)
        self._local.wake()
        while not call.over.wait(_WAIT_S):
            if self._local.fault:
                raise InfrastructureError(self._local.fault)
        return [write_judged(judged) for judged in call.judged.values()]

    def _source(self, count: int) -> list[Lease]:
        return [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]

    def _done(self, told: Sequence[Done]) -> None:
        for lease, judged, last in told:
            call = self._calls[lease.id]
            call.judged[lease.id] += judged
            if last:
                del self._calls[lease.id]
                call.left -= 1
                if not call.left:
                    call.over.set()


class _Call:
    def __init__(self, left: int) -> None:
        self.left = left
        self.judged: dict[str, list[Judged]] = {}
        self.over = threading.Event()
        if not left:
            self.over.set()


class Drainer:
    """Lives in a Ray worker: a host of a Redis queue."""

    def __init__(self, url: str, run: str, processes: int, options: dict[str, Any]) -> None:
        from referee.pool.host import Host, said
        from referee.pool.redis import RedisQueue

        lease_s = options.get("lease_s", 15.0)
        self._queue = RedisQueue(url, run, lease_s=lease_s, patience_s=None)
        self._host = Host(self._queue, workers=processes, **options)
        self._queue.says(lambda: said(self._host))

    def judged(self) -> int:
        """Rollouts so far."""
        return self._host.local.statistics().judged

    def leave(self) -> None:
        """Finish what is in hand."""
        self._queue.link.patience_s = 2.0
        self._host.close()
        self._queue.close()


class Workers:
    """Actors that judge what `queue` holds in this process."""

    def __init__(
        self,
        queue: Queue,
        *,
        workers: int | None = None,
        limits: Limits | None = None,
        settings: Settings | None = None,
    ) -> None:
        self._ray = _Session()
        self._queue = queue
        self._judge = Judge(NAME)
        self._over = threading.Event()
        self._room = threading.Condition()
        self._mean_s = 0.0
        self._judged = self._retried = self._dead = 0
        self._deaths: dict[str, int] = {}
        self._again: deque[Lease] = deque()
        self.count = workers or self._ray.cores()
        self._calls = [0] * self.count
        self._actors = [self._ray.actor(Actor, limits, settings, f"{NAME}{index}") for index in range(self.count)]
        self.fault = ""
        self._thread = threading.Thread(target=self._run, name="referee-ray", daemon=True)
        self._thread.start()

    def statistics(self) -> Statistics:
        busy = sum(calls > 0 for calls in self._calls)
        return Statistics(
            workers={"idle": self.count - busy, "busy": busy},
            started=self.count,
            kills={"died": sum(self._deaths.values())} if self._deaths else {},
            judged=self._judged,
            retried=self._retried,
            dead=self._dead,
        )

    def close(self) -> None:
        """End the actors, and Ray where it was started here; what they held is not acknowledged."""
        self._over.set()
        with self._room:
            self._room.notify_all()
        self._thread.join()
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.close()

    def _run(self) -> None:
        """Hand out what there is, to the actor with the fewest calls."""
        while not self._over.is_set():
            with self._room:
                if min(self._calls) >= _AHEAD:
                    self._room.wait(_WAIT_S)
                    self._queue.beat(NAME)
                    continue
            if self._again:
                self._call([self._again.popleft()])
            elif leases := self._queue.lease(NAME, self._size(), _WAIT_S):
                self._call(leases)

    def _size(self) -> int:
        """Submissions for one call."""
        return max(1, min(_MOST, int(_TARGET_S / self._mean_s))) if self._mean_s else 1

    def _call(self, leases: list[Lease]) -> None:
        index = self._calls.index(min(self._calls))
        messages = [(write(one.submission), one.delivery, one.waited) for one in leases]
        with self._room:
            self._calls[index] += 1
        future = self._actors[index].judge.remote(messages).future()
        future.add_done_callback(lambda done: self._answered(index, leases, done))

    def _answered(self, index: int, leases: list[Lease], future: Future[list[bytes]]) -> None:
        if self._over.is_set():
            return
        error = future.exception()
        if error is None:
            done = [Done(one, read_judged(said)) for one, said in zip(leases, future.result(), strict=True)]
            spent = sum(judged.seconds for _, part, _ in done for judged in part) / len(done)
            self._mean_s += (spent - self._mean_s) * (0.2 if self._mean_s else 1.0)
            self._tell(done)
            self.fault = ""
        elif self._ray.lost(error):
            self._lost(leases, error)
        else:
            self.fault = f"an actor cannot judge: {error}"
            self._again.extend(leases)
        with self._room:
            self._calls[index] -= 1
            self._room.notify_all()

    def _lost(self, leases: list[Lease], error: BaseException) -> None:
        """An actor died, or its node did: once more, each alone, and the one that always does it is given up."""
        for lease in leases:
            deaths = self._deaths[lease.id] = self._deaths.get(lease.id, 0) + (len(leases) == 1)
            if deaths < _TRIES:
                self._retried += 1
                self._again.append(_again(lease))
                continue
            self._dead += len(lease.submission.rollouts)
            detail = f"the actor that held it was lost {deaths} times; {str(error)[:200]}"
            places = range(len(lease.submission.rollouts))
            judged = self._judge.unjudged(
                lease.submission, places, "infra.worker_lost", delivery=lease.delivery, detail=detail
            )
            self._tell([Done(lease, judged)])

    def _tell(self, done: list[Done]) -> None:
        self._judged += sum(len(part) for _, part, _ in done)
        self._queue.acknowledge(done)


def _again(lease: Lease) -> Lease:
    """The lease as it is handed out once more."""
    return lease._replace(delivery=lease.delivery + 1)


class Placed:
    """Actors that drain a Redis queue; see `place`."""

    def __init__(self, session: _Session, actors: list[Any]) -> None:
        self._ray, self._actors = session, actors

    def judged(self) -> int:
        """Rollouts that these actors have judged since they started."""
        return sum(self._ray.get([actor.judged.remote() for actor in self._actors]))

    def close(self) -> None:
        """Let them finish what is in hand, and end them."""
        self._ray.get([actor.leave.remote() for actor in self._actors])
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def place(url: str, actors: int, *, run: str = "", processes: int = 1, **options: Any) -> Placed:
    """Have `actors` actors, of `processes` worker processes and as many cores each, work for a run on a Redis server.

    Ray spreads them over its nodes. `options` are those of `Host`: limits, settings, lease_s.
    """
    session = _Session()
    made = [session.actor(Drainer, url, run, processes, options, cores=processes) for _ in range(actors)]
    return Placed(session, made)


def opened(*, workers: int | None, limits: Limits | None, settings: Settings | None) -> tuple[MemoryQueue, Workers]:
    """For `Pool("ray")`: a queue in this process, and actors that judge what it holds."""
    queue = MemoryQueue()
    return queue, Workers(queue, workers=workers, limits=limits, settings=settings)


class _Session:
    """Ray as it is, or one of our own where there is none."""

    def __init__(self) -> None:
        try:
            self._ray: Any = import_module("ray")
        except ImportError:
            raise MissingExtra("a pool on Ray", "ray") from None
        self._own = not self._ray.is_initialized()
        if self._own:
            self._ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")

    def actor(self, made: type, *given: Any, cores: int = 1) -> Any:
        options = {
            "num_cpus": cores,
            "max_restarts": RESTARTS,
            "max_task_retries": RETRIES,
            "max_concurrency": _AHEAD + 1,
            "scheduling_strategy": "SPREAD",
        }
        return self._ray.remote(**options)(made).remote(*given)

    def cores(self) -> int:
        """The processor cores of the cluster."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def lost(self, error: BaseException) -> bool:
        """Whether an error says that an actor or its node is gone."""
        return isinstance(error, self._ray.exceptions.RayError) and not isinstance(
            error, self._ray.exceptions.RayTaskError
        )

    def get(self, found: Any) -> Any:
        return self._ray.get(found)

    def kill(self, actor: Any) -> None:
        self._ray.kill(actor)

    def close(self) -> None:
        if self._own:
            self._ray.shutdown()
