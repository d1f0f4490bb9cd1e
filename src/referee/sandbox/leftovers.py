"""What a killed trainer leaves behind: folders that say by their names whose they are, for the next one to sweep."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path

_PREFIX = "referee-"
_SERIAL = count()


def fresh(purpose: str) -> str:
    """A name for a folder of this process: purpose, pid namespace, process, its start, a number."""
    pid = os.getpid()
    return f"{_PREFIX}{purpose}-{_space()}-{pid}-{_started(pid)}-{next(_SERIAL)}"


def stale(folder: Path, purpose: str) -> Iterator[Path]:
    """Folders of processes that are no more; not those of other pid namespaces, whose processes cannot be seen."""
    try:
        found = list(folder.iterdir())
    except OSError:
        return
    head = f"{_PREFIX}{purpose}-{_space()}-"
    for one in found:
        parts = one.name.removeprefix(head).split("-")
        if one.name.startswith(head) and len(parts) == 3 and _started(int(parts[0])) != parts[1]:
            yield one


@lru_cache(maxsize=1)
def _space() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks since boot; empty when there is none of that number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
