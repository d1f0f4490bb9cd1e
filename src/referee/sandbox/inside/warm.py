# ruff: noqa: PTH
# PTH is off: pathlib would be one more module behind the walls
"""Keeps provers warm: processes that have loaded their libraries fork for each check, and are never told of any.

Two images of one preamble: the *candidate*, a compiler whose forks write one library, and the *judge*, whose forks
read it. What a fork reads, prints and writes stands in files that are emptied before the next. A fork may write to the
files of its own library and to nothing else; see `jail` for the walls.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import resource
import select
import signal
import time
from typing import Any, NamedTuple, NoReturn

from referee.sandbox.inside import filters, kernel, landlock, post, run
from referee.sandbox.inside.budget import cpu_time
from referee.sandbox.inside.jail import Locked, Plan
from referee.sandbox.inside.post import Gone

_LIFE_CPU = 600  # seconds that an image may use, and each of its forks, if all else fails
_FILE_MB = 64  # of a library
_OPEN = 64


_SIGNALS = {-1: int(signal.SIGABRT), -3: int(signal.SIGFPE), -10: int(signal.SIGSEGV)}  # by OCaml's numbers


class Image(NamedTuple):
    """A warm process: its number, its files, and the pipes to and from its fork server."""

    pid: int
    files: run.Files
    ask: int
    hear: int


class Broken(Exception):
    """An image does not start: what it said."""


class Late(Exception):
    """An image ran into a limit before it was ready."""


class Warm:
    """The keeper of one preamble's images."""

    def __init__(self, plan: Plan, locked: Locked, files: list[run.Files]) -> None:
        self.plan = plan
        self.locked = locked
        self.files = files
        self.images: list[Image] = []
        self.poll = select.poll()
        self.poll.register(post.REQUESTS, select.POLLIN)

    def serve(self) -> None:
        """Until the controller goes."""
        while True:
            kind, details = marshal.loads(post.receive(post.REQUESTS))
            try:
                answer = self._open(details) if kind == "open" else ("ran", self._check(details))
            except (Broken, Late) as error:
                answer = (type(error).__name__, str(error).encode("utf-8", "replace"))
            self.reply(answer)

    def reply(self, message: Any) -> None:
        """One message to the judge."""
        post.send(post.REPLIES, marshal.dumps(message, 2))

    def _open(self, details: dict[str, Any]) -> tuple[str, Any]:
        """Lay out the box, build what is built once, start both images."""
        os.chdir(self.plan.box)
        for name, content in details["files"].items():
            run.put(name, content)
        for command in details["build"]:
            self._build(command, details)
        for name in details["firm"]:
            os.chmod(name, 0o444)
        for command, files, own in zip(details["images"], self.files, details["own"][1:], strict=True):
            self.images.append(self._start(command, files, own, details))
        return ("opened", b"")

    def _build(self, command: list[str], details: dict[str, Any]) -> None:
        files = self.files[0]
        _emptied(files)
        pid = os.fork()
        if not pid:
            self._become(command, files, details["own"][0], details, (files.found, files.found))
        handle = os.pidfd_open(pid)
        stopped = self._watch(pid, handle, -1, details["limits"])[0]
        os.close(handle)
        _, status = os.waitpid(pid, 0)
        if stopped:
            raise Late(f"the library of a preamble was not compiled within its limit of {stopped}")
        if status:
            raise Broken(_words(files) or f"it ended with {status}")

    def _start(self, command: list[str], files: run.Files, own: list[str], details: dict[str, Any]) -> Image:
        """An image that is ready. Raises `Broken`."""
        _emptied(files)
        given, ask = os.pipe()
        hear, told = os.pipe()
        pid = os.fork()
        if not pid:
            self._become(command, files, own, details, (given, told))
        os.close(given)
        os.close(told)
        handle = os.pidfd_open(pid)
        stopped, said = self._watch(pid, handle, hear, details["limits"])
        os.close(handle)
        if stopped:
            raise Late(f"a preamble was not loaded within its limit of {stopped}")
        if said != b"ready\n":
            raise Broken(_words(files) or f"it said {said!r}")
        return Image(pid, files, ask, hear)

    def _become(
        self, command: list[str], files: run.Files, own: list[str], details: dict[str, Any], pipes: tuple[int, int]
    ) -> NoReturn:
        """Become the prover, with nothing open but what it is to have."""
        try:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            empty = os.open(os.devnull, os.O_RDONLY)
            places = (empty, files.out, files.err, files.found, *pipes)
            for number, place in enumerate(_above(places)):
                os.dup2(place, number)
            kernel.call(kernel.NR_CLOSE_RANGE, len(places), 0x7FFFFFFF, 0)
            for limit, value in (
                (resource.RLIMIT_AS, details["limits"]["memory_mb"] << 20),
                (resource.RLIMIT_FSIZE, _FILE_MB << 20),
                (resource.RLIMIT_CPU, _LIFE_CPU),
                (resource.RLIMIT_NOFILE, _OPEN),
            ):
                resource.setrlimit(limit, (value, value))
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            if self.locked.landlock:
                mine = ((f"{self.plan.box}/{name}", landlock.WRITE) for name in own)
                restricted = (("/", landlock.EXECUTE), ("/dev/null", landlock.WRITE), *mine)
                landlock.restrict(restricted, self.locked.landlock)
            if self.plan.tier != "none":
                filters.install(filters.no_signals())
            os.execve(command[0], command, details["environment"])
        finally:
            os._exit(127)

    def _check(self, details: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The candidate's run and, when it went well, the judge's."""
        for name in details["empty"]:
            os.close(os.open(name, os.O_WRONLY | os.O_TRUNC))
        found = []
        for image, text in zip(self.images, details["texts"], strict=True):
            found.append(self._run(image, text, details["limits"]))
            status, code = found[-1][0], found[-1][4]
            if status != "ok" or code:
                break
        return found

    def _run(self, image: Image, text: bytes, limits: dict[str, Any]) -> tuple[Any, ...]:
        """One fork at work; what came of it."""
        files = image.files
        _emptied(files)
        os.write(files.found, text)
        os.lseek(files.found, 0, os.SEEK_SET)
        started = time.monotonic()
        os.write(image.ask, b"f")
        kind, pid = _line(image.hear).split()
        if kind != b"pid":
            raise Gone
        handle = os.pidfd_open(int(pid))  # it waits, so the number is still its own
        os.write(image.ask, b"g")
        stopped, said = self._watch(int(pid), handle, image.hear, limits)
        os.close(handle)
        kind, number, cpu = (said or _line(image.hear)).split()
        wall = time.monotonic() - started
        killed = _SIGNALS.get(int(number), int(signal.SIGKILL)) if kind == b"signal" else 0
        code = 0 if killed else int(number)
        kept = limits["output_kb"] << 10
        sizes = [os.fstat(one).st_size for one in (files.out, files.err)]
        if max(sizes) > kept:
            stopped = "output"
        out, err = (os.pread(one, min(size, kept), 0) for one, size in zip(files[:2], sizes, strict=False))
        if not stopped and killed:
            stopped = "signal"
        if not stopped and code and b"ut of memory" in err[-400:]:
            stopped = "memory"
        return (stopped or "ok", int(cpu) / 1000, wall, 0, code, killed, b"", out, err)

    def _watch(self, pid: int, handle: int, hear: int, limits: dict[str, Any]) -> tuple[str, bytes]:
        """Wait until a process ends or says a line, or end it: the limit that it ran into, and what was said."""
        clock = (~pid << 3) | 2
        heard = hear if hear >= 0 else handle
        self.poll.register(heard, select.POLLIN)
        started, base = time.monotonic(), cpu_time(clock)
        wait = min(limits["wall_s"], limits["cpu_s"])
        try:
            while True:
                ready = self.poll.poll(max(wait, 0.002) * 1000)
                if any(number == post.REQUESTS for number, _ in ready):  # the controller has gone, or gives this up
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    raise Gone
                if ready:
                    return "", _line(hear) if hear >= 0 else b""
                used, spent = cpu_time(clock) - base, time.monotonic() - started
                if used >= limits["cpu_s"] or spent >= limits["wall_s"]:
                    with contextlib.suppress(ProcessLookupError):
                        signal.pidfd_send_signal(handle, signal.SIGKILL)
                    return "cpu" if used >= limits["cpu_s"] else "wall", b""
                wait = min(limits["wall_s"] - spent, (limits["cpu_s"] - used) / 2)
        finally:
            self.poll.unregister(heard)


def _above(numbers: tuple[int, ...]) -> list[int]:
    """Copies of descriptors out of the way of the numbers that they are to have."""
    import fcntl

    return [fcntl.fcntl(one, fcntl.F_DUPFD, 200) for one in numbers]


def _emptied(files: run.Files) -> None:
    for number in files[:4]:
        os.ftruncate(number, 0)
        os.lseek(number, 0, os.SEEK_SET)


def _line(number: int) -> bytes:
    """One line of a fork server; an empty one when it has ended."""
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(number, 1)
        if not part:
            return line
        line += part
    return line


def _words(files: run.Files) -> str:
    return os.pread(files.err, 2000, 0).decode("utf-8", "replace").strip()
