"""One worker process from its supervisor's side: start it, ask it, read what it says, see what it uses, end it.

Always a fresh interpreter, never a fork: the parent may hold torch, threads or a GPU. Nothing here waits.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from typing import IO

from referee.core.errors import InfrastructureError
from referee.core.types import Record
from referee.engine.child import CELL, ITEMS, LENGTH

_START = "from referee.engine.child import main; main()"
_LARGEST = 256 << 20  # bytes of one answer
_TAIL = 2000  # bytes of its last words
_PIECE = 1 << 18
_PIPE = 1 << 20 if sys.platform == "linux" else -1  # bytes in flight: a request, and an answer, without a stop
_PAGE = os.sysconf("SC_PAGESIZE")
_THREADS = ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB_MAXIMUM", "RAYON")


class BadAnswer(InfrastructureError):
    """The worker wrote something that is no answer."""


class Settings(Record, frozen=True, kw_only=True):
    """How worker processes run.

    nice: added to their niceness, so that a trainer on the same cores comes first. cores: the processor cores that they
    may use, all of the parent's when empty. memory_mb: resident memory above which one is ended. environment: variables
    on top of the parent's.
    """

    nice: int = 0
    cores: tuple[int, ...] = ()
    memory_mb: int = 2048
    environment: dict[str, str] = {}


class Process:
    """A worker process and its pipes, none of which blocks."""

    def __init__(self, function: str, settings: Settings) -> None:
        cell = _memory()
        words, their_words = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, function, *_options(settings, cell)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=their_words,
                pass_fds=(cell.fileno(),),
                env=_environment(settings),
                bufsize=0,
                pipesize=_PIPE,
                process_group=0,  # Ctrl-C is for the parent; and what it starts can be ended with it
            )
            self._cell = mmap.mmap(cell.fileno(), CELL.size)
        finally:
            cell.close()
            os.close(their_words)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._words = os.fdopen(words, "rb", buffering=0)
        for pipe in (self._requests, self._answers, self._words):
            os.set_blocking(pipe.fileno(), False)
        self._clock = (~self._process.pid) << 3 | 2  # how Linux names another process's processor clock
        self._out: deque[memoryview] = deque()
        self._in = bytearray()
        self._last = b""
        self.request = 0  # how many it was sent

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def answers(self) -> int:
        """The descriptor of its answers."""
        return self._answers.fileno()

    @property
    def words(self) -> int:
        """The descriptor of its error stream."""
        return self._words.fileno()

    @property
    def requests(self) -> int:
        """The descriptor that takes requests."""
        return self._requests.fileno()

    def send(self, request: bytes) -> None:
        """Give it a request; `flush` sends what the pipe has no room for."""
        self.request += 1
        self._out += (memoryview(LENGTH.pack(len(request))), memoryview(request))
        self.flush()

    def flush(self) -> bool:
        """Send what there is room for; True when nothing is left."""
        try:
            while self._out:
                sent = self._requests.write(self._out[0]) or 0
                if not sent:
                    return False
                if sent < len(self._out[0]):
                    self._out[0] = self._out[0][sent:]
                else:
                    self._out.popleft()
        except OSError:
            self._out.clear()  # it has died; its answers' end says so
        return True

    def read(self) -> tuple[list[bytes], bool]:
        """The answers that are complete, and whether it will say no more. Raises `BadAnswer`."""
        over = False
        for _ in range(16):  # the others have their turn too
            part = _some(self._answers)
            if part is None:
                break
            over = not part
            if over:
                break
            self._in += part
            if len(part) < _PIECE:
                break
        return self._complete(), over

    def _complete(self) -> list[bytes]:
        found, at, held = [], 0, self._in
        while len(held) - at >= LENGTH.size:
            (size,) = LENGTH.unpack_from(held, at)
            if size > _LARGEST:
                raise BadAnswer(f"an answer of {size:,} bytes")
            if len(held) - at - LENGTH.size < size:
                break
            at += LENGTH.size
            found.append(bytes(memoryview(held)[at : at + size]))
            at += size
        del held[:at]
        return found

    def listen(self) -> bool:
        """Read its error stream, of which only the end is held; False when it is closed."""
        part = _some(self._words)
        if part:
            self._last = (self._last + part)[-_TAIL:]
        return part != b""

    @property
    def last_words(self) -> str:
        """The end of what it printed."""
        return self._last.decode("utf-8", "backslashreplace").strip()

    def place(self) -> tuple[int, float]:
        """The item of the newest request that it works on (-1: none yet), and its processor time when that began."""
        started, number = CELL.unpack_from(self._cell, 0)
        request, item = number >> ITEMS, number & (1 << ITEMS) - 1
        return (item - 1 if request == self.request else -1), started

    def cpu(self) -> float:
        """Processor seconds that it has used; 0 where that cannot be known."""
        try:
            return time.clock_gettime(self._clock) if sys.platform == "linux" else 0.0
        except OSError:
            return 0.0

    def resident(self) -> int:
        """Bytes of resident memory; 0 where that cannot be known."""
        fields = self._proc("statm").split()
        return int(fields[1]) * _PAGE if len(fields) > 1 else 0

    def stopped(self) -> bool:
        """Whether someone stopped it with a signal."""
        return self._proc("stat").rpartition(")")[2].strip()[:1] in {"T", "t"}

    def _proc(self, name: str) -> str:
        try:
            with open(f"/proc/{self.pid}/{name}", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                return file.read()
        except OSError:
            return ""

    def kill(self) -> None:
        """End it and what it started in its group. `ended` says when it is over."""
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()

    def retire(self) -> None:
        """Let it end by itself: its input is over."""
        with contextlib.suppress(OSError):
            self._requests.close()

    def ended(self, wait_s: float = 0.0) -> bool:
        """Whether the process is over."""
        try:
            self._process.wait(wait_s) if wait_s else self._process.poll()
        except subprocess.TimeoutExpired:
            return False
        return self._process.returncode is not None

    @property
    def end(self) -> str:
        """How it ended, in words."""
        code = self._process.poll()
        if code is None:
            return "it closed its answers"
        if code >= 0:
            return f"it ended with exit code {code}"
        try:
            return f"it ended with {signal.Signals(-code).name}"
        except ValueError:
            return f"it ended with signal {-code}"

    def close(self) -> None:
        """Close the pipes."""
        for pipe in (self._requests, self._answers, self._words):
            with contextlib.suppress(OSError):
                pipe.close()
        self._cell.close()


def _some(pipe: IO[bytes]) -> bytes | None:
    """What is there, b"" at the end, None when there is nothing now."""
    try:
        return pipe.read(_PIECE)
    except (OSError, ValueError):
        return b""


def _memory() -> IO[bytes]:
    """The cell's file: in memory where there is such a thing, so that a full disk stops no worker."""
    made: IO[bytes]
    if hasattr(os, "memfd_create"):
        made = os.fdopen(os.memfd_create("referee"), "w+b", buffering=0)
    else:
        made = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    made.truncate(CELL.size)
    return made


def _options(settings: Settings, cell: IO[bytes]) -> list[str]:
    return [str(os.getpid()), str(cell.fileno()), str(settings.nice), ",".join(map(str, settings.cores))]


def _environment(settings: Settings) -> dict[str, str]:
    one = {f"{name}_NUM_THREADS": "1" for name in _THREADS}
    path = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, **one, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "", **settings.environment}
