# ruff: noqa: PTH
# PTH is off: pathlib would double what a zygote has to copy in every fork
"""How a zygote locks itself in, once. All of it is inherited by every run, so that a run pays nothing for it."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterable
from typing import NamedTuple

from referee.sandbox.inside import filters, kernel, landlock

ROOT_FILES = {
    "etc/passwd": "runner:x:1000:1000::/tmp:/none\n",
    "etc/group": "runner:x:1000:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
DEVICES = ("null", "zero", "random", "urandom")
INNER_ID = 1000
BOX = "/box"
SHARED = "/dev/shm"
INSIDE = (("/", landlock.READ), *((path, landlock.WRITE) for path in ("/dev/null", "/tmp", SHARED)))
_SYS_ADMIN = 1 << 21
FILES = 64  # open at once; a run may raise what is not firm, and what pipes and sockets hold is nobody's memory
_FILES_OF_COMPILERS = 1024
PLAIN = kernel.MS_NOSUID | kernel.MS_NODEV
_BASES = ("/proc", "/sys")  # where the new root is put together: nothing that a zygote reads lies there


class Plan(NamedTuple):
    """What a zygote is to do. `read`: what may be read; `hidden`: folders below it that look empty."""

    tier: str
    uid: int
    read: tuple[str, ...]
    hidden: tuple[str, ...]
    scratch_mb: int
    execute: bool = False  # programs are executed, not forked: compilers and what they make
    forks: bool = False  # a run may have processes of its own
    proc: bool = False  # a run that is executed has a /proc of its own processes
    view: tuple[str, ...] = ()  # what may be read although it is in a hidden folder
    library: str = ""  # where the standard library is read from, when not from its own place
    box: str = ""  # where provers are kept warm
    programs: tuple[str, ...] = ()  # what may be executed there

    @property
    def own_view(self) -> bool:
        """Whether each run mounts something of its own."""
        return self.forks or bool(self.scratch_mb)


class Locked(NamedTuple):
    """What is in force, and what each run needs to know."""

    flags: int
    second_filter: bool
    landlock: int
    base_bytes: int
    drop: bool


def lock(plan: Plan) -> Locked:
    """Do it; raises `OSError` when a step fails, and then nothing must be run."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _most(resource.RLIMIT_NOFILE, _FILES_OF_COMPILERS if plan.execute else FILES)
    _soft(resource.RLIMIT_STACK, 64 << 20)
    with open("/proc/self/statm") as file:
        base = int(file.read().split()[0]) * resource.getpagesize()
    if plan.tier == "none":
        if plan.uid:
            _become(plan.uid)
        return Locked(0, second_filter=False, landlock=0, base_bytes=base, drop=False)
    if plan.tier == "namespaces":
        _namespaces(plan)
    elif plan.uid:
        _become(plan.uid)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if plan.box:
        return _lock_keeper(plan, base)
    if plan.execute:
        return _lock_executing(plan, base)
    abi = landlock.version()
    if plan.tier == "namespaces":
        _keep_only(_SYS_ADMIN)
        if abi and not plan.own_view:  # who is under Landlock cannot mount: such a run takes it on by itself
            landlock.restrict(INSIDE, abi)
        filters.install(filters.zygote(namespaces=True, scratch=plan.own_view, forks=plan.forks))
        flags = kernel.CLONE_NEWPID | (kernel.CLONE_NEWNS if plan.own_view else 0)
        return Locked(flags, second_filter=False, landlock=abi, base_bytes=base, drop=True)
    if not abi:
        raise OSError(38, "this kernel has no Landlock, so files can not be kept from a program without namespaces")
    seen = [path for path in (*plan.view, plan.library) if path]
    landlock.restrict([*_readable(plan.read, plan.hidden), *((path, landlock.READ) for path in seen)], abi)
    kernel.drop_capabilities()
    filters.install(filters.zygote(namespaces=False))
    return Locked(0, second_filter=True, landlock=abi, base_bytes=base, drop=False)


def _lock_executing(plan: Plan, base: int) -> Locked:
    """For programs that are executed: what they see is what the root holds, and a list of calls is refused."""
    namespaces = plan.tier == "namespaces"
    if namespaces:
        _keep_only(_SYS_ADMIN)
    else:
        kernel.drop_capabilities()
    filters.install(filters.executing(namespaces=namespaces))
    flags = kernel.CLONE_NEWPID | kernel.CLONE_NEWNS if namespaces else 0
    if plan.proc:
        _try_proc(flags)
    if not namespaces:
        kernel.prctl(
            kernel.PR_SET_CHILD_SUBREAPER, 1
        )  # what a run leaves behind becomes ours, to be killed and awaited
    return Locked(flags, second_filter=False, landlock=0, base_bytes=base, drop=namespaces)


def _lock_keeper(plan: Plan, base: int) -> Locked:
    """For provers that are kept warm: what may be read and executed, and one folder to write in."""
    abi = landlock.version()
    if not abi and plan.tier != "namespaces":
        raise OSError(38, "this kernel has no Landlock, so files can not be kept from a prover without namespaces")
    _keep_only(0) if plan.tier == "namespaces" else kernel.drop_capabilities()
    if abi:
        rules = _readable(plan.read, plan.hidden) + [(path, landlock.EXECUTE) for path in plan.programs]
        landlock.restrict([*rules, (plan.box, landlock.WRITE)], abi)
    filters.install(filters.keeper())
    return Locked(0, second_filter=False, landlock=abi, base_bytes=base, drop=False)


def mount_proc() -> None:
    """The processes of this pid namespace, over those of the zygote's."""
    kernel.mount("proc", "/proc", "proc", PLAIN | kernel.MS_NOEXEC)


def _try_proc(flags: int) -> None:
    """Raises `OSError` where the kernel lets nobody mount a /proc, as in a container with a masked one."""
    pid = kernel.fork(flags)
    if not pid:
        try:
            mount_proc()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    if code := os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise OSError(code, f"/proc cannot be mounted here: {os.strerror(abs(code))}")


def _soft(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value if hard < 0 else min(value, hard), hard))


def _most(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    value = value if hard < 0 else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _become(uid: int) -> None:
    """Root gives way to a user that owns nothing."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _namespaces(plan: Plan) -> None:
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    ours = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
    if plan.uid:  # root builds the view, since another user may not reach the standard library
        try:
            kernel.libc("unshare", ours)
        except PermissionError:
            _become(plan.uid)  # root of a container that may not
            _new_user(proc, plan.uid, ours)
            _build_root(plan)
        else:
            _build_root(plan)
            _become(plan.uid)
            _new_user(proc, plan.uid, kernel.CLONE_NEWNS if plan.own_view else 0)
    else:
        _new_user(proc, os.getuid(), ours)
        _build_root(plan)
    with contextlib.suppress(OSError):
        kernel.sethostname(b"jail")
    os.close(proc)


def _new_user(proc: int, uid: int, others: int) -> None:
    gid = os.getgid()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or the maps belong to root
    kernel.libc("unshare", kernel.CLONE_NEWUSER | others)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{INNER_ID} {uid} 1"), ("gid_map", f"{INNER_ID} {gid} 1")):
        handle = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _build_root(plan: Plan) -> None:
    """A root of our own in memory, read-only: libraries, four devices, an empty /tmp; no /proc unless asked for."""
    base = _BASES[plan.proc]
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", base, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
    if plan.proc:  # who shows none at all may not mount one for its runs
        os.makedirs(f"{base}/proc")
        kernel.mount("/proc", f"{base}/proc", None, kernel.MS_BIND | kernel.MS_REC)
    for path in plan.read:
        _bind(base, path)
    for name in DEVICES:
        _bind(base, f"/dev/{name}", device=True)
    for name, text in ROOT_FILES.items():
        os.makedirs(os.path.dirname(f"{base}/{name}"), exist_ok=True)
        with open(f"{base}/{name}", "w") as file:
            file.write(text)
    for path in plan.hidden:
        if os.path.isdir(base + path):
            kernel.mount("tmpfs", base + path, "tmpfs", kernel.MS_NOSUID, "size=1m,mode=755")
    for path in plan.view:
        _bind(base, path)
    for path in plan.hidden:
        if os.path.isdir(base + path):
            kernel.mount("none", base + path, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | PLAIN)
    for name in ("/tmp", "/old", BOX, SHARED):
        os.makedirs(base + name, exist_ok=True)
    if plan.execute:
        size = f"size={plan.scratch_mb}m,nr_inodes=20000,mode=777"
        kernel.mount("tmpfs", base + BOX, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, size)
    os.chdir(base)
    kernel.call(kernel.NR_PIVOT_ROOT, b".", b"old")
    os.chdir("/")
    kernel.libc("umount2", b"/old", kernel.MNT_DETACH)
    os.rmdir("/old")
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | PLAIN
    kernel.mount("none", "/", None, flags)


def _bind(base: str, path: str, *, device: bool = False) -> None:
    target = base + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path) and not device:
        if not os.path.lexists(target):
            os.symlink(os.readlink(path), target)
        return
    if not os.path.exists(path) or os.path.ismount(target):
        return
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(path, target, None, kernel.MS_BIND | kernel.MS_REC)
    kept = os.statvfs(path).f_flag & (2 | 4 | 8 | 1024 | 2048)  # flags that may be locked from outside
    extra = 0 if device else kernel.MS_NODEV
    kernel.mount("none", target, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | 2 | extra | kept)


def _keep_only(capabilities: int) -> None:
    kernel.set_capabilities(capabilities)


def _readable(read: Iterable[str], hidden: Iterable[str]) -> list[tuple[str, str]]:
    """The rules for Landlock, which can only allow: a folder with something hidden in it is allowed child by child."""
    hide = {os.path.normpath(path) for path in hidden}
    rules: list[tuple[str, str]] = [("/dev/null", landlock.WRITE), ("/dev/urandom", landlock.READ)]
    rules.append(("/dev/zero", landlock.READ))
    todo = [os.path.normpath(path) for path in read]
    while todo:
        path = todo.pop()
        if path in hide:
            continue
        inner = [one for one in hide if one.startswith(path + "/")]
        if inner and os.path.isdir(path):
            with contextlib.suppress(OSError):
                todo += [entry.path for entry in os.scandir(path)]
        else:
            rules.append((path, landlock.READ))
    return rules
