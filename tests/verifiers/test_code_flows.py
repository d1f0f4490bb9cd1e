"""What the verifiers of programs ask a sandbox, and what they make of its answers. The sandbox here is a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from referee.core.jobs import CallJob, CallResult, CheckJob, CheckResult, CompileJob, Job, Outcome, RunJob, RunResult
from referee.core.types import Rollout, Task, Verdict
from referee.engine.drive import judge
from referee.programs.stdio import cases, checker_mark
from referee.verifiers import find

SECRET = 918_273_645
ADD = {"entry_point": "add", "calls": [{"args": [n, n], "expected": SECRET + n} for n in range(5)]}
STREAM = {"inputs": ["1\n", "2\n"], "outputs": [f"{SECRET}\n", f"{SECRET}\n"]}
PROGRAM = "def add(a, b):\n    return 0"

Answer = Callable[[Job], Outcome]


def asked(
    verifier_id: str, truth: Any, answer: Answer | Outcome, text: str = PROGRAM, **params: Any
) -> tuple[Verdict, list[Job]]:
    seen: list[Job] = []

    def run(jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
        seen.extend(jobs)
        return tuple(answer if isinstance(answer, Outcome) else answer(job) for job in jobs)

    verifier = find(verifier_id)
    return judge(verifier, Rollout(text=text), Task(truth=truth), verifier.params(params), run), seen


def values(*given: Any, status: Any = "ok", **more: Any) -> Outcome:
    return Outcome(
        status=status, results=tuple(CallResult(kind="value", value=one) for one in given), tier="kernel", **more
    )


def outputs(*given: str, status: Any = "ok") -> Outcome:
    runs = tuple(RunResult(status="ok", code=0, stdout=one.encode()) for one in given)
    return Outcome(status=status, runs=runs, tier="kernel")


CHECK = f"def check(candidate):\n    assert candidate(1) == {SECRET}\n"
LOOP = f"def check(candidate):\n    for i in range(3):\n        assert candidate(i) == {SECRET}\n"
PYTEST = f"from solution import add\ndef test_add():\n    assert add(1, 2) == {SECRET}\n"
UNITTEST = (
    "import unittest\nimport solution\nclass T(unittest.TestCase):\n    def setUp(self):\n"
    f"        self.wanted = {SECRET}\n    def test_a(self):\n        self.assertEqual(solution.add(1, 2), self.wanted)\n"
    f"        self.assertAlmostEqual(solution.add(3), {SECRET}.5)\n"
    f"    def test_b(self):\n        for n in range(3):\n            self.assertTrue(solution.add(n) > {SECRET})\n"
)
TRUTHS: list[tuple[str, Any]] = [
    ("code.python", ADD),
    ("code.python", {"entry_point": "add", "prompt": "def add(a):\n", "test": CHECK}),
    ("code.python", {"entry_point": "add", "prompt": "def add(a):\n", "test": LOOP}),
    ("code.python", {"test_list": [f"assert add(1) == {SECRET}", f"assert add(Node(1)) == {SECRET}"]}),
    ("code.python", {"test_list": [f"assert add(1) == {SECRET} and True", f"want = {SECRET}\nassert add(1) == want"]}),
    ("code.python", {"entry_point": "A", "operations": ["A", "f"], "arguments": [[], []], "expected": [None, SECRET]}),
    ("code.python", {"fn_name": "add", "inputs": [[1, 2]], "outputs": [SECRET]}),
    ("code.python", {"entry_point": "add", "calls": [{"args": [[1]], "after": {"0": [SECRET]}}], "order": "any"}),
    ("code.python", {"entry_point": "add", "calls": [{"args": [[1]], "expected": [SECRET]}], "returns": "ListNode"}),
    ("code.python", {"entry_point": "add", "calls": [{"args": [1], "raises": f"E{SECRET}"}]}),
    ("code.python", {"entry_point": "add", "test": UNITTEST}),
    (
        "code.python",
        {"test_list": [f"assert add(1)[0] - 2 == {SECRET}", f"want = [{SECRET}]\nassert other(2) == want"]},
    ),
    ("code.tests", UNITTEST),
    ("code.stdio", STREAM),
    ("code.stdio", {**STREAM, "checker": f"def check(input, output, expected): return int(output) == {SECRET}"}),
    ("code.tests", PYTEST),
    ("code.compiles", {"answer": SECRET}),
]


@pytest.mark.parametrize(("verifier_id", "truth"), TRUTHS)
def test_no_truth_goes_where_the_program_goes(verifier_id: str, truth: Any):
    def answer(job: Job) -> Outcome:
        kept = msgspec.structs.replace(job, test="") if isinstance(job, CheckJob) else job
        assert str(SECRET) not in repr(kept)
        return outputs("1", "2") if isinstance(job, RunJob) else Outcome(status="ok")

    def checker_too(job: Job) -> Outcome:
        return Outcome(status="ok") if PROGRAM not in job.program and isinstance(job, RunJob) else answer(job)

    _, jobs = asked(verifier_id, truth, checker_too)
    assert jobs


def test_a_fraction_of_the_tests():
    verdict, (job,) = asked("code.python", ADD, values(SECRET, SECRET + 1, SECRET + 2, 0, "x"))
    assert isinstance(job, CallJob)
    assert (verdict.status, verdict.score, verdict.reason) == ("partial", 0.6, "code.wrong")
    assert (verdict.evidence["passed"], verdict.evidence["total"]) == (3, 5)
    assert [row["test"] for row in verdict.evidence["tests"]] == [4, 5, 1, 2, 3]
    assert verdict.evidence["sandbox"] == "kernel"
    assert len(verdict.evidence["digest"]) == 64


def test_all_or_nothing_and_early_stop():
    found = values(SECRET, 0, SECRET + 2, SECRET + 3, SECRET + 4)
    assert asked("code.python", ADD, found)[0].score == 0.8
    assert asked("code.python", ADD, found, score="all")[0].score == 0.0
    stopped, (job,) = asked("code.python", ADD, found, stop_early=True)
    assert isinstance(job, CallJob)
    assert job.stop_early
    assert stopped.score == 0.2


ENDINGS = {
    "compile": "code.compile",
    "raised": "code.error",
    "exit": "code.exit",
    "signal": "code.crash",
    "cpu": "limit.cpu",
    "memory": "limit.memory",
    "output": "limit.output",
    "processes": "limit.processes",
    "files": "limit.files",
    "wall": "limit.wall",
}


@pytest.mark.parametrize(("status", "reason"), ENDINGS.items())
def test_how_a_program_ends_is_its_own_doing(status: Any, reason: str):
    verdict, _ = asked("code.python", ADD, values(status=status))
    assert (verdict.score, verdict.reason) == (0.0, reason)
    some, _ = asked("code.python", ADD, values(SECRET, SECRET + 1, status=status))
    assert (some.score, some.reason) == (0.4, reason)
    every, _ = asked("code.python", ADD, values(*(SECRET + n for n in range(5)), status=status))
    assert every.score == 0.0, "a run that did not end by itself is never a pass"


def test_our_own_failure_is_not_the_programs():
    for verifier_id, truth in TRUTHS:
        verdict, _ = asked(verifier_id, truth, Outcome(status="infra", reason="infra.sandbox", detail="lost"))
        assert (verdict.status, verdict.score) == ("unjudged", None)


def test_more_or_fewer_results_than_calls():
    assert asked("code.python", ADD, values())[0].score == 0.0
    assert asked("code.python", ADD, values(SECRET))[0].score == 0.2
    assert asked("code.python", ADD, values(*(SECRET + n for n in range(5)), 7, 8))[0].score == 1.0


def test_what_holds_a_subclass_is_asked_again_as_the_value_that_it_holds():
    opaque = Outcome(status="ok", results=(CallResult(kind="opaque", type="collections.Counter"),) * 5)

    def answer(job: Job) -> Outcome:
        assert isinstance(job, CallJob)
        return opaque if job.entry == "add" else values(*(SECRET + n for n in range(5)))

    verdict, jobs = asked("code.python", ADD, answer)
    assert verdict.status == "pass"
    assert len(jobs) == 2
    verdict, jobs = asked("code.python", ADD, opaque)
    assert (verdict.score, verdict.reason, len(jobs)) == (0.0, "code.opaque", 2)


def test_near_a_limit_and_tried_twice_is_said():
    verdict, _ = asked("code.python", ADD, values(near="memory", retried=True))
    assert (verdict.evidence["near_limit"], verdict.evidence["retried"]) == ("memory", True)


def test_the_limits_are_the_parameters():
    _, (job,) = asked("code.python", ADD, values(), cpu_s=0.5, wall_s=7.0, memory_mb=99, processes=3, output_kb=9)
    limits = job.limits
    assert (limits.cpu_s, limits.wall_s, limits.memory_mb, limits.processes, limits.output_kb) == (0.5, 7.0, 99, 3, 9)


@pytest.mark.parametrize(
    ("checks", "more", "score", "reason"),
    [
        ([(3, True)] * 3, {}, 1.0, "code.passed"),
        ([(3, True), (3, False), (3, True)], {}, 0.0, "code.wrong"),
        ([], {}, 0.0, "code.stopped"),
        ([(3, True)] * 3, {"status": "exit"}, 0.0, "code.exit"),
        ([(99, True)], {}, 0.0, "code.stopped"),
    ],
)
def test_a_script_is_counted_by_the_places_of_its_assertions(checks: Any, more: Any, score: float, reason: str):
    truth = {"entry_point": "add", "prompt": "", "test": LOOP}
    listed = tuple(CheckResult(name="line", passed=passed, line=line + 1) for line, passed in checks)
    held = sum(passed for _, passed in checks)
    given = {"status": "ok", "checks": listed, "executed": len(checks), "passed": held, "complete": True, **more}
    verdict, (job,) = asked("code.python", truth, Outcome(**given))
    assert isinstance(job, CheckJob)
    assert (verdict.score, verdict.reason) == (score, reason)


def test_a_failure_that_is_not_listed_counts():
    truth = {"entry_point": "add", "prompt": "", "test": LOOP}
    listed = (CheckResult(name="line", passed=True, line=4),) * 1000
    found = Outcome(status="ok", checks=listed, executed=5000, passed=4999, complete=True)
    assert asked("code.python", truth, found)[0].score == 0.0


FILE = "def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\ndef test_d(): pass\n"


def ran(results: str, *, complete: bool = True, status: Any = "ok") -> Outcome:
    passed = [one == "+" for one in results]
    checks = tuple(CheckResult(name=f"test_{at}", passed=one) for at, one in enumerate(passed))
    return Outcome(status=status, checks=checks, executed=len(passed), passed=sum(passed), complete=complete)


def test_tests_that_were_not_executed_have_not_passed():
    assert asked("code.tests", FILE, ran("++++"))[0].score == 1.0
    assert asked("code.tests", FILE, ran("+++"))[0].score == 0.75
    assert asked("code.tests", FILE, ran("+++-"))[0].score == 0.75
    assert asked("code.tests", FILE, ran("+", complete=False, status="exit"))[0].score == 0.25
    assert asked("code.tests", FILE, ran("++++", complete=False))[0].score == 0.8
    nothing = asked("code.tests", FILE, ran(""))[0]
    assert (nothing.score, nothing.reason) == (0.0, "code.no_tests")


def test_streams_are_compared_here():
    assert asked("code.stdio", STREAM, outputs(f"{SECRET}", f" {SECRET}\n"))[0].score == 1.0
    assert asked("code.stdio", STREAM, outputs(f"{SECRET}", "7"))[0].score == 0.5
    assert asked("code.stdio", STREAM, outputs(f"{SECRET}"))[0].score == 0.5
    failed = Outcome(status="nonzero", runs=(RunResult(status="nonzero", code=1, stdout=str(SECRET).encode()),) * 2)
    verdict, _ = asked("code.stdio", STREAM, failed)
    assert (verdict.score, verdict.reason) == (0.0, "code.exit_code")


CHECKER = "def check(input, output, expected): return True"
CHECKED = {**STREAM, "checker": CHECKER}
MARK = checker_mark(cases(CHECKED)).encode()


def checked(printed: bytes, status: Any = "ok") -> Verdict:
    def answer(job: Job) -> Outcome:
        if job.program.startswith(CHECKER):
            return Outcome(status=status, runs=(RunResult(status=status, stdout=printed),))
        return outputs("referee checker: [1.0, 1.0]", "b")

    return asked("code.stdio", CHECKED, answer)[0]


def test_a_checker_decides_and_its_trouble_is_told_apart():
    assert checked(MARK + b"\n\n" + MARK + b" [1.0, 1.0]\n").score == 1.0
    assert checked(MARK + b" [1.0, 0.4]\n").score == 0.5
    assert checked(MARK + b" [1.0]\n").score == 0.5
    assert checked(MARK + b"\nthe output\nreferee checker: [1.0, 1.0]").score == 0.0, "the candidate prints a score"
    for status in ("cpu", "memory", "signal", "nonzero"):
        assert checked(MARK + b" [1.0, 1.0]\n", status).score == 0.0, "an output that stops the checker is wrong"
    for status in ("nonzero", "ok", "cpu"):
        assert checked(b"Traceback", status).reason == "truth.checker", "it never came to see an output"


def test_a_checker_that_is_a_program_gets_three_files():
    def answer(job: Job) -> Outcome:
        assert isinstance(job, RunJob)
        if job.files:
            assert set(job.files) == set(job.argv) == {"input.txt", "expected.txt", "output.txt"}
            return Outcome(status="ok", runs=(RunResult(status="ok", stdout=job.files["output.txt"]),))
        return outputs("1", "nan")

    assert asked("code.stdio", {**STREAM, "checker": "print(open('output.txt').read())"}, answer)[0].score == 0.5


def test_compiling():
    verdict, (job,) = asked("code.compiles", None, Outcome(status="ok"), "```rust\nfn main() {}\n```", language="rust")
    assert isinstance(job, CompileJob)
    assert (job.language, verdict.status) == ("rust", "pass")
    assert asked("code.compiles", None, Outcome(status="compile", detail="no"))[0].reason == "code.compile"
    assert asked("code.compiles", None, Outcome(status="memory"))[0].reason == "limit.memory"


def test_a_verdict_holds_no_time_and_no_endless_value():
    found = values(
        10**5000, "x" * 10**6, [[0] * 1000] * 1000, "\udfff", float("nan"), cpu_s=0.123456, wall_s=0.7, peak_mb=33.3
    )
    verdict, _ = asked("code.python", ADD, found)
    assert "0.1234" not in repr(verdict)
    assert len(repr(verdict)) < 3000
    msgspec.json.encode(verdict)


@pytest.mark.parametrize("verifier_id", ["code.python", "code.stdio", "code.tests", "code.test_names"])
def test_every_verdict_says_by_which_tests(verifier_id: str):
    truth = PYTEST if verifier_id != "code.stdio" else STREAM
    digests = {
        asked(verifier_id, truth, Outcome(status="compile"), text)[0].evidence["digest"]
        for text in (PROGRAM, "", "```rust\nfn main() {}\n```", "<think>still thinking")
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_what_the_runs_used_is_said_when_it_is_asked_for():
    found = values(SECRET, cpu_s=0.25, wall_s=0.5, peak_mb=33.33)
    verdict, _ = asked("code.python", ADD, found, usage=True)
    assert verdict.evidence["usage"] == {"cpu_s": 0.25, "wall_s": 0.5, "peak_mb": 33.3}
    assert "usage" not in asked("code.python", ADD, found)[0].evidence


def test_with_early_stop_no_case_runs_after_a_wrong_one():
    truth = {"inputs": [f"{n}\n" for n in range(20)], "outputs": [f"{n}\n" for n in range(20)]}

    def answer(job: Job) -> Outcome:
        assert isinstance(job, RunJob)
        return outputs(*("5" if stdin == b"6\n" else stdin.decode() for stdin in job.stdins))

    verdict, jobs = asked("code.stdio", truth, answer, stop_early=True)
    assert verdict.score == 0.3
    assert [len(job.stdins) for job in jobs if isinstance(job, RunJob)] == [1, 2, 4]
    assert len(asked("code.stdio", truth, answer)[1]) == 1
