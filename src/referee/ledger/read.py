"""A ledger as its readers see it: entries with their tasks and texts, packs, builds, and a summary."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import msgspec

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Record, Score
from referee.engine.build import Build
from referee.ledger import schema
from referee.ledger.rows import Entry, entry, rollout_of, score_of, task_of
from referee.ledger.texts import Shelf

_PAGE = 1000  # entries of one question to SQLite, so that a reader holds back no writer
_ENTRIES = (
    "SELECT entries.*, tasks.content, texts.content FROM entries JOIN tasks ON tasks.hash = entries.task "
    "LEFT JOIN texts ON texts.seq = entries.seq"
)


class Alarm(Record, frozen=True, kw_only=True):
    """Another score for work that had one. `kind`: `score`, or `infrastructure` where that failed in one of them."""

    number: int
    kind: str
    entry: int
    score: Score
    worker: str
    delivery: int


class Overview(Record, frozen=True, kw_only=True):
    """What a ledger holds. `runs`: name, entries, first and last step, mean reward. `packs`, `builds`: with entries."""

    name: str
    made_by: str
    entries: int
    batches: int
    judged: int
    mean: float | None
    alarms: dict[str, int]
    tasks: int
    files: int
    runs: tuple[tuple[str, int, int | None, int | None, float | None], ...]
    packs: dict[str, int]
    builds: dict[str, int]
    openings: int
    closed: bool


class Reader:
    """A ledger open for reading, at any time, while it is written or not. Raises `UsageError` for what is no ledger."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        self._store = schema.connect(self.path)
        self._shelf = Shelf(self.path, self._store)
        self._task = lru_cache(maxsize=4096)(task_of)

    def __len__(self) -> int:
        return int(self._one("SELECT COUNT(*) FROM entries")[0])

    def entries(self, numbers: Sequence[int] | None = None) -> Iterator[Entry]:
        """All entries in the order in which they were kept, or those of the numbers, in their order."""
        try:
            if numbers is None:
                yield from self._all()
                return
            for at in range(0, len(numbers), _PAGE):
                page = numbers[at : at + _PAGE]
                marks = ", ".join("?" * len(page))
                for row in self._store.execute(f"{_ENTRIES} WHERE entries.seq IN ({marks}) ORDER BY entries.seq", page):
                    yield self._entry(row)
        except sqlite3.Error as error:
            raise schema.damaged(self.path, error) from None

    def entry(self, which: str) -> Entry:
        """The entry of a number, or of a key or the beginning of one."""
        # Six digits and more may be the beginning of a key too.
        if which.isdecimal() and len(which) < 16 and (len(which) < 6 or int(which) <= len(self)):
            row = self._store.execute(f"{_ENTRIES} WHERE entries.seq = ?", (int(which),)).fetchone()
            if row is None:
                raise UsageError(f"'{self.path}' has no entry {which}; it has {len(self):,}, counted from 1")
            return self._entry(row)
        low = which.lower()
        if len(low) < 6 or not set(low) <= set("0123456789abcdef"):
            raise UsageError(f"an entry goes by its number or by the first digits of its key, 6 or more; got '{which}'")
        bounds = (bytes.fromhex(low.ljust(64, "0")), bytes.fromhex(low.ljust(64, "f")))
        rows = self._store.execute(f"{_ENTRIES} WHERE key BETWEEN ? AND ? LIMIT 2", bounds).fetchall()
        if len(rows) != 1:
            raise UsageError(
                f"'{self.path}' has {'several entries' if rows else 'no entry'} whose key begins with '{which}'"
            )
        return self._entry(rows[0])

    def steps(self, run: str | None = None) -> dict[int | None, list[int]]:
        """The numbers of the entries of each step, of all runs or of one, which must be there."""
        where, values = ("", ()) if run is None else ("WHERE run = ?", (run,))
        found: dict[int | None, list[int]] = {}
        for step, seq in self._store.execute(f"SELECT step, seq FROM entries {where} ORDER BY step, seq", values):
            found.setdefault(step, []).append(seq)
        if run is not None and not found:
            raise UnknownName(
                "run", run, [str(name) for (name,) in self._store.execute("SELECT DISTINCT run FROM entries")]
            )
        return found

    def root(self) -> str:
        """The root of the last batch, which stands for everything before it; empty for an empty ledger."""
        row = self._store.execute("SELECT root FROM batches ORDER BY number DESC LIMIT 1").fetchone()
        return row[0].hex() if row else ""

    def pack(self, digest: str) -> dict[str, Any] | None:
        """A pack as kept, with the versions of its verifiers (`RulePack.identity`); None when it is not."""
        row = self._store.execute("SELECT content FROM packs WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else dict(msgspec.json.decode(row[0]))

    def build(self, name: str) -> Build | None:
        """The fingerprint of a judge as kept; None when it is not."""
        row = self._store.execute("SELECT content FROM builds WHERE id = ?", (name,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Build)

    def names(self, table: Literal["packs", "builds"]) -> list[str]:
        """The digests of the packs, or the ids of the builds, that are kept as a whole."""
        return [row[0] for row in self._store.execute(f"SELECT * FROM {table} ORDER BY rowid")]

    @property
    def name(self) -> str:
        """The name that the ledger was given when it was made."""
        return str(self._one("SELECT id FROM ledger")[0])

    def alarms(self) -> Iterator[Alarm]:
        """What came again with another score."""
        for row in self._store.execute("SELECT seq, kind, entry, score, worker, delivery FROM alarms ORDER BY seq"):
            number, kind, at, score, worker, delivery = row
            yield Alarm(
                number=number, kind=kind, entry=at, score=score_of(score), worker=str(worker), delivery=delivery
            )

    def overview(self) -> Overview:
        """What it holds, counted."""
        made_by = self._one("SELECT made_by FROM ledger")[0]
        entries, judged, mean = self._one("SELECT COUNT(*), COUNT(reward), AVG(reward) FROM entries")
        last = self._one("SELECT COALESCE(MAX(number), 0) FROM openings")[0]
        runs = "SELECT run, COUNT(*), MIN(step), MAX(step), AVG(reward) FROM entries GROUP BY run ORDER BY MIN(seq)"
        return Overview(
            name=self.name,
            made_by=made_by,
            entries=entries,
            judged=judged,
            mean=mean,
            batches=self._one("SELECT COUNT(*) FROM batches")[0],
            alarms=self._counts("kind", "alarms"),
            tasks=self._one("SELECT COUNT(*) FROM tasks")[0],
            files=self._one("SELECT COUNT(*) FROM files")[0],
            runs=tuple((str(row[0]), *row[1:]) for row in self._store.execute(runs)),
            packs=self._counts("pack", "entries"),
            builds=self._counts("build", "entries"),
            openings=last,
            closed=bool(self._one("SELECT COUNT(*) FROM closings WHERE opening = ?", last)[0]),
        )

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _all(self) -> Iterator[Entry]:
        at = 0
        while rows := self._store.execute(
            f"{_ENTRIES} WHERE entries.seq > ? ORDER BY entries.seq LIMIT {_PAGE}", (at,)
        ).fetchall():
            for row in rows:
                yield self._entry(row)
            at = rows[-1][0]

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        *columns, task, text = row
        content = self._shelf.find(columns[0], columns[5]) if text is None else text
        return entry(tuple(columns), self._task(task), rollout_of(content))

    def _one(self, question: str, *values: Any) -> tuple[Any, ...]:
        try:
            return tuple(self._store.execute(question, values).fetchone())
        except sqlite3.Error as error:
            raise schema.damaged(self.path, error) from None

    def _counts(self, column: str, table: str) -> dict[str, int]:
        return dict(self._store.execute(f"SELECT {column}, COUNT(*) FROM {table} GROUP BY {column} ORDER BY MIN(seq)"))
