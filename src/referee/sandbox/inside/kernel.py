"""The kernel calls that the standard library lacks, by number, for x86-64 and arm64."""

from __future__ import annotations

import ctypes
import os
import platform

MACHINE = platform.machine()
_ARM = MACHINE == "aarch64"
SUPPORTED = MACHINE in {"x86_64", "aarch64"}

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_THREAD = 0x00010000
SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 38, 22, 24

PR_SET_CHILD_SUBREAPER = 36

NR_CLONE = 220 if _ARM else 56
NR_PIVOT_ROOT = 41 if _ARM else 155
NR_CAPSET = 91 if _ARM else 126
NR_SECCOMP = 277 if _ARM else 317
NR_LANDLOCK_CREATE, NR_LANDLOCK_ADD, NR_LANDLOCK_RESTRICT = 444, 445, 446
NR_CLOSE_RANGE = 436

_LIBC = ctypes.PyDLL(None, use_errno=True)  # PyDLL: the interpreter's lock stays ours, so that a fork is safe
_SYSCALL = _LIBC.syscall
_SYSCALL.restype = ctypes.c_long
_LONG = ctypes.c_long


def call(number: int, *arguments: int | bytes | None) -> int:
    """A system call; raises `OSError`."""
    given = [_LONG(one) if isinstance(one, int) else one for one in arguments]
    result = int(_SYSCALL(_LONG(number), *given))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return result


def libc(name: str, *arguments: int | bytes | None) -> int:
    """A function of the C library that returns -1 and errno; raises `OSError`."""
    given = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    result = int(getattr(_LIBC, name)(*given))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


_ZERO = _LONG(0)
_CLONE = _LONG(NR_CLONE)


def fork(flags: int) -> int:
    """A bare fork, with namespaces when `flags` says so.

    The caller has one thread, so nothing that CPython's own fork repairs is broken; and the child is its namespace's
    pid 1, so that when it ends, everything that it started ends.
    """
    pid = int(_SYSCALL(_CLONE, _LONG(flags | SIGCHLD), _ZERO, _ZERO, _ZERO, _ZERO))
    if pid < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"fork: {os.strerror(code)}")
    return pid


def prctl(option: int, value: int = 0, third: int = 0, fourth: int = 0) -> None:
    """`prctl(2)`."""
    libc("prctl", option, value, third, fourth, 0)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


_CAP_HEADER = _CapHeader(0x20080522, 0)
_NO_CAPS = (ctypes.c_uint32 * 6)()
_CAPSET_ARGS = (_LONG(NR_CAPSET), ctypes.byref(_CAP_HEADER), ctypes.byref(_NO_CAPS))


def drop_capabilities() -> None:
    """Give up every capability of this process, for ever: `no_new_privs` is on and nothing can be executed."""
    if _SYSCALL(*_CAPSET_ARGS) < 0:
        raise OSError(ctypes.get_errno(), "capset")


def set_capabilities(kept: int) -> None:
    """Keep these capabilities, effective and permitted, and no other."""
    data = (ctypes.c_uint32 * 6)(kept & 0xFFFFFFFF, kept & 0xFFFFFFFF, 0, kept >> 32, kept >> 32, 0)
    if _SYSCALL(_LONG(NR_CAPSET), ctypes.byref(_CAP_HEADER), ctypes.byref(data)) < 0:
        raise OSError(ctypes.get_errno(), "capset")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """`mount(2)`."""
    libc(
        "mount",
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        flags,
        data.encode() if data else None,
    )


def sethostname(name: bytes) -> None:
    """`sethostname(2)`."""
    libc("sethostname", name, len(name))
