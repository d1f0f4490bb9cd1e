"""Truths of programs that read standard input and write standard output, and trusted checkers for them.

    {"inputs": ["1 2\\n"], "outputs": ["3\\n"]}   APPS, TACO, verl
    {"input": [...], "output": [...]}            CodeContests, one split
    [{"input": "1 2\\n", "output": "3\\n"}]       LiveCodeBench, DeepCoder

An input or output may be a list of lines. A `checker` is trusted Python for tasks with several right answers: it
defines
`check(input, output, expected)`, or it is a program that is called with three file names (input, expected, output) and
prints a number from 0 to 1. It runs in a jail of its own, never beside the candidate.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from referee.core.errors import TruthError
from referee.core.jobs import Job, Limits, Outcome, RunJob
from referee.programs.fields import read
from referee.programs.scripts import parsed

MOST: Final = 10_000  # cases of one task
_PATIENT: Final = 20  # how many times the limits of one run a checker has at most for all cases together

_FUNCTION = re.compile(r"^def[ \t]+check[ \t]*\(", re.MULTILINE)
# Behind a checker that is a function. What it rejects by leaving is rejected, and a score that is no number is none.
_DRIVER: Final = """

def _referee_main():
    import json, sys
    print(MARK, flush=True)
    scores = []
    for case in json.load(sys.stdin):
        try:
            score = float(check(case["input"], case["output"], case["expected"]) or 0)
            scores.append(min(max(score, 0.0), 1.0) if score - score == 0 else 0.0)
        except BaseException:
            scores.append(0.0)
    print()
    print(MARK, json.dumps(scores), flush=True)

_referee_main()
"""


class Case(NamedTuple):
    """What a program is given and what it should print. `output` is None where only a checker can tell."""

    input: bytes
    output: bytes | None


class Cases(NamedTuple):
    """The cases of one task, and its checker where it has one."""

    cases: tuple[Case, ...]
    checker: str = ""


def cases(truth: Any) -> Cases:
    """The cases that a truth asks for. Raises `TruthError`."""
    truth = read(truth)
    if truth is None:
        raise TruthError("the task has no truth", "truth.missing")
    if isinstance(truth, list | tuple):
        return _checked([_case(one, f"$[{at}]") for at, one in enumerate(truth)], "")
    if not isinstance(truth, Mapping):
        raise TruthError('a truth of a program with input and output is {"inputs": [...], "outputs": [...]}')
    checker = truth.get("checker") or ""
    if not isinstance(checker, str):
        raise TruthError("the checker must be the text of a Python program (at $.checker)")
    if "tests" in truth:
        return cases(truth["tests"])._replace(checker=checker)
    inputs = _listed(truth, ("inputs", "input"))
    outputs = _listed(truth, ("outputs", "output")) if not checker or _has(truth, ("outputs", "output")) else None
    if outputs is not None and len(inputs) != len(outputs):
        raise TruthError(f"{len(inputs)} inputs and {len(outputs)} outputs")
    wanted = outputs or [None] * len(inputs)
    pairs = zip(inputs, wanted, strict=True)
    found = [Case(_bytes(one, "$.inputs"), None if two is None else _bytes(two, "$.outputs")) for one, two in pairs]
    return _checked(found, checker)


def _checked(found: Sequence[Case], checker: str) -> Cases:
    if not found:
        raise TruthError("the truth holds no case", "truth.no_tests")
    if len(found) > MOST:
        raise TruthError(f"{len(found):,} cases, at most {MOST:,} are run")
    if checker:
        parsed(checker)
    return Cases(tuple(found), checker)


def _case(given: Any, path: str) -> Case:
    if isinstance(given, Mapping) and "input" in given and "output" in given:
        return Case(_bytes(given["input"], path), _bytes(given["output"], path))
    if isinstance(given, list | tuple) and len(given) == 2:
        return Case(_bytes(given[0], path), _bytes(given[1], path))
    raise TruthError(f'a case is {{"input": ..., "output": ...}} (at {path})')


def _has(truth: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(truth.get(name) is not None for name in names)


def _listed(truth: Mapping[str, Any], names: tuple[str, ...]) -> Sequence[Any]:
    for name in names:
        value = truth.get(name)
        if isinstance(value, str):
            return [value]
        if isinstance(value, list | tuple):
            return value
    raise TruthError(f"the truth has no list `{names[0]}`")


def _bytes(value: Any, path: str) -> bytes:
    if isinstance(value, list | tuple) and all(isinstance(line, str) for line in value):
        value = "\n".join(value)
    if isinstance(value, bytes):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise TruthError(f"an input or output is a text or a list of lines, not {type(value).__name__} (at {path})")
    return value.encode("utf-8", "surrogatepass")


def checker_jobs(asked: Cases, outputs: Sequence[bytes | None], limits: Limits) -> tuple[Job, ...]:
    """The runs of the checker: one for all cases where it is a function, else one for each that has an output."""
    if _FUNCTION.search(asked.checker):
        given = [
            {"input": _text(case.input), "output": _text(output), "expected": _text(case.output)}
            for case, output in zip(asked.cases, outputs, strict=True)
            if output is not None
        ]
        driver = _DRIVER.replace("MARK", repr(checker_mark(asked)))
        times = min(len(given), _PATIENT)
        longer = msgspec.structs.replace(limits, cpu_s=limits.cpu_s * times, wall_s=limits.wall_s * times)
        return (RunJob(program=asked.checker + driver, stdins=(msgspec.json.encode(given),), limits=longer),)
    return tuple(
        RunJob(
            program=asked.checker,
            argv=("input.txt", "expected.txt", "output.txt"),
            files={"input.txt": case.input, "expected.txt": case.output or b"", "output.txt": output},
            limits=limits,
        )
        for case, output in zip(asked.cases, outputs, strict=True)
        if output is not None
    )


def checker_scores(asked: Cases, outputs: Sequence[bytes | None], outcomes: Sequence[Outcome]) -> list[float]:
    """What the checker gave each case; 0 where the program printed nothing to be checked.

    Raises `TruthError` for a checker that does not even load: that is nobody's wrong answer.
    """
    if any(outcome.status == "compile" for outcome in outcomes):
        raise TruthError("the checker does not compile", "truth.checker")
    if _FUNCTION.search(asked.checker):
        run = outcomes[0].runs[0] if outcomes[0].runs else None
        mark = checker_mark(asked).encode()
        if run is None or mark not in run.stdout:
            detail = (run.stderr if run else b"")[-200:].decode("utf-8", "replace")
            raise TruthError(f"the checker failed before it saw any output: {detail}", "truth.checker")
        scores = iter(_marked(run.stdout, mark) if run.status == "ok" else [])
        return [0.0 if output is None else next(scores, 0.0) for output in outputs]
    results = iter(outcomes)
    return [0.0 if output is None else _printed(next(results)) for output in outputs]


def checker_mark(asked: Cases) -> str:
    """What stands before the scores. The candidate cannot print it: it knows neither the checker nor the answers."""
    secret = repr((asked.checker, [case.output for case in asked.cases])).encode("utf-8", "surrogatepass")
    return f"referee checker {hashlib.sha256(secret).hexdigest()}:"


def _marked(stdout: bytes, mark: bytes) -> list[float]:
    try:
        return msgspec.json.decode(stdout.rpartition(mark)[2], type=list[float])
    except msgspec.MsgspecError:  # it was left before it could say
        return []


def _printed(outcome: Outcome) -> float:
    """The number that a checker program printed first; without output, whether it ended well."""
    run = outcome.runs[0] if outcome.runs else None
    if run is None or run.status != "ok":
        return 0.0
    words = run.stdout.split(maxsplit=1)
    if not words:
        return 1.0
    try:
        score = float(words[0])
    except ValueError:
        return 0.0
    return min(max(score, 0.0), 1.0) if math.isfinite(score) else 0.0


def _text(content: bytes | None) -> str:
    return "" if content is None else content.decode("utf-8", "replace")
