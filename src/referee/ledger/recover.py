"""The opening of a ledger for writing: made when there is none, and when its last writer was killed, what came of that.

SQLite itself brings back every commit that reached the disk and drops one that did not. Here that is looked at, said in
sentences, and the end of the chain is checked before anything is added to it.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from pathlib import Path

from referee.core.errors import InfrastructureError, UsageError
from referee.ledger import schema, texts, verify
from referee.ledger.roots import Roots, caught_up


def opened(path: Path, roots: Roots) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """The store, ready for writing, and what is to be said about its last writer."""
    fresh = not path.exists() or (path.is_file() and not path.stat().st_size)
    if fresh:
        _make(path, roots)
    frames = _frames(path)
    store = schema.connect(path, write=True)
    try:
        store.execute("PRAGMA synchronous = FULL")
        torn = frames > _whole(store) if frames else False
        roots.name(str(store.execute("SELECT id FROM ledger").fetchone()[0]))
        exported = caught_up(roots, store, path)
        verify.check_end(path, store)
        said = () if fresh else tuple(_said(path, store, torn=torn, exported=exported))
    except BaseException:
        store.close()
        raise
    return store, said


def _make(path: Path, roots: Roots) -> None:
    if not roots.empty:
        raise UsageError(
            f"there is no ledger '{path}', but '{roots.path}' holds the roots of one: bring it back, or move the roots "
            "away to start a new one"
        )
    try:
        schema.create(path)
    except (OSError, sqlite3.Error) as error:
        raise InfrastructureError(f"cannot make the ledger '{path}': {error}") from None


def _said(path: Path, store: sqlite3.Connection, *, torn: bool, exported: int) -> list[str]:
    """What happened since the ledger was last closed, a sentence each."""
    said: list[str] = []
    last = store.execute("SELECT number, entries FROM openings ORDER BY number DESC LIMIT 1").fetchone()
    if last is not None and store.execute("SELECT 1 FROM closings WHERE opening = ?", last[:1]).fetchone() is None:
        end = store.execute("SELECT COALESCE(MAX(seq), 0) FROM entries").fetchone()[0]
        said.append(
            f"the last writer of '{path}' was stopped before it closed it; recovered {end - last[1]:,} entries that it "
            f"had kept, up to entry {end:,}"
        )
    if torn:
        said.append("a batch that was being written then was torn and is dropped; nobody was told that it was kept")
    if exported and said:
        said.append(f"the roots of {exported:,} batches were still missing from the file of roots, and are there now")
    for file in texts.leftovers(path, store):
        file.unlink()
        said.append(f"'{file}' was never finished and is removed; its texts are inside the ledger")
    return said


def _whole(store: sqlite3.Connection) -> float:
    """The frames of the journal that SQLite takes for whole."""
    try:
        return float(store.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])
    except sqlite3.OperationalError:  # the disk is too full for them to be moved: they stay where they are
        return math.inf


def _frames(path: Path) -> int:
    """The frames of the journal that belong to its present round, the last one whole or not. Not yet read by SQLite."""
    journal = path.with_name(path.name + "-wal")
    try:
        with journal.open("rb") as file:
            head = file.read(32)
            if len(head) < 32:
                return 0
            page = struct.unpack_from(">I", head, 8)[0]
            count = 0
            while len(frame := file.read(24)) == 24 and frame[8:16] == head[16:24]:
                count += 1
                file.seek(page, 1)
            return count + (0 < len(frame) < 24)
    except FileNotFoundError:
        return 0
