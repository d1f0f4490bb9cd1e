"""A pool's numbers: counted as scores arrive, by whole submissions, and read from the pool when somebody asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from referee.engine.scored import Scored, Submission
from referee.pool.metrics import Metrics
from referee.pool.wire import Recent

if TYPE_CHECKING:
    from referee.pool.pool import Statistics

_OPEN = 65_536  # submissions of which some rollouts have not come


class Gauges:
    """Keeps `metrics` up to date; `statistics` is the pool's."""

    def __init__(self, metrics: Metrics, statistics: Callable[[], Statistics]) -> None:
        self.metrics = metrics
        self._statistics = statistics
        self._open: Recent[int, tuple[Submission, list[Scored]]] = Recent(_OPEN)  # held, so that an id stays its own
        self._lock = threading.Lock()

    def count(self, came: Iterable[tuple[Submission, Scored]]) -> None:
        """Scores that were wanted; a submission counts when its last one is there."""
        with self._lock:
            for submission, scored in came:
                name = id(submission)
                _, rows = self._open.get(name) or self._open.put(name, (submission, []))
                rows.append(scored)
                if len(rows) == len(submission.rollouts):
                    self._open.pop(name)
                    self.metrics.scored(rows)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note in a histogram how long something takes."""
        started = time.perf_counter()
        yield
        with self._lock:
            self.metrics.observe(name, time.perf_counter() - started)

    def refresh(self) -> None:
        """Bring the gauges up to date; for an endpoint or a file."""
        known = self._statistics()
        metrics, queue = self.metrics, known.queue
        metrics.set("reward_queue_depth", known.in_flight)
        metrics.set("reward_oldest_item_seconds", queue.oldest_s)
        metrics.set("reward_redeliveries_total", queue.redelivered)
        metrics.set("reward_ledger_lag_records", queue.results)
        metrics.set("reward_duplicates_total", known.duplicates)
        metrics.set("reward_replay_mismatch_total", known.alarms)
        metrics.set("reward_dead_letters_total", queue.dead + (known.workers.dead if known.workers else 0))
        if known.workers is None:
            return
        states = known.workers.workers
        for state, count in states.items():
            metrics.set("reward_workers", count, (state,))
        for cause, count in known.workers.kills.items():
            metrics.set("reward_worker_lost_total", count, (cause,))
        metrics.set("reward_worker_busy_ratio", states["busy"] / (sum(states.values()) or 1))
