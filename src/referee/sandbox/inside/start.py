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

from referee.sandbox.inside import cell
from referee.sandbox.inside.jail import Plan, lock
from referee.sandbox.inside.zygote import ANSWER, ASK, LENGTH, OUTPUTS, REPLIES, REQUESTS, STDIN, Gone, Zygote

# Libraries of linear algebra would start a thread for each core: a zygote has one, and a run's are counted.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_STACK = 64 << 20  # bytes of a thread's stack at most; programs ask for 512 MB out of habit


def _descriptors() -> None:
    """Standard input, output, error and results become files in memory; the pipes move out of their way."""
    targets = (ASK, ANSWER, REQUESTS, REPLIES)
    moved = [fcntl.fcntl(old, fcntl.F_DUPFD_CLOEXEC, 100) for old in (int(sys.argv[1]), int(sys.argv[2]), 0, 1)]
    os.closerange(2, 100)  # they may have come under any number
    for number, target in zip(moved, targets, strict=True):
        os.dup2(number, target, inheritable=False)
    for target in OUTPUTS:
        _place(os.memfd_create("output", 0), target)
    _place(os.memfd_create("stdin", 0), STDIN)
    _place(os.open(f"/proc/self/fd/{STDIN}", os.O_RDONLY), 0)
    os.closerange(100, 200)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        errors = "backslashreplace" if name == "stderr" else "surrogateescape"
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


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
    given, preload, path = marshal.loads(_first())
    plan = Plan(*given)
    try:
        with contextlib.suppress(OSError):
            os.setsid()
        sys.path += path
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
        for name in preload:
            import_module(name)
        _as_usual()
        sys.path[:] = [one for one in sys.path if one not in path]  # what else lies there is not for programs
        cell.seed_numpy(0)
        sys.modules["warnings"].filters[:] = [("ignore", None, Warning, None, 0)]
        if "random" in sys.modules:
            sys.modules["random"].seed(0)
        time.tzset()
        os.umask(0o022)
        os.chdir("/")
        _descriptors()
        sys.argv = ["solution.py"]
        locked = lock(plan)
        os.umask(0o077)
        os.environ.clear()
        os.environ.update({"PATH": "/nowhere", "HOME": "/tmp", "LANG": "C.UTF-8", "TZ": "UTC"})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        zygote = Zygote(plan, locked)
        gc.collect()
        gc.disable()
        gc.freeze()
    except BaseException as error:
        message = ("broken", f"{type(error).__name__}: {error}".encode())
        where = REPLIES if sys.argv == ["solution.py"] else 1
        os.write(where, LENGTH.pack(len(marshal.dumps(message, 2))) + marshal.dumps(message, 2))
        raise SystemExit(1) from error
    zygote.reply(("ready", locked.landlock))
    try:
        zygote.serve()
    except Gone:
        os._exit(0)


def _first() -> bytes:
    head = b""
    while len(head) < LENGTH.size:
        part = os.read(0, LENGTH.size - len(head))
        if not part:
            os._exit(0)
        head += part
    size = LENGTH.unpack(head)[0]
    content = b""
    while len(content) < size:
        content += os.read(0, size - len(content))
    return content
