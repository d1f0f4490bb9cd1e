"""Worker processes of this machine: leases in, judged rollouts out, and a bad rollout costs nobody else anything.

A lease is cut into parts, each large enough for the pipe to cost little, small enough for all workers to share it. A
part whose worker died comes back as single rollouts. The one that was at work is tried again, alone; one that costs a
worker each time, or runs past its processor time, is `unjudged`, and its evidence says what became of the workers.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from referee.core.types import Record
from referee.data.plain import pack as pack_bytes
from referee.data.plain import unpack
from referee.engine.child import begins
from referee.engine.crew import Crew, Lost, Unit
from referee.engine.process import Settings
from referee.engine.sandboxed import SLOTS
from referee.engine.scored import Submission
from referee.engine.workers import cores
from referee.packs.spec import PackSpec
from referee.pool.base import Done, Judged, Lease
from referee.pool.judge import Judge
from referee.pool.wire import Recent, read, read_judged, write, write_judged

_TARGET_S = 0.004  # of work in a unit: the pipe then costs a few per cent
_GUESS_S, _GUESS_RUNNING_S = 0.0005, 0.5  # of a rollout, until some of its pack were judged
_MOST = 256  # rollouts in a unit
_AHEAD = 64  # leases for each worker that are taken before it is idle
_LARGEST = 16 << 20  # bytes of what is said about one rollout
_LOST = ("infra.worker_lost", "judging it ended worker processes")
_REASONS = {
    "cpu": ("infra.timeout", "judging it took more processor time than it may"),
    "wall": ("infra.timeout", "judging it did not come to an end"),
    "memory": ("infra.memory", "judging it took more memory than it may"),
    "answer": ("infra.too_large", "what was said about it is too large to be carried"),
}


class Limits(Record, frozen=True, kw_only=True):
    """What judging one rollout may take of a worker, beyond what its own programs are allowed in their sandbox.

    cpu_s: processor seconds of the worker; over it the rollout is `unjudged` at once. wall_s: the net for what waits
    for ever; None is 60 s, and 900 s for a pack that runs programs. tries: how many workers a rollout may cost.
    """

    cpu_s: float = 10.0
    wall_s: float | None = None
    tries: int = 3


class Statistics(Record, frozen=True, kw_only=True):
    """What worker processes have done so far.

    workers: how many start, are idle, busy, stopped. started: processes so far. kills: workers lost, by cause. judged:
    rollouts. retried: rollouts that were judged again alone. dead: rollouts given up as dead letters.
    """

    workers: dict[str, int]
    started: int
    kills: dict[str, int]
    judged: int
    retried: int
    dead: int


class _Held:
    """A lease that is being judged."""

    __slots__ = ("deaths", "lease", "left", "since")

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.since = time.monotonic() - lease.waited  # when it was submitted
        self.left = len(lease.submission.rollouts)
        self.deaths: dict[int, list[Lost]] = {}


class _Part:
    """Rollouts `begin` to `end` of a lease. `suspect`: one that was at work when a worker was lost."""

    __slots__ = ("begin", "end", "held", "suspect")

    def __init__(self, held: _Held, begin: int, end: int, *, suspect: bool = False) -> None:
        self.held, self.begin, self.end, self.suspect = held, begin, end, suspect


class _Pace:
    """How long a rollout of a pack takes here, as far as is known."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._seconds: Recent[int, list[float]] = Recent(256)
        self._runs: Recent[int, tuple[PackSpec, bool]] = Recent(256)

    def runs(self, spec: PackSpec) -> bool:
        """Whether a pack runs programs."""
        held = self._runs.get(id(spec)) or self._runs.put(id(spec), (spec, self._judge.packs(spec).runs_jobs))
        return held[1]

    def seconds(self, spec: PackSpec) -> float:
        known = self._seconds.get(id(spec))
        return known[0] if known else _GUESS_RUNNING_S if self.runs(spec) else _GUESS_S

    def learn(self, spec: PackSpec, judged: Sequence[Judged]) -> None:
        mean = sum(one.seconds for one in judged) / len(judged)
        known = self._seconds.get(id(spec)) or self._seconds.put(id(spec), [mean])
        known[0] += 0.2 * (mean - known[0])


class Local:
    """Judges what `source` leases on `workers` processes and tells `done`.

    source: gives up to so many leases, and does not wait; `wake` says that there are more. done: told in the
    supervisor's thread, so it must not wait either. name: the first part of the workers' names.
    """

    def __init__(
        self,
        source: Callable[[int], Sequence[Lease]],
        done: Callable[[Sequence[Done]], None],
        *,
        workers: int | None = None,
        limits: Limits | None = None,
        settings: Settings | None = None,
        name: str = "local",
    ) -> None:
        self.limits = limits or Limits()
        self.name = name
        self._source, self._done = source, done
        self._judge = Judge(name)
        self._pace = _Pace(self._judge)
        self._fresh: deque[_Part] = deque()
        self._again: deque[_Part] = deque()  # what a bad neighbour cost its turn
        self._suspects: deque[_Part] = deque()
        self._trial = False  # a worker is with a suspect
        self._told: list[Done] = []
        self._judged = self._retried = self._dead = 0
        count = workers or cores()
        settings = settings or Settings()
        settings = msgspec.structs.replace(settings, environment={SLOTS: "1", **settings.environment})
        self._room = count * _AHEAD
        self.crew = Crew(count, f"{__name__}:answer", self, settings)

    def wake(self) -> None:
        """There is more to lease."""
        self.crew.wake()

    @property
    def fault(self) -> str:
        """Why no worker starts; empty when they do."""
        return self.crew.fault

    def statistics(self) -> Statistics:
        return Statistics(
            workers=self.crew.states(),
            started=self.crew.started,
            kills=dict(self.crew.kills),
            judged=self._judged,
            retried=self._retried,
            dead=self._dead,
        )

    def close(self) -> None:
        """End the workers; what they held is not acknowledged."""
        self.crew.close()

    def feed(self, idle: int) -> Iterator[Unit]:
        """For the crew: what idle workers get next."""
        self._lease()
        share = max(1, -(-len(self._fresh) // idle))
        for _ in range(idle):
            if self._suspects and not (self._trial and (self._again or self._fresh)):
                self._trial = True
                yield self._unit([self._suspects.popleft()])
            elif self._again:
                yield self._unit([self._again.popleft()])
            elif self._fresh:
                yield self._unit(self._bundle(share))
            else:
                return

    def _lease(self) -> None:
        room = self._room - len(self._fresh)
        for lease in self._source(room) if room > self._room // 2 else ():
            held = _Held(lease)
            if not held.left:
                self._told.append(Done(lease, ()))
            elif lease.delivery > 1:  # who had it before may have died of it
                self._again += (_Part(held, place, place + 1) for place in range(held.left))
            else:
                self._cut(held)

    def _cut(self, held: _Held) -> None:
        """Into parts that all workers can share, when its rollouts take long."""
        size = max(1, int(_TARGET_S / self._pace.seconds(held.lease.submission.pack)))
        for begin in range(0, held.left, size):
            self._fresh.append(_Part(held, begin, min(begin + size, held.left)))

    def _bundle(self, share: int) -> list[_Part]:
        """Fresh parts for one worker: no more than its share, and no more than a few milliseconds of work."""
        parts: list[_Part] = []
        seconds, count = 0.0, 0
        while self._fresh and len(parts) < share:
            part = self._fresh[0]
            size = part.end - part.begin
            seconds += size * self._pace.seconds(part.held.lease.submission.pack)
            if parts and (seconds > _TARGET_S or count + size > _MOST):
                break
            count += size
            parts.append(self._fresh.popleft())
        return parts

    def _unit(self, parts: list[_Part]) -> Unit:
        runs = any(self._pace.runs(part.held.lease.submission.pack) for part in parts)
        wall = self.limits.wall_s or (900.0 if runs else 60.0)
        messages = [(write(_slice(part)), part.held.lease.delivery, -part.held.since) for part in parts]
        return Unit(pack_bytes((self.name, messages)), parts, cpu_s=self.limits.cpu_s, wall_s=wall)

    def done(self, unit: Unit, answer: bytes) -> None:
        """For the crew: a worker has answered."""
        parts: list[_Part] = unit.owner
        for part, (said, fault) in zip(parts, _ANSWER.decode(answer), strict=True):
            lease = part.held.lease
            if fault:
                places = range(part.begin, part.end)
                judged = self._judge.unjudged(
                    lease.submission, places, "infra.failed", delivery=lease.delivery, detail=fault
                )
            else:
                judged = read_judged(said)
                self._pace.learn(lease.submission.pack, judged)
                if part.begin:
                    judged = [msgspec.structs.replace(one, index=one.index + part.begin) for one in judged]
            self._acknowledge(part.held, judged)
            self._trial = self._trial and not part.suspect

    def _acknowledge(self, held: _Held, judged: list[Judged]) -> None:
        held.left -= len(judged)
        self._judged += len(judged)
        self._told.append(Done(held.lease, judged, not held.left))

    def lost(self, unit: Unit, lost: Lost) -> None:
        """For the crew: a worker died with this."""
        if lost.cause == "closed":
            return
        places = [(part.held, place) for part in unit.owner for place in range(part.begin, part.end)]
        at = places[lost.place] if lost.place is not None else places[0] if len(places) == 1 else None
        for held, place in reversed(places):
            if (held, place) != at:
                self._retried += 1
                self._again.appendleft(_Part(held, place, place + 1))
        self._trial = self._trial and not any(part.suspect for part in unit.owner)
        if at is not None:
            self._blame(*at, lost)

    def _blame(self, held: _Held, place: int, lost: Lost) -> None:
        """A rollout during which a worker was lost: once more, alone, or given up."""
        deaths = held.deaths.setdefault(place, [])
        deaths.append(lost)
        if lost.cause not in {"cpu", "answer"} and len(deaths) < self.limits.tries:
            self._retried += 1
            self._suspects.append(_Part(held, place, place + 1, suspect=True))
            return
        self._dead += 1
        reason, detail = _REASONS.get(lost.cause, _LOST)
        run = {"deaths": [death._asdict() for death in deaths]}
        lease = held.lease
        judged = self._judge.unjudged(
            lease.submission, [place], reason, delivery=lease.delivery, detail=detail, run=run
        )
        self._acknowledge(held, judged)

    def turn(self) -> None:
        """For the crew: tell all that was judged in one go."""
        if self._told:
            told, self._told = self._told, []
            self._done(told)


def _slice(part: _Part) -> Submission:
    submission = part.held.lease.submission
    if part.end - part.begin == len(submission.rollouts):
        return submission
    rollouts = submission.rollouts[part.begin : part.end]
    return msgspec.structs.replace(submission, rollouts=rollouts, start=submission.start + part.begin)


_ANSWER = msgspec.msgpack.Decoder(list[tuple[bytes, str]])
_REQUEST = msgspec.msgpack.Decoder(tuple[str, list[tuple[bytes, int, float]]])
_JUDGES: Recent[str, Judge] = Recent()


def answer(request: bytes) -> bytes:
    """In the worker: what it says about each part of a unit, or why it cannot say anything."""
    name, messages = unpack(request, _REQUEST)
    judge = _JUDGES.get(name) or _JUDGES.put(name, Judge(f"{name}-{os.getpid()}"))
    found: list[tuple[bytes, str]] = []
    base = 0
    for content, delivery, waited in messages:
        submission = read(content)
        item = partial(_begins, base)
        base += len(submission.rollouts)
        try:
            judged = judge(submission, delivery=delivery, waited=waited + time.monotonic(), begins=item)
            found.append((_said(judge, submission, judged), ""))
        except Exception as error:  # noqa: BLE001 - the worker loop: a plugin, say, that is installed elsewhere only
            found.append((b"", f"{type(error).__name__}: {error}"))
    return pack_bytes(found)


def _begins(base: int, place: int) -> None:
    begins(base + place)


def _said(judge: Judge, submission: Submission, judged: list[Judged]) -> bytes:
    said = write_judged(judged)
    if len(said) > _LARGEST:
        said = write_judged([_bounded(judge, submission, one) for one in judged])
    return said


def _bounded(judge: Judge, submission: Submission, judged: Judged) -> Judged:
    """What is said about a rollout, unless it is so much that nobody could carry it."""
    size = len(write_judged([judged]))
    if size <= _LARGEST:
        return judged
    reason, detail = _REASONS["answer"]
    return judge.unjudged(submission, [judged.index], reason, delivery=judged.delivery, detail=detail, bytes=size)[0]
