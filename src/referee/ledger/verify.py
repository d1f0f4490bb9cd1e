"""Whether a ledger is what was written: every link, every root, every content, and the roots kept elsewhere."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from referee.core.errors import InfrastructureError, RefereeError
from referee.core.types import Record
from referee.ledger import chain, schema
from referee.ledger.roots import beside, known, named, stored
from referee.ledger.texts import Shelf, digest_of

_FAULTS = 20  # of one kind that are named; more are counted


class Report(Record, frozen=True, kw_only=True):
    """What a verification found. `faults`: sentences, none when the ledger is sound. `root`: of the last batch."""

    path: str
    name: str
    entries: int
    batches: int
    alarms: int
    root: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(path: str | Path, roots: str | Path | None = None) -> Report:
    """Check all of a ledger, also while it is written.

    `roots`: a file of roots to compare with, such as a copy that was kept elsewhere; the one beside the ledger when
    None. Raises `UsageError` for what is no ledger.
    """
    path = Path(path).resolve()
    outside = Path(roots) if roots is not None else beside(path)
    store = schema.connect(path)
    try:
        size = outside.stat().st_size if outside.exists() else 0  # a root is outside only once its batch is inside
        store.execute("BEGIN")  # one moment of it, whoever writes
        return _Check(path, store).report(outside, size, asked=roots is not None)
    finally:
        store.close()


def check_end(path: Path, store: sqlite3.Connection) -> None:
    """Raise `InfrastructureError` when the last entries are not what was written: a broken chain is not added to."""
    if fault := _fault_at_end(store):
        raise InfrastructureError(
            f"'{path}' is damaged at its end: {fault}; `referee ledger verify '{path}'` says more, and nothing is added"
        )


def _fault_at_end(store: sqlite3.Connection) -> str:
    """What is wrong with the batch of the last entry, or with one after it, which holds alarms only."""
    end = store.execute("SELECT COALESCE(MAX(seq), 0) FROM entries").fetchone()[0]
    batches = store.execute("SELECT * FROM batches WHERE last >= ? ORDER BY number", (end,)).fetchall()
    if not batches:
        return "its last entries are in no batch" if end else ""
    start = chain.start(store.execute("SELECT id FROM ledger").fetchone()[0])
    number, first = batches[0][:2]
    before = store.execute("SELECT link FROM entries WHERE seq = ?", (first - 1,)).fetchone()
    link = before[0] if before else start
    for row in store.execute("SELECT * FROM entries WHERE seq >= ? ORDER BY seq", (first,)):
        link = chain.link(link, row[1:-1])
    previous = store.execute("SELECT root FROM batches WHERE number = ?", (number - 1,)).fetchone()
    root = previous[0] if previous else start
    for batch in batches:
        root = chain.link(root, batch[:-1])
        if batch[2:4] != (end, link) or batch[-1] != root:
            return f"{_span(first, batch[2])} are not what was written"
    return ""


class _Check:
    """One walk over a ledger."""

    def __init__(self, path: Path, store: sqlite3.Connection) -> None:
        self.path = path
        self.store = store
        self.name = str(store.execute("SELECT id FROM ledger").fetchone()[0])
        self.faults: list[str] = []
        self.notes: list[str] = []
        self._counts: dict[str, int] = {}
        self._links: dict[int, bytes] = {}  # recomputed, at the ends of batches
        self._alarm_links: dict[int, bytes] = {0: chain.start(self.name)}

    def report(self, roots: Path, size: int, *, asked: bool) -> Report:
        root = ""
        try:
            for (said,) in self.store.execute(f"PRAGMA integrity_check({_FAULTS})"):
                if said != "ok":
                    self._fault("SQLite", f"the file is damaged: {said}")
            self._alarms()
            self._entries()
            root = self._batches()
            self._contents()
            self._compare(roots, size, asked=asked)
        except (sqlite3.Error, InfrastructureError) as error:
            self._fault("read", f"it cannot be read further: {error}")
        for kind, count in self._counts.items():
            if count > _FAULTS:
                self.faults.append(f"and {count - _FAULTS:,} more of the kind '{kind}'")
        return Report(
            path=str(self.path),
            name=self.name,
            entries=self._count("entries"),
            batches=self._count("batches"),
            alarms=self._count("alarms"),
            root=root,
            faults=tuple(self.faults),
            notes=tuple(self.notes),
        )

    def _count(self, table: str) -> int:
        try:
            return int(self.store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
        except sqlite3.Error:
            return 0

    def _fault(self, kind: str, sentence: str) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= _FAULTS:
            self.faults.append(sentence)

    def _rows(self, table: str, order: str) -> Iterator[tuple[Any, ...]]:
        yield from self.store.execute(f"SELECT * FROM {table} ORDER BY {order}")

    def _alarms(self) -> None:
        link = chain.start(self.name)
        for number, row in enumerate(self._rows("alarms", "seq"), 1):
            link = chain.link(link, row[1:-1])
            if row[0] != number or row[-1] != link:
                self._fault("alarm", f"alarm {row[0]:,} is not what was written")
                link = row[-1]
            self._alarm_links[number] = link

    def _entries(self) -> None:
        """Links, and the hash of every text."""
        link = chain.start(self.name)
        ends = {last for (last,) in self.store.execute("SELECT last FROM batches")}
        self._links[0] = link
        shelf = Shelf(self.path, self.store)
        rows = self.store.execute(
            "SELECT entries.*, texts.content FROM entries LEFT JOIN texts USING (seq) ORDER BY entries.seq"
        )
        at = 0
        for *row, text in rows:
            seq = row[0]
            if seq != at + 1:
                self._fault("gap", f"after entry {at:,} comes entry {seq:,}: what stood between is gone")
            at = seq
            link = chain.link(link, row[1:-1])
            if link != row[-1]:
                place = f"run {row[2]!r}, group {row[3]!r}, index {row[4]}"
                self._fault("link", f"entry {seq:,} ({place}) is not what was written")
                link = row[-1]
            if seq in ends:
                self._links[seq] = link
            self._text(shelf, seq, row, text)

    def _text(self, shelf: Shelf, seq: int, row: list[Any], text: str | None) -> None:
        try:
            content = shelf.find(seq, row[5]) if text is None else text
        except RefereeError as error:
            self._fault("text", str(error))
            return
        if digest_of(content) != row[7]:
            self._fault("text", f"the text of entry {seq:,} is not the one that was scored")

    def _batches(self) -> str:
        root, covered, number = chain.start(self.name), 0, 0
        for row in self._rows("batches", "number"):
            first, last, link, alarms, alarm_link = row[1:6]
            if (row[0], first) != (number + 1, covered + 1):
                self._fault("batch", f"batch {row[0]:,} does not follow the one before it")
            number, covered = row[0], last
            root = chain.link(root, row[:-1])
            if row[-1] != root:
                self._fault(
                    "batch", f"the root of batch {number:,} (entries {first:,} to {last:,}) is not what was written"
                )
                root = row[-1]
            if self._links.get(last) != link or self._alarm_links.get(alarms) != alarm_link:
                self._fault(
                    "batch", f"batch {number:,} (entries {first:,} to {last:,}) does not stand for what it holds"
                )
        end = self.store.execute("SELECT COALESCE(MAX(seq), 0) FROM entries").fetchone()[0]
        if end != covered:
            self._fault("batch", f"the batches end with entry {covered:,}, the entries with {end:,}")
        return root.hex() if number else ""

    def _contents(self) -> None:
        """What entries name by its hash."""
        for digest, content in self.store.execute("SELECT hash, content FROM tasks"):
            if digest_of(content) != digest:
                self._fault("task", f"the task {digest.hex()[:12]} is not what was written")
        for table, name, size in (("packs", "digest", 64), ("builds", "id", 16)):
            for known_as, content in self.store.execute(f"SELECT {name}, content FROM {table}"):
                if hashlib.sha256(content.encode()).hexdigest()[:size] != known_as:
                    self._fault(table, f"what is kept under '{known_as}' in {table} is not what was written")
        for digest, count in self._missing("task", "tasks", "hash"):
            self._fault("task", f"the task {digest.hex()[:12]} of {count:,} entries is gone")
        for digest, count in self._missing("pack", "packs", "digest"):
            self.notes.append(f"the pack {digest[:12]} of {count:,} entries is not kept here; replay needs --pack")
        for name, count in self._missing("build", "builds", "id"):
            self.notes.append(f"nothing is known of the build {name} of {count:,} entries")

    def _missing(self, column: str, table: str, name: str) -> list[tuple[Any, int]]:
        """What entries name and `table` does not hold, with the number of those entries."""
        named = f"SELECT {column} AS named, COUNT(*) AS many FROM entries GROUP BY {column}"
        return self.store.execute(
            f"SELECT named, many FROM ({named}) LEFT JOIN {table} ON {name} = named WHERE {name} IS NULL"
        ).fetchall()

    def _compare(self, roots: Path, size: int, *, asked: bool) -> None:
        """With the roots that were kept outside."""
        if not asked and not roots.exists():
            self.notes.append(f"'{roots}' is missing, so only what is inside could be checked")
            return
        if named(roots) != self.name:
            self._fault("roots", f"'{roots}' holds the roots of another ledger")
            return
        inside = {one.number: one for one in stored(self.store)}
        last = 0
        for one in known(roots, size):
            last = max(last, one.number)
            span = _span(one.first, one.last)
            if one.number not in inside:
                self._fault("roots", f"batch {one.number:,} ({span}) is known to '{roots}', and gone here")
            elif inside[one.number] != one:
                self._fault(
                    "roots", f"the past was rewritten: '{roots}' has another root for {span}, batch {one.number:,}"
                )
        behind = sum(number > last for number in inside)
        if behind:
            self.notes.append(f"the last {behind:,} batches are not in '{roots}' yet")


def _span(first: int, last: int) -> str:
    return f"entries {first:,} to {last:,}"
