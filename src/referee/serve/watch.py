"""The alarms of a ledger, found beside everything else: a watch reads all entries, which takes its time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

from referee.audit.watch.alarms import Alarm
from referee.audit.watch.ledger import LedgerWatch


class Alarms:
    """Of one ledger. The watch runs in a thread of its own, when somebody asks."""

    def __init__(self, path: Path) -> None:
        self._watch = LedgerWatch(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="referee-watch")
        self._work: Future[tuple[Alarm, ...]] | None = None
        self._known: tuple[Alarm, ...] = ()

    def look(self, seconds: float) -> tuple[tuple[Alarm, ...], bool]:
        """What is known after at most so long, and whether that is of everything that was kept before."""
        if self._work is None:
            self._work = self._thread.submit(self._poll)
        wait_for([self._work], seconds)
        if not self._work.done():
            return self._known, False
        self._known, self._work = self._work.result(), None
        return self._known, True

    def close(self) -> None:
        """After the look that is under way."""
        self._thread.shutdown()
        self._watch.close()

    def _poll(self) -> tuple[Alarm, ...]:
        self._watch.poll()
        return self._watch.report().alarms
