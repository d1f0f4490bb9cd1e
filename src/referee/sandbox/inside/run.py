# ruff: noqa: PTH
# PTH is off: pathlib would double what a zygote has to copy in every fork
"""A run, from its fork to the program's first line: it waits with its walls up, reads one piece of work, and does it.

Runs are forked ahead of time, so that a job does not wait for a fork. One that waits is as clean as a fresh one: its
zygote has never held a program, an input or a result.
"""

from __future__ import annotations

import contextlib
import fcntl
import marshal
import os
import resource
import signal
import time
from typing import Any, NamedTuple, NoReturn

from referee.sandbox.inside import cell, filters, kernel, landlock, post
from referee.sandbox.inside.budget import Budget
from referee.sandbox.inside.jail import BOX, INSIDE, PLAIN, SHARED, Locked, Plan

_THREADS = 64
_PIPES = {"session", "script"}
_limit = resource.setrlimit


class Files(NamedTuple):
    """Files in memory for one run: output, errors, results; standard input to write and to read."""

    out: int
    err: int
    found: int
    fill: int
    stdin: int


def main(plan: Plan, locked: Locked, files: Files, over: int) -> NoReturn:
    """All of a run; what it does not finish ends it. `over`: where the zygote hears that it is over."""
    status = 70
    try:
        _wait(plan, locked, files, over)
        operation, job = _work()
        cell.ready(job["seed"])
        _confine(plan, locked, operation, job)
        status = _do(operation, job)
    except BaseException as error:
        with contextlib.suppress(BaseException):  # the program closed or filled it
            cell.note(b"E", cell.error_content(error))
    finally:
        cell.finish(status)


def _wait(plan: Plan, locked: Locked, files: Files, over: int) -> None:
    """Everything that does not depend on the work."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()  # or kill(0) would reach the zygote, which is in the same process group
    for number, place in ((over, post.OVER), (files.fill, post.STDIN), (files.stdin, 0)):
        os.dup2(number, place)
    for number, place in ((files.out, 1), (files.err, 2), (files.found, cell.RESULTS)):
        os.dup2(number, place)
    kernel.call(kernel.NR_CLOSE_RANGE, post.PRIVATE, 0x7FFFFFFF, 0)
    _as_opened(0, 1, 2, cell.RESULTS)
    if not plan.own_view:
        _seal(locked)
    cell.warm()


def _as_opened(*numbers: int) -> None:
    """Without the flags that a run before set: it cannot be kept from it, and whoever inherits a file shares them."""
    for number in numbers:
        fcntl.fcntl(number, fcntl.F_SETFL, 0)


def alone(plan: Plan, locked: Locked) -> None:
    """The walls of a run around a process that is none."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    if plan.own_view and locked.landlock:
        landlock.restrict(INSIDE, locked.landlock)
    _seal(locked)


def _seal(locked: Locked, most: int = _THREADS) -> None:
    """The last walls: what the zygote still could do, a run and a compiler cannot."""
    if locked.drop:
        _limit(resource.RLIMIT_NPROC, (most, most))
        kernel.drop_capabilities()
    if locked.second_filter:
        filters.install(filters.run(os.getpid()))


def _work() -> tuple[str, dict[str, Any]]:
    """The next piece of work, when it is this run's turn."""
    try:
        post.exactly(post.TURN, 1)
        content = post.receive(post.INBOX)
    except post.Gone:
        os._exit(0)
    operation, job = marshal.loads(content)
    return operation, job


def _confine(plan: Plan, locked: Locked, operation: str, job: dict[str, Any]) -> None:
    """The limits of this piece of work; from here on they are watched."""
    pipes = operation in _PIPES
    budget = Budget(job["limits"], kept=job["limits"]["output_kb"] << (10 if operation in {"run", "compile"} else 14))
    times = (budget.cpu, budget.wall, time.process_time(), time.monotonic())
    os.write(post.OVER, post.NOTICE.pack(*times, budget.kept, budget.told, budget.results, pipes))
    if operation == "run" and job["stdin"]:
        fill(job["stdin"])
    if pipes:
        _as_opened(post.ASK, post.ANSWER)
        kernel.call(kernel.NR_CLOSE_RANGE, post.OVER + 1, post.ASK - 1, 0)
    kernel.call(kernel.NR_CLOSE_RANGE, post.ANSWER + 1 if pipes else post.OVER + 1, 0x7FFFFFFF, 0)
    if plan.own_view:
        view(plan, locked, budget.scratch, job.get("files", {}))
        _seal(locked, _THREADS if budget.processes == 1 else budget.processes + 2)  # the zygote and its compiler count
    limits(locked, budget)


def limits(locked: Locked, budget: Budget) -> None:
    """What the kernel counts of this process."""
    seconds = int(budget.cpu) + 2
    _limit(resource.RLIMIT_CPU, (seconds, seconds))
    if budget.memory >= 0:
        _limit(resource.RLIMIT_AS, (locked.base_bytes + budget.memory,) * 2)
    _limit(resource.RLIMIT_FSIZE, (budget.file, budget.file))


def fill(content: bytes) -> None:
    """Put it on standard input."""
    at = 0
    while at < len(content):
        at += os.pwrite(post.STDIN, content[at:], at)


def view(plan: Plan, locked: Locked, size: int, files: dict[str, bytes]) -> None:
    """A directory of its own to write in, where there are namespaces; `size` in bytes."""
    if locked.flags & kernel.CLONE_NEWNS:
        kernel.mount("tmpfs", "/tmp", "tmpfs", 6, f"size={max(size, 4096)},nr_inodes=4096,mode=777")
        if plan.forks:  # what processes wait for each other with
            kernel.mount("tmpfs", SHARED, "tmpfs", 6, "size=1m,nr_inodes=1024,mode=777")
        if plan.execute:  # what was built stays as it is, and one run leaves nothing there for the next
            kernel.mount("none", BOX, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | PLAIN)
        os.chdir("/tmp")
        for name, content in files.items():
            put(name, content)
        if locked.landlock:
            landlock.restrict(INSIDE, locked.landlock)


def put(name: str, content: bytes) -> None:
    """A new file."""
    folder = os.path.dirname(name)
    if folder:
        os.makedirs(folder, exist_ok=True)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(handle, content)
    finally:
        os.close(handle)


def _do(operation: str, job: dict[str, Any]) -> int:
    """The exit code."""
    if operation == "script":
        from referee.sandbox.inside import script

        return script.main(job)
    code = cell.compiled(job["program"])
    if operation == "calls":
        cell.calls(code, job["entry"], job["calls"], job["stop_early"])
    elif operation == "run":
        return cell.whole(code, job["argv"])
    elif operation == "session":
        from referee.sandbox.inside import session

        return session.serve(code, job["number"], job["modules"])
    return 0
