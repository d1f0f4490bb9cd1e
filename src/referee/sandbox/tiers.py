"""Which walls this machine can build, found out by building them and running at them.

`kernel` needs no privilege: seccomp, Landlock, resource limits. `namespaces` adds a view of its own (user, mount, net,
ipc, uts) and a pid namespace for each run. `bubblewrap` and `firejail` are for programs that must be executed. `oci`
hands a bundle to a container runtime. `none` has no walls and is never chosen: it must be asked for by name.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from referee.core.errors import InfrastructureError, UnknownName, UsageError
from referee.core.jobs import Call, CallJob, Limits, Tier
from referee.sandbox import mirror, packages, replies, wrap
from referee.sandbox.slot import MORE, PLAIN, PRELOAD, Kind, Slot, Wrap, ZygoteLost

STRENGTH: tuple[Tier, ...] = ("none", "kernel", "namespaces")  # of the Python jail, weakest first
WRAPPED: tuple[Tier, ...] = ("bubblewrap", "firejail", "oci")  # another program's walls around those of `kernel`
ALL: tuple[Tier, ...] = ("none", "kernel", "namespaces", "bubblewrap", "firejail", "oci")
_RUNTIME = ["runc"]

_SERIAL = count()

# Each must end in a refusal. What a wall lets through here, it is not used for.
_SMOKE = """
import os
def forked():
    pid = os.fork()
    if not pid:
        os._exit(0)
    return os.waitpid(pid, 0)
def attempt(kind, canary, pid):
    if kind == "read": return open(canary).read()
    if kind == "write": return open(canary, "w").write("x")
    if kind == "new": return open(canary + ".new", "w").write("x")
    if kind == "fork": return forked()
    if kind == "exec": return os.execv("/bin/true", ["true"])
    if kind == "kill": return os.kill(pid, 0)
    if kind == "tcp":
        import _socket
        return _socket.socket(2, 1).fileno()
    if kind == "unix":
        import _socket
        return _socket.socket(1, 1).fileno()
    if kind == "thread":
        import threading
        seen = []
        one = threading.Thread(target=seen.append, args=(1,)); one.start(); one.join()
        return seen
    if kind == "environment": return dict(os.environ)
"""
_MUST_FAIL = ("read", "write", "new", "fork", "exec", "kill", "tcp", "unix")


class Availability(NamedTuple):
    """Whether a tier can be used here, and if not, why."""

    tier: Tier
    usable: bool
    reason: str = ""


def jail_uid() -> int:
    """The user that a jail of a root process becomes: one that owns nothing, another for each slot. 0 when not root."""
    if os.geteuid() != 0:
        return 0
    serial = next(_SERIAL)
    return _first_uid() + (os.getpid() * 61 + serial) % 1000


@lru_cache(maxsize=1)
def _first_uid() -> int:
    """Below it and 1,000 above it are no users of this machine; inside a container few numbers are mapped."""
    try:
        ranges = [
            tuple(int(one) for one in line.split()) for line in Path("/proc/self/uid_map").read_text().splitlines()
        ]
    except OSError:
        ranges = [(0, 0, 65536)]
    for first in (1_900_000_000, 64_000, 60_000):
        if any(start <= first and first + 1000 <= start + size for start, _, size in ranges):
            return first
    return 65534 - 1000


def start(
    tier: Tier,
    kind: Kind = PLAIN,
    *,
    scratch_mb: int = 0,
    tools: tuple[str, ...] | None = None,
    proc: bool = False,
    box: str = "",
    programs: tuple[str, ...] = (),
) -> Slot:
    """A zygote of a kind in a tier. `tools`: what programs that are executed need to see; `proc`: /proc too.

    `box`: the folder in which provers are kept warm, `programs` what is executed for them.

    Raises `ZygoteLost` with the reason when it cannot be, `MissingPackage` when a package is not there.
    """
    uid = jail_uid() if tier != "none" else 0
    inner, outer = ("kernel", _wraps()[tier]) if tier in WRAPPED else (tier, None)
    modules: tuple[str, ...] = PRELOAD
    library = ""
    if uid and tools is None and tier in {"kernel", "firejail"} and not _reachable():
        library = mirror.library()
        modules += () if library else MORE
    own: tuple[str, ...] = ("script", "suite") if kind.test else ("session",)
    if tools is not None:
        modules, own = ("warnings",), (() if box else ("execute",))
    modules += tuple(f"referee.sandbox.inside.{name}" for name in own)
    view, path, more = packages.view(kind.packages)
    if uid and inner == "kernel" and (closed := [one for one in view if not _reachable(one)]):
        raise packages.MissingPackage(f"the jail's user may not enter the folders above {closed[0]}")
    if box and uid and tier != "namespaces":
        os.chown(box, uid, uid)
    try:
        return Slot(
            inner,
            uid=uid,
            kind=kind,
            view=view,
            path=path,
            library=library,
            scratch_mb=scratch_mb,
            preload=modules + more,
            wrap=outer,
            tools=tools,
            proc=proc and inner == "namespaces",
            box=box,
            programs=programs,
        )
    except InfrastructureError as error:
        if isinstance(error, ZygoteLost):
            raise
        raise ZygoteLost(str(error)) from error


def lacks(tier: Tier, kind: Kind) -> str:
    """Why a tier cannot hold zygotes of a kind; empty when it can."""
    if kind.forks and tier != "namespaces":
        return (
            f"more than one process needs the tier 'namespaces', where all of them end with the run; this is '{tier}'"
        )
    if kind.scratch and tier != "namespaces":
        return f"a scratch directory needs the tier 'namespaces', where its size has a limit; this is '{tier}'"
    return ""


def _wraps() -> dict[Tier, Wrap]:
    return {"bubblewrap": wrap.bubblewrap, "firejail": wrap.firejail, "oci": wrap.oci(_RUNTIME[0])}


@lru_cache(maxsize=1)
def _runtime() -> str:
    """The first container runtime that can start a zygote here; what each of the others said."""
    said = []
    for name in wrap.RUNTIMES:
        if wrap.tool(name) is None:
            said.append(f"{name} is not installed")
            continue
        try:
            Slot("kernel", uid=jail_uid(), preload=("warnings",), wrap=wrap.oci(name)).close()
        except InfrastructureError as error:
            said.append(f"{name}: {error}")
        else:
            _RUNTIME[0] = name
            return ""
    return "; ".join(said)


@lru_cache(maxsize=64)
def _reachable(place: str = os.__file__) -> bool:
    """Whether another user can reach a file (of the standard library): anyone may pass every folder above it."""
    return all(parent.stat().st_mode & 0o001 for parent in Path(place).resolve().parents)


@lru_cache(maxsize=8)
def probe(tier: Tier) -> Availability:
    """Start the tier and run at its walls."""
    if tier == "none":
        return Availability(tier, usable=True, reason="no walls: only by name")
    if tier == "oci" and (reason := _runtime()):
        return Availability(tier, usable=False, reason=reason)
    try:
        with start(tier) as slot:
            leak = _smoke(slot)
    except ZygoteLost as error:
        return Availability(tier, usable=False, reason=str(error))
    return Availability(tier, usable=not leak, reason=leak or (_RUNTIME[0] if tier == "oci" else ""))


@lru_cache(maxsize=8)
def executes(tier: Tier, *, proc: bool) -> str:
    """Why programs cannot be executed in a tier, or not with a /proc; empty when they can."""
    if not (found := probe(tier)).usable:
        return found.reason
    try:
        start(tier, scratch_mb=1, tools=(), proc=proc).close()
    except ZygoteLost as error:
        return str(error)
    return ""


def _smoke(slot: Slot) -> str:
    """What the tier failed to stop; empty when it holds. What is aimed at is a file made for it, open to all."""
    reasons = []
    for place in (None, "/dev/shm"):  # noqa: S108  a full disk should not be taken for a missing wall
        try:
            with tempfile.TemporaryDirectory(prefix="referee-probe-", dir=place) as folder:
                canary = Path(folder, "canary")
                canary.write_text("untouched")
                Path(folder).chmod(0o777)
                canary.chmod(0o666)
                return _try(slot, canary)
        except OSError as error:
            reasons.append(str(error))
    return f"there is no room for the file that the probe aims at: {'; '.join(reasons)}"


def _try(slot: Slot, canary: Path) -> str:
    kinds = (*_MUST_FAIL, "thread", "environment")
    calls = tuple(Call(args=(kind, str(canary), os.getpid())) for kind in kinds)
    job = CallJob(program=_SMOKE, entry="attempt", calls=calls, limits=Limits(cpu_s=2, wall_s=10))
    found = slot.run(replies.requests(job, here=True), 15)
    outcome = replies.called(job, found, slot.tier)
    if canary.read_text() != "untouched":
        return "the probe could write a file of ours"
    for kind, result in zip(kinds, outcome.results, strict=True):
        if kind in _MUST_FAIL and result.kind != "raised":
            return f"the probe could {kind}: {result}"
        if kind == "thread" and result.value != [1]:
            return f"threads do not work: {result.message}"
        if kind == "environment" and (not isinstance(result.value, dict) or len(result.value) > 6):
            return "the environment is not scrubbed"
    return ""


def named(name: str) -> Tier:
    """The tier of that name. Raises `UnknownName`."""
    for tier in ALL:
        if tier == name:
            return tier
    raise UnknownName("sandbox tier", name, ALL)


def choose(tier: str = "strongest", require: str = "kernel") -> Tier:
    """The tier to use for Python: the strongest that holds here, or the one asked for.

    Raises `UsageError` when the one asked for, or any as strong as `require`, cannot be had: never a weaker one.
    """
    for name in (tier, require):
        if name != "strongest":
            named(name)
    if tier == "strongest" and require not in STRENGTH:
        tier = require
    if (tier, require) == ("kernel", "namespaces"):
        raise UsageError("the sandbox tier 'kernel' is weaker than 'namespaces', which is required")
    if tier != "strongest":
        found = probe(named(tier))
        if not found.usable:
            raise UsageError(f"the sandbox tier '{tier}' cannot be used here: {found.reason}. See: referee doctor")
        return found.tier
    reasons = []
    lowest = STRENGTH.index(named(require))
    for one in reversed(STRENGTH[max(lowest, 1) :]):
        found = probe(one)
        if found.usable:
            return one
        reasons.append(f"{one}: {found.reason}")
    raise UsageError(
        f"no sandbox as strong as '{require}' can be had here ({'; '.join(reasons)}). "
        "See: referee doctor. Without walls, by name only: tier 'none'"
    )
