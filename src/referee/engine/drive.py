"""Run one verifier on one rollout. The boundary of the failure model: whatever leaves a verifier ends here.

A verdict comes back in every case. What is not the rollout's doing becomes `unjudged`: a truth that cannot be read
(`truth.*`), machinery that failed (`infra.*`), a verifier that raised (`verifier.crashed`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from traceback import extract_tb
from typing import Any, cast

from referee.core.errors import InfrastructureError, TruthError
from referee.core.jobs import AlgebraJob, Flow, Job, Jobs, LeanJob, MetamathJob, Outcome, QueryJob, Runner
from referee.core.types import Rollout, Task, Verdict, unjudged
from referee.core.verifier import Verifier
from referee.engine import sandboxed

AsyncRunner = Callable[[tuple[Job, ...]], Awaitable[tuple[Outcome, ...]]]


def judge(verifier: Verifier, rollout: Rollout, task: Task, params: Any, runner: Runner | None = None) -> Verdict:
    """The verdict of one verifier. `runner` executes the jobs that it yields; the default is this process's sandbox."""
    try:
        result = _checked(verifier, rollout, task, params)
        if type(result) is Verdict:
            return result
        flow = _as_flow(verifier, result)
        jobs = _start(flow)
        while isinstance(jobs, tuple):
            jobs = _advance(flow, _run(runner, jobs))
        return jobs
    except Exception as error:  # the boundary: see the module docstring
        return verdict_of(error)


async def judge_async(
    verifier: Verifier, rollout: Rollout, task: Task, params: Any, runner: AsyncRunner | None = None
) -> Verdict:
    """`judge` with a runner that is awaited; a verifier without jobs runs at once."""
    try:
        result = _checked(verifier, rollout, task, params)
        if type(result) is Verdict:
            return result
        flow = _as_flow(verifier, result)
        jobs = _start(flow)
        while isinstance(jobs, tuple):
            jobs = _advance(flow, await _run_async(runner, jobs))
        return jobs
    except Exception as error:  # the boundary: see the module docstring
        return verdict_of(error)


def _checked(verifier: Verifier, rollout: Rollout, task: Task, params: Any) -> Verdict | Flow:
    """The check's result, whatever the depth of the caller's stack.

    Readers of nested answers recurse, within caps of their own. Python counts the caller's frames too: when they leave
    too few, the check runs once more on a thread of its own, whose stack is empty, so that a verdict never depends on
    who asked for it.
    """
    try:
        return verifier.check(rollout, task, params)
    except RecursionError:
        with ThreadPoolExecutor(1) as fresh:
            return fresh.submit(verifier.check, rollout, task, params).result()


def verdict_of(error: Exception) -> Verdict:
    """The verdict that an exception stands for: always `unjudged`, with the reason that the exception carries."""
    if isinstance(error, TruthError | InfrastructureError):
        return unjudged(error.reason, detail=str(error))
    frames = extract_tb(error.__traceback__)
    where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return unjudged("verifier.crashed", error=type(error).__name__, detail=str(error)[:500], where=where)


def _as_flow(verifier: Verifier, result: Any) -> Flow:
    if not hasattr(result, "send"):
        raise TypeError(f"{verifier.id} must return a Verdict or yield jobs, not {type(result).__name__}")
    flow: Flow = result
    return flow


def _start(flow: Flow) -> Jobs | Verdict:
    try:
        return next(flow)
    except StopIteration as stop:
        return _verdict(stop.value)


def _advance(flow: Flow, outcomes: tuple[Outcome, ...]) -> Jobs | Verdict:
    """Send outcomes to the verifier, unless one is our own fault: that one it never sees."""
    broken = next((outcome for outcome in outcomes if outcome.status == "infra"), None)
    if broken is not None:
        flow.close()
        raise InfrastructureError(broken.detail or "the sandbox failed", broken.reason or "infra.sandbox")
    try:
        return flow.send(outcomes)
    except StopIteration as stop:
        return _verdict(stop.value)


def _verdict(value: Any) -> Verdict:
    if not isinstance(value, Verdict):
        raise TypeError(f"a verifier must end with a Verdict, not {type(value).__name__}")
    return value


async def _run_async(runner: AsyncRunner | None, jobs: Jobs) -> tuple[Outcome, ...]:
    """The default runners in a thread of their own, so that the event loop stays free."""
    if runner is None or _own(jobs):
        import asyncio

        return await asyncio.to_thread(_run, None, jobs)
    return await runner(cast("tuple[Job, ...]", jobs))


def _own(jobs: Jobs) -> Runner | None:
    """Who answers what no sandbox runs: questions for computer algebra, queries, Metamath, Lean."""
    kind = type(jobs[0]) if jobs else None
    if kind is AlgebraJob:
        from referee.engine import algebra

        return cast("Runner", algebra.run)
    if kind is QueryJob:
        from referee.sandbox import queries

        return cast("Runner", queries.run)
    if kind is MetamathJob:
        from referee.engine import metamath

        return cast("Runner", metamath.run)
    if kind is LeanJob:
        from referee.engine import lean

        return cast("Runner", lean.run)
    return None


def _run(runner: Runner | None, jobs: Jobs) -> tuple[Outcome, ...]:
    return (_own(jobs) or runner or sandboxed.run)(cast("tuple[Job, ...]", jobs))
