"""Queries on SQLite databases, asked in a jailed process that can be killed: the runner of `QueryJob`s.

One process for each process of ours that asks, started at the first question and kept. It never sees a file: a
database crosses as bytes, once. Its own clock stops a query that takes too many steps; one that burns time inside a
single step is ended from here, process and all, by the CPU time that it has used. Wall time is only a safety net: a
query cannot sleep, so one that is late was not given the time, and that is our fault.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from referee.core.errors import InfrastructureError
from referee.core.jobs import Database, Outcome, QueryJob
from referee.sandbox import tiers, values
from referee.sandbox.questions import Bad, Late, Question, bad, outcome, read
from referee.sandbox.slot import ENVIRONMENT

_MAIN = Path(__file__).parent / "inside" / "queries.py"
_LENGTH = struct.Struct("<I")
_LARGEST: Final = 64 << 20  # bytes of a reply
_VARIED: Final = 32 << 20  # bytes of a database that is varied
_SPACE: Final = 8 << 30  # address space of the process
_START_S: Final = 20.0
_BROKEN_S: Final = 10.0
_OPEN_S: Final = 20.0  # CPU seconds to open a database, or to vary one
_SLACK_S: Final = 0.05  # after which the process's own clock has failed
_WALL: Final = 30.0  # times the CPU time, and so many seconds more
_KEPT: Final = 4096  # outcomes
_KEPT_BYTES: Final = 32 << 20  # bytes of their replies
_FILES: Final = 512


class Asker:
    """A runner: jobs in, outcomes out, the questions of one call in one message."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner = os.getpid()
        self.child: subprocess.Popen[bytes] | None = None
        self.opened: set[str] = set()
        self.kept: OrderedDict[tuple[Any, ...], tuple[Outcome, int]] = OrderedDict()
        self.weight = 0  # bytes of what is kept, as it was sent
        self.size = 0  # bytes of the latest reply
        self.files: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self.broken = (0.0, "")  # until when nobody tries again to start one, and why
        self.kills = 0
        self.used = 0.0  # CPU seconds of the process when its latest reply had come

    def run(self, job: QueryJob) -> Outcome:
        """The outcome of one query."""
        return self((job,))[0]

    def __call__(self, jobs: tuple[QueryJob, ...]) -> tuple[Outcome, ...]:
        if self.owner != os.getpid():  # a fork: the process, its pipes and the lock are the parent's
            self.child, self.opened, self.lock, self.owner = None, set(), threading.Lock(), os.getpid()
        with self.lock:
            found = [self._known(job) for job in jobs]
            try:
                while pending := [one for one in found if isinstance(one, Question) and one.outcome is None]:
                    self._ask(pending)
            except InfrastructureError as error:
                broken = Outcome(status="infra", reason=error.reason, detail=str(error))
                return tuple(broken if isinstance(one, Question) else one for one in found)
            return tuple(one if isinstance(one, Outcome) else one.outcome or Outcome(status="infra") for one in found)

    def _known(self, job: QueryJob) -> Outcome | Question:
        """What is kept of an earlier call, or a question."""
        try:
            question = Question(job, *self._content(job.database))
        except Bad as error:
            return bad(job, error)
        if (known := self.kept.get(question.key)) is None:
            return question
        self.kept.move_to_end(question.key)
        return known[0]

    def _ask(self, pending: list[Question]) -> None:
        """Send some questions and read the answers, as far as the process gets; who calls asks again for the rest."""
        asked = [question for question in pending if self._prepared(question)]
        if not asked:
            return
        current = asked[0]
        try:
            used = self.send([question.message for question in asked])
            for current in asked:
                reply = self.receive(current.job.limits.cpu_s + _SLACK_S, used)
                used = self.used
                if reply[0] == "unknown":  # it keeps the latest only
                    self.opened.discard(current.opened)
                elif reply[0] == "worn":
                    self.kill()
                    return
                else:
                    current.outcome = outcome(reply, current.digest)
                    self._keep(current)
        except Late as error:
            self.kill()
            current.blame(error.why)

    def _prepared(self, question: Question) -> bool:
        """Have a process that holds the database of a question; otherwise the question is answered, or tried again."""
        job, digest = question.job, question.digest
        try:
            if self.child is None:
                self.start()
            if question.opened in self.opened:
                return True
            data = question.content
            if data is None and job.database.path:
                data = read(Path(job.database.path))
                if hashlib.sha256(data).hexdigest() != digest:
                    raise Bad(f"{job.database.path!r} was written while it was read")
            self._told("open", digest, data or b"", job.database.script)
            if job.variant:
                if len(data or b"") > _VARIED:
                    raise Bad(f"a database of more than {_VARIED >> 20} MB is not varied")
                self._told("vary", question.opened, digest, job.variant)
        except Bad as error:
            question.outcome = bad(job, error)
            return False
        except Late as error:
            self.kill()
            question.blame(error.why)
            if question.outcome is not None and question.outcome.status != "infra":
                question.outcome = bad(job, Bad(f"the database cannot be opened: {question.outcome.detail}"))
            return False
        self.opened |= {digest, question.opened}
        return True

    def _told(self, *message: Any) -> None:
        reply = self.receive(_OPEN_S + _SLACK_S, self.send([(*message, _OPEN_S)]))
        if reply[0] != "opened":
            raise Bad(f"the database cannot be opened: {reply[1] if len(reply) > 1 else reply[0]}")

    def _keep(self, question: Question) -> None:
        if not question.job.keep or question.outcome is None or self.size > _KEPT_BYTES // 8:
            return
        self.kept[question.key] = question.outcome, self.size
        self.weight += self.size
        while len(self.kept) > _KEPT or self.weight > _KEPT_BYTES:
            self.weight -= self.kept.popitem(last=False)[1][1]

    def _content(self, database: Database) -> tuple[str, bytes | None]:
        """The digest of a database, and its bytes if they had to be read for it."""
        if not database.path:
            return hashlib.sha256(database.script.encode("utf-8", "surrogatepass")).hexdigest(), None
        path = Path(database.path)
        try:
            found = path.stat()
        except (OSError, ValueError) as error:
            raise Bad(f"there is no database {path.as_posix()!r}: {error}") from error
        stamp = str(path.absolute()), found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
        content = None
        if (digest := self.files.get(stamp, "")) == "":
            content = read(path)
            digest = self.files[stamp] = hashlib.sha256(content).hexdigest()
            while len(self.files) > _FILES:
                self.files.popitem(last=False)
        if database.sha256 and database.sha256.lower() != digest:
            raise Bad(f"{path.as_posix()!r} is another database: its SHA-256 is {digest}, not {database.sha256}")
        return digest, content

    def start(self) -> None:
        """Have a process that is ready, in the weakest tier that hides all files. Raises `InfrastructureError`."""
        if time.monotonic() < self.broken[0]:
            raise InfrastructureError(self.broken[1], "infra.no_sandbox")
        said = ""
        for tier in ("kernel", "namespaces"):
            python = getattr(sys, "_base_executable", sys.executable)
            uid = tiers.jail_uid()
            self.child = subprocess.Popen(
                [python, "-s", "-S", "-P", "-B", "-X", "utf8", str(_MAIN), tier, str(uid), str(_SPACE)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                bufsize=0, env=ENVIRONMENT, cwd="/", start_new_session=True,
            )  # fmt: skip
            try:
                reply = self.receive(_START_S, _START_S)
            except Late as error:
                reply = ("broken", f"it does not start {error.why}".strip())
            if reply[0] == "ready":
                self.opened = set()
                return
            said = str(reply[1])
            self.kill()
        self.broken = time.monotonic() + _BROKEN_S, f"queries need a jail, and none can be built here: {said}"
        raise InfrastructureError(self.broken[1], "infra.no_sandbox")

    def send(self, messages: list[tuple[Any, ...]]) -> float:
        """Send requests. Returns the CPU time that the process has used so far. Raises `Late`."""
        child = self.child
        assert child is not None
        assert child.stdin is not None
        content = marshal.dumps(messages, 2)
        used = _cpu(child.pid)
        try:
            view = memoryview(_LENGTH.pack(len(content)) + content)
            while view:
                view = view[child.stdin.write(view) :]
        except OSError as error:
            raise self._ended() from error
        return used

    def receive(self, cpu_s: float, used: float = 0.0) -> tuple[Any, ...]:
        """The next reply. Raises `Late` when the CPU time, beyond what was used, or the time is over."""
        child = self.child
        assert child is not None
        assert child.stdout is not None
        until = time.monotonic() + _WALL * cpu_s + 10
        poller = select.poll()
        poller.register(child.stdout, select.POLLIN)
        found = bytearray()
        size = _LENGTH.size
        while len(found) < size:
            left = cpu_s - (_cpu(child.pid) - used) if found or not poller.poll(cpu_s * 1000) else cpu_s
            while not poller.poll(max(1.0, left * 1000)):
                left = cpu_s - (_cpu(child.pid) - used)
                if left <= 0:
                    raise Late("cpu")
                if time.monotonic() > until:
                    raise Late("wall")
            part = os.read(child.stdout.fileno(), min(1 << 18, size - len(found)))
            if not part:
                raise self._ended()
            found += part
            if size == _LENGTH.size and len(found) >= size:
                size += _LENGTH.unpack_from(found)[0]
                if size > _LARGEST:
                    raise Late("crash")
        self.used, self.size = _cpu(child.pid), size
        try:
            reply = values.read(bytes(found[_LENGTH.size : size]))
        except values.NotPlain:
            raise Late("crash") from None
        if not isinstance(reply, tuple) or not reply:
            raise Late("crash")
        return reply

    def _ended(self) -> Late:
        """The process has closed a pipe: somebody killed it, or it ended by its own doing."""
        child = self.child
        assert child is not None
        try:
            code = child.wait(_BROKEN_S)
        except subprocess.TimeoutExpired:
            return Late("crash")
        return Late("killed" if code == -signal.SIGKILL else "crash")

    def kill(self) -> None:
        """End the process, if there is one; the next question starts another."""
        child, self.child, self.opened = self.child, None, set()
        if child is None:
            return
        self.kills += 1
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def close(self) -> None:
        """End the process and forget what is kept."""
        if self.owner == os.getpid():
            with self.lock:
                self.kill()
                self.kept.clear()
                self.weight = 0
                self.files.clear()


def _cpu(pid: int) -> float:
    """CPU seconds of another process, to the microsecond: Linux numbers the clocks of processes so."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


run = Asker()
atexit.register(run.close)
