"""The texts of rollouts beside a ledger: Parquet, zstd, a file for each step, each text under the hash of its content.

A text comes into the ledger first, in the commit that keeps its score. When its step is over it moves: the file is
written and synced under another name, renamed, noted in the ledger, and only then do the texts inside go, which a
trigger refuses for a text that is in no noted file.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra
from referee.core.types import Rollout
from referee.data.plain import dumps, loads
from referee.engine.scored import written
from referee.ledger.rows import rollout_of
from referee.ledger.schema import sync

MANY = 20_000  # texts of one file; more of a step, or texts without a step, make several
_HELD = 3  # files whose texts a reader keeps in memory


class Sealed(NamedTuple):
    """Texts that go to one file: those of the entries of `step` from `first` to `last`."""

    number: int
    step: int | None
    first: int
    last: int
    texts: int


def folder(path: Path) -> Path:
    """Where the files of a ledger stand."""
    return path.with_name(path.name + ".texts")


class Sealer:
    """Moves the texts of finished steps."""

    def __init__(self, path: Path) -> None:
        _parquet()
        self.folder = folder(path)
        self._newest: int | None = None
        self._begun = False
        self._texts = 0  # that came since the last look

    def note(self, steps: Sequence[int | None]) -> None:
        """Texts of those steps came into the ledger."""
        newest = max((step for step in steps if step is not None), default=None)
        self._texts += len(steps)
        if newest is not None and (self._newest is None or newest > self._newest):
            self._newest, self._begun = newest, True

    def due(self, store: sqlite3.Connection, *, everything: bool = False) -> list[Sealed]:
        """What is to be moved: steps before the newest, and whatever fills a file; with `everything`, all."""
        if not (everything or self._begun or self._texts >= MANY):
            return []
        self._begun, self._texts = False, 0
        number = store.execute("SELECT COALESCE(MAX(number), 0) FROM files").fetchone()[0]
        rows = store.execute(
            "SELECT step, MIN(texts.seq), MAX(texts.seq), COUNT(*) FROM texts JOIN entries USING (seq) GROUP BY step"
        ).fetchall()
        found: list[Sealed] = []
        for step, first, last, count in rows:
            over = step is not None and self._newest is not None and step < self._newest
            if everything or over or count >= MANY:
                number += 1
                found.append(Sealed(number, step, first, last, count))
        return found

    def write(self, store: sqlite3.Connection, sealed: Sealed) -> str:
        """The file, whole and on the disk; its name."""
        pa, pq = _parquet()
        step = "none" if sealed.step is None else f"{sealed.step:08d}"
        name = f"step-{step}-{sealed.number:06d}.parquet"
        self.folder.mkdir(exist_ok=True)
        partial = self.folder / f"{name}.partial"
        rows = store.execute(
            "SELECT texts.seq, rollout, run, grp, place, reward, content FROM texts JOIN entries USING (seq) "
            "WHERE step IS ? AND texts.seq BETWEEN ? AND ? ORDER BY texts.seq",
            (sealed.step, sealed.first, sealed.last),
        )
        table = pa.Table.from_pylist([_columns(sealed.step, row) for row in rows], schema=_schema(pa))
        pq.write_table(table, partial, compression="zstd")
        sync(partial)
        partial.rename(self.folder / name)
        sync(self.folder)
        return name

    def move(self, store: sqlite3.Connection, sealed: Sealed, name: str) -> None:
        """Note the file and let the texts inside go, in the caller's transaction."""
        note = (sealed.number, name, sealed.step, sealed.first, sealed.last, sealed.texts)
        store.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", note)
        store.execute(
            "DELETE FROM texts WHERE seq BETWEEN ? AND ? AND seq IN (SELECT seq FROM entries WHERE step IS ? "
            "AND seq BETWEEN ? AND ?)",
            (sealed.first, sealed.last, sealed.step, sealed.first, sealed.last),
        )


class Shelf:
    """Reads texts from the files of a ledger."""

    def __init__(self, path: Path, store: sqlite3.Connection) -> None:
        self.folder = folder(path)
        self._store = store
        self._held: dict[str, dict[int, str]] = {}

    def find(self, seq: int, step: int | None) -> str:
        """The content of the rollout of an entry whose text is not inside the ledger."""
        names = self._store.execute(
            "SELECT name FROM files WHERE step IS ? AND ? BETWEEN first AND last ORDER BY number", (step, seq)
        ).fetchall()
        for (name,) in names:
            if (found := self._texts(name).get(seq)) is not None:
                return found
        place = f"'{self.folder / names[0][0]}'" if names else "the ledger"
        raise InfrastructureError(f"the text of entry {seq:,} is missing from {place}")

    def _texts(self, name: str) -> dict[int, str]:
        if name not in self._held:
            while len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            self._held[name] = dict(_read(self.folder / name))
        return self._held[name]


def leftovers(path: Path, store: sqlite3.Connection) -> list[Path]:
    """Files that the ledger does not know: their writer was stopped too early, and the texts are still inside."""
    noted = {name for (name,) in store.execute("SELECT name FROM files")}
    return [file for file in sorted(folder(path).glob("step-*.parquet*")) if file.name not in noted]


def digest_of(content: str) -> bytes:
    """The hash under which a text is kept."""
    return hashlib.sha256(content.encode()).digest()


def _read(path: Path) -> Iterator[tuple[int, str]]:
    _, pq = _parquet()
    from pyarrow import ArrowException

    try:
        rows = pq.read_table(path, columns=["seq", "text", "id", "tokens", "finish", "meta", "raw"]).to_pylist()
    except (ArrowException, OSError) as error:
        raise InfrastructureError(f"cannot read the texts '{path}': {error}") from None
    for row in rows:
        yield row["seq"], row["raw"] or written(_rollout(row)).decode()


def _rollout(row: dict[str, Any]) -> Rollout:
    meta = loads(row["meta"].encode()) if row["meta"] else {}
    return Rollout(text=row["text"], id=row["id"], tokens=row["tokens"], finish=row["finish"], meta=meta)


def _columns(step: int | None, stored: tuple[Any, ...]) -> dict[str, Any]:
    """A text as a row. `raw` is the content itself, where columns cannot hold all of it."""
    seq, digest, run, group, place, reward, content = stored
    rollout = rollout_of(content)
    row: dict[str, Any] = {
        "seq": seq, "hash": digest.hex(), "step": step, "run": _shown(run), "group": _shown(group), "index": place,
        "reward": reward, "text": _shown(rollout.text), "id": _shown(rollout.id), "tokens": rollout.tokens,
        "finish": rollout.finish, "meta": dumps(rollout.meta).decode() if rollout.meta else None, "raw": None,
    }  # fmt: skip
    whole = rollout.tokens is None or abs(rollout.tokens) < 2**63
    if not whole:
        row["tokens"] = None
    if not whole or written(_rollout(row)) != content.encode():
        row["raw"] = content
    return row


def _shown(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogatepass")
    return text.encode(errors="backslashreplace").decode()


def _schema(pa: Any) -> Any:
    text, number = pa.string(), pa.int64()
    kinds = {
        "seq": number, "hash": text, "step": number, "run": text, "group": text, "index": number,
        "reward": pa.float64(), "text": text, "id": text, "tokens": number, "finish": text, "meta": text, "raw": text,
    }  # fmt: skip
    return pa.schema(list(kinds.items()))


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("keeping texts beside the ledger", "ledger") from None
    return pa, pq
