"""Other languages: build once, run for each standard input, in a jail that is used for one job and thrown away."""

from __future__ import annotations

from typing import Any

from referee.core.jobs import CallJob, CheckJob, CompileJob, Outcome, RunJob, Tier
from referee.sandbox import replies, tiers
from referee.sandbox.slot import Slot, ZygoteLost
from referee.sandbox.toolchains import INSTALL, Toolchain, toolchain

_NEED_PROC = {"java", "rust"}  # they find their own libraries by it
_SCRATCH_MB = 64  # what a run may write, unless it asks for more
_BUILD = {"cpu_s": 60.0, "wall_s": 90.0, "memory_mb": 4096, "output_kb": 64, "result_kb": 64}
_BUILD |= {"scratch_mb": 0, "processes": 1}


def run_compiled(job: CallJob | CheckJob | RunJob | CompileJob, asked: Tier) -> Outcome:
    """The outcome of a job in a language that is not Python."""
    if not isinstance(job, RunJob | CompileJob):
        return Outcome(
            status="infra", reason="infra.language", detail=f"functions are called in Python, not {job.language}"
        )
    found = toolchain(job.language)
    if found is None:
        detail = f"there is no toolchain for {job.language} here: {INSTALL[job.language]}"
        return Outcome(status="infra", reason="infra.toolchain", detail=detail)
    tier = executing_tier(asked, needs_proc=job.language in _NEED_PROC)
    if tier is None:
        detail = f"no jail in which {job.language} can be executed: install bubblewrap. See: referee doctor"
        return Outcome(status="infra", reason="infra.tier", detail=detail)
    proc = not tiers.executes(tier, proc=True)
    fault = ""
    for _ in range(2):
        try:
            with tiers.start(tier, scratch_mb=512, tools=found.read, proc=proc) as slot:
                return _executed(slot, job, found, tier)
        except (ZygoteLost, replies.BadReply) as error:
            fault = str(error)
    return Outcome(status="infra", reason="infra.sandbox", detail=fault, tier=tier)


def _executed(slot: Slot, job: RunJob | CompileJob, found: Toolchain, tier: Tier) -> Outcome:
    """Build, then run: two requests, since a compiler may use more than what it compiles."""
    details = _details(job, found)
    if details["build"]:
        building = {**details, "stdins": [], "limits": details["build_limits"]}
        reply = slot.request("execute", building, 100.0 * len(details["build"]))
        if failure := _not_built(job, reply, tier):
            return failure
        details |= {"build": [], "files": {}}
    if isinstance(job, CompileJob):
        return Outcome(status="ok", tier=tier)
    before = slot.group.killed() if slot.group is not None else 0
    reply = slot.request("execute", details, 10.0 + (job.limits.wall_s + 0.5) * len(job.stdins))
    starved = slot.group is not None and slot.group.killed() > before
    return _ran(job, reply, tier, starved=starved)


def executing_tier(asked: Tier, *, needs_proc: bool = False) -> Tier | None:
    """The tier in which a program is executed: the one asked for when it can, or the strongest that can.

    `needs_proc`: it does not start without /proc, which our own namespaces lack in some containers.
    """
    if asked in {"bubblewrap", "oci"}:
        return asked
    order: tuple[Tier, ...] = ("namespaces", "bubblewrap", "oci")
    return next((one for one in order if not tiers.executes(one, proc=needs_proc)), None)


def _details(job: RunJob | CompileJob, found: Toolchain) -> dict[str, Any]:
    running = isinstance(job, RunJob)
    argv = list(job.argv) if isinstance(job, RunJob) else []
    files = dict(job.files) if isinstance(job, RunJob) else {}
    limits = replies.limits(job.limits)
    run = [*found.run, *argv]
    if found.language == "java":
        run.insert(1, f"-Xmx{job.limits.memory_mb}m")
    if found.language in {"javascript", "typescript"}:
        run.insert(1, f"--max-old-space-size={job.limits.memory_mb}")
    return {
        "files": {**files, found.source: job.program.encode("utf-8", "surrogatepass")},
        "beside": files,
        "build": [list(one) for one in found.build] or ([] if running else _check_only(found)),
        "run": run,
        "stdins": list(job.stdins) if isinstance(job, RunJob) else [],
        "limits": {**limits, "scratch_mb": max(_SCRATCH_MB, job.limits.scratch_mb)},
        "build_limits": _BUILD,
        "vm": found.vm,
        "children": found.children,
        "environment": found.environment,
        "stop_early": isinstance(job, RunJob) and job.stop_early,
    }


def _check_only(found: Toolchain) -> list[list[str]]:
    """How a language without a build step says whether a program is one."""
    flag = "-n" if found.language == "shell" else "--check"
    return [[*found.run[:-1], flag, found.run[-1]]]


def _not_built(job: RunJob | CompileJob, reply: Any, tier: Tier) -> Outcome | None:
    """The outcome of a program that its compiler refuses; None when it was built."""
    try:
        kind, content = reply
        if kind != "built":
            return None
        run = replies.Run(*content)
    except (TypeError, ValueError) as error:
        raise replies.BadReply("a reply of the wrong shape") from error
    words = (run.stderr or run.stdout).decode("utf-8", "replace")[:2000]
    return replies.not_compiled(job, (words or f"the compiler ended with {run.status}", ""), tier)


def _ran(job: RunJob, reply: Any, tier: Tier, *, starved: bool) -> Outcome:
    """The outcome of the runs. `starved`: the kernel ended something of theirs, since they used up their memory."""
    found = replies.runs(reply)
    if not found:
        return Outcome(status="ok", tier=tier)
    heavy = job.limits.memory_mb * 1024
    out = [(starved or run.rss_kb > heavy) and run.code | run.killed for run in found]
    found = [run._replace(status="memory") if over else run for run, over in zip(found, out, strict=True)]
    return replies.ran(job, found, tier)
