"""The completion's program prints what it should for each standard input.

## What it checks
The program is the last fenced block of the final segment in the asked language, or the whole segment where it has no
fence. It runs once for each input, from a clean state each time, in a sandbox that holds the input only. What it
printed is compared here: by words (the default), by lines, by numbers within a tolerance, or byte for byte. The
number of words is compared first, integers are exact, case counts. A run that ends with an error passes nothing,
whatever it printed.

A task with several right answers brings a checker; it runs in a jail of its own, on what the program printed.

| reason | meaning |
|---|---|
| `code.passed` | every case passed |
| `code.wrong`, `code.exit_code`, `code.crash` | a wrong output, an exit code other than 0, a crash |
| `code.compile` | it does not compile |
| `limit.cpu`, `limit.memory`, `limit.output` ... | it ran into that limit |
| `code.empty`, `code.language` | the block holds nothing, or another language |
| `code.too_long`, `code.unreadable` | the program is too long, or no text |
| `answer.*`, `think.*` | the final segment holds no program, or too many |

## Truth
`{"inputs": ["1 2\\n"], "outputs": ["3\\n"]}`, the same with `input` and `output`, a list of `{"input", "output"}`,
`{"test_cases"}` of it, or any of these as a JSON string. With `checker`: trusted Python that defines `check(input,
output, expected)` and returns whether (or how far, from 0 to 1) the output is right, or a program that is called with
the names of three files (input, expected, output) and prints a number. A truth of `code.python` (`fn_name`, `calls`,
`test` ...) is judged as there.

## Parameters
The language, how outputs compare, what counts as the score, the limits of one run, and where the program stands.

## When it cannot judge
The truth has none of these shapes (`truth.unreadable`), no case (`truth.no_tests`) or a checker that does not load
(`truth.checker`); there is no sandbox or no compiler (`infra.*`).

## Known gaps
Without a checker, a task with several right answers rejects all but one. Interactive tasks are not judged.

## Sources
CodeContests (Li et al. 2022, arXiv 2203.07814), APPS (Hendrycks et al. 2021, arXiv 2105.09938), LiveCodeBench (Jain
et al. 2024, arXiv 2403.07974).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta

from referee.core.jobs import LIMITS, Flow, Language, Outcome, RunJob, RunResult
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import Case, verifier
from referee.programs.compare import Policy
from referee.programs.plan import Result
from referee.programs.rows import published
from referee.programs.stdio import Case as IoCase
from referee.programs.stdio import Cases, cases, checker_jobs, checker_scores
from referee.programs.streams import Streams, same_output
from referee.programs.truth import suite
from referee.text.fences import Program
from referee.verifiers.code._running import Calling, by_calls, found_in, verdict

SHOWN = 120
PRINTED = 16 << 20  # bytes that the right outputs of one job have at most; see the bounds of a sandbox's reply
CALLED = ("fn_name", "calls", "test", "test_list", "operations", "sequences")  # keys of truths that are not streams


class Params(Calling, frozen=True, kw_only=True):
    """language: what the program is written in.
    compare: how outputs compare: by words ("tokens"), by "lines", by numbers ("floats"), or byte for byte ("exact").
    abs_tol: how far a number may lie from the expected one, with `compare = "floats"`.
    rel_tol: the same, as a share of the expected number.
    fold_case: whether upper and lower case are the same.
    """

    language: Language = "python"
    compare: Literal["tokens", "lines", "floats", "exact"] = "tokens"
    abs_tol: Annotated[float, Meta(ge=0)] = 1e-6
    rel_tol: Annotated[float, Meta(ge=0)] = 1e-6
    fold_case: bool = False


SUM = {"inputs": ["1 2\n", "30 12\n"], "outputs": ["3\n", "42\n"]}
GOOD = "a, b = map(int, input().split())\nprint(a + b)"
DIVISOR = {
    "inputs": ["12\n"],
    "checker": "def check(input, output, expected):\n"
    "    return 1 < int(output) < int(input) and int(input) % int(output) == 0\n",
}
HALF = {"inputs": ["1\n", "3\n"], "outputs": ["0.5\n", "1.5\n"]}
CASES = (
    Case(GOOD, SUM, "pass", reason="code.passed"),
    Case(f"So:\n```python\n{GOOD}\n```", SUM, "pass"),
    Case(GOOD, [{"input": "1 2\n", "output": "3"}], "pass", "a list of cases"),
    Case(GOOD, '{"inputs": ["1 2"], "outputs": ["3"]}', "pass", "JSON in a string"),
    Case("print(int(input()) / 2 + 1e-9)", HALF, "pass", "", {"compare": "floats"}),
    Case("print(int(input()) / 2 + 1e-9)", HALF, "fail", "words are exact", reason="code.wrong"),
    Case("print(4)", DIVISOR, "pass", "several right answers"),
    Case("print(5)", DIVISOR, "fail", "not one of them", reason="code.wrong"),
    Case("print('x' * 10)", DIVISOR, "fail", "attack: the checker cannot read it", reason="code.wrong"),
    Case(GOOD.replace("+", "*"), SUM, "fail", reason="code.wrong"),
    Case("print(3)", SUM, "partial", score=0.5),
    Case("print(3)", SUM, "fail", "", {"score": "all"}),
    Case(GOOD + "\nraise SystemExit(1)", SUM, "fail", "right, and then an error", reason="code.exit_code"),
    Case("while True: pass", SUM, "fail", "", {"cpu_s": 0.3}, "limit.cpu"),
    Case("print('3\\n' * 100000)", SUM, "fail", "attack: prints a great deal", reason="limit.output"),
    Case("", SUM, "fail", reason="code.empty"),
    Case("print('3 42')", SUM, "fail", "attack: every answer at once", reason="code.wrong"),
    Case("raise SystemExit(0)", SUM, "fail", "attack: leaves early with code 0", reason="code.wrong"),
    Case("import os\nprint('ok', os.write(1, b'AC'))", SUM, "fail", "attack: prints a verdict"),
    Case("#include <x>", {"inputs": [], "outputs": []}, "unjudged", reason="truth.no_tests"),
    Case(GOOD, {"inputs": ["1 2"], "outputs": []}, "unjudged", reason="truth.unreadable"),
)


@verifier
def stdio(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    truth = published(task.truth)
    found = found_in(rollout, task, params, params.language)
    if _calls(truth):
        tests = suite(truth)
        if isinstance(found, Verdict):
            return found
        tolerance = (params.abs_tol, params.rel_tol) if params.compare == "floats" else (0.0, 0.0)
        return (yield from by_calls(found, tests, task.truth, params, Policy("json", *tolerance, params.order)))
    asked = cases(truth)
    if isinstance(found, Verdict):
        return found
    how = Streams(params.compare, params.abs_tol, params.rel_tol, params.fold_case)
    outcomes: list[Outcome] = []
    runs: list[RunResult] = []
    for part in _parts(asked, params):
        (outcome,) = yield (_job(found, asked.cases[part], params),)
        outcomes.append(outcome)
        runs += outcome.runs
        if params.stop_early and not _fine(asked, part, outcome.runs, how):
            break
    outputs = [run.stdout if run.status == "ok" else None for run in runs]
    outputs += [None] * (len(asked.cases) - len(outputs))
    if asked.checker and any(output is not None for output in outputs):
        checked = yield checker_jobs(asked, outputs, params.limits())
        right = [score >= 1.0 for score in checker_scores(asked, outputs, checked)]
    else:
        right = [_same(one, case, how) for one, case in zip(outputs, asked.cases, strict=True)]
    results = [_result(at, good, runs, outcomes[-1]) for at, good in enumerate(right)]
    return verdict(results, outcomes, found, task.truth, params)


def _calls(truth: Any) -> bool:
    """Whether a truth is one of `code.python`: calls, or a text of tests, or a list of them."""
    if isinstance(truth, list | tuple):
        return bool(truth) and all(isinstance(one, str) for one in truth)
    return isinstance(truth, str) or (isinstance(truth, dict) and any(truth.get(key) for key in CALLED))


def _parts(asked: Cases, params: Params) -> Iterator[slice]:
    """The cases of each job: all of them, but no more than what they print can carry; few at first to stop early."""
    size = 1 if params.stop_early and params.language == "python" else len(asked.cases)
    at = 0
    while at < len(asked.cases):
        end, total = at, 0
        while end < min(len(asked.cases), at + size) and (end == at or total < PRINTED):
            total += len(asked.cases[end].output or b"")
            end += 1
        yield slice(at, end)
        at, size = end, size * 2


def _fine(asked: Cases, part: slice, runs: tuple[RunResult, ...], how: Streams) -> bool:
    """Whether nothing yet says that a case is not passed; a checker speaks in the end."""
    cases = asked.cases[part]
    return len(runs) == len(cases) and all(
        run.status == "ok" and (bool(asked.checker) or _same(run.stdout, case, how))
        for run, case in zip(runs, cases, strict=True)
    )


def _same(output: bytes | None, case: IoCase, how: Streams) -> bool:
    return output is not None and case.output is not None and same_output(output, case.output, how)


def _job(found: Program, cases: tuple[IoCase, ...], params: Params) -> RunJob:
    return RunJob(
        program=found.text.replace("\r\n", "\n"),
        stdins=tuple(case.input for case in cases),
        stop_early=params.stop_early,
        seed=params.seed,
        packages=params.packages,
        limits=params.limits(),
        language=params.language,
    )


def _result(at: int, good: bool, runs: list[RunResult], outcome: Outcome) -> Result:
    name = f"case {at + 1}"
    if good:
        return Result(name, passed=True)
    if at >= len(runs):
        return Result(name, passed=False, why=outcome.status)
    run = runs[at]
    if run.status == "ok":
        return Result(name, passed=False, why="wrong", got=_excerpt(run.stdout))
    why = f"limit.{run.status}" if run.status in LIMITS else run.status
    return Result(name, passed=False, why=why, got=_excerpt(run.stderr[-SHOWN:]))


def _excerpt(content: bytes) -> str:
    text = content[: SHOWN + 1].decode("utf-8", "replace").strip()
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
