"""Jobs to requests, replies to outcomes. A reply describes what a hostile program did; it is read as claims."""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from referee.core.jobs import CallJob, CallResult, CompileJob, Job, Limits, Outcome, OutcomeStatus, RunJob, RunResult
from referee.sandbox import values

_HEAD = struct.Struct("<cI")
_NEAR = 0.8
_TEXT = 2000
STATUSES = {"ok", "cpu", "memory", "output", "processes", "files", "wall", "signal"}


class Run(NamedTuple):
    """One process, as the zygote saw it. `found`: the records that it left."""

    status: str
    cpu_s: float
    wall_s: float
    rss_kb: int
    code: int
    killed: int
    found: bytes = b""
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def well(self) -> bool:
        """Whether it ended by itself and with exit code 0."""
        return self.status == "ok" and not self.code


Request = tuple[str, dict[str, Any]]


class BadReply(ValueError):
    """A reply that no sound zygote writes."""


def limits(given: Limits) -> dict[str, Any]:
    """The limits as the zygote reads them."""
    return msgspec.structs.asdict(given)


def requests(job: CallJob | RunJob | CompileJob, *, here: bool) -> list[Request]:
    """What a zygote is asked for, one request for each process. `here`: its compiler may compile the program."""
    details: dict[str, Any] = {"program": job.program, "here": here, "limits": limits(job.limits), "seed": 0}
    if isinstance(job, CompileJob):
        return [("compile", details)]
    details["seed"] = job.seed
    if isinstance(job, RunJob):
        details |= {"argv": list(job.argv), "files": job.files}
        return [("run", {**details, "stdin": stdin}) for stdin in job.stdins]
    calls = [(call.method, values.write((call.args, call.kwargs))) for call in job.calls]
    details["program"] = f"{job.setup}\n{job.program}" if job.setup else job.program
    details |= {"entry": job.entry, "stop_early": job.stop_early}
    return [("calls", {**details, "calls": some}) for some in ([[one] for one in calls] if job.fresh else [calls])]


def head(reply: Any) -> tuple[Run, list[int]]:
    """A run without what it left, and the sizes of its output, its errors and its results, which follow."""
    try:
        kind, *described, out, err, found = reply
        run = Run(*described)
        sizes = [operator.index(one) for one in (out, err, found)]
        sound = kind == "run" and run.status in STATUSES and min(sizes) >= 0 and _numbers(run)
    except (TypeError, ValueError) as fault:
        raise BadReply("a reply of the wrong shape") from fault
    if not sound:
        raise BadReply("a reply that no zygote gives")
    return run, sizes


def _numbers(run: Run) -> bool:
    return all(type(one) in {int, float} for one in run[1:6])


def runs(reply: Any) -> list[Run]:
    """The runs of a program that was executed."""
    try:
        kind, content = reply
        if kind != "ran":
            raise BadReply("an unknown kind of reply")
        found = [Run(*one) for one in content]
    except (TypeError, ValueError) as fault:
        raise BadReply("a reply of the wrong shape") from fault
    if any(run.status not in STATUSES for run in found):
        raise BadReply("a run of unknown status")
    return found


def records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records of a run; a torn one ends them."""
    at = 0
    while at + _HEAD.size <= len(content):
        kind, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        if at + size > len(content):
            return
        yield kind, content[at : at + size]
        at += size


def error(content: bytes) -> tuple[str, str]:
    """Type and message of an exception that a program claims to have raised."""
    try:
        kind, message = values.read(content)
        return str(kind)[:200], bytes(message).decode("utf-8", "replace")[:_TEXT]
    except (TypeError, ValueError):
        return "Exception", ""


def result(kind: bytes, content: bytes) -> CallResult:
    """What one call came to."""
    if kind == b"V":
        try:
            return CallResult(kind="value", value=values.read(content))
        except values.NotPlain as fault:
            return CallResult(kind="opaque", type="out of bounds", message=str(fault)[:_TEXT])
    if kind == b"O":
        return CallResult(kind="opaque", type=content.decode("utf-8", "replace")[:200])
    name, message = error(content)
    return CallResult(kind="raised", type=name, message=message)


def strained(name: str, message: str) -> OutcomeStatus | None:
    """The limit that an exception stands for."""
    if name == "MemoryError":
        return "memory"
    if name == "BlockingIOError" and message.startswith("[Errno 11] Resource"):
        return "processes"
    if name == "OSError" and message.startswith(("[Errno 24]", "[Errno 28]", "[Errno 27]")):
        return "files"
    return None


def near(run: Run, given: Limits, status: str) -> str:
    """The limit that a run came close to without being stopped by it."""
    if status not in {"ok", "nonzero", "raised"}:
        return ""
    if run.cpu_s > _NEAR * given.cpu_s:
        return "cpu"
    if run.rss_kb > _NEAR * given.memory_mb * 1024:
        return "memory"
    if len(run.stdout) > _NEAR * given.output_kb * 1024:
        return "output"
    return "wall" if run.wall_s > _NEAR * given.wall_s else ""


def called(job: CallJob, found: list[Run], tier: str) -> Outcome:
    """The outcome of function calls: one process, or one for each call."""
    results: list[CallResult] = []
    status: OutcomeStatus = "ok"
    detail = ""
    each = 1 if job.fresh else len(job.calls)
    for run in found:
        mine, fault, words = _one(run, each)
        results += mine
        if fault == "exit" and job.stop_early and mine and mine[-1].kind != "value":
            fault = "ok"
        if fault != "ok" and status == "ok":
            status, detail = fault, words
    results = results[: len(job.calls)]
    results += [CallResult(kind="stopped")] * (len(job.calls) - len(results))
    return _outcome(status, found, job.limits, tier, results=tuple(results), detail=detail)


def _one(run: Run, expected: int) -> tuple[list[CallResult], OutcomeStatus, str]:
    """The results of one process, and how it ended."""
    loaded, fault, compiles = False, ("", ""), True
    results: list[CallResult] = []
    for kind, content in records(run.found):
        if kind == b"L":
            loaded = True
        elif kind in {b"V", b"O", b"X"} and len(results) < expected:
            results.append(result(kind, content))
        elif kind in {b"E", b"C"} and not loaded:
            fault, compiles = error(content), kind == b"E"
    status: OutcomeStatus = run.status  # type: ignore[assignment]
    words = ""
    if status == "ok" and not compiles:
        status, words = "compile", ": ".join(fault)
    elif status == "ok" and fault[0]:
        status, words = strained(*fault) or "raised", ": ".join(fault)
    elif status == "ok":
        limit = next((strained(one.type, one.message) for one in results if one.kind == "raised"), None)
        status = limit or ("ok" if len(results) >= expected else "exit")
    elif status == "signal":
        words = f"signal {run.killed}"
    results += [CallResult(kind="stopped")] * (expected - len(results) if expected == 1 else 0)
    return results, status, words


def ran(job: RunJob, found: list[Run], tier: str) -> Outcome:
    """The outcome of a whole program, one run for each input."""
    made = tuple(run_result(run, job.limits) for run in found)
    made += (RunResult(status="skipped"),) * (len(job.stdins) - len(made))
    first = next((one for one in made if one.status not in {"ok", "skipped"}), None)
    status: OutcomeStatus = "ok" if first is None or first.status == "skipped" else first.status
    detail = "" if first is None else first.stderr[-_TEXT:].decode("utf-8", "replace")
    if status == "compile":
        detail = next((": ".join(error(content)) for kind, content in records(found[0].found) if kind == b"C"), "")
    return _outcome(status, found, job.limits, tier, runs=made, detail=detail)


def run_result(run: Run, given: Limits) -> RunResult:
    """What one run came to."""
    status: OutcomeStatus = run.status  # type: ignore[assignment]
    if any(kind == b"C" for kind, _ in records(run.found)):
        status = "compile"
    elif status == "ok" and run.code:
        fault = next((error(content) for kind, content in records(run.found) if kind == b"E"), ("", ""))
        status = strained(*fault) or "nonzero"
    return RunResult(
        status=status,
        code=-run.killed if run.killed else run.code,
        stdout=run.stdout,
        stderr=run.stderr[: given.output_kb << 10],
        cpu_s=run.cpu_s,
        wall_s=run.wall_s,
        peak_mb=run.rss_kb / 1024,
        near=near(run, given, status),
    )


def compiled(job: CompileJob, found: list[Run], tier: str) -> Outcome:
    """The outcome of a compilation that was made in a run."""
    run = found[0]
    fault = next((error(content) for kind, content in records(run.found) if kind == b"C"), None)
    status: OutcomeStatus = run.status  # type: ignore[assignment]
    if status == "ok" and fault is not None:
        status = "compile"
    return _outcome(status, found, job.limits, tier, detail=": ".join(fault) if fault else "")


def not_compiled(job: Job, fault: tuple[str, str], tier: str) -> Outcome:
    """The outcome of a program that does not compile: no call was made, no input run."""
    results = (CallResult(kind="stopped"),) * len(job.calls) if isinstance(job, CallJob) else ()
    runs = (RunResult(status="compile"),) * len(job.stdins) if isinstance(job, RunJob) else ()
    return Outcome(status="compile", results=results, runs=runs, detail=": ".join(filter(None, fault)), tier=tier)


def _outcome(status: OutcomeStatus, found: list[Run], given: Limits, tier: str, **more: Any) -> Outcome:
    last = found[-1]
    return Outcome(
        status=status,
        code=-last.killed if last.killed else last.code,
        stdout=last.stdout[: given.output_kb << 10],
        stderr=last.stderr[: given.output_kb << 10],
        cpu_s=sum(run.cpu_s for run in found),
        wall_s=sum(run.wall_s for run in found),
        peak_mb=max(run.rss_kb for run in found) / 1024,
        near=next(filter(None, (near(run, given, status) for run in found)), ""),
        tier=tier,
        **more,
    )
