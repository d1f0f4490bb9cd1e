"""`Pool`: submissions in, scored rollouts out, each once, while the trainer goes on.

    pool = referee.Pool()                                    # this machine's cores
    async for scored in pool.stream(submissions): ...        # as they are judged, groups in any order

A thread, the collector, takes what the queue holds, has the keeper keep it, and puts it where it is wanted.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time
import warnings
from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from typing import Self

from referee.core.errors import InfrastructureError, RefereeWarning, UsageError
from referee.core.types import Record
from referee.engine.build import build
from referee.engine.process import Settings
from referee.engine.scored import Keeper, Scored, Submission
from referee.pool import local
from referee.pool.base import Depth, Queue, join
from referee.pool.gauges import Gauges
from referee.pool.judge import Judge
from referee.pool.local import Limits
from referee.pool.memory import MemoryQueue
from referee.pool.metrics import Metrics
from referee.pool.open import opened
from referee.pool.orders import Alarm, Inbox, Orders, Place, place_of
from referee.pool.post import Post
from referee.pool.stream import Stream

_AT_ONCE = 1024  # rollouts that are drained and kept together
_WAIT_S = 0.1
_SWEEP_S = 1.0
_RETRY_S = 0.5


class PoolClosed(InfrastructureError):
    """The pool was closed while someone waited for scores."""


class Statistics(Record, frozen=True, kw_only=True):
    """What a pool has done so far, in rollouts.

    in_flight: submitted and not taken yet. drained: handed over. masked: given up at a deadline; late: judged after
    that. duplicates: came twice; alarms: came twice with different scores. workers: None when they are not its own.
    """

    submitted: int
    in_flight: int
    drained: int
    masked: int
    late: int
    duplicates: int
    alarms: int
    queue: Depth
    workers: local.Statistics | None = None


class Pool:
    """The judge as a service. Threads may share it, and it works beside an event loop.

    where: `local` (worker processes of this machine), `here` (a thread of this process, for tests and notebooks),
        `redis://...` or `rediss://...` (workers started with `referee worker`), `ray`, or a `Queue`.
    workers: how many, for `local` and `ray`; one for each core when None.
    keeper: what keeps every score, such as a ledger. A score is handed over when it is safe there, not before.
    in_flight: rollouts that may be submitted and not taken yet; more wait, so that memory stays bounded.
    metrics: counts what passes; `gauges.refresh` brings its gauges up to date, for `metrics_export`.
    limits: what judging one rollout may take. settings: niceness, cores and memory of the worker processes.
    """

    def __init__(
        self,
        where: str | Queue = "local",
        *,
        workers: int | None = None,
        keeper: Keeper | None = None,
        in_flight: int = 32_768,
        metrics: Metrics | None = None,
        limits: Limits | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.keeper = keeper
        self.gauges = Gauges(Metrics() if metrics is None else metrics, self.statistics)
        self._orders = Orders(in_flight)
        self._judge = Judge()
        self._learned: set[str] = set()
        self._fault = ""
        self._closing = self._ended = False
        self._owner = os.getpid()
        self._inbox = Inbox()
        if keeper is not None:
            keeper.learn(build())
        self.queue, self._workforce = opened(where, workers=workers, limits=limits, settings=settings)
        if keeper is not None:
            self.queue.learns(keeper.learn)
        self._post = None if isinstance(self.queue, MemoryQueue) else Post(self.queue)
        self._collector = threading.Thread(target=self._collect, name="referee-collector", daemon=True)
        self._collector.start()
        atexit.register(self.close)

    def stream(
        self, submissions: Iterable[Submission] | AsyncIterable[Submission], *, deadline_s: float | None = None
    ) -> Stream:
        """Every rollout of the submissions as it is judged, with `async for` or `for`.

        Submissions are taken as there is room for them, while scores come out. `deadline_s` seconds after the last one
        was taken, what is not judged comes out masked (`unjudged`, `infra.deadline`); its score still goes to the
        keeper when it comes. With `for`, an iterable that waits holds the scores back: give `async for` an async one.
        Leaving the loop early gives up what has not come out. Raises `InfrastructureError` when nobody can judge or
        nothing can be kept, `UsageError` for a pack that does not compile.
        """
        return Stream(self, submissions, deadline_s)

    def score(self, submissions: Iterable[Submission], *, deadline_s: float | None = None) -> list[Scored]:
        """Every rollout of the submissions, in their order. Waits until all are judged, or masked at the deadline."""
        order: list[Place] = []

        def noted() -> Iterator[Submission]:
            for submission in submissions:
                order.extend(self._places(submission))
                yield submission

        found = {place_of(one): one for one in self.stream(noted(), deadline_s=deadline_s)}
        return [found[place] for place in order]

    def submit(self, *submissions: Submission, wait_s: float = 60.0) -> None:
        """Have them judged; `drain` gives the scores. Waits for room.

        Raises `UsageError` when there was none for `wait_s` seconds because nobody drains; otherwise as `stream` does.
        """
        until = time.monotonic() + wait_s
        for submission in submissions:
            while not self._offer(submission, self._inbox):
                if time.monotonic() >= until:
                    raise UsageError(
                        f"{self._orders.flight:,} rollouts are in flight, and for {wait_s:g} s there was no room for "
                        f"more; drain() while you submit, or open the pool with in_flight above {self._orders.limit:,}"
                    )
                self._orders.wait_for_room(_WAIT_S)

    def drain(self, count: int = _AT_ONCE, wait_s: float | None = None) -> list[Scored]:
        """Up to `count` scores of what was submitted with `submit`: at least one, unless none are in flight.

        With `wait_s` it waits no longer than that, and may return an empty list.
        """
        until = None if wait_s is None else time.monotonic() + wait_s
        while True:
            if found := self._orders.take(self._inbox, count):
                return found
            left = _WAIT_S if until is None else min(_WAIT_S, until - time.monotonic())
            if not self._inbox.left or left <= 0:
                return []
            self._check(self._inbox)
            self._wait(self._inbox, left)

    @property
    def alarms(self) -> list[Alarm]:
        """The newest pairs of scores of the same work that differ; there should be none, ever."""
        return list(self._orders.alarms)

    @property
    def fault(self) -> str:
        """Why no scores come, as far as it is known; empty when they do."""
        return self._fault or (self._workforce.fault if self._workforce is not None else "")

    def statistics(self) -> Statistics:
        """Counts, the depth of the queue and the states of the workers."""
        workers = self._workforce.statistics() if self._workforce is not None else None
        return Statistics(
            in_flight=self._orders.flight, queue=self.queue.depth(), workers=workers, **self._orders.count
        )

    def close(self) -> None:
        """End the workers. What was judged is kept; what was not stays in a queue that lasts, and is lost in another.

        Whoever waits for scores gets `PoolClosed`. Safe to call twice, and in a fork, where it does nothing.
        """
        if self._owner != os.getpid() or self._closing:
            return
        self._closing = True
        atexit.unregister(self.close)
        if self._post is not None:
            self._post.close()
        if self._workforce is not None:
            self._workforce.close()
        self._ended = True
        self._collector.join()
        self.queue.close()
        self._orders.wake()
        if self._fault:
            warnings.warn(f"not every score could be kept: {self._fault}", RefereeWarning, stacklevel=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await asyncio.to_thread(self.close)

    def _offer(self, submission: Submission, inbox: Inbox) -> bool:
        """Take a submission for an inbox; False when there is no room now."""
        self._check(inbox)
        places = self._places(submission)
        if not self._orders.has_room(len(places)):
            return False
        if not self._orders.take_in(submission, places, inbox):
            return True
        if self._post is not None:
            self._post.put(submission)
            return True
        while not self.queue.submit([submission], _WAIT_S):
            self._check(inbox)
        return True

    def _check(self, inbox: Inbox) -> None:
        """Raises what keeps scores from coming, when any are waited for."""
        if self._closing:
            raise PoolClosed(f"the pool was closed; {len(inbox.left):,} rollouts had not been judged")
        if self._fault:
            raise InfrastructureError(f"the scores cannot be kept, and wait in the queue: {self._fault}")
        if self._post is not None and self._post.fault:
            raise InfrastructureError(f"rollouts cannot be submitted: {self._post.fault}")
        if self._workforce is not None and self._workforce.fault:
            raise InfrastructureError(f"nobody can judge: {self._workforce.fault}")

    def _wait(self, inbox: Inbox, wait_s: float) -> None:
        """Until there is something in an inbox, or the time is over: what the trainer waits is counted."""
        with self.gauges.timed("reward_gpu_wait_seconds"):
            self._orders.wait(inbox, wait_s)

    def _masked(self, inbox: Inbox) -> list[Scored]:
        """What an inbox still waits for, given up at a deadline."""
        detail = "it was not judged before the deadline"
        found: list[tuple[Submission, Scored]] = []
        for submission, index in self._orders.give_up(inbox, masked=True):
            judged = self._judge.unjudged(submission, [index], "infra.deadline", detail=detail)
            found += ((submission, scored) for scored in join(submission, judged))
        self.gauges.count(found)
        return [scored for _, scored in found]

    def _places(self, submission: Submission) -> list[Place]:
        digest = self._judge.packs(submission.pack).digest
        if self.keeper is not None and digest not in self._learned:
            self.keeper.learn(submission.pack)
            self._learned.add(digest)
        run, group, start = submission.run, submission.group, submission.start
        return [(run, group, start + index, digest) for index in range(len(submission.rollouts))]

    def _keep(self, scored: Sequence[Scored]) -> None:
        assert self.keeper is not None
        with self.gauges.timed("reward_ledger_commit_seconds"):
            self.keeper.keep(scored)

    def _collect(self) -> None:
        """The collector's life."""
        keep = None if self.keeper is None else self._keep
        swept = time.monotonic()
        while True:
            last = self._ended
            try:
                found = self.queue.drain(_AT_ONCE, 0.0 if last else _WAIT_S, keep)
                if time.monotonic() - swept > _SWEEP_S:
                    self.queue.sweep()
                    swept = time.monotonic()
            except Exception as error:  # noqa: BLE001 - the keeper's or the queue's: said to whoever waits, tried again
                self._fault = f"{type(error).__name__}: {error}"
                self._orders.wake()
                if last:
                    return
                time.sleep(_RETRY_S)
                continue
            self._fault = ""
            if found:
                self.gauges.count(self._orders.deliver(found))
            elif last:
                return
