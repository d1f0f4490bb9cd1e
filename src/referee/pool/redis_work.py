"""The workers' side of a run in Redis: leases, signs of life, acknowledgements, and what became of dead workers.

Who is dead is decided by watching: a sign of life that does not change for the length of a lease, by the watcher's own
monotonic clock. No clock of another machine, and no wall clock, takes part.

A submission that comes from a dead worker is a suspect: it may be what killed it. A worker takes one suspect at a time,
so that a second death says more about it and nothing about its neighbours; after `deliveries` of them it becomes a dead
letter, and the rollouts are unjudged.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from referee.core.errors import InfrastructureError
from referee.data.plain import dumps
from referee.engine.build import build
from referee.engine.scored import Keeper, Scored, Submission
from referee.packs.spec import PackSpec
from referee.pool.base import Done, Judged, Lease, join
from referee.pool.judge import Judge
from referee.pool.metrics import Metrics
from referee.pool.redis_link import Command, Link
from referee.pool.redis_wire import Keys, Letter, Unreadable, Work, address, read_work, write_result

GROUP = "judges"
DEAD_LETTERS = 10_000  # kept for people to look at; the newest
WATCHERS = 16  # workers that look for dead ones at each sweep; the others look at every tenth
_LETTER = msgspec.json.Encoder()

_BEAT = """
local now = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], now[1] .. '.' .. string.format('%06d', now[2]) .. ' ' .. ARGV[2])
"""

# One submission of a dead worker goes to another one; a worker without any is forgotten; one that lives again is left.
_CLAIM = """
local work, workers, faults, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, dead, me, beat = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if (redis.call('HGET', workers, dead) or '') ~= beat then return {'alive'} end
while true do
  local held = redis.call('XPENDING', work, group, '-', '+', 1, dead)
  if #held == 0 then
    redis.call('XGROUP', 'DELCONSUMER', work, group, dead)
    redis.call('HDEL', workers, dead)
    return {'empty'}
  end
  local id = held[1][1]
  local entry = redis.call('XCLAIM', work, group, me, 0, id)
  if #entry > 0 then
    redis.call('HSET', faults, id, (redis.call('HGET', faults, id) or '') .. dead .. ' ')
    redis.call('HINCRBY', counts, 'redelivered', 1)
    return {'taken', entry[1], held[1][4] + 1}
  end
  redis.call('XACK', work, group, id)
end
"""

_LEAVE = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('HDEL', KEYS[2], ARGV[2])
"""


class _Held(msgspec.Struct):
    """A lease as this process knows it."""

    token: str
    to: str
    delivery: int


class Leases:
    """Leases for the workers of this process. `info`: what a sign of life says besides, for `referee queue`."""

    def __init__(
        self,
        link: Link,
        keys: Keys,
        metrics: Metrics,
        *,
        lease_s: float,
        deliveries: int,
        keeper: Keeper | None = None,
        info: Callable[[], str] = str,
    ) -> None:
        self.link, self.keys, self.metrics = link, keys, metrics
        self.lease_s, self.deliveries = lease_s, deliveries
        self.keeper, self.info = keeper, info
        self._learned: dict[int, PackSpec] = {}
        self._held: dict[str, dict[str, _Held]] = {}
        self._doubt: set[str] = set()  # workers that may hold what they never heard of
        self._seen: dict[str, tuple[bytes, float]] = {}  # last sign of life of each worker, and when it was new
        self._dead: dict[str, bytes] = {}
        self._looks = 0
        self._rank = 0

    def broken(self) -> None:
        """The connection broke: answers may be lost, and silence proves nothing."""
        self._doubt.update(self._held)
        self._seen.clear()
        self._dead.clear()

    def prepare(self) -> list[Command]:
        """What makes the stream and its group, where they are missing."""
        return [("XGROUP", "CREATE", self.keys.work, GROUP, "0", "MKSTREAM")]

    def lease(self, worker: str, count: int, wait_s: float) -> list[Lease]:
        held = self._held.get(worker)
        if held is None:
            made = build()
            self.link.pipe([("HSET", self.keys.builds, made.id, dumps(made))])
            self.beat(worker)
            held = self._held[worker] = {}
        if worker in self._doubt and (found := self._adopt(worker, held, count)):
            return found
        suspect = any(one.delivery > 1 for one in held.values())
        if self._dead and not suspect and (one := self._claim(worker)):
            return [one]
        until = time.monotonic() + wait_s
        while True:
            left_ms = int(min(max(until - time.monotonic(), 0.0) * 1000, self.link.block_ms))
            block: Command = ("BLOCK", left_ms) if left_ms else ()
            read: Command = (
                "XREADGROUP",
                "GROUP",
                GROUP,
                worker,
                "COUNT",
                count,
                *block,
                "STREAMS",
                self.keys.work,
                ">",
            )
            answer, now = self.link.pipe([read, ("TIME",)])
            if answer:
                return list(self._leases(worker, answer[0][1], _ms(now)))
            if left_ms < self.link.block_ms or self._dead:
                return []

    def beat(self, worker: str) -> None:
        self.link.pipe([("EVAL", _BEAT, 1, self.keys.workers, worker, self.info())])

    def acknowledge(self, done: Sequence[Done]) -> None:
        self._keep(done)
        commands: list[Command] = []
        over: list[str] = []
        again: list[str] = []
        for lease, judged, last in done:
            held = self._find(lease.id)
            if held is None:  # given up in between, as after a lost server: whoever holds it now will say the same
                continue
            result = write_result(held.token, lease.id.encode(), judged, last=last)
            commands.append(("XADD", self.keys.done(held.to), "*", "m", result))
            if last:
                over.append(lease.id)
            if last and held.delivery > 1:
                again.append(lease.id)
        self._finish(commands, over, again)

    def sweep(self) -> int:
        """Look for dead workers; how many submissions they hold. `lease` hands these out, one at a time."""
        self._looks += 1
        if self._rank >= WATCHERS and self._looks % 10:
            return 0
        now = time.monotonic()  # before the look, so that a stop of this process makes nobody older
        flat, consumers = self.link.pipe(
            [("HGETALL", self.keys.workers), ("XINFO", "CONSUMERS", self.keys.work, GROUP)]
        )
        beats = {flat[at].decode(): bytes(flat[at + 1]) for at in range(0, len(flat), 2)}
        holding = {name: pending for name, pending in map(_consumer, consumers) if pending}
        lost = 0
        for name in beats.keys() | holding.keys():
            beat = beats.get(name, b"")
            seen = self._seen.get(name)
            if beat and (seen is None or seen[0] != beat):
                self._seen[name] = (beat, now)
                self._dead.pop(name, None)
            elif not beat or (seen is not None and now - seen[1] > self.lease_s):
                self._dead[name] = beat  # without a sign of life it has left
                lost += holding.get(name, 0)
        self._seen = {name: seen for name, seen in self._seen.items() if name in beats}
        alive = sorted(beats.keys() - self._dead.keys())
        self._rank = min((alive.index(name) for name in self._held if name in alive), default=0)
        return lost

    def leave(self) -> None:
        """The workers of this process end; what they hold goes to others at once."""
        if self._held:
            leaving: list[Command] = [
                ("EVAL", _LEAVE, 2, self.keys.work, self.keys.workers, GROUP, worker) for worker in self._held
            ]
            self._held.clear()
            with contextlib.suppress(InfrastructureError):  # others find out, by the silence
                self.link.pipe(leaving, patience_s=0.0)

    def _leases(self, worker: str, entries: Sequence[Any], now_ms: int, delivery: int = 1) -> Iterator[Lease]:
        """Entries as leases; what this version cannot read is refused."""
        for entry_id, fields in entries:
            name, message = entry_id.decode(), fields[1]
            token, to = address(message)
            self._held[worker][name] = _Held(token, to, delivery)
            try:
                work = read_work(message)
                submission = work.submission()
            except Unreadable as error:
                self._refuse(name, message, error)
                continue
            waited = max(now_ms - int(name.partition("-")[0]), 0) / 1000
            lease = Lease(name, submission, delivery, waited)
            if delivery > self.deliveries:
                self._bury(lease, work, message)
            else:
                yield lease

    def _adopt(self, worker: str, held: dict[str, _Held], count: int) -> list[Lease]:
        """What Redis says this worker holds and it does not know of: the answer was lost on the way."""
        (pending,) = self.link.pipe([("XPENDING", self.keys.work, GROUP, "-", "+", len(held) + count, worker)])
        unknown = [(entry[0], int(entry[3])) for entry in pending if entry[0].decode() not in held][:count]
        if not unknown:
            self._doubt.discard(worker)
            return []
        *found, now = self.link.pipe(
            [*(("XRANGE", self.keys.work, entry_id, entry_id) for entry_id, _ in unknown), ("TIME",)]
        )
        leases: list[Lease] = []
        for (entry_id, delivery), entries in zip(unknown, found, strict=True):
            if entries:
                leases += self._leases(worker, entries, _ms(now), delivery)
            else:  # it was drained, and only the acknowledgement was lost
                self._finish([], [entry_id.decode()], [])
        return leases

    def _claim(self, worker: str) -> Lease | None:
        """One submission of a dead worker."""
        keys = (self.keys.work, self.keys.workers, self.keys.faults, self.keys.counts)
        while self._dead:
            dead, beat = next(iter(self._dead.items()))
            answer, now = self.link.pipe([("EVAL", _CLAIM, 4, *keys, GROUP, dead, worker, beat), ("TIME",)])
            if answer[0] == b"taken":
                self.metrics.add("reward_redeliveries_total")
                for lease in self._leases(worker, [answer[1]], _ms(now), int(answer[2])):
                    return lease
            else:
                self._dead.pop(dead, None)
                self._seen.pop(dead, None)
        return None

    def _bury(self, lease: Lease, work: Work, message: bytes) -> None:
        """Give up: a dead letter for people, unjudged rollouts for the submitter."""
        (lost,) = self.link.pipe([("HGET", self.keys.faults, lease.id)])
        workers = tuple((lost or b"").decode().split())
        deliveries = lease.delivery - 1
        detail = (
            f"{deliveries} workers were lost while they held it; the last was {workers[-1] if workers else 'unknown'}"
        )
        letter = Letter(
            entry=lease.id, reason="infra.dead_letter", deliveries=deliveries, workers=workers, detail=detail
        )
        judged = _unjudged(lease.submission, lease.delivery, letter)
        self._keep([Done(lease, judged)])
        result = write_result(work.token, lease.id.encode(), judged, last=True)
        self._finish(
            [*self._letter(message, letter), ("XADD", self.keys.done(work.to), "*", "m", result)],
            [lease.id],
            [lease.id],
        )

    def _refuse(self, entry_id: str, message: bytes, error: Unreadable) -> None:
        token, to = address(message)
        letter = Letter(entry=entry_id, reason=error.reason, deliveries=1, detail=str(error))
        commands = self._letter(message, letter)
        if to:
            result = write_result(token, entry_id.encode(), (), last=True, refused=str(error))
            commands.append(("XADD", self.keys.done(to), "*", "m", result))
        self._finish(commands, [entry_id], [entry_id])

    def _letter(self, message: bytes, letter: Letter) -> list[Command]:
        self.metrics.add("reward_dead_letters_total")
        content = _LETTER.encode(letter)
        return [
            ("XADD", self.keys.dead, "MAXLEN", "~", DEAD_LETTERS, "*", "m", message, "e", content),
            ("HINCRBY", self.keys.counts, "dead", 1),
        ]

    def _keep(self, done: Sequence[Done]) -> None:
        """Into the ledger beside the workers, where there is one; what it does not take is not acknowledged."""
        if self.keeper is None:
            return
        scored: list[Scored] = []
        for lease, judged, _ in done:
            spec = lease.submission.pack
            if id(spec) not in self._learned:
                self.keeper.learn(spec)
                self._learned[id(spec)] = spec
            scored += join(lease.submission, judged)
        if scored:
            self.keeper.keep(scored)

    def _finish(self, commands: list[Command], over: Sequence[str], again: Sequence[str]) -> None:
        """Results out and leases ended, all or nothing."""
        if over:
            commands.append(("XACK", self.keys.work, GROUP, *over))
        if again:
            commands.append(("HDEL", self.keys.faults, *again))
        if commands:
            self.link.pipe(commands, together=len(commands) > 1)
        for held in self._held.values():
            for entry_id in over:
                held.pop(entry_id, None)

    def _find(self, entry_id: str) -> _Held | None:
        for held in self._held.values():
            if entry_id in held:
                return held[entry_id]
        return None


def _unjudged(submission: Submission, delivery: int, letter: Letter) -> list[Judged]:
    places = range(len(submission.rollouts))
    return Judge().unjudged(submission, places, letter.reason, delivery=delivery, detail=letter.detail)


def _ms(now: Sequence[bytes]) -> int:
    """What TIME says, in milliseconds."""
    return int(now[0]) * 1000 + int(now[1]) // 1000


def _consumer(row: Sequence[object]) -> tuple[str, int]:
    """Name and number of leases of a consumer, from the flat list that XINFO gives."""
    found = dict(zip(row[::2], row[1::2], strict=True))
    name, pending = found[b"name"], found[b"pending"]
    assert isinstance(name, bytes)
    assert isinstance(pending, int)
    return name.decode(), pending
