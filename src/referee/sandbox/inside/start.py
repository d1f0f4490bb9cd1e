"""How a zygote starts: its descriptors, its modules, its walls; then it serves."""

from __future__ import annotations

import _thread
import builtins
import contextlib
import fcntl
import gc
import marshal
import os
import signal
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

from referee.sandbox.inside import cell, post
from referee.sandbox.inside.jail import Locked, Plan, lock
from referee.sandbox.inside.post import Gone
from referee.sandbox.inside.run import Files
from referee.sandbox.inside.zygote import SETS, Zygote

if TYPE_CHECKING:
    from referee.sandbox.inside.warm import Warm
    from referee.sandbox.inside.workshop import Workshop

# Libraries of linear algebra would start a thread for each core: a zygote has one, and a run's are counted.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_STACK = 64 << 20  # bytes of a thread's stack at most; programs ask for 512 MB out of habit


def _descriptors(sets: int) -> list[Files]:
    """Every pipe in its place, and so many sets of files in memory for runs."""
    places = (post.ASK, post.ANSWER, post.REQUESTS, post.REPLIES)
    moved = [fcntl.fcntl(old, fcntl.F_DUPFD_CLOEXEC, 100) for old in (int(sys.argv[1]), int(sys.argv[2]), 0, 1)]
    os.closerange(3, 100)  # they may have come under any number
    empty = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, cell.RESULTS):
        if number != empty:
            os.dup2(empty, number)
    moved += [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 100) for _ in range(2) for one in os.pipe()]
    os.closerange(cell.RESULTS + 1, 100)
    for number, place in zip(moved, (*places, post.TURN, post.TURNS, post.INBOX, post.OUTBOX), strict=True):
        os.dup2(number, place, inheritable=False)
    found = [_files(post.FILES + len(Files._fields) * one) for one in range(sets)]
    os.closerange(100, 200)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        errors = "backslashreplace" if name == "stderr" else "surrogateescape"
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    return found


def _files(first: int) -> Files:
    """One set, under numbers that follow each other."""
    for number in range(first, first + 4):
        _place(os.memfd_create("file", 0), number)
    _place(os.open(f"/proc/self/fd/{first + 3}", os.O_RDONLY), first + 4)
    return Files(*range(first, first + 5))


def _place(number: int, target: int) -> None:
    if number != target:
        os.dup2(number, target)
        os.close(number)


def _as_usual() -> None:
    """What `site` gives a program elsewhere, and stacks of threads that fit: Python's own calls need none of them."""
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    real = _thread.stack_size

    def stack_size(size: int = 0) -> int:
        return real(min(size, _STACK))

    for module in (_thread, sys.modules.get("threading")):
        if module is not None:
            setattr(module, "stack_size", stack_size)  # noqa: B010  a module's function for all who ask it


def main() -> None:
    """Set up, lock in, say so, serve."""
    try:
        given, preload, path = marshal.loads(post.receive(0))
    except Gone:
        return
    plan = Plan(*given)
    try:
        with contextlib.suppress(OSError):
            os.setsid()
        sys.path += path
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
        for name in (*preload, f"{__package__}.{'warm' if plan.box else 'workshop' if plan.execute else 'zygote'}"):
            import_module(name)
        _as_usual()
        sys.path[:] = [one for one in sys.path if one not in path]  # what else lies there is not for programs
        if plan.library:
            _move(os.path.dirname(os.__file__), plan.library)
        cell.seed_numpy(0)
        sys.modules["warnings"].filters[:] = [("ignore", None, Warning, None, 0)]
        if "random" in sys.modules:
            sys.modules["random"].seed(0)
        time.tzset()
        os.umask(0o022)
        os.chdir("/")
        files = _descriptors(2 if plan.box else 1 if plan.execute else SETS)
        sys.argv = ["solution.py"]
        locked = lock(plan)
        os.umask(0o077)
        os.environ.clear()
        os.environ.update({"PATH": "/nowhere", "HOME": "/tmp", "LANG": "C.UTF-8", "TZ": "UTC"})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        gc.collect()
        gc.disable()
        gc.freeze()
        zygote = _zygote(plan, locked, files)
    except BaseException as error:
        message = ("broken", f"{type(error).__name__}: {error}".encode())
        post.send(post.REPLIES if sys.argv == ["solution.py"] else 1, marshal.dumps(message, 2))
        raise SystemExit(1) from error
    zygote.reply(("ready", locked.landlock))
    try:
        zygote.serve()
    except Gone:
        os._exit(0)


def _move(old: str, new: str) -> None:
    """What is imported from now on comes from another place."""
    sys.path[:] = [one.replace(old, new) for one in sys.path]
    for module in list(sys.modules.values()):
        if isinstance(getattr(module, "__path__", None), list):
            module.__path__ = [one.replace(old, new) for one in module.__path__]
    sys.path_importer_cache.clear()


def _zygote(plan: Plan, locked: Locked, files: list[Files]) -> Zygote | Workshop | Warm:
    if not plan.execute:
        return Zygote(plan, locked, files)
    if plan.box:
        from referee.sandbox.inside.warm import Warm

        return Warm(plan, locked, files)
    from referee.sandbox.inside.workshop import Workshop

    return Workshop(plan, locked, files[0])
