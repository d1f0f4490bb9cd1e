"""What goes on in the queues of a Redis server, for people: depth, age, workers, dead letters. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from referee.core.types import Record
from referee.engine.scored import Submission
from referee.pool.base import Depth
from referee.pool.redis_link import Link
from referee.pool.redis_wire import Keys, Letter, Unreadable, read_work
from referee.pool.redis_work import GROUP

_LETTERS = msgspec.json.Decoder(Letter)


class Worker(Record, frozen=True, kw_only=True):
    """A host that works for a run. silent_s: since its last sign of life; the rest is what that said."""

    name: str
    silent_s: float
    host: str = ""
    processes: int = 0
    held: int = 0
    judged: int = 0
    version: str = ""


class State(Record, frozen=True, kw_only=True):
    """A run's queue. `queue.results`: messages that wait for any submitter."""

    run: str
    queue: Depth
    workers: tuple[Worker, ...]


class DeadLetter(Record, frozen=True, kw_only=True):
    """A submission that was given up: when, by the server's clock, why, and what it is where it can be read."""

    at: float
    letter: Letter
    submission: Submission | None


def runs(link: Link) -> list[str]:
    """The runs that have a queue on the server."""
    return sorted(key.partition("{")[2].partition("}")[0] for key in _scan(link, "referee:{*}:work"))


def _scan(link: Link, pattern: str) -> set[str]:
    found: set[str] = set()
    cursor: Any = 0
    while True:
        ((cursor, keys),) = link.pipe([("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)])
        found.update(key.decode() for key in keys)
        if not int(cursor):
            return found


def depth(link: Link, keys: Keys, *submitters: str) -> Depth:
    """How full the queue of a run is; `results`: messages that wait for these submitters."""
    groups, counts, flat, now, *results = link.pipe(
        [
            ("XINFO", "GROUPS", keys.work),
            ("HGETALL", keys.counts),
            ("HGETALL", keys.workers),
            ("TIME",),
            *(("XLEN", keys.done(to)) for to in submitters),
        ]
    )
    group = _flat(next(row for row in groups if _flat(row)[b"name"] == GROUP.encode()))
    (oldest,) = link.pipe([("XRANGE", keys.work, b"(" + group[b"last-delivered-id"], "+", "COUNT", 1)])
    seconds = int(now[0]) + int(now[1]) / 1e6
    counted = _flat(counts)
    waiting = group.get(b"lag")
    return Depth(
        waiting=int(waiting) if waiting is not None else _waiting(link, keys, group[b"last-delivered-id"]),
        leased=int(group[b"pending"]),
        results=sum(results),
        dead=int(counted.get(b"dead", 0)),
        redelivered=int(counted.get(b"redelivered", 0)),
        oldest_s=max(seconds - int(oldest[0][0].partition(b"-")[0]) / 1000, 0.0) if oldest else 0.0,
        workers={name: max(seconds - since, 0.0) for name, since, _ in _beats(flat)},
    )


def state(link: Link, keys: Keys) -> State:
    """A run as it stands."""
    flat, now = link.pipe([("HGETALL", keys.workers), ("TIME",)])
    seconds = int(now[0]) + int(now[1]) / 1e6
    return State(
        run=keys.run,
        queue=depth(link, keys, *_submitters(link, keys)),
        workers=tuple(sorted((_worker(*beat, seconds) for beat in _beats(flat)), key=lambda one: one.name)),
    )


def _submitters(link: Link, keys: Keys) -> Iterator[str]:
    start = keys.done("")
    pattern = start.replace("{", "[{]").replace("}", "[}]") + "*"
    return (key.removeprefix(start) for key in _scan(link, pattern))


def _worker(name: str, since: float, info: str, now: float) -> Worker:
    said = msgspec.json.decode(info) if info.startswith("{") else {}
    known = {key: value for key, value in said.items() if key in Worker.__struct_fields__}
    return Worker(**(known | {"name": name, "silent_s": max(now - since, 0.0)}))


def dead_letters(link: Link, keys: Keys, count: int) -> list[DeadLetter]:
    """The newest `count` of them, newest first."""
    (entries,) = link.pipe([("XREVRANGE", keys.dead, "+", "-", "COUNT", count)])
    return [_dead(entry_id, _flat(fields)) for entry_id, fields in entries]


def _dead(entry_id: bytes, fields: dict[bytes, bytes]) -> DeadLetter:
    try:
        submission = read_work(fields[b"m"]).submission()
    except Unreadable:
        submission = None
    at = int(entry_id.partition(b"-")[0]) / 1000
    return DeadLetter(at=at, letter=_LETTERS.decode(fields[b"e"]), submission=submission)


def _beats(flat: Sequence[bytes]) -> Iterator[tuple[str, float, str]]:
    for name, value in _flat(flat).items():
        since, _, info = value.decode().partition(" ")
        yield name.decode(), float(since), info


def _waiting(link: Link, keys: Keys, last: bytes) -> int:
    """How many entries follow the last that was handed out, counted, where the server does not know."""
    found, start = 0, b"(" + last
    while True:
        (entries,) = link.pipe([("XRANGE", keys.work, start, "+", "COUNT", 1000)])
        found += len(entries)
        if len(entries) < 1000:
            return found
        start = b"(" + entries[-1][0]


def _flat(row: Sequence[Any]) -> dict[bytes, Any]:
    return dict(zip(row[::2], row[1::2], strict=True))
