"""Processes of a benchmark: a redis-server of its own, and the processor time of whole families."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from referee.core.errors import UsageError

_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A redis-server on a free port of this machine, without persistence unless `options` say so, until closed."""

    def __init__(self, *options: str) -> None:
        found = shutil.which("redis-server")
        if found is None:
            raise UsageError("this measurement needs redis-server on PATH: apt-get install redis-server")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._folder = tempfile.TemporaryDirectory(prefix="referee-bench-")
        argv = [found, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self._folder.name]
        self.process = subprocess.Popen([*argv, *options], stdout=subprocess.DEVNULL)
        self.url = f"redis://127.0.0.1:{self.port}"
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        self.close()
        raise UsageError("redis-server did not start within 20 s")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def cpu_seconds(roots: Iterable[int], *, ended: bool = False) -> float:
    """Processor time so far of these processes and all their descendants; `ended`: also of those that have ended."""
    return sum(_own(pid, 4 if ended else 2) for root in roots for pid in family(root))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for task in _listed(pid):
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split()
            found += [one for child in children for one in family(int(child))]
    return found


def _listed(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  # names only
    return []


def _own(pid: int, parts: int) -> float:
    """User and system time; two more parts are those of children that it has waited for."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return sum(map(int, fields[11 : 11 + parts])) / _TICKS
    return 0.0
