"""The seccomp filters, as the bytes that the kernel takes. A list of what is allowed; everything else is EPERM."""

from __future__ import annotations

import ctypes
import struct

from referee.sandbox.inside import numbers
from referee.sandbox.inside.kernel import CLONE_NEWNS, CLONE_NEWPID, CLONE_THREAD, MACHINE, NR_SECCOMP, SIGCHLD, call

_ARM = MACHINE == "aarch64"
_ARCH = 0xC00000B7 if _ARM else 0xC000003E
_X32 = 0x40000000

_LOAD, _EQUAL, _SET, _GREATER, _RETURN, _AND = 0x20, 0x15, 0x45, 0x35, 0x06, 0x54
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 1, 38
_AT_NUMBER, _AT_ARCH, _AT_ARGUMENTS = 0, 4, 16

_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag
_SET_SECCOMP_FILTER = 1
_C_FORK = 0x01200000 | SIGCHLD  # as the C library forks: it stores and clears the child's number

_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)  # descriptors, flags, record locks: nothing that signals or leases
_IOCTL = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)  # isatty, bytes waiting, (non)blocking, close on exec
_PRCTL = (3, 15, 16, 38, 39)  # names, dumpable?, no_new_privs

_Line = tuple[int, int, int, int]


def _return(value: int) -> _Line:
    return (_RETURN, 0, 0, value)


def _errno(code: int) -> int:
    return 0x00050000 | code


def _load(offset: int) -> _Line:
    return (_LOAD, 0, 0, offset)


def _argument(index: int) -> _Line:
    """The low half; what is compared here is 32 bits wide in the kernel."""
    return _load(_AT_ARGUMENTS + 8 * index)


def _number(pair: tuple[int, int]) -> int:
    return pair[1] if _ARM else pair[0]


def _when(pair: tuple[int, int], body: list[_Line]) -> list[_Line]:
    """If the call is this one, do `body`, which must end in a return."""
    return [(_EQUAL, 0, len(body), _number(pair)), *body]


def _one_of(index: int, values: tuple[int, ...], otherwise: int = EPERM) -> list[_Line]:
    lines = [_argument(index)]
    for value in values:
        lines += [(_EQUAL, 0, 1, value), _return(_ALLOW)]
    return [*lines, _return(_errno(otherwise))]


def _head() -> list[_Line]:
    """Another architecture's numbers mean other calls: the process dies."""
    lines = [_load(_AT_ARCH), (_EQUAL, 1, 0, _ARCH), _return(_KILL), _load(_AT_NUMBER)]
    return lines if _ARM else [*lines, (_GREATER, 0, 1, _X32), _return(_KILL)]


def _clone(forks: list[int]) -> list[_Line]:
    """Threads for everyone; forks with exactly these flags."""
    lines = [_argument(0)]
    for flags in forks:
        lines += [(_EQUAL, 0, 1, flags), _return(_ALLOW)]
    lines += [(_SET, 0, 2, CLONE_THREAD), (_SET, 1, 0, _NAMESPACES), _return(_ALLOW)]
    return [*lines, _return(_errno(EPERM))]


def zygote(*, namespaces: bool, scratch: bool = False, forks: bool = False) -> bytes:
    """The filter that a zygote takes on and every run inherits.

    With namespaces a fork is only possible into a new pid namespace, which needs a capability that a run no longer
    has; without them the run takes on `run()` as well. `scratch`: a run mounts its own directory before it drops that
    capability. `forks`: a run may fork, within its pid namespace.
    """
    known = [CLONE_NEWPID | SIGCHLD, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD] if namespaces else [SIGCHLD]
    if forks:
        known += [SIGCHLD, _C_FORK]
    lines = _head()
    lines += _when(numbers.CLONE, _clone(known))
    lines += _when(numbers.CLONE3, [_return(_errno(ENOSYS))])
    lines += _when(numbers.OPENAT2, [_return(_errno(ENOSYS))])
    lines += _when(numbers.FCNTL, _one_of(1, _FCNTL))
    lines += _when(numbers.IOCTL, _one_of(1, _IOCTL))
    death = [_argument(1), (_EQUAL, 0, 1, 9), _return(_ALLOW), _return(_errno(EPERM))]
    prctl = [_argument(0), (_EQUAL, 0, len(death), 1), *death, *_one_of(0, _PRCTL)[1:]]
    lines += _when(numbers.PRCTL, prctl)
    lines += _when(numbers.PRLIMIT, _one_of(0, (0,)))
    pair = [_argument(0), (_EQUAL, 1, 0, 1), _return(_errno(EPERM)), _argument(1), (_AND, 0, 0, 0xF)]
    lines += _when(numbers.SOCKETPAIR, [*pair, (_EQUAL, 0, 1, 1), _return(_ALLOW), _return(_errno(EPERM))])
    extra = [numbers.KILL, numbers.TKILL, numbers.TGKILL]
    if not namespaces:
        extra.append(numbers.SECCOMP)
    if scratch and namespaces:
        extra += [numbers.MOUNT, *numbers.LANDLOCK]
    if forks:
        extra += numbers.LINKS  # the C library makes a semaphore so
    for pair_ in [*extra, *numbers.ALLOWED.values()]:
        if _number(pair_) >= 0:
            lines += [(_EQUAL, 0, 1, _number(pair_)), _return(_ALLOW)]
    return _bytes([*lines, _return(_errno(EPERM))])


def keeper() -> bytes:
    """The filter of the keeper of warm provers and of all that it starts: what a program may, plain forks, execution.

    Landlock says what can be executed.
    """
    lines = _head()
    lines += _when(numbers.CLONE, _clone([SIGCHLD, _C_FORK]))
    lines += _when(numbers.CLONE3, [_return(_errno(ENOSYS))])
    lines += _when(numbers.OPENAT2, [_return(_errno(ENOSYS))])
    lines += _when(numbers.FCNTL, _one_of(1, _FCNTL))
    lines += _when(numbers.IOCTL, _one_of(1, _IOCTL))
    lines += _when(numbers.PRCTL, _one_of(0, (1, *_PRCTL)))
    lines += _when(numbers.PRLIMIT, _one_of(0, (0,)))
    for pair in (numbers.SECCOMP, *numbers.LANDLOCK, *numbers.KEEPER, *numbers.ALLOWED.values()):
        if _number(pair) >= 0:
            lines += [(_EQUAL, 0, 1, _number(pair)), _return(_ALLOW)]
    return _bytes([*lines, _return(_errno(EPERM))])


def no_signals() -> bytes:
    """For a warm prover and its forks: no other process is reached, and no more filters."""
    lines = [_load(_AT_NUMBER)]
    for pair in (numbers.PIDFD_SEND_SIGNAL, numbers.SECCOMP, numbers.PRCTL):
        lines += _when(pair, [_return(_errno(EPERM))])
    return _bytes([*lines, _return(_ALLOW)])


def executing(*, namespaces: bool) -> bytes:
    """The filter under which compilers and compiled programs run: a list of what is refused."""
    zygote_flags = CLONE_NEWPID | CLONE_NEWNS | SIGCHLD
    clone = [_argument(0)]
    if namespaces:
        clone += [(_EQUAL, 0, 1, zygote_flags), _return(_ALLOW)]
    clone += [(_SET, 1, 0, _NAMESPACES), _return(_ALLOW), _return(_errno(EPERM))]
    lines = _head()
    lines += _when(numbers.CLONE, clone)
    for pair in (numbers.CLONE3, *numbers.MISSING):
        lines += _when(pair, [_return(_errno(ENOSYS))])
    denied = list(numbers.DENIED.values()) + ([] if namespaces else [numbers.MOUNT])
    for pair in denied:
        if _number(pair) >= 0:
            lines += [(_EQUAL, 0, 1, _number(pair)), _return(_errno(EPERM))]
    return _bytes([*lines, _return(_ALLOW)])


def no_forks() -> bytes:
    """For a program that may have threads and no children."""
    lines = [_load(_AT_NUMBER)]
    lines += _when(numbers.CLONE, [_argument(0), (_SET, 0, 1, CLONE_THREAD), _return(_ALLOW), _return(_errno(EPERM))])
    for pair in (numbers.FORK, numbers.VFORK):
        if _number(pair) >= 0:
            lines += _when(pair, [_return(_errno(EPERM))])
    return _bytes([*lines, _return(_ALLOW)])


def run(pid: int) -> bytes:
    """The second filter of a run that has no namespaces: no process but itself, no further filters."""
    itself = [_argument(0), (_EQUAL, 0, 1, pid), _return(_ALLOW), _return(_errno(EPERM))]
    lines = [_load(_AT_NUMBER)]
    lines += _when(numbers.CLONE, [_argument(0), (_SET, 0, 1, CLONE_THREAD), _return(_ALLOW), _return(_errno(EPERM))])
    lines += _when(numbers.KILL, itself)
    lines += _when(numbers.TGKILL, itself)
    lines += _when(numbers.TKILL, [_return(_errno(EPERM))])
    lines += _when(numbers.SECCOMP, [_return(_errno(EPERM))])
    return _bytes([*lines, _return(_ALLOW)])


def _bytes(lines: list[_Line]) -> bytes:
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("lines", ctypes.c_void_p)]


def install(program: bytes) -> None:
    """Put a filter in force for this process and what it forks. Needs `no_new_privs`."""
    buffer = ctypes.create_string_buffer(program, len(program))
    record = _Program(len(program) // 8, ctypes.addressof(buffer))
    call(NR_SECCOMP, _SET_SECCOMP_FILTER, 0, ctypes.addressof(record))
