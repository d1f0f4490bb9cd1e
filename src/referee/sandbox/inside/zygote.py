# ruff: noqa: PTH
# PTH is off: pathlib would double what a zygote has to copy in every fork
"""The zygote: warm, jailed, with one thread and no truth. It forks runs, watches them, and says what came of each.

It never reads a program, an input or a result: a compiler beside it reads the requests, a run reads its work from the
compiler, and what a run leaves goes from its files to the judge without being looked at. So nothing of one rollout can
be found in the memory from which another one's run is forked, and runs can be forked before there is work for them.

The program's output and results go to files in memory whose size the kernel bounds. A run that is over says so, or
ends; it is killed before its reply is sent, and reaped before its files are used again.
"""

from __future__ import annotations

import marshal
import os
import resource
import select
import signal
import time
from typing import Any, NamedTuple, NoReturn

from referee.sandbox.inside import compiler, kernel, post, run
from referee.sandbox.inside.budget import cpu_time, overflow, verdict
from referee.sandbox.inside.jail import Locked, Plan
from referee.sandbox.inside.post import Gone

_AHEAD = 2  # runs that wait for work
SETS = _AHEAD + 3  # of files: those of the runs that wait, of the one at work, and of those that are ending
_PATIENCE = 10.0  # seconds after which an idle zygote looks whether its parent is still there
_COMPILER_MB = 2048
_NOTHING = bytes(1 << 12)
_LEFT = bytearray(_NOTHING)


class Waiting(NamedTuple):
    """A run that waits for work."""

    pid: int
    files: run.Files


class Running(NamedTuple):
    """A run at work."""

    pid: int
    files: run.Files
    over: int
    cpu: float
    wall: float
    base: float
    started: float
    kept: int
    told: int
    results: int
    pipes: bool


class Zygote:
    """The family of one zygote: its compiler, the runs that wait, the one at work, those that are ending."""

    def __init__(self, plan: Plan, locked: Locked, files: list[run.Files]) -> None:
        self.plan = plan
        self.locked = locked
        self.free = files
        self.parent = os.getppid()
        self.poll = select.poll()
        self.waiting: dict[int, Waiting] = {}
        self.ending: list[Waiting] = []
        self._compiler()

    def _compiler(self) -> None:
        """Fork the compiler; its end is the end of all."""
        alive, held = os.pipe()
        pid = kernel.fork(self.locked.flags)
        if not pid:
            self._compile(held)
        for number in (held, post.REQUESTS, post.OUTBOX):
            os.close(number)
        self.poll.register(alive, select.POLLIN)

    def _compile(self, held: int) -> NoReturn:
        """The compiler, behind the walls of a run. `held`: what its death closes."""
        try:
            os.dup2(held, post.OVER)
            for first, last in ((post.OVER, post.REQUESTS), (post.REQUESTS, post.OUTBOX), (post.OUTBOX, 1 << 30)):
                kernel.call(kernel.NR_CLOSE_RANGE, first + 1, last - 1, 0)
            run.alone(self.plan, self.locked)
            size = self.locked.base_bytes + (_COMPILER_MB << 20)
            resource.setrlimit(resource.RLIMIT_AS, (size, size))
            compiler.serve()
        finally:
            os._exit(0)

    def serve(self) -> None:
        """Until the controller goes."""
        for _ in range(
            1 if self.plan.forks else _AHEAD
        ):  # those that wait count among the processes of the one at work
            self._fork()
        while True:
            os.write(post.TURNS, b"!")
            at_work = self._begun()
            self._answer(at_work, *self._watch(at_work))
            if at_work.pipes:
                _drain(post.ASK)
            self._fork()

    def _fork(self) -> None:
        """One more run that waits."""
        files = self._files()
        for number in files[:4]:
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
        os.lseek(files.stdin, 0, os.SEEK_SET)
        hear, over = os.pipe()
        pid = kernel.fork(self.locked.flags)
        if not pid:
            run.main(self.plan, self.locked, files, over)
        os.close(over)
        self.waiting[hear] = Waiting(pid, files)
        self.poll.register(hear, select.POLLIN)

    def _files(self) -> run.Files:
        """Files that nobody uses: those of a run that is dead and reaped."""
        while self.ending:
            pid, files = self.ending[0]
            if not os.waitpid(pid, os.WNOHANG if self.free else 0)[0]:
                break
            del self.ending[0]
            self.free.append(files)
        return self.free.pop()

    def _begun(self) -> Running:
        """The run that has taken the next piece of work."""
        while not (ready := self.poll.poll(_PATIENCE * 1000)):
            if os.getppid() != self.parent:
                raise Gone
        over = ready[0][0]
        if len(ready) > 1 or over not in self.waiting:
            raise Gone  # the compiler has ended, or a run before it had any work
        pid, files = self.waiting.pop(over)
        return Running(pid, files, over, *post.NOTICE.unpack(post.exactly(over, post.NOTICE.size)))

    def _watch(self, at_work: Running) -> tuple[str, bytes]:
        """Wait until a run is over: the limit for which it must be ended, or what it said."""
        clock = (~at_work.pid << 3) | 2
        hear, hears = at_work.over, True
        wait = min(at_work.wall, at_work.cpu)
        while True:
            ready = self.poll.poll(max(wait, 0.002) * 1000)
            if ready:
                if len(ready) > 1 or ready[0][0] != hear:
                    raise Gone
                said = os.read(hear, post.DONE.size) if hears else b"dead"
                if said:
                    self._deaf(hear)
                    return "", said
                self._deaf(hear)  # it is ending by itself, or has closed what it should not
                hear, hears = os.pidfd_open(at_work.pid), False
                self.poll.register(hear, select.POLLIN)
                continue
            used = cpu_time(clock) - at_work.base
            spent = time.monotonic() - at_work.started
            if used >= at_work.cpu or spent >= at_work.wall:
                self._deaf(hear)
                return "cpu" if used >= at_work.cpu else "wall", b""
            wait = min(at_work.wall - spent, (at_work.cpu - used) / 2)

    def _deaf(self, number: int) -> None:
        self.poll.unregister(number)
        os.close(number)

    def _answer(self, at_work: Running, stopped: str, said: bytes) -> None:
        """Kill it, and say what came of it."""
        cpu = cpu_time((~at_work.pid << 3) | 2)
        os.kill(at_work.pid, signal.SIGKILL)
        wall = time.monotonic() - at_work.started
        done = len(said) == post.DONE.size
        code, memory = post.DONE.unpack(said) if done else (0, 0)
        killed = 0
        if done and not self.plan.forks:
            self.ending.append(Waiting(at_work.pid, at_work.files))
        else:  # with its death everything that it started is dead, and counted
            _, status, usage = os.wait4(at_work.pid, 0)
            self.free.append(at_work.files)
            cpu = usage.ru_utime + usage.ru_stime
            if not done:
                code, killed = (os.WEXITSTATUS(status), 0) if os.WIFEXITED(status) else (0, os.WTERMSIG(status))
                memory = usage.ru_maxrss
        cpu = max(0.0, cpu - at_work.base)
        sizes = [os.fstat(number).st_size for number in at_work.files[:3]]
        ending = overflow(sizes, at_work) or stopped or verdict(killed, cpu, at_work.cpu)
        told = [min(sizes[0], at_work.told), min(sizes[1], at_work.told), min(sizes[2], at_work.results)]
        self.reply(("run", ending, cpu, wall, memory, code & 0xFF, killed, *told))
        for number, size in zip(at_work.files, told, strict=False):
            if size:
                _carry(number, size)

    def reply(self, message: Any) -> None:
        """One message to the judge."""
        post.send(post.REPLIES, marshal.dumps(message, 2))


def _carry(number: int, size: int) -> None:
    """A file's content to the judge, unseen; what a run that is being killed takes away again is filled up."""
    at = 0
    while at < size:
        done = os.sendfile(post.REPLIES, number, at, size - at)
        if not done:
            done = os.write(post.REPLIES, bytes(min(size - at, 1 << 16)))
        at += done


def _drain(number: int) -> None:
    """What nobody read any more, without a trace in the memory from which runs are forked."""
    poll = select.poll()
    poll.register(number, select.POLLIN)
    while poll.poll(0) and os.readv(number, [_LEFT]):
        _LEFT[:] = _NOTHING
