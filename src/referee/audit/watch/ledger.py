"""A run watched from its ledger, while it is written or long after."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from pathlib import Path
from typing import Self

from referee.audit.watch.alarms import Alarm, Limits, WatchReport
from referee.audit.watch.live import Watch
from referee.engine.score import PackSource, RulePack
from referee.ledger import schema
from referee.ledger.read import Reader
from referee.ledger.replay import replay

_PAGE = 5000


def watch_ledger(
    path: str | Path,
    *,
    run: str | None = None,
    limits: Limits | None = None,
    shadow: PackSource | RulePack | None = None,
    replay: int = 0,
) -> WatchReport:
    """Look at everything that a ledger holds. `run`: of one run only. `replay`: entries that are computed again.

    Raises `UsageError` for what is no ledger.
    """
    with LedgerWatch(path, run=run, limits=limits, shadow=shadow) as watch:
        watch.poll()
        if replay:
            watch.replay(replay)
        watch.finish()
        return watch.report()


class LedgerWatch:
    """A watch over a ledger that may still be growing: `poll` looks at what was kept since the last time."""

    def __init__(
        self,
        path: str | Path,
        *,
        run: str | None = None,
        limits: Limits | None = None,
        shadow: PackSource | RulePack | None = None,
    ) -> None:
        self._path, self._run = Path(path), run
        self._reader = Reader(path)
        self._found: list[Alarm] = []
        self._watch = Watch(limits=limits, shadow=shadow, on_alarm=self._found.append)
        self._known: set[str] = set()
        self._at = self._alarms = self.again = 0

    def poll(self) -> list[Alarm]:
        """Look at the new entries; the alarms that went off."""
        self._learn()
        times = self._times()
        ends = [last for last, _ in times]
        total = len(self._reader)
        while self._at < total:
            numbers = range(self._at + 1, min(self._at + _PAGE, total) + 1)
            for entry in self._reader.entries(list(numbers)):
                if self._run is None or entry.scored.run == self._run:
                    batch = bisect_left(ends, entry.seq)
                    self._watch.feed(entry.scored, entry.seq, times[batch][1] if batch < len(times) else None)
            self._at = numbers[-1]
        self._disagreements()
        return self._taken()

    def replay(self, sample: int) -> list[Alarm]:
        """Compute some entries again, counted in `again`; an alarm when one differs."""
        found = replay(self._path, sample=sample, workers=1)
        self.again += found.entries
        if found.changed:
            first = found.differences[0] if found.differences else None
            entries = list(dict.fromkeys(one.entry for one in found.differences))[:10]
            message = (
                f"{found.changed:,} of {found.entries:,} scores computed again differ; `referee replay` names them"
            )
            self._mismatch(first.run if first else "", entries[0] if entries else 0, found.changed, message, entries)
        return self._taken()

    def finish(self) -> list[Alarm]:
        """Close the steps that are still open, as when the run is over."""
        self._watch.finish()
        return self._taken()

    def report(self) -> WatchReport:
        """Everything so far; reads nothing."""
        return self._watch.report()

    def close(self) -> None:
        """Close the ledger."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _learn(self) -> None:
        """Which rule of each pack says whether a rollout is right."""
        for digest in self._reader.names("packs"):
            if digest not in self._known and (kept := self._reader.pack(digest)) is not None:
                self._known.add(digest)
                self._watch.answers(digest, str(kept["pack"].get("answer", "")))

    def _times(self) -> list[tuple[int, float]]:
        """The last entry of each batch, and when it was kept."""
        store = schema.connect(self._path)
        try:
            return [(last, at) for last, at in store.execute("SELECT last, at FROM batches ORDER BY number")]
        except sqlite3.Error as error:
            raise schema.damaged(self._path, error) from None
        finally:
            store.close()

    def _disagreements(self) -> None:
        """Scores that came twice and differed: the ledger noted them itself."""
        for number, alarm in enumerate(self._reader.alarms()):
            if number >= self._alarms and alarm.kind == "score":
                message = f"entry {alarm.entry:,} came once more with another score; `referee ledger show` has both"
                self._mismatch("", alarm.entry, 1, message, [alarm.entry])
            self._alarms = max(self._alarms, number + 1)

    def _mismatch(self, run: str, entry: int, count: int, message: str, entries: list[int]) -> None:
        alarm = Alarm(
            kind="replay_mismatch",
            run=run,
            step=None,
            entry=entry,
            at=None,
            severity="proof",
            value=float(count),
            limit=0.0,
            message=message,
            evidence={"entries": entries},
        )
        self._watch.alarms.append(alarm)
        self._found.append(alarm)

    def _taken(self) -> list[Alarm]:
        found, self._found[:] = list(self._found), []
        return found
