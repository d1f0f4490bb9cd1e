"""The worker in this process: for tests and notebooks. No clock, no kill: a rollout that never ends never ends."""

from __future__ import annotations

import threading

from referee.pool.base import Done, Queue
from referee.pool.judge import Judge

_WAIT_S = 0.1
_AT_ONCE = 16


class Here:
    """A thread that judges what a queue holds."""

    fault = ""

    def __init__(self, queue: Queue, name: str = "here") -> None:
        self._queue = queue
        self._judge = Judge(name)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"referee-{name}", daemon=True)
        self._thread.start()

    def statistics(self) -> None:
        """Nothing that the pool does not know."""

    def close(self) -> None:
        """Stop after the rollout that is being judged."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            for lease in self._queue.lease(self._judge.worker, _AT_ONCE, _WAIT_S):
                count = len(lease.submission.rollouts)
                if not count:
                    self._queue.acknowledge([Done(lease, ())])
                for place in range(count):
                    if self._over.is_set():
                        return
                    judged = self._judge(lease.submission, only=[place], delivery=lease.delivery, waited=lease.waited)
                    self._queue.acknowledge([Done(lease, judged, place == count - 1)])
