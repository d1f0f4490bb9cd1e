# ruff: noqa: PTH
# PTH is off: pathlib would double what a zygote has to copy in every fork
"""A zygote for programs that are executed: build once in the box, then run once for each standard input.

It is used for one job and thrown away. A run is forked when there is work for it, and is dead before the next one.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from referee.sandbox.inside import cell, execute, kernel, post, run
from referee.sandbox.inside.budget import Budget, cpu_time, overflow, verdict
from referee.sandbox.inside.jail import BOX, Locked, Plan, mount_proc
from referee.sandbox.inside.post import Gone

_REPLY = 48 << 20  # bytes of output and results in one reply; runs behind that have written too much
_OUTPUTS = (1, 2, cell.RESULTS)


class Workshop:
    """One job: a build and its runs."""

    def __init__(self, plan: Plan, locked: Locked, files: run.Files) -> None:
        self.plan = plan
        self.locked = locked
        for number, place in zip(files, (*_OUTPUTS, post.STDIN, 0), strict=True):
            os.dup2(number, place)
        self.left = _REPLY
        self.poll = select.poll()
        self.poll.register(post.REQUESTS, select.POLLIN)

    def serve(self) -> None:
        """Until the controller goes."""
        while True:
            _, job = marshal.loads(post.receive(post.REQUESTS))
            self.reply(self.execute(job))

    def reply(self, message: Any) -> None:
        """One message to the judge."""
        post.send(post.REPLIES, marshal.dumps(message, 2))

    def execute(self, job: dict[str, Any]) -> Any:
        """Build once in the box, then run once for each standard input."""
        os.chdir(BOX)
        for name, content in job["files"].items():
            run.put(name, content)
        for command in job["build"]:
            budget = Budget(job["build_limits"], kept=1 << 16)
            budget.file = 256 << 20
            build = self._run(partial(execute.program, command, job, 0), budget, {})
            if build[0] != "ok" or build[4]:
                return ("built", build)
        budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << 10)
        if job["vm"]:
            budget.memory = -1
        runs = []
        for stdin in job["stdins"]:
            os.ftruncate(post.STDIN, 0)
            run.fill(stdin)
            runs.append(self._run(partial(execute.program, job["run"], job, 1), budget, job["beside"]))
            if (job["stop_early"] and (runs[-1][0] != "ok" or runs[-1][4])) or self.left < 0:
                break
        return ("ran", runs)

    def _run(self, body: Callable[[], int], budget: Budget, files: dict[str, bytes]) -> tuple[Any, ...]:
        """Fork, wait, kill if need be, reap; what came of it."""
        for number in _OUTPUTS:
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
        os.lseek(0, 0, os.SEEK_SET)
        started = time.monotonic()
        pid = kernel.fork(self.locked.flags)
        if not pid:
            self._inside(body, budget, files)
        status, stopped, used = self._watch(pid, budget, started)
        self._sweep()
        wall = time.monotonic() - started
        code, killed = (os.WEXITSTATUS(status), 0) if os.WIFEXITED(status) else (0, os.WTERMSIG(status))
        cpu = used.ru_utime + used.ru_stime
        sizes = [os.fstat(number).st_size for number in _OUTPUTS]
        told = [min(sizes[0], budget.told), min(sizes[1], budget.told), min(sizes[2], budget.results)]
        ending = overflow(sizes, budget) or stopped or verdict(killed, cpu, budget.cpu)
        self.left -= sum(told)
        if self.left < 0:
            ending, told = "output", [0, 0, 0]
        out, err, found = (os.pread(number, size, 0) for number, size in zip(_OUTPUTS, told, strict=True))
        return (ending, cpu, wall, used.ru_maxrss, code, killed, found, out, err)

    def _inside(self, body: Callable[[], int], budget: Budget, files: dict[str, bytes]) -> NoReturn:
        """The first steps of a run; what they do not finish ends it."""
        status = 70
        try:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            os.setsid()
            kernel.call(kernel.NR_CLOSE_RANGE, cell.RESULTS + 1, 0x7FFFFFFF, 0)
            if budget.scratch:
                run.view(self.plan, self.locked, budget.scratch, files)
            if self.plan.proc:
                mount_proc()
            run.limits(self.locked, budget)
            if self.locked.drop:
                kernel.drop_capabilities()
            status = body()
        except BaseException as error:
            with contextlib.suppress(BaseException):
                cell.note(b"E", cell.error_content(error))
        finally:
            cell.finish(status)

    def _sweep(self) -> None:
        """Without a pid namespace of its own a run may have left children: nothing else of this user is in here."""
        if self.locked.flags:
            return
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(-1, signal.SIGKILL)
            while os.waitpid(-1, 0):
                pass

    def _watch(self, pid: int, budget: Budget, started: float) -> tuple[int, str, resource.struct_rusage]:
        """Wait for the end of a run, or bring it about."""
        clock = (~pid << 3) | 2
        handle = os.pidfd_open(pid)
        self.poll.register(handle, select.POLLIN)
        stopped = ""
        try:
            wait = min(budget.wall, budget.cpu)
            while True:
                ready = self.poll.poll(max(wait, 0.002) * 1000)
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
            self.poll.unregister(handle)
            os.close(handle)
        return status, stopped, usage
