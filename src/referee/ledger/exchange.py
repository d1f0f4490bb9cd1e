"""A ledger as lines of JSON, whole, and as one table for other tools.

The lines: `{"ledger": ...}` first, then `{"pack": ...}`, `{"build": ...}` and `{"scored": ...}`. Brought into another
ledger they have the same keys, so that ledgers can be joined, and a damaged one saved as far as it can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from referee.core.errors import InputError, MissingExtra, RefereeError, UsageError
from referee.data.plain import dumps, loads_object
from referee.data.read import Source
from referee.engine.build import Build
from referee.engine.scored import Scored
from referee.engine.write import told
from referee.ledger.read import Reader
from referee.ledger.write import Ledger

_FORMAT = 1
_AT_ONCE = 512


def write_lines(reader: Reader, path: Path) -> int:
    """Everything of a ledger but its chain; the number of entries."""
    count = 0
    with _fresh(path), path.open("wb") as file:
        file.write(dumps({"ledger": reader.name, "format": _FORMAT, "root": reader.root()}) + b"\n")
        for digest in reader.names("packs"):
            file.write(dumps({"pack": reader.pack(digest), "digest": digest}) + b"\n")
        for name in reader.names("builds"):
            file.write(dumps({"build": reader.build(name)}) + b"\n")
        for entry in reader.entries():
            file.write(dumps({"scored": entry.scored}) + b"\n")
            count += 1
    return count


def is_lines(path: Path) -> bool:
    """Whether a file was written by `write_lines`."""
    try:
        with path.open("rb") as file:
            return file.read(11) == b'{"ledger":"'
    except OSError:
        return False


def read_lines(ledger: Ledger, path: Path) -> int:
    """Keep what `write_lines` wrote; the number of entries. Raises `InputError` with the line that cannot be read."""
    entries = _entries(ledger, path)
    count = 0
    while batch := list(islice(entries, _AT_ONCE)):
        ledger.keep(batch)
        count += len(batch)
    return count


def _entries(ledger: Ledger, path: Path) -> Iterator[Scored]:
    for line in Source(path).lines():
        try:
            row = loads_object(line.raw)
            if "scored" in row:
                yield msgspec.convert(row["scored"], Scored)
            elif "pack" in row:
                ledger.learn_pack(row["digest"], row["pack"])
            elif "build" in row:
                ledger.learn(msgspec.convert(row["build"], Build))
            elif row.get("format", _FORMAT) > _FORMAT:
                raise InputError("a newer referee wrote this: pip install --upgrade referee")
        except (UsageError, msgspec.ValidationError, ValueError, KeyError) as error:
            raise InputError(f"{path}:{line.number}: {error}") from None


def write_table(reader: Reader, path: Path) -> int:
    """One Parquet table with a row for each entry, the root of the ledger in its metadata; the number of entries."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("writing Parquet", "ledger") from None
    text, number, real = pa.string(), pa.int64(), pa.float64()
    names = {
        "seq": number, "key": text, "run": text, "group": text, "index": number, "step": number, "task": text,
        "prompt": text, "truth": text, "text": text, "reward": real, "rules": pa.map_(text, real), "score": text,
        "pack": text, "build": text, "worker": text, "seconds": real, "waited": real, "delivery": number,
    }  # fmt: skip
    about = {"referee_ledger": reader.name, "referee_root": reader.root()}
    schema = pa.schema(list(names.items()), metadata=about)
    entries = reader.entries()
    count = 0
    with _fresh(path), pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := [_flat(entry.seq, entry.scored) for entry in islice(entries, 10_000)]:
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _flat(seq: int, scored: Scored) -> dict[str, Any]:
    task, score = scored.task, scored.score
    texts = {
        "key": scored.key, "run": scored.run, "group": scored.group, "task": task.id, "prompt": task.prompt,
        "truth": task.truth if isinstance(task.truth, str) else dumps(task.truth).decode(), "text": scored.rollout.text,
        "score": dumps(score).decode(), "pack": score.pack, "build": scored.build, "worker": scored.worker,
    }  # fmt: skip
    return {
        "seq": seq, "index": scored.index, "step": scored.step, "reward": score.reward, "seconds": scored.seconds,
        "rules": [(name, verdict.score) for name, verdict in score.verdicts.items()], "waited": scored.waited,
        "delivery": scored.delivery, **{name: value and _utf8(value) for name, value in texts.items()},
    }  # fmt: skip


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


@contextmanager
def _fresh(path: Path) -> Iterator[None]:
    """A file that is not there yet. Half of one does not stay, unless the ledger is damaged there."""
    if path.exists():
        raise UsageError(f"'{path}' exists; name another file")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder '{path.parent}'; make it first")
    with told(path):
        try:
            yield
        except RefereeError:
            raise
        except BaseException:
            path.unlink(missing_ok=True)
            raise
