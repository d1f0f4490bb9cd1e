"""A ledger made ready for questions: a table of rollouts and one of verdicts, beside it, in a temporary database.

A ledger is append-only, so the index only ever grows: what was kept since the last look is added. It holds no texts;
they are read from the ledger when somebody looks.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from referee.ledger.read import Reader
from referee.ledger.rows import Entry
from referee.pool.metrics import TAGS, TIMEOUTS

OPENING: Final = 160
_PAGE: Final = 1000
_TABLES: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE rollouts (
    seq INTEGER PRIMARY KEY, run TEXT, step INTEGER, grp TEXT, place INTEGER, task TEXT, reward REAL, length INTEGER,
    tokens INTEGER, seconds REAL, waited REAL, pack TEXT, tagged INTEGER, stopped INTEGER, opening TEXT);
CREATE INDEX by_step ON rollouts (run, step);
CREATE INDEX by_group ON rollouts (run, grp);
CREATE TABLE verdicts (seq INTEGER, rule TEXT, status TEXT, reason TEXT, score REAL, tag INTEGER,
    PRIMARY KEY (seq, rule)) WITHOUT ROWID;
CREATE TEMP TABLE found (seq INTEGER PRIMARY KEY);
"""


class Index:
    """One ledger, for one thread. Raises `UsageError` or `InfrastructureError` for what is no ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reader = Reader(path)
        self.store = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # SQLite's own temporary file
        self.store.executescript(_TABLES)
        self.indexed = 0
        self.entries = len(self.reader)
        self.changed: set[tuple[str, int | None]] = set()  # runs and steps whose figures are to be computed again

    def catch_up(self, seconds: float) -> bool:
        """Add what was kept meanwhile, for about so long; whether everything is there."""
        until = time.monotonic() + seconds
        self.entries = len(self.reader)
        while self.indexed < self.entries:
            numbers = range(self.indexed + 1, min(self.indexed + _PAGE, self.entries) + 1)
            self._add(self.reader.entries(list(numbers)))
            self.indexed = numbers[-1]
            if time.monotonic() > until:
                break
        return self.indexed >= self.entries

    def _add(self, entries: Iterable[Entry]) -> None:
        rollouts: list[tuple[Any, ...]] = []
        verdicts: list[tuple[Any, ...]] = []
        for entry in entries:
            scored = entry.scored
            reasons = {verdict.reason for verdict in scored.score.verdicts.values()}
            run = shown(scored.run)
            self.changed.add((run, scored.step))
            rollouts.append(
                (
                    entry.seq,
                    run,
                    scored.step,
                    shown(scored.group),
                    scored.index,
                    shown(scored.task.id),
                    scored.score.reward,
                    len(scored.rollout.text),
                    scored.rollout.tokens,
                    scored.seconds,
                    scored.waited,
                    scored.score.pack,
                    not TAGS.isdisjoint(reasons),
                    not reasons.isdisjoint(TIMEOUTS),
                    shown(scored.rollout.text[:OPENING]),
                )
            )
            verdicts += (
                (entry.seq, shown(rule), one.status, one.reason, one.score, one.reason in TAGS)
                for rule, one in scored.score.verdicts.items()
            )
        self.store.execute("BEGIN")
        self.store.executemany(f"INSERT INTO rollouts VALUES ({', '.join('?' * 15)})", rollouts)  # noqa: S608
        self.store.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?)", verdicts)
        self.store.execute("COMMIT")

    def close(self) -> None:
        """Close both."""
        self.store.close()
        self.reader.close()


def shown(text: str) -> str:
    """A text as it can be stored and shown: half characters, which UTF-8 cannot hold, as their escapes."""
    return text.encode(errors="backslashreplace").decode()
