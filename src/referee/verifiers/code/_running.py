"""What the verifiers that run programs share: their parameters, and how results become a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from referee.core.digest import digest
from referee.core.jobs import LIMITS, Flow, Limits, Outcome
from referee.core.types import Rollout, Task, Verdict, failed, graded
from referee.programs.called import LEETCODE
from referee.programs.compare import Order, Policy, Types
from referee.programs.plan import Plan, Result, Settings, placed
from referee.programs.suite import Suite
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, Program, program

LISTED: Final = 20  # results in the evidence

_STATUS: Final = {
    "compile": "code.compile",
    "raised": "code.error",
    "nonzero": "code.exit_code",
    "exit": "code.exit",
    "signal": "code.crash",
}
_WHY: Final = {"raised": "code.raised", "opaque": "code.opaque", "stopped": "code.stopped"}


class Limited(Fenced, frozen=True, kw_only=True):
    """cpu_s: seconds of processor time that one run may use.
    wall_s: seconds that may pass meanwhile; the safety net, not what decides.
    memory_mb: memory that one run may use.
    processes: 1: no process beside its own, and threads; more: so many processes and threads, which share memory_mb.
    output_kb: how much of standard output is kept; a program that prints more is stopped.
    """

    cpu_s: Annotated[float, Meta(gt=0)] = Limits().cpu_s
    wall_s: Annotated[float, Meta(gt=0)] = Limits().wall_s
    memory_mb: Annotated[int, Meta(ge=16)] = Limits().memory_mb
    processes: Annotated[int, Meta(ge=1)] = Limits().processes
    output_kb: Annotated[int, Meta(ge=1)] = Limits().output_kb

    def limits(self) -> Limits:
        return Limits(
            cpu_s=self.cpu_s,
            wall_s=self.wall_s,
            memory_mb=self.memory_mb,
            processes=self.processes,
            output_kb=self.output_kb,
        )


class Scored(Limited, frozen=True, kw_only=True):
    """score: the "fraction" of tests that passed, or "all": 1 when all passed and 0 otherwise.
    usage: whether the evidence says what the runs used: seconds of CPU and wall, and peak memory; it then differs \
from run to run.
    stop_early: whether tests after the first that did not pass are left out; they count as not passed.
    seed: what the program's own random numbers start from; 0 is the sandbox's fixed seed.
    packages: what a Python program may import beside the standard library, as ["numpy"]; installed beside the judge.
    """

    score: Literal["fraction", "all"] = "fraction"
    stop_early: bool = False
    usage: bool = False
    seed: int = 0
    packages: tuple[str, ...] = ()


class Calling(Scored, frozen=True, kw_only=True):
    """types: how values compare: as "python" says (2 == 2.0, True == 1), as "json" (true is not 1; a tuple may be a \
list), "strict" (2 is not 2.0 either), or "auto": python for assertions, json for truths that were written as JSON.
    abs_tol: how far a float may lie from the expected float.
    rel_tol: the same, as a share of the expected float.
    order: whether the members of a returned list may come in "any" order, or those of lists in it too ("nested").
    fresh: whether each call gets a process of its own, so that nothing is remembered between calls.
    preamble: what is imported in front of the program: "leetcode" (List, deque, math ...), "none", or "auto": \
LeetCode's for the truths that come from there.
    """

    types: Literal["auto", "python", "json", "strict"] = "auto"
    abs_tol: Annotated[float, Meta(ge=0)] = 0.0
    rel_tol: Annotated[float, Meta(ge=0)] = 0.0
    order: Order = "exact"
    fresh: bool = False
    preamble: Literal["auto", "none", "leetcode"] = "auto"


def found_in(rollout: Rollout, task: Task, params: Fenced, language: str = "python") -> Program | Verdict:
    """The program of a rollout, or the verdict when there is none."""
    found = program(rollout, task, params, language)
    if not isinstance(found, NoAnswer):
        return found
    evidence = {} if task.truth is None else {"digest": tests_digest(task.truth)}
    return failed(found.reason, **evidence, **({"detail": found.detail} if found.detail else {}))


def by_calls(found: Program, suite: Suite, truth: Any, params: Calling, policy: Policy | None = None) -> Flow:
    """Run a suite on a program and say what came of it. `policy` in place of what the parameters say."""
    types: Types = suite.types if params.types == "auto" else params.types
    suite = _fronted(suite, params.preamble)
    settings = Settings(
        limits=params.limits(),
        policy=policy or Policy(types, params.abs_tol, params.rel_tol, params.order),
        fresh=params.fresh,
        stop_early=params.stop_early,
        seed=params.seed,
        packages=params.packages,
    )
    plan = Plan(suite, placed(found.text, suite), settings)
    outcomes = yield plan.jobs
    if repeated := plan.again(outcomes):
        second = yield repeated
        outcomes = (*second, *outcomes[len(second) :])
    return verdict(plan.results(outcomes), outcomes, found, truth, params)


def _fronted(suite: Suite, preamble: str) -> Suite:
    has = suite.before.startswith(LEETCODE)
    if preamble == "none" and has:
        return suite._replace(before=suite.before.removeprefix(LEETCODE))
    if preamble == "leetcode" and not has:
        prompt = suite.prompt and f"{LEETCODE}\n{suite.prompt}"
        return suite._replace(before=f"{LEETCODE}\n{suite.before}", prompt=prompt)
    return suite


def verdict(
    results: Sequence[Result], outcomes: Sequence[Outcome], found: Program, truth: Any, params: Scored
) -> Verdict:
    """The verdict that results of tests add up to. A run that did not come to its end is never a pass."""
    results = _until_first_miss(results) if params.stop_early else list(results)
    total, passed = len(results), sum(result.passed for result in results)
    ended = next((outcome for outcome in outcomes if outcome.status != "ok"), None)
    clean = ended is None or passed < total
    reason = _reason(results, ended)
    evidence = evidence_of(results, outcomes, found, truth)
    if params.usage:
        evidence["usage"] = _usage(outcomes)
    if not total:
        return failed("code.no_tests", **evidence)
    if passed == total and clean:
        return graded(1.0, "code.passed", **evidence)
    if params.score == "all" or not clean:
        return failed(reason, **evidence)
    return graded(passed / total, reason, **evidence)


def evidence_of(results: Sequence[Result], outcomes: Sequence[Outcome], found: Program, truth: Any) -> dict[str, Any]:
    """What a person wants to know: how many tests passed, which did not and why, and what they were judged by."""
    evidence: dict[str, Any] = {
        "passed": sum(result.passed for result in results),
        "total": len(results),
        "tests": _listed(results),
        "digest": tests_digest(truth),
        "span": found.span,
        "sandbox": next((outcome.tier for outcome in outcomes if outcome.tier), ""),
    }
    for outcome in outcomes:
        if outcome.near:
            evidence["near_limit"] = outcome.near
        if outcome.retried:
            evidence["retried"] = True
        if outcome.detail and outcome.status != "ok":
            evidence.setdefault("detail", _clean(outcome.detail[:500]))
    return evidence


def _usage(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """What the runs used together, and the most memory of one."""
    return {
        "cpu_s": round(sum(outcome.cpu_s for outcome in outcomes), 4),
        "wall_s": round(sum(outcome.wall_s for outcome in outcomes), 4),
        "peak_mb": round(max((outcome.peak_mb for outcome in outcomes), default=0.0), 1),
    }


def tests_digest(truth: Any) -> str:
    """The hash of the tests that a verdict was reached by."""
    try:
        return digest(truth)
    except (TypeError, ValueError, RecursionError):  # a complex number, half of a character
        return hashlib.sha256(_spelled(truth).encode("utf-8", "backslashreplace")).hexdigest()


def _spelled(value: Any) -> str:
    """A value as text, also an integer of more digits than Python writes."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_spelled(key)}: {_spelled(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_spelled, value))}]"
    return hex(value) if type(value) is int else repr(value)


def _reason(results: Sequence[Result], ended: Outcome | None) -> str:
    if ended is not None:
        return f"limit.{ended.status}" if ended.status in LIMITS else _STATUS.get(ended.status, f"code.{ended.status}")
    missed = {result.why for result in results if not result.passed}
    return _WHY.get(missed.pop(), "code.wrong") if len(missed) == 1 else "code.wrong"


def _until_first_miss(results: Sequence[Result]) -> list[Result]:
    first = next((at for at, result in enumerate(results) if not result.passed), len(results))
    return [
        *results[: first + 1],
        *(Result(result.name, passed=False, why="skipped") for result in results[first + 1 :]),
    ]


def _listed(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Those that did not pass first, as many as are worth a look."""
    order = sorted(range(len(results)), key=lambda at: (results[at].passed, at))[:LISTED]
    return [_row(at, results[at]) for at in order]


def _row(at: int, result: Result) -> dict[str, Any]:
    row: dict[str, Any] = {"test": at + 1, "name": _clean(result.name), "passed": result.passed}
    if result.why:
        row["why"] = result.why
    if result.got:
        row["got"] = _clean(result.got)
    return row


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
