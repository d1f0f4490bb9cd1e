"""The submitter's side of a run in Redis: submissions in, within bounds, and their scores out.

The submitter remembers what it submitted until the scores are drained. So only verdicts travel back, and a server that
lost its data is given again what it lost. What a submitter of this name left behind in an earlier life is drained too.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from referee.core.errors import RefereeWarning
from referee.core.types import Score
from referee.engine.build import Build
from referee.engine.scored import Scored, Submission, same
from referee.pool.base import Judged, Keep, join
from referee.pool.judge import Judge
from referee.pool.metrics import Metrics
from referee.pool.redis_link import Command, Link
from referee.pool.redis_wire import Keys, Result, Unreadable, address, named, read_result, read_work, write_work
from referee.pool.wire import Recent, read_judged

_TOGETHER = 128  # submissions of one pipeline
_READS = 64  # results of one read
_REMEMBERED = 2_000  # drained submissions that a duplicate is compared with
_LOOK_S = 5.0  # between two looks whether what is long on its way is still there
_LOOKED_AT = 64
_NOWHERE = b"0-0"  # no entry has this id

_MISSING = """
local missing = {}
for at, id in ipairs(ARGV) do
  if #redis.call('XRANGE', KEYS[1], id, id) == 0 then missing[#missing + 1] = at end
end
return missing
"""

_END = "if redis.call('XLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[1]) end"


class _Pending(msgspec.Struct):
    """A submission on its way: its entry in the stream, its size in bytes, the rollouts that have not come back."""

    submission: Submission
    entry: bytes
    size: int
    left: set[int]


class _Arrived(msgspec.Struct):
    """One scored rollout, and what may be forgotten when it is drained: ids of the result and of the submission."""

    scored: Scored
    result: bytes = b""
    work: bytes = b""


class Submitter:
    """`capacity`: submissions in the stream, of all submitters, drained ones not counted; `most_bytes`: of this one."""

    def __init__(self, link: Link, keys: Keys, metrics: Metrics, *, to: str, capacity: int, most_bytes: int) -> None:
        self.link, self.keys, self.metrics = link, keys, metrics
        self.to = named(to, "submitter")
        self.capacity, self.most_bytes = capacity, most_bytes
        self._life = os.urandom(6).hex()
        self._count = self._length = self._bytes = 0
        self._pending: dict[str, _Pending] = {}
        self._changes = threading.Lock()  # of the three above
        self._submits, self._drains = threading.Lock(), threading.Lock()
        self._cursor = b"0"
        self._arrived: deque[_Arrived] = deque()
        self._read: set[bytes] = set()  # results that are here and still on the server
        self._over: list[tuple[str, bytes]] = []  # what the server may forget: stream, entry
        self._drained: Recent[str, tuple[bytes, ...]] = Recent(_REMEMBERED)
        self.learn: Callable[[Build], object] | None = None
        self._builds: set[str] = set()
        self._doubt = False
        self._looked = time.monotonic()

    def broken(self) -> None:
        """The connection broke: the server may have lost something."""
        self._doubt = True

    def submit(self, submissions: Sequence[Submission], wait_s: float) -> int:
        until = time.monotonic() + wait_s
        taken, pause = 0, 0.001
        with self._submits:
            while taken < len(submissions):
                room = self._room()
                if room <= 0:
                    *_, self._length = self.link.pipe([*self._forget(), ("XLEN", self.keys.work)])
                    if self._room() > 0:
                        continue
                    if time.monotonic() >= until:
                        break
                    time.sleep(pause)
                    pause = min(2 * pause, 0.05)
                    continue
                taken += self._send(submissions[taken : taken + min(room, _TOGETHER)])
        return taken

    def drain(self, count: int, wait_s: float, keep: Keep | None = None) -> list[Scored]:
        with self._drains:
            if self._doubt:
                self._recover()
            if not self._arrived:
                self._receive(count, wait_s)
            found = [self._arrived[at] for at in range(min(count, len(self._arrived)))]
            scored = [one.scored for one in found]
            if found and keep is not None:
                keep(scored)
            for one in found:
                self._arrived.popleft()
                self._read.discard(one.result)
                self._drop(one.result, one.work)
            return scored

    def flush(self, *, ends: bool = False) -> None:
        """Tell the server now what was drained; the next `drain` would. `ends`: an empty stream of results goes too."""
        commands = self._forget()
        if ends and self._count:
            commands.append(("EVAL", _END, 1, self.keys.done(self.to)))
        if commands:
            self.link.pipe(commands)

    def _room(self) -> int:
        return self.capacity - self._length if self._bytes < self.most_bytes else 0

    def _send(self, submissions: Sequence[Submission]) -> int:
        """Into the stream, as many as fit into one pipeline."""
        commands: list[Command] = []
        sent: list[tuple[str, _Pending]] = []
        size = 0
        for submission in submissions:
            self._count += 1
            token = f"{self._life}{self._count:x}"
            message = write_work(token, self.to, submission)
            sent.append((token, _Pending(submission, b"", len(message), set(range(len(submission.rollouts))))))
            commands.append(("XADD", self.keys.work, "*", "m", message))
            size += len(message)
            if self._bytes + size >= self.most_bytes:
                break
        with self._changes:  # before they are out: their scores may come at once
            self._pending.update(sent)
            self._bytes += size
        try:
            *entries, self._length = self.link.pipe([*commands, ("XLEN", self.keys.work)])
        except BaseException:  # not submitted, as far as the caller is concerned
            with self._changes:
                self._bytes -= sum(self._pending.pop(token).size for token, _ in sent if token in self._pending)
            raise
        for (_, pending), entry in zip(sent, entries, strict=True):
            pending.entry = entry
        return len(sent)

    def _receive(self, count: int, wait_s: float) -> None:
        """Read results from the server until some came or the time is over."""
        until = time.monotonic() + wait_s
        while True:
            left_ms = int(min(max(until - time.monotonic(), 0.0) * 1000, self.link.block_ms))
            block: Command = ("BLOCK", left_ms) if left_ms else ()
            over = self._forget()
            read: Command = (
                "XREAD",
                "COUNT",
                min(count, _READS),
                *block,
                "STREAMS",
                self.keys.done(self.to),
                self._cursor,
            )
            *_, answer = self.link.pipe([*over, read])
            if answer:
                for entry_id, fields in answer[0][1]:
                    if entry_id not in self._read:
                        self._take(entry_id, fields[1])
                    self._cursor = entry_id
            if self._arrived:
                return
            self._look()
            if self._doubt:
                self._recover()
            if left_ms < self.link.block_ms:
                return

    def _drop(self, result: bytes, work: bytes) -> None:
        """A result, or a submission, that the server need not hold any longer."""
        if result:
            self._over.append((self.keys.done(self.to), result))
        if work:
            self._over.append((self.keys.work, work))

    def _forget(self) -> list[Command]:
        """What was drained leaves the server."""
        over, self._over = self._over, []
        streams: dict[str, list[bytes]] = {}
        for stream, entry in over:
            streams.setdefault(stream, []).append(entry)
        return [("XDEL", stream, *entries) for stream, entries in streams.items()]

    def _take(self, result_id: bytes, message: bytes) -> None:
        """One message with results: what it says of a known submission is ready to be drained."""
        try:
            result = read_result(message)
            judged = result.judged()
        except Unreadable as error:  # a worker of another version
            token, _ = address(message)
            result, judged = Result(0, token, b"", last=True, body=b"", refused=str(error)), []
        submission = self._submission(result)
        if submission is None:
            self._duplicate(result.token, judged)
            self._drop(result_id, result.work)
            return
        if result.refused:
            places = range(len(submission.rollouts))
            judged = Judge().unjudged(submission, places, "infra.message", detail=result.refused)
        for made in {one.build for one in judged} - self._builds:
            self._learn(made)
        work = result.work if result.last else b""
        if (pending := self._pending.get(result.token)) is not None:
            judged = self._awaited(result, pending, judged)
            work = b"" if pending.left else pending.entry or work
        self._drained.put(result.token, (*(self._drained.get(result.token) or ()), result.body))
        arrived = [_Arrived(one) for one in join(submission, judged)]
        if not arrived:
            self._drop(result_id, work)
            return
        self._read.add(result_id)
        arrived[-1].result, arrived[-1].work = result_id, work
        self._arrived.extend(arrived)

    def _awaited(self, result: Result, pending: _Pending, judged: list[Judged]) -> list[Judged]:
        """What is new of a result. A submission is over when every rollout of it has come, whatever a worker says: a
        server that lost its data may have lost a part.
        """
        fresh = [one for one in judged if one.index in pending.left]
        if len(fresh) < len(judged):
            self._duplicate(result.token, [one for one in judged if one.index not in pending.left])
        pending.left.difference_update(one.index for one in fresh)
        if not pending.left:
            with self._changes:
                del self._pending[result.token]
                self._bytes -= pending.size
        elif result.last and result.work == pending.entry:
            pending.entry, self._doubt = _NOWHERE, True  # nobody will judge the rest
            self._drop(b"", result.work)
        return fresh

    def _learn(self, made: str) -> None:
        """Tell the keeper what a worker's judge is made of, for a score names it by its id only."""
        self._builds.add(made)
        if self.learn is not None:
            (content,) = self.link.pipe([("HGET", self.keys.builds, made)])
            if content is not None:
                self.learn(msgspec.json.decode(content, type=Build))

    def _submission(self, result: Result) -> Submission | None:
        """What was submitted: from memory, or, when an earlier life of this submitter sent it, from the stream."""
        pending = self._pending.get(result.token)
        if pending is not None:
            return pending.submission
        if result.token.startswith(self._life) or not result.work:
            return None
        (entries,) = self.link.pipe([("XRANGE", self.keys.work, result.work, result.work)])
        try:
            return read_work(entries[0][1][1]).submission() if entries else None
        except Unreadable:
            return None

    def _duplicate(self, token: str, judged: Sequence[Judged]) -> None:
        """Results of what was drained: counted, and compared, for they must say the same."""
        self.metrics.add("reward_duplicates_total", max(len(judged), 1))
        bodies = self._drained.get(token) or () if judged else ()
        known = {one.key: one.score for body in bodies if body for one in read_judged(body)}
        for one in judged:
            first = known.get(one.key)
            if first is not None and not _machinery(first, one.score) and not same(one.score, first):
                self.metrics.add("reward_replay_mismatch_total")
                warnings.warn(
                    f"the rollout with key {one.key[:16]} was judged twice with different verdicts, the second time by "
                    f"{one.worker}; keep both workers' versions and report it: a judge must be deterministic",
                    RefereeWarning,
                    stacklevel=4,
                )

    def _look(self) -> None:
        """Now and then, while nothing comes: is the oldest work still there?"""
        now = time.monotonic()
        if now - self._looked >= _LOOK_S:
            self._looked = now
            with self._changes:
                oldest = [one.entry for one in list(self._pending.values())[:_LOOKED_AT] if one.entry]
            if oldest and self.link.pipe([("EVAL", _MISSING, 1, self.keys.work, *oldest)])[0]:
                self._doubt = True

    def _recover(self) -> None:
        """Submit again what the server lost; results that it still has are read again from the first."""
        self._doubt = False
        self._cursor = b"0"
        with self._changes:
            held = [(token, one) for token, one in self._pending.items() if one.entry]
        for at in range(0, len(held), _TOGETHER):
            part = held[at : at + _TOGETHER]
            (missing,) = self.link.pipe([("EVAL", _MISSING, 1, self.keys.work, *(one.entry for _, one in part))])
            lost = [part[index - 1] for index in missing]
            commands: list[Command] = [
                ("XADD", self.keys.work, "*", "m", write_work(token, self.to, one.submission)) for token, one in lost
            ]
            for (_, one), entry in zip(lost, self.link.pipe(commands) if commands else (), strict=True):
                one.entry = entry


def _machinery(*scores: Score) -> bool:
    """Whether one of them says only that our machinery failed, which another try need not."""
    return any(verdict.reason.startswith("infra.") for score in scores for verdict in score.verdicts.values())
