"""A suite and a program -> the jobs to run, and their outcomes -> one result for each test.

Only calls are in the jobs; what must come back is looked at here, when the outcomes are there. Calls of one function
with plain arguments are made as they are. Anything more goes through functions behind the program (`shims.py`), in the
order of the tests and in one process, so that a program may remember what it was told. A value that does not cross the
wall as it is (a `Counter`, a `range`) is asked for once more, as the plain value that it stands for.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from referee.core import jobs
from referee.core.jobs import CallJob, CallResult, CheckJob, Job, Limits, Outcome
from referee.programs.compare import Policy
from referee.programs.exceptions import is_one_of, is_one_of_kinds
from referee.programs.shims import PROBE, RUN, SHIM
from referee.programs.suite import Call, Probe, Script, Session, Step, Suite, Test
from referee.programs.views import holds, in_jail

SHOWN: Final = 120  # characters of a value in the evidence
_APART: Final = 8  # calls in one job where each gets a process of its own

_FUTURE: Final = re.compile(r"^from[ \t]+__future__[ \t]+import[ \t][\w \t,]*$", re.MULTILINE)


class Result(NamedTuple):
    """What one test came to. `why`: a word for people when it did not pass; `got`: the value that came back."""

    name: str
    passed: bool
    why: str = ""
    got: str = ""


class Placed(NamedTuple):
    """A completion's program as it is run: trusted code in front, the program, trusted code behind it."""

    before: str
    program: str
    solution: bool = False  # functions are methods of its class `Solution`

    def entry(self, name: str) -> str:
        owner, _, method = name.partition(".")
        if owner == "Solution" and method and not _defines(self.program, owner) and _defines(self.program, method):
            return method
        return f"Solution.{name}" if self.solution and not method else name


class Settings(NamedTuple):
    """What a pack decides about a run."""

    limits: Limits
    policy: Policy
    fresh: bool = False
    stop_early: bool = False
    seed: int = 0
    packages: tuple[str, ...] = ()


def placed(text: str, suite: Suite) -> Placed:
    """The program that a completion means: a whole one, or the rest of the function that the prompt begins."""
    text, entry = text.replace("\r\n", "\n"), suite.entry
    if suite.before and (future := _FUTURE.findall(text)):  # it must stand at the very beginning
        suite = suite._replace(before="\n".join([*future, suite.before]))
        text = _FUTURE.sub("", text)
    after = f"\n\n{suite.after}\n" if suite.after else ""
    if not entry or "." in entry:
        return Placed(suite.before, text + after)
    indented = text.lstrip("\n")[:1] in (" ", "\t")  # so it cannot be a program, only the body of a function
    if suite.prompt and (indented or not _defines(text, entry)) and _defines(suite.prompt, entry):
        return Placed("", _joined(suite.prompt, text) + after)
    if _defines(text, entry):
        return Placed(suite.before, text + after)
    return Placed(suite.before, text + after, solution=_defines(text, "Solution"))


def _joined(prompt: str, body: str) -> str:
    """Prompt and body, on a line of its own where the prompt does not end its last line."""
    return prompt + body if prompt.endswith("\n") or not prompt.strip() else f"{prompt}\n{body}"


def _defines(text: str, name: str) -> bool:
    """Whether a program gives the name a value at its top level. Nothing is parsed: a line that begins so is enough."""
    word = re.escape(name)
    return (
        re.search(rf"^(?:(?:async[ \t]+)?def|class)[ \t]+{word}\b|^{word}[ \t]*(?:=(?!=)|:)", text, re.MULTILINE)
        is not None
        or re.search(rf"^(?:from|import)[ \t][^\n]{{0,200}}\b{word}[ \t]*$", text, re.MULTILINE) is not None
    )


class Plan:
    """The jobs of one rollout. `jobs` first; when `again(outcomes)` gives more, those too; then `results`."""

    def __init__(self, suite: Suite, program: Placed, settings: Settings) -> None:
        self._suite = suite
        self._program = program
        self._settings = settings
        self._tests = list(suite.tests)
        self._entry = _only_function(suite.tests)
        self._views: dict[int, tuple[Step, ...]] = {}
        self.jobs: tuple[Job, ...] = (*self._calls(), *(self._check(script) for script in suite.scripts))

    def again(self, outcomes: Sequence[Outcome]) -> tuple[Job, ...]:
        """The calls once more, when some values did not cross: they may when they are asked for plainly."""
        odd = [at for at, result in enumerate(self._answers(outcomes)) if result.kind == "opaque"]
        if not odd:
            return ()
        for at in odd:
            test = self._tests[at]
            self._views[at], rest = in_jail(test.expect)
            self._tests[at] = test._replace(expect=test.expect._replace(steps=rest))
        self._entry = ""
        return self._calls(loose=True)

    def results(self, outcomes: Sequence[Outcome]) -> list[Result]:
        """One result for each test, in the order of the suite; the scripts' last."""
        answers = self._answers(outcomes)
        answers += [CallResult(kind="stopped")] * (len(self._tests) - len(answers))
        ended = next((one.status for one in self._calling(outcomes) if one.status != "ok"), "")
        results = [
            self._judged(test, answer, ended or "stopped") for test, answer in zip(self._tests, answers, strict=True)
        ]
        results = _by_unit(self._tests, results)
        scripts = outcomes[len(outcomes) - len(self._suite.scripts) :]
        for script, outcome in zip(self._suite.scripts, scripts, strict=True):
            results += file_results(script, outcome) if script.least else script_results(script, outcome)
        return results

    def _calling(self, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
        return outcomes[: len(outcomes) - len(self._suite.scripts)]

    def _answers(self, outcomes: Sequence[Outcome]) -> list[CallResult]:
        size = _APART if self._settings.fresh else len(self._tests)
        found: list[CallResult] = []
        for outcome in self._calling(outcomes):
            wanted = min(size, len(self._tests) - len(found))
            some = list(outcome.results[:wanted])
            found += some + [CallResult(kind="stopped")] * (wanted - len(some))
        return found

    def _calls(self, *, loose: bool = False) -> tuple[CallJob, ...]:
        """The calls of all tests: one job, or several where each call has a process of its own."""
        if not self._tests:
            return ()
        settings, program, entry = self._settings, self._program.program, RUN
        if self._entry:
            entry = self._program.entry(self._entry)
            calls = [jobs.Call(args=does.args, kwargs=does.kwargs) for does in _called(self._tests)]
        else:
            program += SHIM + _probes(self._tests)
            loose = loose and self._suite.types == "json"
            calls = [self._through(at, loose) for at in range(len(self._tests))]
        size = _APART if settings.fresh else len(calls)
        job = CallJob(
            program=program,
            setup=self._program.before,
            entry=entry,
            calls=(),
            fresh=settings.fresh,
            stop_early=settings.stop_early,
            seed=settings.seed,
            packages=settings.packages,
            limits=settings.limits,
        )
        parts = [tuple(calls[at : at + size]) for at in range(0, len(calls), size)]
        return tuple(msgspec.structs.replace(job, calls=part) for part in parts)

    def _through(self, at: int, loose: bool) -> jobs.Call:
        """A call that goes through the functions behind the program."""
        test, views = self._tests[at], tuple((step.name, step.operands) for step in self._views.get(at, ()))
        does = test.does
        if isinstance(does, Probe):
            return jobs.Call(args=("probes", at, views, loose))
        if isinstance(does, Session):
            return jobs.Call(args=("session", does.entry, does.steps, does.void, loose))
        path = self._program.entry(does.function)
        if test.expect.operation == "raises":
            return jobs.Call(args=("raised", path, does.takes, does.args, does.kwargs))
        return jobs.Call(args=("calls", path, views, does.after, does.takes, does.gives, loose, does.args, does.kwargs))

    def _check(self, script: Script) -> CheckJob:
        return CheckJob(
            program=self._program.program,
            setup=self._program.before,
            test=script.code,
            form=script.form,
            entries=script.stubs,
            seed=self._settings.seed,
            packages=self._settings.packages,
            limits=self._settings.limits,
        )

    def _judged(self, test: Test, answer: CallResult, ended: str) -> Result:
        expect = test.expect
        if answer.kind == "stopped":
            return Result(test.name, passed=False, why=ended)
        if expect.operation == "raises":
            return _raised(test, answer)
        if answer.kind == "opaque" and expect.operation == "is not" and expect.value is None and not expect.steps:
            return Result(test.name, passed=True, got=answer.type)
        if answer.kind != "value":
            return Result(test.name, passed=False, why=answer.kind, got=_error(answer))
        right = holds(expect, answer.value, self._settings.policy)
        return Result(test.name, right, "" if right else "wrong", shown(answer.value))


def _raised(test: Test, answer: CallResult) -> Result:
    """Whether the exception is a wanted one, or of a class made of one; a probe's is known by its name only."""
    wanted = test.expect.value
    if answer.kind == "raised":
        right = is_one_of(answer.type, wanted)
        return Result(test.name, right, "" if right else "raised", _error(answer))
    names = answer.value if answer.kind == "value" and isinstance(test.does, Call) else None
    if type(names) is not list or not names:
        return Result(test.name, passed=False, why="returned")
    right = is_one_of_kinds(names, wanted)
    return Result(test.name, right, "" if right else "raised", shown(names[0]))


def _by_unit(tests: Sequence[Test], results: Sequence[Result]) -> list[Result]:
    """The results of tests that count as one, as one: that of the first which did not pass."""
    units: dict[object, Result] = {}
    for at, (test, result) in enumerate(zip(tests, results, strict=True)):
        key: object = test.unit or at
        if key not in units or (units[key].passed and not result.passed):
            units[key] = result._replace(name=test.unit or result.name)
    return list(units.values())


def script_results(script: Script, outcome: Outcome) -> list[Result]:
    """One result for each assertion of a script: it was executed, and it held every time."""
    held: dict[int, bool] = {}
    wrong: dict[int, str] = {}
    for check in outcome.checks:
        held[check.line] = held.get(check.line, True) and check.passed
        if not check.passed:
            wrong.setdefault(check.line, check.message)
    unlisted = outcome.executed > len(outcome.checks) and outcome.passed < outcome.executed and not wrong
    lines = script.code.split("\n")
    results = []
    for at, line in enumerate(script.sites):
        right = held.get(line, False) and not (unlisted and at == len(script.sites) - 1)
        why = "" if right else "wrong" if line in held else "stopped"
        results.append(Result(lines[line - 1].strip()[:SHOWN], right, why, wrong.get(line, "")[:SHOWN]))
    return results


def file_results(script: Script, outcome: Outcome) -> list[Result]:
    """What a file of tests came to; those that it holds and nobody executed have not passed."""
    results = [
        Result(check.name[:SHOWN], check.passed, "" if check.passed else "wrong", check.message[:SHOWN])
        for check in outcome.checks
    ]
    unlisted = outcome.executed - len(results)
    hidden = max(outcome.passed - sum(result.passed for result in results), 0)
    results += [Result("not listed", at < hidden, "" if at < hidden else "wrong") for at in range(unlisted)]
    if not outcome.executed and outcome.status == "ok":
        return []
    missing = max(script.least - len(results), 0 if outcome.complete else 1)
    return results + [Result("not executed", passed=False, why="stopped")] * missing


def shown(value: Any) -> str:
    """A value for people. Bounded, also for what takes long to write out."""
    try:
        text = _BRIEF.repr(value)
    except (ValueError, RecursionError):  # an integer of too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


class _Brief(reprlib.Repr):
    """Short, and the same in every process: sets are written in the order of what is written, not of their hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 16
        self.maxstring = self.maxlong = self.maxother = SHOWN

    def repr_set(self, value: set[Any], level: int) -> str:
        return f"{{{self._members(value, level)}}}" if value else "set()"

    def repr_frozenset(self, value: frozenset[Any], level: int) -> str:
        return f"frozenset({{{self._members(value, level)}}})" if value else "frozenset()"

    def _members(self, value: set[Any] | frozenset[Any], level: int) -> str:
        if level <= 0:
            return self.fillvalue
        numbers = all(type(one) is int for one in value)
        members = sorted(value) if numbers else sorted(value, key=lambda one: self.repr1(one, level - 1))
        more = [self.fillvalue] if len(members) > self.maxset else []
        return ", ".join([self.repr1(one, level - 1) for one in members[: self.maxset]] + more)


_BRIEF: Final = _Brief()


def _error(result: CallResult | None) -> str:
    if result is None:
        return ""
    text = f"{result.type}: {result.message}" if result.message else result.type
    return text[:SHOWN]


def _only_function(tests: Sequence[Test]) -> str:
    """The function, where the tests are calls of one with plain arguments and look at what it returns."""
    calls = _called(tests)
    names = {does.function for does in calls}
    plain = all(does.plain for does in calls) and all(test.expect.operation != "raises" for test in tests)
    return names.pop() if plain and len(names) == 1 and len(calls) == len(tests) else ""


def _called(tests: Sequence[Test]) -> list[Call]:
    return [test.does for test in tests if isinstance(test.does, Call)]


def _probes(tests: Sequence[Test]) -> str:
    parts = []
    for number, test in enumerate(tests):
        if isinstance(test.does, Probe):
            body = test.does.body.replace("\n", "\n    ")
            parts.append(f"\ndef {PROBE}_{number}():\n    {body}\n")
    return "".join(parts)
