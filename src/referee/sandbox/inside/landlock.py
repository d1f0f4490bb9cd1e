"""Landlock: which files may be read, for a process and everything that it forks. No privileges needed."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from stat import S_ISDIR

from referee.sandbox.inside.kernel import NR_LANDLOCK_ADD, NR_LANDLOCK_CREATE, NR_LANDLOCK_RESTRICT, call

_EXECUTE, _WRITE, _READ, _READ_DIR = 1, 2, 4, 8
_ALL_FILES_V1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_NET = 0b11
_SCOPES = 0b11
READ, WRITE, EXECUTE = "read", "write", "execute"


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Path(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("access", ctypes.c_uint64), ("descriptor", ctypes.c_int32)]


def version() -> int:
    """The kernel's Landlock version; 0 when there is none."""
    try:
        return call(NR_LANDLOCK_CREATE, None, 0, 1)
    except OSError:
        return 0


def restrict(paths: Iterable[tuple[str, str]], abi: int) -> None:
    """From now on only these paths can be opened, each to `read`, `write` or `execute` (all include reading)."""
    handled = _ALL_FILES_V1 | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0) | (_IOCTL if abi >= 5 else 0)
    ruleset = _Ruleset(handled, _NET if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    handle = call(NR_LANDLOCK_CREATE, ctypes.addressof(ruleset), size, 0)
    reading = _READ | _READ_DIR
    rights = {READ: reading, EXECUTE: reading | _EXECUTE, WRITE: handled & ~_EXECUTE}
    try:
        for path, access in paths:
            _allow(handle, path, rights[access])
        call(NR_LANDLOCK_RESTRICT, handle, 0)
    finally:
        os.close(handle)


def _allow(handle: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _WRITE | _READ | _EXECUTE | _TRUNCATE
        rule = _Path(access, descriptor)
        call(NR_LANDLOCK_ADD, handle, 1, ctypes.addressof(rule), 0)
    finally:
        os.close(descriptor)
