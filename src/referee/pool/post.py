"""Submissions to a queue across a network: in batches, on a thread of their own, so that no event loop waits for it."""

from __future__ import annotations

import threading
from collections import deque

from referee.engine.scored import Submission
from referee.pool.base import Queue

_AT_ONCE = 256
_WAIT_S = 0.25


class Post:
    """Takes submissions without waiting; whoever puts them in bounds their number. `fault`: why they do not go out."""

    def __init__(self, queue: Queue) -> None:
        self.fault = ""
        self._queue = queue
        self._waiting: deque[Submission] = deque()
        self._changed = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="referee-post", daemon=True)
        self._thread.start()

    def put(self, submission: Submission) -> None:
        """Have it submitted soon, after those before it."""
        with self._changed:
            self._waiting.append(submission)
            self._changed.notify()

    def close(self) -> None:
        """Try once more with what has not gone out."""
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._over:
                    self._changed.wait()
                batch = [self._waiting[at] for at in range(min(_AT_ONCE, len(self._waiting)))]
                over = self._over
            taken = self._submit(batch)
            with self._changed:
                for _ in range(taken):
                    self._waiting.popleft()
                if over and (taken < len(batch) or not self._waiting):
                    return
                if self.fault and not over:
                    self._changed.wait(_WAIT_S)

    def _submit(self, batch: list[Submission]) -> int:
        try:
            taken = self._queue.submit(batch, _WAIT_S) if batch else 0
            self.fault = ""
            return taken
        except Exception as error:  # noqa: BLE001 - the network's, say: told to whoever waits, and tried again
            self.fault = f"{type(error).__name__}: {error}"
            return 0
