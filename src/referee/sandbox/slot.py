"""One zygote from the judge's side: start it, ask it, kill it. What it says is believed as far as claims go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import struct
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

from referee.core.errors import InfrastructureError
from referee.sandbox import cgroups, replies, values

_LENGTH = struct.Struct("<I")
_MAIN = Path(__file__).parent / "inside" / "main.py"
_LARGEST = 64 << 20  # bytes of one reply
_TOGETHER = 48 << 20  # bytes of output and results of all runs of a job
_SENDING = 20.0  # seconds within which a zygote must read
_AHEAD = 4  # requests that are sent before the first is answered
_START = 20.0  # seconds within which a zygote must be ready

# Imported before the fork, so that a program finds them at no cost; each page of them is copied in every fork.
_PRELOAD = """
warnings bisect collections functools heapq itertools math operator random re string typing
"""
PRELOAD = tuple(_PRELOAD.split())
# What a program finds preloaded when nothing can make the standard library readable to the user it runs as.
_MORE = """
abc array ast calendar cmath contextlib copy dataclasses datetime decimal enum fractions hashlib io
json numbers statistics struct textwrap threading time traceback asyncio base64 binascii colorsys
configparser csv difflib doctest email fnmatch getpass glob gzip html inspect ipaddress keyword
linecache locale logging lzma pickle platform pprint queue secrets select shlex shutil signal
sqlite3 tempfile unicodedata unittest urllib.parse uuid weakref xml.etree.ElementTree zlib zoneinfo
bz2 concurrent.futures graphlib optparse argparse pathlib reprlib sched types warnings
"""
MORE = tuple(_MORE.split())


# With one arena for all threads, how far an address space reaches does not depend on where the kernel puts things.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PATH": "/nowhere",
    "MALLOC_ARENA_MAX": "1",
}

# What puts a zygote's command into another program's jail: the new command, and what to do when it has ended.
Wrap = Callable[[list[str], tuple[int, int], tuple[str, ...]], tuple[list[str], "Callable[[], None] | None"]]


class Kind(NamedTuple):
    """What a job needs of its zygote; those of one kind are interchangeable.

    `test`: it runs test scripts, and so never forks a program. `scratch`: each run has a directory to write in.
    `forks`: a run may have processes of its own. `packages`: what is loaded beside the standard library.
    """

    test: bool = False
    scratch: bool = False
    forks: bool = False
    packages: tuple[str, ...] = ()


PLAIN = Kind()


class ZygoteLost(InfrastructureError):
    """The zygote died, or said something that is no reply. `slow`: it did not answer in time."""

    def __init__(self, message: str, *, slow: bool = False) -> None:
        super().__init__(message, "infra.sandbox")
        self.slow = slow


class Slot:
    """A zygote process in a tier. Not for two threads at once; start a second one instead."""

    def __init__(
        self,
        tier: str,
        *,
        uid: int = 0,
        kind: Kind = PLAIN,
        view: tuple[str, ...] = (),
        path: tuple[str, ...] = (),
        library: str = "",
        scratch_mb: int = 0,
        preload: tuple[str, ...] = PRELOAD,
        wrap: Wrap | None = None,
        tools: tuple[str, ...] | None = None,
        proc: bool = False,
        box: str = "",
        programs: tuple[str, ...] = (),
    ) -> None:
        self.tier = tier
        self._words = open(os.memfd_create("words"), "w+b") if wrap is not None else subprocess.DEVNULL  # noqa: SIM115
        self._undo: Callable[[], None] | None = None
        self.group = cgroups.group()
        self.jobs = 0
        ask_out, self.ask = os.pipe()
        self.answer, answer_in = os.pipe()
        command = [getattr(sys, "_base_executable", sys.executable), "-s", "-S", "-P", "-B", "-X", "utf8", str(_MAIN)]
        read, hidden = libraries()
        read = tuple(dict.fromkeys((*read, *(tools or ()))))
        read = tuple(one for one in read if not any(one.startswith(f"{other}/") for other in read))
        command += [str(ask_out), str(answer_in)]
        try:
            if wrap is not None:
                command, self._undo = wrap(command, (ask_out, answer_in), (*read, *view))
                command = self.group.joined(command) if self.group is not None else command
            start = subprocess.Popen if wrap is None else _started
            self._process = start(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                pass_fds=(ask_out, answer_in),
                env=ENVIRONMENT,
                cwd="/",
                bufsize=0,
            )
            if self.group is not None and wrap is None:
                self.group.add(self._process.pid)  # it waits for what is sent below
        except (OSError, InfrastructureError) as error:
            os.close(self.ask)
            os.close(self.answer)
            self._release()
            raise ZygoteLost(f"a zygote could not be started: {error}") from error
        finally:
            os.close(ask_out)
            os.close(answer_in)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self.out = self._process.stdout.fileno()
        for number in (self._in, self.out, self.answer, self.ask):
            fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) | os.O_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(self.out, select.POLLIN)
        self._both = select.poll()
        self._both.register(self.out, select.POLLIN)
        self._both.register(self._in, select.POLLOUT)
        self._held = bytearray()  # what has arrived and was not asked for yet
        try:
            plan = (tier, uid, read, hidden, scratch_mb or int(kind.scratch), tools is not None, kind.forks, proc, view)
            self.send(((*plan, library, box, programs), preload, path))
            state, more = self.receive(_START)
        except (ValueError, TypeError) as error:
            self.close()
            raise ZygoteLost("a zygote answered something that is no reply") from error
        except ZygoteLost as error:
            said = self._said()
            self.close()
            raise ZygoteLost(f"{error}{said}", slow=error.slow) from error
        if state != "ready":
            self.close()
            raise ZygoteLost(more.decode("utf-8", "replace") if isinstance(more, bytes) else "it does not start")
        self.landlock = more

    def _said(self) -> str:
        """What the program around a zygote wrote to its error stream."""
        if isinstance(self._words, int):
            return ""
        self._words.seek(0)
        words = self._words.read(500).decode("utf-8", "replace").strip()
        return f": {words}" if words else ""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def send(self, message: Any) -> None:
        """One request. Replies that come meanwhile are kept: a zygote that waits for a reader reads nothing itself."""
        content = values.write(message)
        view = memoryview(_LENGTH.pack(len(content)) + content)
        deadline = time.monotonic() + _SENDING
        try:
            while view:
                try:
                    view = view[os.write(self._in, view) :]
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise ZygoteLost("a zygote does not read", slow=True) from None
                    if any(number == self.out for number, _ in self._both.poll(1000)):
                        self._fetch()
        except OSError as error:
            raise ZygoteLost(f"a zygote went away: {error}") from error

    def receive(self, patience: float) -> Any:
        """One message within so many seconds."""
        deadline = time.monotonic() + patience
        size = _LENGTH.unpack(self._take(_LENGTH.size, deadline))[0]
        content = self._take(size, deadline)
        try:
            return values.read(content)
        except values.NotPlain as error:
            raise ZygoteLost(f"a zygote's reply cannot be read: {error}") from error

    def _take(self, size: int, deadline: float) -> bytes:
        """So many bytes of what the zygote says."""
        if size > _LARGEST:
            raise ZygoteLost("a zygote's reply is too long")
        held = self._held
        while len(held) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise ZygoteLost("a zygote did not answer in time", slow=True)
            self._fetch()
        content = bytes(held[:size])
        del held[:size]
        return content

    def _fetch(self) -> None:
        part = os.read(self.out, 1 << 16)
        if not part:
            raise ZygoteLost(f"a zygote ended with {self._process.wait()}")
        self._held += part

    def run_reply(self, patience: float) -> replies.Run:
        """What came of one run, within so many seconds. Raises `ZygoteLost`, `BadReply`."""
        run, sizes = replies.head(self.receive(patience))
        deadline = time.monotonic() + patience
        out, err, found = (self._take(size, deadline) for size in sizes)
        return run._replace(stdout=out, stderr=err, found=found)

    def run(self, requests: list[replies.Request], patience: float, *, stop: bool = False) -> list[replies.Run]:
        """What came of each request, in order.

        `stop`: no further ones after a run that did not end well; nor are there after one with which all of them
        wrote too much together.
        """
        self.jobs += len(requests)
        if self.group is not None:
            self.group.hold(requests[0][1]["limits"])
        found: list[replies.Run] = []
        ahead, left = 1 if stop else _AHEAD, _TOGETHER
        for sent, request in enumerate(requests):
            if sent - len(found) >= ahead:
                left = self._one(found, left, patience)
            if left < 0 or (stop and found and not found[-1].well):
                return self._rest(found, sent, patience)
            self.send(request)
        while len(found) < len(requests) and left >= 0:
            left = self._one(found, left, patience)
        return self._rest(found, len(requests), patience)

    def _one(self, found: list[replies.Run], left: int, patience: float) -> int:
        """One more run; how many bytes are left for the others."""
        run = self.run_reply(patience)
        left -= len(run.stdout) + len(run.stderr) + len(run.found)
        found.append(run if left >= 0 else run._replace(status="output", stdout=b"", stderr=b"", found=b""))
        return left

    def _rest(self, found: list[replies.Run], sent: int, patience: float) -> list[replies.Run]:
        """Nothing that was asked for may be left in the pipe."""
        for _ in range(sent - len(found)):
            self.run_reply(patience)
        return found

    def request(self, operation: str, details: dict[str, Any], patience: float) -> Any:
        """Ask a zygote for programs that are executed, and wait."""
        self.ask_later(operation, details)
        return self.receive(patience)

    def ask_later(self, operation: str, details: dict[str, Any]) -> None:
        """Ask without waiting."""
        self.jobs += 1
        if self.group is not None:
            self.group.hold(details["limits"])
        self.send((operation, details))

    def kill(self) -> None:
        """End it at once, and with it what it runs; the pipes stay open until `close`."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Kill it and, with it, whatever it runs. Safe to call twice."""
        process = self._process
        if process.returncode is None:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._release()
        for name in ("ask", "answer"):
            number = getattr(self, name)
            if number >= 0:
                os.close(number)
                setattr(self, name, -1)

    def _release(self) -> None:
        """What was made for the process and is not its own."""
        if not isinstance(self._words, int):
            self._words.close()
        if self.group is not None:
            self.group.close()
        if self._undo is not None:
            self._undo()
            self._undo = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _started(command: list[str], **more: Any) -> Any:
    """A process, started by a thread that stays as long as we do.

    Who asks the kernel to die with its parent, as bubblewrap does, dies with the thread that started it.
    """
    starter = _STARTERS.setdefault(os.getpid(), ThreadPoolExecutor(1, thread_name_prefix="referee-starter"))
    started: Any = starter.submit(partial(subprocess.Popen, command, **more)).result()
    return started


_STARTERS: dict[int, ThreadPoolExecutor] = {}  # by process: a fork has no threads


def libraries() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a Python jail may read, and what is hidden below it: what is installed beside the standard library."""
    stdlib = os.path.realpath(sysconfig.get_path("stdlib"))
    dynload = os.path.realpath(os.path.join(stdlib, "lib-dynload"))
    read = [stdlib, "/lib", "/lib64", "/usr/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo", "/etc/localtime"]
    if not dynload.startswith(stdlib):
        read.append(dynload)
    hidden = [os.path.join(stdlib, name) for name in ("site-packages", "dist-packages", "test", "idlelib", "ensurepip")]
    return tuple(read), tuple(path for path in [*hidden, "/usr/lib/python3/dist-packages"] if os.path.isdir(path))
