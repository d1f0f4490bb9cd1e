# ruff: noqa: PTH  pathlib would double what a zygote has to copy in every fork
"""The zygote: warm, jailed, with one thread and no truth. It reads a request, forks one run, waits, replies.

A request is `(operation, details)`, a reply is one message; both are a length and content. The controller wrote the
request from plain values, so it is read with marshal; the reply is read by the controller with a reader of its own,
because the runs of hostile programs are described in it.

The program's output and results go to files in memory whose size the kernel bounds. They are read after the run is
dead, so that nothing it does to them can delay or confuse anyone.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from functools import partial
from types import CodeType
from typing import Any, NoReturn

from referee.sandbox.inside import cell, filters, kernel, landlock
from referee.sandbox.inside.budget import Budget, cpu_time, overflow, verdict
from referee.sandbox.inside.jail import BOX, INSIDE, PLAIN, SHARED, Locked, Plan, mount_proc

STDIN, REQUESTS, REPLIES, ASK, ANSWER = 10, 11, 12, 20, 21
LENGTH = struct.Struct("<I")
OUTPUTS = (1, 2, cell.RESULTS)
_THREADS = 64
_HUGE = 64_000  # characters of source above which a fork compiles, not the zygote
_REPLY = 48 << 20  # bytes of output and results in one reply; runs behind that have written too much
_PATIENCE = 10.0  # seconds after which an idle zygote looks whether its parent is still there


class Gone(Exception):
    """The controller has gone."""


class Zygote:
    """Everything that a request needs."""

    def __init__(self, plan: Plan, locked: Locked) -> None:
        self.plan = plan
        self.locked = locked
        self.parent = os.getppid()
        self.poll = select.poll()
        self.poll.register(REQUESTS, select.POLLIN)
        self.left = _REPLY

    def serve(self) -> None:
        """Until the controller goes."""
        operations: dict[str, Callable[[dict[str, Any]], Any]] = {
            "calls": self.calls,
            "run": self.whole,
            "session": self.session,
            "script": self.script,
            "compile": self.compiles,
            "execute": self.execute,
        }
        while True:
            operation, details = self._request()
            self.left = _REPLY
            self.reply(operations[operation](details))

    def calls(self, job: dict[str, Any]) -> Any:
        """Function calls: all in one process, or each in its own."""
        code = self._code(job["program"], "solution.py", job["here"])
        if isinstance(code, tuple):
            return code
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 14)
        wanted: list[tuple[str, bytes]] = job["calls"]
        runs = []
        for some in [[one] for one in wanted] if job["fresh"] else [wanted]:

            def body(some: list[tuple[str, bytes]] = some) -> int:
                cell.calls(code, job["entry"], some, job["stop_early"])
                return 0

            runs.append(self._run(body, budget, job["seed"]))
            if (job["stop_early"] and runs[-1][0] != "ok") or self.left < 0:
                break
        return ("ran", runs)

    def whole(self, job: dict[str, Any]) -> Any:
        """A whole program, a fresh process for each standard input."""
        code = self._code(job["program"], "solution.py", job["here"])
        if isinstance(code, tuple):
            return code
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 10)
        runs = []
        for stdin in job["stdins"]:
            self._stdin(stdin)
            runs.append(self._run(lambda: cell.whole(code, job["argv"]), budget, job["seed"], job["files"]))
            if (job["stop_early"] and (runs[-1][0] != "ok" or runs[-1][4])) or self.left < 0:
                break
        return ("ran", runs)

    def session(self, job: dict[str, Any]) -> Any:
        """A program that is called from another jail."""
        from referee.sandbox.inside import session

        code = self._code(job["program"], "solution.py", job["here"])
        if isinstance(code, tuple):
            return code
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 14)
        run = self._run(lambda: session.serve(code, job["number"], job["modules"]), budget, job["seed"], pipes=True)
        _drain(ASK)
        return ("ran", [run])

    def script(self, job: dict[str, Any]) -> Any:
        """A trusted test script whose candidate is in another jail."""
        from referee.sandbox.inside import script

        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 14)
        run = self._run(lambda: script.main(job), budget, job["seed"], pipes=True)
        _drain(ASK)
        return ("ran", [run])

    def compiles(self, job: dict[str, Any]) -> Any:
        """Only compile."""
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 10)

        def body() -> int:
            cell.compiled(job["program"])
            return 0

        return ("ran", [self._run(body, budget, 0)])

    def execute(self, job: dict[str, Any]) -> Any:
        """Another language: build once in the box, then run once for each standard input."""
        from referee.sandbox.inside import execute

        os.chdir(BOX)
        for name, content in job["files"].items():
            _put(name, content)
        for command in job["build"]:
            budget = Budget(job["build_limits"], kept=1 << 16)
            budget.file = 256 << 20
            build = self._run(partial(execute.program, command, job, 0), budget, 0)
            self._sweep()
            if build[0] != "ok" or build[4]:
                return ("built", build)
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 10)
        if job["vm"]:
            budget.memory = -1
        runs = []
        for stdin in job["stdins"]:
            self._stdin(stdin)
            runs.append(self._run(lambda: execute.program(job["run"], job, 1), budget, 0, job["beside"]))
            self._sweep()
            if (job["stop_early"] and (runs[-1][0] != "ok" or runs[-1][4])) or self.left < 0:
                break
        return ("ran", runs)

    def _sweep(self) -> None:
        """Without a pid namespace of its own a run may have left children: nothing else of this user is in here."""
        if self.locked.flags or not self.plan.execute:
            return
        try:
            os.kill(-1, signal.SIGKILL)
            while os.waitpid(-1, 0):
                pass
        except (ProcessLookupError, ChildProcessError):
            pass

    def _code(self, source: str, name: str, here: bool) -> CodeType | str | tuple[str, bytes]:
        """The program compiled in this warm process; a huge or a suspicious one is left to the fork."""
        if not here or len(source) > _HUGE:
            return source
        try:
            code: CodeType = compile(source, name, "exec", dont_inherit=True)
        except BaseException as error:
            return ("compile", cell.error_content(error))
        return code

    def _stdin(self, content: bytes) -> None:
        os.ftruncate(STDIN, 0)
        view = memoryview(content)
        at = 0
        while at < len(view):
            at += os.pwrite(STDIN, view[at:], at)

    def _run(
        self,
        body: Callable[[], int],
        budget: Budget,
        seed: int,
        files: dict[str, bytes] | None = None,
        *,
        pipes: bool = False,
    ) -> tuple[Any, ...]:
        """Fork, wait, kill if need be, reap; what came of it."""
        for number in OUTPUTS:
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
        os.lseek(0, 0, os.SEEK_SET)
        started = time.monotonic()
        pid = kernel.fork(self.locked.flags)
        if not pid:
            self._inside(body, budget, seed, files, pipes)
        status, stopped, used = self._watch(pid, budget, started)
        wall = time.monotonic() - started
        code, killed = (os.WEXITSTATUS(status), 0) if os.WIFEXITED(status) else (0, os.WTERMSIG(status))
        cpu = used.ru_utime + used.ru_stime
        sizes = [os.fstat(number).st_size for number in OUTPUTS]
        told = [min(sizes[0], budget.told), min(sizes[1], budget.told), min(sizes[2], budget.results)]
        ending = overflow(budget, sizes) or stopped or verdict(killed, cpu, budget)
        self.left -= sum(told)
        if self.left < 0:
            ending, told = "output", [0, 0, 0]
        parts = [os.pread(number, size, 0) if size else b"" for number, size in zip(OUTPUTS, told, strict=True)]
        out, err, found = parts
        return (ending, cpu, wall, used.ru_maxrss, code, killed, found, out, err)

    def _inside(
        self, body: Callable[[], int], budget: Budget, seed: int, files: dict[str, bytes] | None, pipes: bool
    ) -> NoReturn:
        """The first steps of a run; what they do not finish ends it."""
        status = 70
        try:
            self._confine(budget, files, pipes)
            cell.ready(seed)
            status = body()
        except BaseException as error:
            with contextlib.suppress(BaseException):  # the program closed or filled it
                cell.note(b"E", cell.error_content(error))
        finally:
            cell.finish(status)

    def _confine(self, budget: Budget, files: dict[str, bytes] | None, pipes: bool) -> None:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()  # or kill(0) would reach the zygote, which is in the same process group
        if pipes:
            os.closerange(4, ASK)
            kernel.call(kernel.NR_CLOSE_RANGE, ANSWER + 1, 0x7FFFFFFF, 0)
        else:
            kernel.call(kernel.NR_CLOSE_RANGE, 4, 0x7FFFFFFF, 0)
        limit = resource.setrlimit
        if self.locked.flags & kernel.CLONE_NEWNS and (budget.scratch or not self.plan.execute):
            room = max(budget.scratch, 4096)
            kernel.mount("tmpfs", "/tmp", "tmpfs", 6, f"size={room},nr_inodes=4096,mode=777")
            if self.plan.forks:  # what processes wait for each other with
                kernel.mount("tmpfs", SHARED, "tmpfs", 6, "size=1m,nr_inodes=1024,mode=777")
            if self.plan.execute:  # what was built stays as it is, and one run leaves nothing there for the next
                kernel.mount("none", BOX, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | PLAIN)
            os.chdir("/tmp")
            for name, content in (files or {}).items():
                _put(name, content)
            if self.locked.landlock:
                landlock.restrict(INSIDE, self.locked.landlock)
        if self.plan.proc:
            mount_proc()
        seconds = int(budget.cpu) + 2
        limit(resource.RLIMIT_CPU, (seconds, seconds))
        if budget.memory >= 0:
            limit(resource.RLIMIT_AS, (self.locked.base_bytes + budget.memory,) * 2)
        limit(resource.RLIMIT_FSIZE, (budget.file, budget.file))
        if self.locked.drop and not self.plan.execute:
            most = _THREADS if budget.processes == 1 else budget.processes + 1  # the zygote counts
            limit(resource.RLIMIT_NPROC, (most, most))
        if self.locked.drop:
            kernel.drop_capabilities()
        if self.locked.second_filter:
            filters.install(filters.run(os.getpid()))

    def _watch(self, pid: int, budget: Budget, started: float) -> tuple[int, str, resource.struct_rusage]:
        """Wait for the end of a run, or bring it about."""
        clock = (~pid << 3) | 2
        handle = os.pidfd_open(pid)
        poll = self.poll
        poll.register(handle, select.POLLIN)
        stopped = ""
        try:
            wait = min(budget.wall, budget.cpu)
            while True:
                ready = poll.poll(max(wait, 0.002) * 1000)
                if any(number == handle for number, _ in ready):
                    break
                used = cpu_time(clock)
                spent = time.monotonic() - started
                if ready or used >= budget.cpu or spent >= budget.wall:
                    os.kill(pid, signal.SIGKILL)
                    if ready:  # the controller never writes while it waits: it has gone, or gives up this zygote
                        raise Gone
                    stopped = "cpu" if used >= budget.cpu else "wall"
                    break
                wait = min(budget.wall - spent, (budget.cpu - used) / 2)
            _, status, usage = os.wait4(pid, 0)
        finally:
            poll.unregister(handle)
            os.close(handle)
        return status, stopped, usage

    def _request(self) -> tuple[str, dict[str, Any]]:
        while not self.poll.poll(_PATIENCE * 1000):
            if os.getppid() != self.parent:
                raise Gone
        size = LENGTH.unpack(_exactly(LENGTH.size))[0]
        request: tuple[str, dict[str, Any]] = marshal.loads(_exactly(size))
        return request

    def reply(self, message: Any) -> None:
        content = marshal.dumps(message, 2)
        view = memoryview(LENGTH.pack(len(content)) + content)
        while view:
            view = view[os.write(REPLIES, view) :]


def _put(name: str, content: bytes) -> None:
    folder = os.path.dirname(name)
    if folder:
        os.makedirs(folder, exist_ok=True)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(handle, content)
    finally:
        os.close(handle)


def _drain(number: int) -> None:
    """What nobody read any more."""
    poll = select.poll()
    poll.register(number, select.POLLIN)
    while poll.poll(0) and os.read(number, 65536):
        pass


def _exactly(size: int) -> bytes:
    parts = []
    while size:
        part = os.read(REQUESTS, min(size, 1 << 20))
        if not part:
            raise Gone
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
