"""The boundary of the failure model: a verdict comes back in every case, and our faults are never a wrong answer."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest

from referee.core.errors import InfrastructureError, TruthError
from referee.core.jobs import Job, Outcome, RunJob
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Verifier
from referee.engine.drive import judge, judge_async

ROLLOUT, TASK = Rollout(text="x"), Task(truth="x")
JOB = RunJob(program="print(1)")

Flow = Generator[tuple[Job, ...], tuple[Outcome, ...], Verdict]


def raising(error: Exception) -> Verifier:
    def check(rollout: Rollout, task: Task, params: Any) -> Verdict:
        raise error

    return Verifier(check, 1)


def two_steps(seen: list[str]) -> Verifier:
    """Compiles, then runs; says what it saw."""

    def check(rollout: Rollout, task: Task, params: Any) -> Flow:
        for step in ("compile", "run"):
            (outcome,) = yield (JOB,)
            seen.append(f"{step} {outcome.status}")
            if outcome.status != "ok":
                return failed(f"code.{step}")
        return passed("code.passed")

    return Verifier(check, 1)


def runner(*statuses: str) -> Callable[[tuple[Job, ...]], tuple[Outcome, ...]]:
    left = list(statuses)
    return lambda jobs: tuple(Outcome(status=left.pop(0)) for _ in jobs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TruthError("no"), "truth.unreadable"),
        (TruthError("no", "truth.empty"), "truth.empty"),
        (InfrastructureError("no"), "infra.failed"),
        (ValueError("a bug"), "verifier.crashed"),
        (RecursionError("deep"), "verifier.crashed"),
        (MemoryError(), "verifier.crashed"),
    ],
)
def test_an_exception_is_unjudged_and_never_wrong(error: Exception, reason: str) -> None:
    for verdict in (
        judge(raising(error), ROLLOUT, TASK, None),
        asyncio.run(judge_async(raising(error), ROLLOUT, TASK, None)),
    ):
        assert (verdict.status, verdict.score, verdict.reason) == ("unjudged", None, reason)


def test_ctrl_c_is_not_swallowed() -> None:
    def check(rollout: Rollout, task: Task, params: Any) -> Verdict:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(Verifier(check, 1), ROLLOUT, TASK, None)


def test_jobs_are_run_and_their_outcomes_sent_back() -> None:
    seen: list[str] = []
    assert judge(two_steps(seen), ROLLOUT, TASK, None, runner("ok", "ok")).status == "pass"
    assert judge(two_steps(seen), ROLLOUT, TASK, None, runner("ok", "cpu")).reason == "code.run"
    assert judge(two_steps(seen), ROLLOUT, TASK, None, runner("nonzero")).reason == "code.compile"
    assert seen == ["compile ok", "run ok", "compile ok", "run cpu", "compile nonzero"]


def test_a_broken_sandbox_never_reaches_the_verifier() -> None:
    seen: list[str] = []
    verdict = judge(two_steps(seen), ROLLOUT, TASK, None, runner("ok", "infra"))
    assert (verdict.status, verdict.reason) == ("unjudged", "infra.sandbox")
    assert seen == ["compile ok"]


def test_without_a_sandbox_a_program_is_unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
        raise InfrastructureError("no sandbox", "infra.no_sandbox")

    monkeypatch.setattr("referee.engine.sandboxed.run", none)
    assert judge(two_steps([]), ROLLOUT, TASK, None).reason == "infra.no_sandbox"
    assert asyncio.run(judge_async(two_steps([]), ROLLOUT, TASK, None)).reason == "infra.no_sandbox"


def test_the_async_driver_gives_the_same_verdicts() -> None:
    async def run(jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
        await asyncio.sleep(0)
        return tuple(Outcome(status="ok") for _ in jobs)

    assert asyncio.run(judge_async(two_steps([]), ROLLOUT, TASK, None, run)).status == "pass"
    assert asyncio.run(judge_async(Verifier(lambda *_: passed("x"), 1), ROLLOUT, TASK, None)).status == "pass"


@pytest.mark.parametrize("result", [None, True, 1.0])
def test_what_is_no_verdict_is_a_bug_of_the_verifier(result: Any) -> None:
    verdict = judge(Verifier(lambda *_: result, 1), ROLLOUT, TASK, None)
    assert (verdict.reason, verdict.evidence["error"]) == ("verifier.crashed", "TypeError")


def test_a_flow_that_ends_without_a_verdict_is_a_bug_of_the_verifier() -> None:
    def check(rollout: Rollout, task: Task, params: Any) -> Flow:
        yield (JOB,)
        return None  # type: ignore[return-value]

    assert judge(Verifier(check, 1), ROLLOUT, TASK, None, runner("ok")).reason == "verifier.crashed"


def recursing(depth: int) -> Verifier:
    """Needs `depth` frames, as a reader of a nested answer does."""

    def descend(left: int) -> Verdict:
        return descend(left - 1) if left else passed("x.deep")

    return Verifier(lambda *_: descend(depth), 1)


def from_depth(frames: int, verifier: Verifier) -> Verdict:
    return from_depth(frames - 1, verifier) if frames else judge(verifier, ROLLOUT, TASK, None)


@pytest.mark.parametrize("frames", [0, 300, 600, 800])
def test_a_verdict_does_not_depend_on_the_callers_stack(frames: int) -> None:
    assert from_depth(frames, recursing(500)).status == "pass"
    assert from_depth(frames, recursing(100_000)).reason == "verifier.crashed"
