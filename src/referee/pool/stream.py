"""Scores as they come, with `async for` or `for`: takes submissions as there is room, and masks stragglers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING

from referee.engine.scored import Scored, Submission
from referee.pool.orders import Inbox

if TYPE_CHECKING:
    from referee.pool.pool import Pool

_AT_ONCE = 1024
_TURN_S = 0.002  # for which submissions are taken without a pause
_LOOK_S = 0.25  # between two looks at whether anybody can still judge


class Stream:
    """Every rollout of some submissions, once each. Made by `Pool.stream`, and gone through once."""

    def __init__(
        self, pool: Pool, submissions: Iterable[Submission] | AsyncIterable[Submission], deadline_s: float | None
    ) -> None:
        self._pool = pool
        self._submissions = submissions
        self._deadline_s = deadline_s
        self._until: float | None = None  # the deadline, once the last submission was taken
        self._ended = False

    def _end(self) -> None:
        """The last submission was taken."""
        self._ended = True
        self._until = None if self._deadline_s is None else time.monotonic() + self._deadline_s

    def _patience(self) -> float:
        """Seconds to wait for the next score."""
        return _LOOK_S if self._until is None else min(_LOOK_S, max(0.0, self._until - time.monotonic()))

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until

    def __iter__(self) -> Iterator[Scored]:
        pool, inbox = self._pool, Inbox()
        try:
            for submission in _plain(self._submissions):
                while not pool._offer(submission, inbox):
                    if inbox.rows or inbox.left:
                        pool._wait(inbox, _LOOK_S)
                        yield from pool._orders.take(inbox, _AT_ONCE)
                    else:  # others fill the pool
                        pool._orders.wait_for_room(_LOOK_S)
                yield from pool._orders.take(inbox, _AT_ONCE)
            self._end()
            while inbox.rows or inbox.left:
                pool._wait(inbox, self._patience())
                yield from pool._orders.take(inbox, _AT_ONCE)
                if self._late():
                    yield from pool._masked(inbox)
                if inbox.left:
                    pool._check(inbox)
        finally:
            pool._orders.drop(inbox)

    async def __aiter__(self) -> AsyncIterator[Scored]:
        batches = self.batches()
        try:
            async for rows in batches:
                for row in rows:
                    yield row
        finally:
            await batches.aclose()

    async def batches(self) -> AsyncGenerator[list[Scored], None]:
        """The same in lists, of what is there together: less work for whoever wants all of it."""
        pool = self._pool
        loop, news = asyncio.get_running_loop(), asyncio.Event()
        inbox = Inbox(lambda: _tell(loop, news))
        producer = asyncio.ensure_future(self._produce(inbox, news))
        try:
            while not self._ended or inbox.rows or inbox.left:
                if not news.is_set():
                    with pool.gauges.timed("reward_gpu_wait_seconds"), contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), self._patience())
                news.clear()
                while rows := pool._orders.take(inbox, _AT_ONCE):
                    yield rows
                if producer.done():
                    producer.result()
                if self._late() and (rows := pool._masked(inbox)):
                    yield rows
                if inbox.left:
                    pool._check(inbox)
        finally:
            producer.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await producer
            pool._orders.drop(inbox)

    async def _produce(self, inbox: Inbox, news: asyncio.Event) -> None:
        """Take the submissions as there is room."""
        pool = self._pool
        turn = time.monotonic()
        async for submission in _async(self._submissions):
            while not pool._offer(submission, inbox):
                await asyncio.sleep(0.002)
            if time.monotonic() - turn > _TURN_S:
                await asyncio.sleep(0)  # the scores, and the rest of the loop, have their turn
                turn = time.monotonic()
        self._end()
        news.set()


def _tell(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody listens
        loop.call_soon_threadsafe(news.set)


def _plain(submissions: Iterable[Submission] | AsyncIterable[Submission]) -> Iterable[Submission]:
    if isinstance(submissions, Iterable):
        return submissions
    raise TypeError("these submissions come from an async iterable; use `async for`")


async def _async(submissions: Iterable[Submission] | AsyncIterable[Submission]) -> AsyncIterator[Submission]:
    if isinstance(submissions, AsyncIterable):
        async for submission in submissions:
            yield submission
    else:
        for submission in submissions:
            yield submission
