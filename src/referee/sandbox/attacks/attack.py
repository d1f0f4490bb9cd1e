"""What an attack is, and how one is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from referee.core.jobs import Call, CallJob, Job, Limits, Outcome, RunJob

ANY = ("held", "raised", "exit", "signal", "cpu", "memory", "output", "files", "wall", "compile", "nonzero")
SHORT = Limits(cpu_s=0.3, wall_s=0.6)

# Two doors for the attacks: a system call by its two numbers, and a list of those of several acts that were not refused.
PRELUDE = """
import os, sys, ctypes
_libc = ctypes.CDLL(None, use_errno=True)
_arm = os.uname().machine == "aarch64"
def sysc(x86, arm, *given):
    number = arm if _arm else x86
    if number < 0:
        return -1
    return _libc.syscall(ctypes.c_long(number), *[ctypes.c_long(g) if isinstance(g, int) else g for g in given])
def passed(**acts):
    found = []
    for name, act in acts.items():
        try:
            result = act()
        except (OSError, ValueError, MemoryError, ImportError, AttributeError, RuntimeError, OverflowError):
            continue
        if not (type(result) is int and result == -1):
            found.append(f"{name}: {result!r}"[:120])
    return found
def forked():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid
"""


class Target(NamedTuple):
    """What an attack aims at: our process, a file of ours that must neither be read nor change."""

    pid: int
    canary: str
    secret: str


class Attack(NamedTuple):
    """One of the list. `program` defines `attack(pid, canary)` and returns what it got away with.

    `expect`: `held` (it got away with nothing), or the statuses that are right as well. `scenario`: instead of a
    program, what is done with a sandbox; it returns what went wrong. `stated`: what no tier promises.
    """

    number: int
    title: str
    program: str = ""
    expect: tuple[str, ...] = ("held",)
    limits: Limits = Limits(cpu_s=1.0, wall_s=3.0)
    whole: bool = False
    scenario: Callable[[Any, Target], str] | None = None
    stated: str = ""
    weaker: dict[str, str] = {}  # tier -> what it cannot promise

    def job(self, target: Target) -> Job:
        """The job that carries it out."""
        if self.whole:
            return RunJob(program=self.program, limits=self.limits)
        call = Call(args=(target.pid, target.canary))
        return CallJob(program=PRELUDE + self.program, entry="attack", calls=(call,), limits=self.limits)

    def judge(self, outcome: Outcome, target: Target) -> str:
        """What went wrong; empty when the attack ended as it must."""
        words = f"{outcome.status} {outcome.detail}".strip()
        if target.secret in repr(outcome):
            return f"a secret came out: {words}"
        if outcome.status == "infra":
            return f"the sandbox broke: {words}"
        if outcome.status != "ok":
            return "" if outcome.status in self.expect else f"ended with {words}"
        if self.whole:
            return "" if "ok" in self.expect else "ended as if nothing had been"
        (result,) = outcome.results
        if result.kind == "value" and result.value == []:
            return "" if "held" in self.expect else "ended as if nothing had been"
        if result.kind == "raised":
            return "" if "raised" in self.expect else f"raised {result.type}: {result.message}"
        return "" if "claim" in self.expect else f"got away with {result.value!r} {result.type}"[:300]
