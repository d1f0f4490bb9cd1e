"""Control groups, where they can be had: a second net under the limits of each process.

A zygote and all that it starts are in one group: their memory together, files in memory included, and their number. A
single process is held by its own limits already; a group also holds what several processes, or a virtual machine that
reserves more than it uses, can do together. Version 1 needs a writable hierarchy. Version 2 lets nobody make groups
below one that has processes, so it needs a folder set aside: `REFEREE_CGROUP`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shlex
import signal
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from referee.sandbox import leftovers

FOLDER = "REFEREE_CGROUP"
_WANTED = ("memory", "pids")
_SLACK = 64 << 20  # bytes: page tables, standard streams and results, which are files in memory
_MOST = 128  # threads of a program, processes of a build
_OTHERS = 32  # processes and threads that are not the program's: the zygote, what is around it, a container runtime
_OVER: list[Path] = []  # groups that have been closed


class Homes(NamedTuple):
    """Where groups can be made: one folder for all controllers (version 2) or one for each (version 1)."""

    version: int
    folders: tuple[Path, ...]
    reason: str = ""


@lru_cache(maxsize=1)
def homes() -> Homes:
    """Found out by making a group."""
    found = _second() if _version() == 2 else _first()
    if found.reason:
        return found
    for folder in found.folders:
        for one in leftovers.stale(folder, "jail"):
            _remove(one)
    try:
        group = Group(found)
        group.close()
    except OSError as error:
        return Homes(found.version, (), f"no group can be made: {error}")
    return found


def group() -> Group | None:
    """A new group, or None where there can be none."""
    found = homes()
    if found.reason:
        return None
    _tidy()
    try:
        return Group(found)
    except OSError:
        return None


class Group:
    """One group. Raises `OSError` when it cannot be made."""

    def __init__(self, found: Homes) -> None:
        self._version = found.version
        name = leftovers.fresh("jail")
        self.folders = [folder / name for folder in found.folders]
        self._base = -1
        self._held: tuple[int, int] = (0, 0)
        try:
            for folder in self.folders:
                folder.mkdir()
        except OSError:
            self.close()
            raise

    def add(self, pid: int) -> None:
        """A process, and with it all that it starts from now on."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def joined(self, command: list[str]) -> list[str]:
        """A command that enters the group before it does anything else: it may fork at once."""
        enter = " && ".join(f"echo $$ > {shlex.quote(str(folder / 'cgroup.procs'))}" for folder in self.folders)
        return ["/bin/sh", "-c", f'{enter} && exec "$@"', "sh", *command]

    def hold(self, limits: dict[str, Any]) -> None:
        """Set the limits for the next request. Costs nothing when they are those of the last."""
        wanted = ((limits["memory_mb"] + limits["scratch_mb"]) << 20, limits["processes"])
        if wanted == self._held:
            return
        if self._base < 0:
            self._base = self._used()
        self._held = wanted
        processes = max(wanted[1], _MOST) + _OTHERS
        most = self._base + wanted[0] + _SLACK + (processes << 16)
        names = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if self._version == 1 else ("memory.max",)
        for name in (*names, *reversed(names)):  # neither may pass the other on its way
            self._write(name, str(most))
        if self._version == 2:
            self._write("memory.swap.max", "0")
        self._write("pids.max", str(processes))

    def killed(self) -> int:
        """How many processes the kernel ended because the group had used up its memory."""
        name = "memory.oom_control" if self._version == 1 else "memory.events"
        try:
            lines = (self.folders[0] / name).read_text().splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def close(self) -> None:
        """End what is left in it, and remove it, now or when the next one is made."""
        _OVER.extend(self.folders)
        _wait(0.1)

    def _used(self) -> int:
        name = "memory.usage_in_bytes" if self._version == 1 else "memory.current"
        return int((self.folders[0] / name).read_text())

    def _write(self, name: str, value: str) -> None:
        folder = self.folders[-1 if name.startswith("pids") else 0]
        with contextlib.suppress(OSError):  # swap may not be counted here
            (folder / name).write_text(value)


@atexit.register
def _last() -> None:
    _wait(0.2)


def _wait(seconds: float) -> None:
    """Remove what is over; what a zygote had started dies a moment after it."""
    deadline = time.monotonic() + seconds
    _tidy()
    while _OVER and time.monotonic() < deadline:
        time.sleep(0.001)
        _tidy()


def _tidy() -> None:
    _OVER[:] = [folder for folder in list(_OVER) if not _remove(folder)]


def _remove(folder: Path) -> bool:
    """Whether it is gone. One whose processes have ended but not been waited for yet cannot be."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        _end(folder)
        return False
    return True


def _end(folder: Path) -> None:
    try:
        left = (folder / "cgroup.procs").read_text().split()
    except OSError:
        return
    for pid in left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(int(pid), signal.SIGKILL)


def _version() -> int:
    """2 where controllers are in the unified hierarchy."""
    return 2 if os.environ.get(FOLDER) or Path("/sys/fs/cgroup/cgroup.controllers").exists() else 1


def _second() -> Homes:
    named = os.environ.get(FOLDER)
    if not named:
        return Homes(2, (), f"version 2 needs a folder set aside for groups: {FOLDER}=/sys/fs/cgroup/...")
    try:
        passed_on = Path(named, "cgroup.subtree_control").read_text().split()
    except OSError as error:
        return Homes(2, (), f"{FOLDER}: {error}")
    if lacking := [one for one in _WANTED if one not in passed_on]:
        return Homes(2, (), f"{FOLDER}: {', '.join(lacking)} not in {named}/cgroup.subtree_control")
    return Homes(2, (Path(named),))


def _first() -> Homes:
    """Below the groups that this process is in."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError as error:
        return Homes(1, (), str(error))
    own = {name: path for _, names, path in (line.split(":", 2) for line in lines) for name in names.split(",")}
    places = {
        name: (fields[4], fields[3])
        for fields in mounts
        if fields[fields.index("-") + 1] == "cgroup"
        for name in fields[-1].split(",")
    }
    if lacking := [one for one in _WANTED if one not in own or one not in places]:
        return Homes(1, (), f"no hierarchy for {' and '.join(lacking)}")
    folders = tuple(_below(*places[name], own[name]) for name in _WANTED)
    closed = [str(folder) for folder in folders if not os.access(folder, os.W_OK)]
    return Homes(1, folders, f"{closed[0]} is not writable" if closed else "")


def _below(mount: str, root: str, path: str) -> Path:
    """The folder of a group, where its hierarchy is mounted from `root` on."""
    inner = path.removeprefix(root) if root != "/" else path
    return Path(mount + "/" + inner.lstrip("/"))
