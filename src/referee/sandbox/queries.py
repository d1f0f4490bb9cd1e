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
import struct
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from referee.core.errors import InfrastructureError
from referee.core.jobs import CallResult, Database, Outcome, QueryJob
from referee.sandbox import tiers, values
from referee.sandbox.slot import ENVIRONMENT

_MAIN = Path(__file__).parent / "inside" / "queries.py"
_LENGTH = struct.Struct("<I")
_LARGEST: Final = 64 << 20  # bytes of a reply
_ANSWER: Final = 16 << 20  # bytes of the rows of one query
_DATABASE: Final = 512 << 20  # bytes of a database
_VARIED: Final = 32 << 20  # bytes of a database that is varied
_SPACE: Final = 8 << 30  # address space of the process
_START_S: Final = 20.0
_BROKEN_S: Final = 10.0
_OPEN_S: Final = 20.0  # CPU seconds to open a database, or to vary one
_SLACK_S: Final = 0.1  # after which the process's own clock has failed
_WALL: Final = 30.0  # times the CPU time, and so many seconds more
_KEPT: Final = 4096  # outcomes
_FILES: Final = 512


class _Late(Exception):
    """The process was ended. `why`: `cpu`, `wall`, `memory`, or nothing when it died by itself."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Bad(Exception):
    """The database cannot be had; the message says why."""


class Asker:
    """A runner: jobs in, outcomes out, one question at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner = os.getpid()
        self.child: subprocess.Popen[bytes] | None = None
        self.opened: set[str] = set()
        self.kept: OrderedDict[tuple[Any, ...], Outcome] = OrderedDict()
        self.files: OrderedDict[tuple[str, int, int], str] = OrderedDict()
        self.broken = (0.0, "")  # until when nobody tries again to start one, and why
        self.kills = 0

    def __call__(self, jobs: tuple[QueryJob, ...]) -> tuple[Outcome, ...]:
        return tuple(self.run(job) for job in jobs)

    def run(self, job: QueryJob) -> Outcome:
        """The outcome of one query."""
        if self.owner != os.getpid():  # a fork: the process, its pipes and the lock are the parent's
            self.child, self.opened, self.lock, self.owner = None, set(), threading.Lock(), os.getpid()
        with self.lock:
            try:
                digest, content = self._content(job.database)
                key = (digest, job.variant, job.sql, job.rows, job.limits)
                if (known := self.kept.get(key)) is not None:
                    self.kept.move_to_end(key)
                    return known
                outcome = self._twice(job, digest, content)
            except _Bad as error:
                if job.variant:
                    refused = CallResult(kind="raised", type="variant", message=str(error))
                    return Outcome(status="raised", results=(refused,))
                return Outcome(status="infra", reason="truth.database", detail=str(error))
            except InfrastructureError as error:
                return Outcome(status="infra", reason=error.reason, detail=str(error))
            if job.keep and outcome.status != "infra":
                self.kept[key] = outcome
                while len(self.kept) > _KEPT:
                    self.kept.popitem(last=False)
            return outcome

    def _twice(self, job: QueryJob, digest: str, content: bytes | None) -> Outcome:
        """A process that died by itself, or was not given the time, is replaced and asked once more."""
        why = ""
        for _ in range(2):
            try:
                return self._once(job, digest, content)
            except _Late as error:
                self.kill()
                if error.why == "cpu":
                    return Outcome(status="cpu", detail=f"it used more than {job.limits.cpu_s:g} s of CPU time")
                why = error.why
        what = "was not given the time that it needs" if why == "wall" else "died"
        return Outcome(status="infra", reason="infra.sandbox", detail=f"the process for queries {what}, twice")

    def _once(self, job: QueryJob, digest: str, content: bytes | None) -> Outcome:
        key = f"{digest} {job.variant}".strip()
        if self.child is None:
            self.start()
        if key not in self.opened:
            self._open(key, digest, job, content)
        limits = {
            "cpu_s": job.limits.cpu_s, "memory_mb": job.limits.memory_mb, "rows": job.rows, "bytes": _ANSWER,
        }  # fmt: skip
        reply = self.asked("ask", key, job.sql, limits, cpu_s=job.limits.cpu_s)
        if reply[0] == "unknown":  # it keeps the latest only
            self._open(key, digest, job, content)
            reply = self.asked("ask", key, job.sql, limits, cpu_s=job.limits.cpu_s)
        return _outcome(reply, digest)

    def _open(self, key: str, digest: str, job: QueryJob, content: bytes | None) -> None:
        data = content if content is not None or not job.database.path else _read(Path(job.database.path))
        self._told("open", digest, data or b"", job.database.script)
        if job.variant:
            if len(data or b"") > _VARIED:
                raise _Bad(f"a database of more than {_VARIED >> 20} MB is not varied")
            self._told("vary", key, digest, job.variant)
        self.opened.add(key)

    def _told(self, *message: Any) -> None:
        reply = self.asked(*message, _OPEN_S, cpu_s=_OPEN_S)
        if reply[0] != "opened":
            raise _Bad(f"the database cannot be opened: {reply[1] if len(reply) > 1 else reply[0]}")

    def _content(self, database: Database) -> tuple[str, bytes | None]:
        """The digest of a database, and its bytes if they had to be read for it."""
        if not database.path:
            return hashlib.sha256(database.script.encode("utf-8", "surrogatepass")).hexdigest(), None
        path = Path(database.path)
        try:
            found = path.stat()
        except (OSError, ValueError) as error:
            raise _Bad(f"there is no database {path.as_posix()!r}: {error}") from error
        stamp = (str(path.absolute()), found.st_mtime_ns, found.st_size)
        content = None
        if (digest := self.files.get(stamp, "")) == "":
            content = _read(path)
            digest = self.files[stamp] = hashlib.sha256(content).hexdigest()
            while len(self.files) > _FILES:
                self.files.popitem(last=False)
        if database.sha256 and database.sha256.lower() != digest:
            raise _Bad(f"{path.as_posix()!r} is another database: its SHA-256 is {digest}, not {database.sha256}")
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
            except _Late as error:
                reply = ("broken", f"it does not start {error.why}".strip())
            if reply[0] == "ready":
                self.opened = set()
                return
            said = str(reply[1])
            self.kill()
        self.broken = time.monotonic() + _BROKEN_S, f"queries need a jail, and none can be built here: {said}"
        raise InfrastructureError(self.broken[1], "infra.no_sandbox")

    def asked(self, *message: Any, cpu_s: float) -> tuple[Any, ...]:
        """Send a request and wait for the reply. Raises `_Late`."""
        child = self.child
        assert child is not None
        assert child.stdin is not None
        content = marshal.dumps(message, 2)
        used = _cpu(child.pid)
        try:
            view = memoryview(_LENGTH.pack(len(content)) + content)
            while view:
                view = view[child.stdin.write(view) :]
        except OSError as error:
            raise _Late("") from error
        return self.receive(cpu_s + _SLACK_S, used)

    def receive(self, cpu_s: float, used: float = 0.0) -> tuple[Any, ...]:
        """The next reply. Raises `_Late` when the CPU time, beyond what was used, or the time is over."""
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
                    raise _Late("cpu")
                if time.monotonic() > until:
                    raise _Late("wall")
            part = os.read(child.stdout.fileno(), 1 << 18)
            if not part:
                raise _Late("")
            found += part
            if size == _LENGTH.size and len(found) >= size:
                size += _LENGTH.unpack_from(found)[0]
                if size > _LARGEST:
                    raise _Late("")
        try:
            reply = values.read(bytes(found[_LENGTH.size : size]))
        except values.NotPlain:
            raise _Late("") from None
        if not isinstance(reply, tuple) or not reply or len(found) > size:
            raise _Late("")
        return reply

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
                self.files.clear()


def _cpu(pid: int) -> float:
    """CPU seconds of another process, to the microsecond: Linux numbers the clocks of processes so."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _DATABASE:
            raise _Bad(f"{path.as_posix()!r} is larger than {_DATABASE >> 20} MB")
        log = Path(f"{path}-wal")
        if log.exists() and log.stat().st_size:
            raise _Bad(f"{path.as_posix()!r} has a write-ahead log beside it: 'PRAGMA journal_mode=DELETE' ends it")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise _Bad(f"the database {path.as_posix()!r} cannot be read: {error}") from error


def _outcome(reply: tuple[Any, ...], digest: str) -> Outcome:
    """What a reply says, as far as it has the shape of one."""
    match reply:
        case ("rows", list(names), list(rows), list(tables), float(spent)):
            value = {"names": names, "rows": rows, "tables": tables, "digest": digest}
            return Outcome(status="ok", results=(CallResult(kind="value", value=value),), cpu_s=spent)
        case ("stopped", "cpu" | "memory" | "output" as limit, list(), float(spent)):
            return Outcome(status=limit, cpu_s=spent)
        case ("error", str(kind), str(message), list(), float(spent)):
            result = CallResult(kind="raised", type=kind, message=message)
            return Outcome(status="raised", results=(result,), cpu_s=spent)
    raise _Late("")


run = Asker()
atexit.register(run.close)
