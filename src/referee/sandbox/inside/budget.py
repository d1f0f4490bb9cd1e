"""The limits of one run in the kernel's units, and which of them ended it."""

from __future__ import annotations

import signal
import time
from typing import Any, Protocol


class Budget:
    """The limits of one run, in the kernel's units."""

    def __init__(self, limits: dict[str, Any], *, kept: int) -> None:
        self.cpu: float = limits["cpu_s"]
        self.wall: float = limits["wall_s"]
        self.processes: int = limits["processes"]
        self.memory: int = (limits["memory_mb"] << 20) // self.processes
        self.kept = kept  # bytes of output for which the run is stopped
        self.told = min(kept, limits["output_kb"] << 10)  # bytes of output that go into the reply
        self.scratch: int = limits["scratch_mb"] << 20
        self.results: int = limits["result_kb"] << 10
        self.file = max(kept + 1, self.results, self.scratch)


def cpu_time(clock: int) -> float:
    """Seconds of CPU that a process has used, by its clock."""
    try:
        return time.clock_gettime(clock)
    except OSError:
        return 0.0


class Allowed(Protocol):
    """Bytes for which a run is stopped."""

    @property
    def kept(self) -> int:
        """Of output, and of errors."""

    @property
    def results(self) -> int:
        """Of results."""


def overflow(sizes: list[int], allowed: Allowed) -> str:
    """`output` when a run wrote more than it may: the first cause, whatever it then did until it was stopped."""
    over = sizes[0] > allowed.kept or sizes[1] > allowed.kept or sizes[2] >= allowed.results
    return "output" if over else ""


def verdict(killed: int, cpu: float, allowed: float) -> str:
    """How a run that nobody stopped ended."""
    if cpu >= allowed or killed == signal.SIGXCPU:
        return "cpu"
    if killed == signal.SIGXFSZ:
        return "output"
    return "signal" if killed else "ok"
