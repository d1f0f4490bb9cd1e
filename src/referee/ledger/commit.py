"""One commit after the other: which of the rows are new, their links, the batch's root, and all of it on the disk."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from referee.core.errors import InfrastructureError
from referee.engine.build import build
from referee.ledger import chain, recover, schema
from referee.ledger.roots import Root, Roots
from referee.ledger.rows import SCORE, STEP, Prepared, by_infrastructure, score_of
from referee.ledger.texts import Sealer

_PAGES = (
    8192  # of the journal, 32 MB, before it is moved into the file: pages of the index are then written many at once
)
_TASKS = 65_536  # whose hashes are remembered
_SYNC_S = 1.0  # between two syncs of the roots, which are in the ledger too
_SIZES = (256, 64, 16, 4, 1)  # rows of one INSERT: SQLite takes them without Python in between


class Kept(NamedTuple):
    """What a commit did with the rows that it was given; see `write.Figures`."""

    entries: int = 0
    duplicates: int = 0
    retried: int = 0
    alarms: int = 0

    def plus(self, other: Kept) -> Kept:
        """The sums."""
        return Kept(*(one + two for one, two in zip(self, other, strict=True)))


class _Head(NamedTuple):
    """Where the ledger ends."""

    seq: int
    link: bytes
    alarms: int
    alarm_link: bytes
    batch: int
    root: bytes


class Committer:
    """The writing end of a ledger, for one thread. `learn` alone may be called from any."""

    def __init__(self, path: Path, *, beside: bool) -> None:
        self.path = path
        self._sealer = Sealer(path) if beside else None  # a missing extra is said before anything is made
        if path.is_dir() or (path.exists() and path.stat().st_size):
            schema.check(path)  # before anything is put beside what is no ledger
        self._roots = Roots(path)
        self._learned: dict[tuple[str, str], str] = {}
        self._tasks: OrderedDict[bytes, None] = OrderedDict()
        self._synced = time.monotonic()
        try:
            self._store, self.recovered = recover.opened(path, self._roots)
            self._store.execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")
            self._name = str(self._store.execute("SELECT id FROM ledger").fetchone()[0])
            self._head = self._read_head()
            with self._transaction():
                self._opening = self._open()
        except sqlite3.Error as error:
            self._roots.close()
            raise schema.damaged(path, error) from None
        except BaseException:
            self._roots.close()
            raise

    def learn(self, table: str, name: str, content: str) -> None:
        """A pack or a build to be kept with the next commit."""
        self._learned[(table, name)] = content

    def commit(self, rows: Sequence[Prepared]) -> Kept:
        """All of the rows on the disk, or none, with an `InfrastructureError`."""
        learned = list(self._learned.items())
        with self._transaction(len(rows)):
            for (table, name), content in learned:
                self._store.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (name, content))
            fresh, again = self._sorted(rows)
            head = self._entered(fresh)
            head, kept = self._compared(head, again)
            if head != self._head:
                head = self._rooted(head)
        for pair, _ in learned:
            self._learned.pop(pair, None)
        if head.batch != self._head.batch:
            self._roots.add([Root(head.batch, self._head.seq + 1, head.seq, head.root.hex())])
            self._sync_roots()
        self._head = head
        if self._sealer is not None:
            self._sealer.note([row.columns[STEP] for row in fresh])
        return kept._replace(entries=len(fresh))

    def tidy(self) -> None:
        """What can be done between two commits: texts of finished steps go to their files."""
        if self._sealer is not None:
            self._seal(everything=False)

    def close(self) -> None:
        """The end of a writer that was asked to end. A full disk is said by the next opening; nothing is lost by it."""
        with contextlib.suppress(InfrastructureError):
            self.commit(())
            if self._sealer is not None:
                self._seal(everything=True)
            with self._transaction():
                self._store.execute("INSERT INTO closings VALUES (?, ?)", (self._opening, self._head.seq))
        self._roots.add(())
        with contextlib.suppress(OSError):
            self._roots.sync()
        with contextlib.suppress(sqlite3.Error):
            self._store.close()
        self._roots.close()

    @contextlib.contextmanager
    def _transaction(self, rows: int = 0) -> Iterator[None]:
        """What happens inside is on the disk afterwards, or did not happen."""
        try:
            self._store.execute("BEGIN IMMEDIATE")
            yield
            self._store.execute("COMMIT")
        except BaseException as error:
            self._abandon()
            if not isinstance(error, sqlite3.Error):
                raise
            what = f"none of these {rows:,} entries was kept; make room and hand them in again" if rows else "make room"
            raise InfrastructureError(f"cannot write '{self.path}': {error}; {what}") from None

    def _abandon(self) -> None:
        """Back to what is on the disk, which says itself whether the commit was made."""
        self._tasks.clear()
        with contextlib.suppress(sqlite3.Error):
            if self._store.in_transaction:
                self._store.execute("ROLLBACK")
            if hasattr(self, "_head"):
                self._head = self._read_head()

    def _read_head(self) -> _Head:
        start = chain.start(self._name)
        seq, link = self._store.execute("SELECT seq, link FROM entries ORDER BY seq DESC LIMIT 1").fetchone() or (
            0,
            start,
        )
        last = self._store.execute("SELECT seq, link FROM alarms ORDER BY seq DESC LIMIT 1").fetchone() or (0, start)
        batch = self._store.execute("SELECT number, root FROM batches ORDER BY number DESC LIMIT 1").fetchone()
        return _Head(seq, link, *last, *(batch or (0, start)))

    def _open(self) -> int:
        row = self._store.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM openings").fetchone()
        self._store.execute(
            "INSERT INTO openings VALUES (?, ?, ?, ?)", (row[0], build().id, self._head.seq, time.time())
        )
        return int(row[0])

    def _sorted(self, rows: Sequence[Prepared]) -> tuple[list[Prepared], list[tuple[Prepared, int, bytes]]]:
        """The rows whose keys are new, and the others with the number and the mark of the entry that has their key."""
        known: dict[bytes, tuple[int, bytes]] = {}
        for start in range(0, len(rows), _SIZES[0]):
            keys = [row.key for row in rows[start : start + _SIZES[0]]]
            marks = ", ".join("?" * len(keys))
            found = self._store.execute(f"SELECT key, seq, mark FROM entries WHERE key IN ({marks})", keys)
            known |= {key: (seq, mark) for key, seq, mark in found.fetchall()}
        fresh: list[Prepared] = []
        again: list[tuple[Prepared, int, bytes]] = []
        for row in rows:
            if row.key in known:
                again.append((row, *known[row.key]))
            else:
                fresh.append(row)
                known[row.key] = (self._head.seq + len(fresh), row.mark)
        return fresh, again

    def _entered(self, fresh: Sequence[Prepared]) -> _Head:
        """The head after the new rows, their tasks and their texts."""
        seq, link = self._head.seq, self._head.link
        entries: list[tuple[Any, ...]] = []
        tasks: dict[bytes, str] = {}
        for row in fresh:
            seq += 1
            link = chain.link(link, row.columns)
            entries.append((seq, *row.columns, link))
            if row.task[0] not in self._tasks:
                tasks[row.task[0]] = row.task[1]
        self._insert("INSERT INTO entries", entries)
        self._insert("INSERT INTO texts", [(entry[0], row.text) for entry, row in zip(entries, fresh, strict=True)])
        self._insert("INSERT OR IGNORE INTO tasks", list(tasks.items()))
        self._tasks.update(dict.fromkeys(tasks))
        while len(self._tasks) > _TASKS:
            self._tasks.popitem(last=False)
        return self._head._replace(seq=seq, link=link)

    def _compared(self, head: _Head, again: Sequence[tuple[Prepared, int, bytes]]) -> tuple[_Head, Kept]:
        """What came again: with the same score, after the infrastructure failed, or with another score: an alarm."""
        kept = Kept(duplicates=sum(row.mark == mark for row, _, mark in again))
        for row, entry, mark in again:
            if row.mark == mark:
                continue
            stored = self._store.execute("SELECT score FROM entries WHERE seq = ?", (entry,)).fetchone()[0]
            said = row.columns[SCORE]
            failed = by_infrastructure(score_of(stored)) or by_infrastructure(score_of(said))
            kept = kept.plus(Kept(retried=1) if failed else Kept(alarms=1))
            known = self._store.execute("SELECT 1 FROM alarms WHERE key = ? AND mark = ?", (row.key, row.mark))
            if known.fetchone() is None:
                kind = "infrastructure" if failed else "score"
                alarm = (kind, row.key, entry, said, row.mark, *row.columns[-2:])
                head = head._replace(alarms=head.alarms + 1, alarm_link=chain.link(head.alarm_link, alarm))
                self._insert("INSERT INTO alarms", [(head.alarms, *alarm, head.alarm_link)])
        return head, kept

    def _rooted(self, head: _Head) -> _Head:
        """The head after the batch that ends there."""
        last = (head.seq, head.link, head.alarms, head.alarm_link)
        batch = (head.batch + 1, self._head.seq + 1, *last, time.time())
        root = chain.link(head.root, batch)
        self._insert("INSERT INTO batches", [(*batch, root)])
        return head._replace(batch=head.batch + 1, root=root)

    def _insert(self, what: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """All rows, as many in one statement as there are sizes for."""
        at = 0
        while at < len(rows):
            size = next(size for size in _SIZES if size <= len(rows) - at)
            one = f"({', '.join('?' * len(rows[at]))})"
            values = [value for row in rows[at : at + size] for value in row]
            self._store.execute(f"{what} VALUES {', '.join([one] * size)}", values)
            at += size

    def _sync_roots(self) -> None:
        if time.monotonic() - self._synced > _SYNC_S:
            with contextlib.suppress(OSError):
                self._roots.sync()
            self._synced = time.monotonic()

    def _seal(self, *, everything: bool) -> None:
        """Texts to their files. A full disk stops nothing: they stay inside until there is room."""
        assert self._sealer is not None
        for sealed in self._sealer.due(self._store, everything=everything):
            try:
                name = self._sealer.write(self._store, sealed)
            except OSError:
                return
            with contextlib.suppress(InfrastructureError), self._transaction():
                self._sealer.move(self._store, sealed, name)
