"""The far side of a worker process: reads requests on its standard input, answers on its standard output.

A message is its length, eight bytes, little-endian, and its content. The first answer is empty: the worker is up. The
worker ends when its input does, or, whatever it is doing, when its parent dies.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import signal
import struct
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import IO

LENGTH = struct.Struct("<Q")
CELL = struct.Struct("<dQ")  # processor seconds when the item began; the request's number and the item's, from 1
ITEMS = 32  # bits of the item's number


class _Cell:
    """Sixteen bytes of memory that the supervisor reads: what is being worked on, and since when."""

    def __init__(self) -> None:
        self.memory: mmap.mmap | None = None
        self.request = 0

    def write(self, item: int) -> None:
        if self.memory is not None:
            CELL.pack_into(self.memory, 0, time.process_time(), self.request << ITEMS | item)


_CELL = _Cell()


def begins(place: int) -> None:
    """Say that the item at `place` (from 0) of the request begins: its time limit starts now.

    Does nothing outside a worker process.
    """
    _CELL.write(place + 1)


def send(pipe: IO[bytes], content: bytes) -> None:
    """One message, however long it takes."""
    for part in (LENGTH.pack(len(content)), content):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) or 0 :]


def receive(pipe: IO[bytes]) -> bytes | None:
    """One message, or None when the other side has gone."""
    head = _exactly(pipe, LENGTH.size)
    return None if head is None else _exactly(pipe, LENGTH.unpack(head)[0])


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def end_with(parent: int) -> None:
    """End this process when `parent` dies (on Linux; elsewhere it ends at the end of its input)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)


def main() -> None:
    """The life of a worker: function, parent, cell, niceness and cores come as arguments."""
    function, parent, cell, nice, cores = sys.argv[1:6]
    end_with(int(parent))
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints by accident goes to the error stream, not into the protocol
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    with contextlib.suppress(OSError):
        os.nice(int(nice))
    if cores:
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    with contextlib.suppress(OSError):  # when memory runs out the kernel ends a worker, not the trainer
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
    _CELL.memory = mmap.mmap(int(cell), CELL.size)
    module, _, name = function.partition(":")
    answer = getattr(import_module(module), name)
    send(answers, b"")
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        while (request := receive(requests)) is not None:
            _CELL.request += 1
            _CELL.write(0)
            send(answers, answer(request))
