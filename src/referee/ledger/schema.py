"""The tables of a ledger, and the opening of one: whatever is not a ledger of ours is refused in one sentence."""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path
from typing import Final

from referee.core.errors import InfrastructureError, UsageError
from referee.core.version import VERSION

FORMAT: Final = 1  # raised by one when the tables change
APPLICATION: Final = 0x5EFE4EE1  # in the header of the file: a ledger, and no other database
_HEADER = b"SQLite format 3\0"

# An entry names its task, pack, build and rollout by the hash of their content, so the chain over entries covers those
# too. `key`, `task`, `rollout`, `mark` and `link` are SHA-256, 32 bytes; texts that UTF-8 cannot hold are blobs.
_TABLES: Final = """
CREATE TABLE ledger (id TEXT NOT NULL, made_by TEXT NOT NULL);
CREATE TABLE openings (number INTEGER PRIMARY KEY, build TEXT NOT NULL, entries INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE closings (opening INTEGER PRIMARY KEY, entries INTEGER NOT NULL);
CREATE TABLE packs (digest TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE builds (id TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE tasks (hash BLOB PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, run TEXT NOT NULL, grp TEXT NOT NULL, place INTEGER NOT NULL,
    step INTEGER, task BLOB NOT NULL, rollout BLOB NOT NULL, pack TEXT NOT NULL, build TEXT NOT NULL, reward REAL,
    score TEXT NOT NULL, mark BLOB NOT NULL, seconds REAL, waited REAL, worker TEXT NOT NULL,
    delivery INTEGER NOT NULL, link BLOB NOT NULL);
CREATE TABLE alarms (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, key BLOB NOT NULL, entry INTEGER NOT NULL, score TEXT NOT NULL,
    mark BLOB NOT NULL, worker TEXT NOT NULL, delivery INTEGER NOT NULL, link BLOB NOT NULL, UNIQUE (key, mark));
CREATE TABLE batches (
    number INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, link BLOB NOT NULL,
    alarms INTEGER NOT NULL, alarm_link BLOB NOT NULL, at REAL NOT NULL, root BLOB NOT NULL);
CREATE TABLE files (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, step INTEGER, first INTEGER NOT NULL, last INTEGER NOT NULL,
    texts INTEGER NOT NULL);
CREATE INDEX files_step ON files (step);
CREATE TABLE texts (seq INTEGER PRIMARY KEY, content TEXT NOT NULL);
CREATE VIEW scores AS
    SELECT entries.seq, lower(hex(key)) AS key, run, grp AS "group", place AS "index", step, reward, score,
        tasks.content ->> '$.id' AS task, tasks.content ->> '$.truth' AS truth, tasks.content ->> '$.prompt' AS prompt,
        texts.content ->> '$.text' AS text, entries.pack, build, worker, seconds, waited, delivery
    FROM entries LEFT JOIN tasks ON tasks.hash = entries.task LEFT JOIN texts ON texts.seq = entries.seq;
"""
_KEPT: Final = (
    "ledger", "openings", "closings", "packs", "builds", "tasks", "entries", "alarms", "batches", "files",
)  # fmt: skip
_SEALED: Final = """
CREATE TRIGGER texts_delete BEFORE DELETE ON texts WHEN NOT EXISTS (
    SELECT 1 FROM files, entries WHERE entries.seq = OLD.seq AND files.step IS entries.step
    AND OLD.seq BETWEEN files.first AND files.last)
BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: this text is in no sealed file yet'); END;
"""
_REFUSAL: Final = """
CREATE TRIGGER {table}_{action} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, 'a ledger is append-only: nothing in {table} is changed or removed'); END;
"""


def create(path: Path) -> None:
    """A new, empty ledger: made under another name and then moved, so that it is there as a whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    for ending in ("", "-wal", "-journal", "-shm"):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
    store = sqlite3.connect(fresh, isolation_level=None)
    try:
        store.execute(f"PRAGMA application_id = {APPLICATION}")
        store.execute(f"PRAGMA user_version = {FORMAT}")
        store.execute("PRAGMA synchronous = FULL")
        guards = "".join(
            _REFUSAL.format(table=name, action=action) for name in _KEPT for action in ("UPDATE", "DELETE")
        )
        guards += _REFUSAL.format(table="texts", action="UPDATE") + _SEALED
        store.executescript(f"BEGIN; {_TABLES} {guards} COMMIT;")
        store.execute("INSERT INTO ledger VALUES (?, ?)", (uuid.uuid4().hex, VERSION))
        store.execute("PRAGMA journal_mode = WAL")
    finally:
        store.close()
    fresh.rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """A file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_database(path: Path) -> bool:
    """Whether a file is a ledger, or another database of SQLite."""
    with path.open("rb") as file:
        return file.read(16) == _HEADER


def check(path: Path) -> None:
    """Refuse what is not a ledger that this version reads, told from the first bytes of the file."""
    if path.is_dir():
        raise UsageError(f"'{path}' is a folder; name the ledger's file in it")
    if not path.exists():
        raise UsageError(f"there is no ledger '{path}'")
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise UsageError(f"cannot read '{path}': {error.strerror}") from None
    if head[:16] != _HEADER or len(head) < 100:
        raise UsageError(f"'{path}' is not a ledger: it begins with {head[:16]!r}; name another file")
    if int.from_bytes(head[68:72], "big") != APPLICATION:
        raise UsageError(f"'{path}' is an SQLite database, but not a ledger; name another file")
    version = int.from_bytes(head[60:64], "big")
    if version > FORMAT:
        raise UsageError(
            f"'{path}' has format {version}, and this referee reads up to {FORMAT}: pip install --upgrade referee"
        )
    if version < FORMAT:
        raise UsageError(
            f"'{path}' has format {version}, which this referee no longer reads; the version that wrote it can "
            "export it: referee ledger export"
        )


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection to a ledger that `check` found sound. Readers cannot write, whatever they are asked for."""
    check(path)
    mode = "rw" if write else "ro"
    if not write and not _journal(path) and not _writable(path.parent):
        mode = "ro&immutable=1"  # on a medium that nobody can write, where the shared memory of WAL cannot be made
    uri = f"file:{_quoted(path)}?mode={mode}"
    try:
        store = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30, check_same_thread=False)
        store.execute("PRAGMA cache_size = -65536")
        store.execute("SELECT id FROM ledger").fetchone()
    except sqlite3.Error as error:
        raise damaged(path, error) from None
    if not write:
        store.execute("PRAGMA query_only = ON")
    return store


def damaged(path: Path, error: Exception) -> InfrastructureError:
    """The sentence for an error of SQLite on a ledger that exists."""
    return InfrastructureError(
        f"'{path}' cannot be read: {error}; `referee ledger verify '{path}'` says how far it holds"
    )


def _journal(path: Path) -> bool:
    """Whether anything stands in the journal."""
    journal = path.with_name(path.name + "-wal")
    return journal.exists() and journal.stat().st_size > 0


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_RDONLY


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))
