"""Single calls that arrive together are scored together, for trainers that ask for one rollout at a time."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from referee.adapters.judge import Judge
from referee.core.errors import InfrastructureError, UsageError
from referee.core.types import Score
from referee.engine.completion import Completion

SECONDS = 0.002  # the first of a batch waits this long for the others; generation takes a thousand times as long
LARGEST = 256  # rollouts of a batch

_Call = tuple[Completion, Any, str | None]
_Waiting = tuple[_Call, asyncio.Future[Score]]


class Window:
    """Collects the calls of `SECONDS` into one batch. It belongs to the event loop that its first call runs in."""

    def __init__(self, judge: Judge, seconds: float = SECONDS) -> None:
        self.judge = judge
        self.seconds = seconds
        self.batches = 0  # how many have been scored
        self._waiting: list[_Waiting] = []
        self._running: set[asyncio.Task[list[Score]]] = set()

    async def score(self, completion: Completion, truth: Any = None, prompt: str | None = None) -> Score:
        """The score of one rollout. Raises `UsageError` for this call's own mistakes, never for a neighbour's."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Score] = loop.create_future()
        self._waiting.append(((completion, truth, prompt), result))
        if len(self._waiting) >= LARGEST:
            self._close()
        elif len(self._waiting) == 1:
            loop.call_later(self.seconds, self._close)
        return await result

    def _close(self) -> None:
        """Score what has come together. The timer of a window that was full before its time closes the next early."""
        batch, self._waiting = self._waiting, []
        if batch:
            self._start(batch)

    def _start(self, batch: list[_Waiting]) -> None:
        self.batches += 1
        completions, truths, prompts = zip(*(call for call, _ in batch), strict=True)
        task = asyncio.get_running_loop().create_task(self.judge.scores_async(completions, truths, prompts))
        self._running.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(partial(self._deliver, batch))

    def _deliver(self, batch: list[_Waiting], task: asyncio.Task[list[Score]]) -> None:
        """What the batch came to, to those who still wait. A fault of one call is sought call by call."""
        self._running.discard(task)
        error = InfrastructureError("the batch was cancelled") if task.cancelled() else task.exception()
        if isinstance(error, UsageError) and len(batch) > 1:
            for one in batch:
                self._start([one])
            return
        for place, (_, result) in enumerate(batch):
            if result.done():  # the caller has gone
                continue
            if error is None:
                result.set_result(task.result()[place])
            else:
                result.set_exception(error)
