"""The standard library where any user can read it, for jails whose user cannot enter the folders above its own place.

An interpreter below `/root` is the common case. The files are linked, or copied where they cannot be, into a folder of
root's in the place for temporary files; it goes with the process that made it, or is swept by the next one.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sysconfig
import tempfile
from pathlib import Path

from referee.sandbox import leftovers

_LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idlelib", "ensurepip", "lib2to3", "tkinter"}
_NOEXEC = 8  # of a mounted file system: compiled modules could not be loaded from it
_MADE: dict[int, str] = {}  # process -> its folder


def library() -> str:
    """The folder; empty when it cannot be made."""
    place = _MADE.get(os.getpid(), "")
    if place and os.path.isdir(place):
        return place
    home = tempfile.gettempdir()
    for one in leftovers.stale(Path(home), "library"):
        shutil.rmtree(one, ignore_errors=True)
    place = os.path.join(home, leftovers.fresh("library"))
    try:
        if os.statvfs(home).f_flag & _NOEXEC or not _passable(home):
            return ""
        _link(os.path.realpath(sysconfig.get_path("stdlib")), place)
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        return ""
    _MADE[os.getpid()] = place
    return place


def _passable(folder: str) -> bool:
    place = Path(folder).resolve()
    return all(one.stat().st_mode & 0o001 for one in (place, *place.parents))


def _link(source: str, target: str) -> None:
    """A folder with everything in it that programs import."""
    os.mkdir(target)
    os.chmod(target, 0o755)  # noqa: S103  it holds what is public
    with os.scandir(source) as entries:
        for entry in entries:
            place = os.path.join(target, entry.name)
            if entry.is_dir():
                if entry.name not in _LEFT_OUT and not entry.name.startswith("config-"):
                    _link(entry.path, place)
            elif entry.is_file() and ".opt-" not in entry.name:
                _file(entry.path, place)


def _file(source: str, place: str) -> None:
    if os.stat(source).st_mode & 0o004:
        with contextlib.suppress(OSError):
            os.link(source, place)
            return
    shutil.copy2(source, place)
    os.chmod(place, 0o644)


@atexit.register
def _remove() -> None:
    if place := _MADE.pop(os.getpid(), ""):
        shutil.rmtree(place, ignore_errors=True)
