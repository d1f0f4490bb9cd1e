"""What a verifier may ask a sandbox to run, and what came of it.

A verifier that must run something stays pure: it is a generator that yields a tuple of `Job`s and is sent a tuple of
`Outcome`s of the same length. It never starts a process itself. The engine drives it, with a real sandbox or, in tests,
with any function of that shape. An outcome with status `infra` never reaches the verifier: the engine closes the
generator and records `unjudged`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Literal

from referee.core.types import Record, Verdict

OutcomeStatus = Literal["ok", "nonzero", "signal", "cpu", "memory", "output", "processes", "wall", "infra"]


class Limits(Record, frozen=True, kw_only=True):
    """What a job may use. CPU, memory, output and processes decide a verdict; wall time is the safety net."""

    cpu_s: float = 2.0
    wall_s: float = 10.0
    memory_mb: int = 256
    processes: int = 1
    output_kb: int = 64


class Job(Record, frozen=True, kw_only=True):
    """One run of a program on given input, in a jail. `files` maps relative paths to contents."""

    argv: tuple[str, ...]
    files: dict[str, bytes] = {}
    stdin: bytes = b""
    limits: Limits = Limits()


class Outcome(Record, frozen=True, kw_only=True):
    """How a job ended. `status` names the limit that stopped it, or `infra` when the fault is ours."""

    status: OutcomeStatus
    code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    detail: str = ""


Flow = Generator[tuple[Job, ...], tuple[Outcome, ...], Verdict]
Runner = Callable[[tuple[Job, ...]], tuple[Outcome, ...]]


class AlgebraJob(Job, frozen=True, kw_only=True):
    """A question for computer algebra: whether two expressions are equal. The engine runs it in a process of its own.

    Each is a tree of plain lists `[kind, text, value, parts]`. The outcome's `stdout` is `equal`, `different` or
    `undecided`; a limit that was passed is its status, and `infra` stands for a missing library.
    """

    argv: tuple[str, ...] = ()
    left: list[Any] = []
    right: list[Any] = []
