"""The sandbox: jobs in, outcomes out, for one process of ours. Threads may share it."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Self

import msgspec

from referee.core.jobs import CallJob, CheckJob, CompileJob, CoqJob, Job, Outcome, RunJob, Tier
from referee.core.types import Record
from referee.sandbox import replies, tiers, values
from referee.sandbox.packages import MissingPackage
from referee.sandbox.slot import PLAIN, Kind, Slot, ZygoteLost

if TYPE_CHECKING:
    from referee.sandbox.coq import Coqs

_LIFE = 5000  # jobs after which a zygote is replaced, whatever it looks like
_LONGEST = 4 << 20  # characters of a program
_CACHED = 4096
_CACHED_SIZE = 1 << 16
_CACHED_RESULTS = 1000
_GRACE = 5.0
_AGAIN = 2.0  # how much more wall time the second try has


class Statistics(Record, frozen=True, kw_only=True):
    """What a sandbox has done so far."""

    tier: Tier
    jobs: int
    cached: int
    retried: int
    zygotes: int
    lost: int
    cpu_s: float
    peak_mb: float
    statuses: dict[str, int]


class Sandbox:
    """Runs jobs in the strongest jail that this machine can build, or in the one that is asked for.

    >>> with Sandbox() as sandbox:
    ...     (outcome,) = sandbox.run((CallJob(program="def f(x): return x + 1", entry="f", calls=(Call(args=(1,)),)),))

    `tier`: `strongest`, or a name; `require`: what `strongest` may not fall below. Raises `UsageError` when that cannot
    be had. `slots`: zygotes at once, and so the most jobs at once; more wait. Identical jobs run once.
    """

    def __init__(
        self, tier: str = "strongest", *, require: str = "kernel", slots: int | None = None, cache: int = _CACHED
    ) -> None:
        self.tier = tiers.choose(tier, require)
        self.slots = slots or max(1, len(os.sched_getaffinity(0)))
        self._process = os.getpid()
        self._idle: dict[Kind, list[Slot]] = {}
        self._lock = threading.Lock()
        self._permits = threading.BoundedSemaphore(self.slots)
        self._alone = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._cache: OrderedDict[bytes, Outcome] = OrderedDict()
        self._capacity = cache
        self._closed = False
        self._coqs: Coqs | None = None
        self._count = {"jobs": 0, "cached": 0, "retried": 0, "zygotes": 0, "lost": 0}
        self._statuses: dict[str, int] = {}
        self._cpu = self._peak = 0.0

    def run(self, jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
        """The outcomes, in order. Never raises because of a program: what is our fault has status `infra`."""
        keys = [_key(job) for job in jobs]
        todo: dict[bytes, Job] = {}
        done: dict[bytes, Outcome] = {}
        with self._lock:
            for key, job in zip(keys, jobs, strict=True):
                held = self._cache.get(key)
                if held is not None:
                    done[key] = held
                    self._cache.move_to_end(key)
                elif key not in todo:
                    todo[key] = job
            self._count["jobs"] += len(jobs)
            self._count["cached"] += len(jobs) - len(todo)
        if len(todo) > 1 and self.slots > 1:
            found = list(self._pool().map(self._first, todo.values()))
        else:
            found = [self._first(job) for job in todo.values()]
        for (key, job), outcome in zip(todo.items(), found, strict=True):
            done[key] = self._second(job, outcome) if outcome.status == "wall" else outcome
            self._keep(key, done[key])
        return tuple(done[key] for key in keys)

    __call__ = run

    def close(self) -> None:
        """End every zygote. Safe to call twice."""
        self._closed = True
        if os.getpid() != self._process:
            return  # a fork's copies belong to the parent
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            idle = [slot for some in self._idle.values() for slot in some]
            for some in self._idle.values():
                some.clear()
        for slot in idle:
            slot.close()
        if self._coqs is not None:
            self._coqs.close()

    def statistics(self) -> Statistics:
        """Counts since it was opened."""
        with self._lock:
            return Statistics(
                tier=self.tier, cpu_s=self._cpu, peak_mb=self._peak, statuses=dict(self._statuses), **self._count
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _first(self, job: Job) -> Outcome:
        """One try of a job, when a slot is free."""
        with self._permits:
            outcome = self._try(job)
        with self._lock:
            self._statuses[outcome.status] = self._statuses.get(outcome.status, 0) + 1
            self._cpu += outcome.cpu_s
            self._peak = max(self._peak, outcome.peak_mb)
        return outcome

    def _second(self, job: Job, first: Outcome) -> Outcome:
        """Over wall time but not over CPU time may be the machine's load: once more, one at a time, with more wall."""
        with self._lock:
            self._count["retried"] += 1
        longer = msgspec.structs.replace(job.limits, wall_s=job.limits.wall_s * _AGAIN)
        with self._alone:
            outcome = self._first(msgspec.structs.replace(job, limits=longer))
        return msgspec.structs.replace(first if outcome.status == "infra" else outcome, retried=True)

    def _try(self, job: Job) -> Outcome:
        if len(job.program) > _LONGEST:
            return replies.not_compiled(job, (f"a program of more than {_LONGEST:,} characters", ""), self.tier)
        if isinstance(job, CoqJob):
            return self._coq(job)
        if job.language != "python":
            from referee.sandbox.compiled import run_compiled

            return run_compiled(job, self.tier)
        if lacking := tiers.lacks(self.tier, kind_of(job)):
            return self._infra("infra.tier", lacking)
        try:
            if isinstance(job, CheckJob):
                from referee.sandbox.check import run_check

                return run_check(self, job)
            return self._ask(job)
        except MissingPackage as error:
            return self._infra(error.reason, str(error))
        except values.NotPlain as error:
            return self._infra("infra.values", str(error))
        except UnicodeEncodeError as error:
            return replies.not_compiled(job, ("UnicodeEncodeError", str(error.reason)), self.tier)

    def _coq(self, job: CoqJob) -> Outcome:
        """Coq has warm processes of its own."""
        from referee.sandbox.coq import Coqs

        with self._lock:
            if self._coqs is None:
                self._coqs = Coqs(self.tier, self.slots)
        return self._coqs.run(job)

    def _ask(self, job: CallJob | RunJob | CompileJob) -> Outcome:
        """A zygote that is lost is replaced, and the job tried once more without its compiling anything itself."""
        kind, scratch = kind_of(job), scratch_of(job)
        job = msgspec.structs.replace(job, limits=msgspec.structs.replace(job.limits, scratch_mb=scratch))
        stop = not isinstance(job, CompileJob) and job.stop_early
        patience = job.limits.wall_s * 2 + _GRACE
        fault = ""
        for here in (True, False):
            requests = replies.requests(job, here=here)
            try:
                slot = self.take(kind)
            except ZygoteLost as error:
                fault = str(error)
                continue
            try:
                found = slot.run(requests, patience, stop=stop)
            except (ZygoteLost, replies.BadReply) as error:
                self.drop(slot)
                fault = str(error)
                continue
            except BaseException:
                self.drop(slot)
                raise
            self.give(slot, kind)
            return self._outcome(job, found)
        return self._infra("infra.sandbox", fault)

    def _outcome(self, job: CallJob | RunJob | CompileJob, found: list[replies.Run]) -> Outcome:
        if isinstance(job, RunJob):
            return replies.ran(job, found, self.tier)
        if isinstance(job, CallJob):
            return replies.called(job, found, self.tier)
        return replies.compiled(job, found, self.tier)

    def take(self, kind: Kind = PLAIN) -> Slot:
        """An idle zygote of that kind, or a new one. Raises `ZygoteLost`, `MissingPackage`."""
        with self._lock:
            if self._process != os.getpid():  # a fork must not share the parent's pipes
                self._process = os.getpid()
                self._idle = {}
            idle = self._idle.get(kind, [])
            while idle:
                slot = idle.pop()
                if slot.alive:
                    return slot
                slot.close()
                self._count["lost"] += 1
            self._count["zygotes"] += 1
        return tiers.start(self.tier, kind)

    def give(self, slot: Slot, kind: Kind = PLAIN) -> None:
        """Back to the idle ones, unless it has served its time."""
        if slot.jobs >= _LIFE or self._closed:
            slot.close()
            return
        with self._lock:
            self._idle.setdefault(kind, []).append(slot)

    def drop(self, slot: Slot) -> None:
        """A zygote that is not trusted any more."""
        slot.close()
        with self._lock:
            self._count["lost"] += 1

    def _infra(self, reason: str, detail: str) -> Outcome:
        return Outcome(status="infra", reason=reason, detail=detail, tier=self.tier)

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.slots, thread_name_prefix="referee-sandbox")
            return self._threads

    def _keep(self, key: bytes, outcome: Outcome) -> None:
        if outcome.status in {"infra", "wall"} or outcome.retried or not self._capacity:
            return
        if _size(outcome) > _CACHED_SIZE:
            return
        with self._lock:
            self._cache[key] = outcome
            while len(self._cache) > self._capacity:
                self._cache.popitem(last=False)


def _size(outcome: Outcome) -> int:
    """Roughly the bytes that an outcome holds of what a program wrote or returned."""
    if len(outcome.results) + len(outcome.checks) > _CACHED_RESULTS:
        return _CACHED_SIZE + 1
    size = len(outcome.stdout) + len(outcome.stderr) + sum(len(run.stdout) + len(run.stderr) for run in outcome.runs)
    size += sum(len(one.message) for one in outcome.results) + sum(len(one.message) for one in outcome.checks)
    return size + len(values.write([one.value for one in outcome.results]))


def scratch_of(job: Job) -> int:
    """Megabytes of scratch directory that a job needs."""
    files = job.files if isinstance(job, RunJob) else {}
    return max(job.limits.scratch_mb, 1 + 2 * (sum(map(len, files.values())) >> 20) if files else 0)


def kind_of(job: Job) -> Kind:
    """The kind of zygote that a job needs."""
    packages = () if isinstance(job, CompileJob | CoqJob) else job.packages
    return Kind(scratch=scratch_of(job) > 0, forks=job.limits.processes > 1, packages=packages)


def _key(job: Job) -> bytes:
    """What makes two jobs the same: everything about them."""
    return blake2b(_bytes(job), digest_size=16).digest()


def _bytes(job: Job) -> bytes:
    try:
        return values.write((type(job).__name__, _fields(job)))
    except (values.NotPlain, UnicodeEncodeError):
        return os.urandom(16)


def _fields(record: Any) -> Any:
    """A record as plain values; dictionaries keep their order, as a program would see it."""
    if isinstance(record, Record):
        return tuple(_fields(getattr(record, name)) for name in record.__struct_fields__)
    if type(record) is tuple:
        return tuple(_fields(one) for one in record)
    return record
