"""A suite and a program -> the jobs to run, and their outcomes -> one result for each test.

Only calls are in the jobs; what must come back is looked at here, when the outcomes are there. A value of a subclass
(a `Counter`, a named tuple) does not cross the wall as it is: such calls are made once more through a function that
turns it into the plain value that it holds.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from referee.core import jobs
from referee.core.jobs import CallJob, CallResult, CheckJob, Job, Limits, Outcome
from referee.programs.compare import Policy
from referee.programs.exceptions import is_one_of
from referee.programs.suite import Call, Probe, Script, Session, Suite, Test
from referee.programs.views import holds

SHOWN: Final = 120  # characters of a value in the evidence

_PROBE: Final = "_referee_probe"
_PLAINLY: Final = "_referee_plainly"

# In the candidate's jail, behind its program: what it makes of a value is a claim like any other.
_PLAIN: Final = """

def _referee_plain(value, depth=0):
    if depth < 90:
        if isinstance(value, dict):
            pairs = dict.items(value)
            return {_referee_plain(key, depth + 1): _referee_plain(one, depth + 1) for key, one in pairs}
        for kind in (list, tuple, set, frozenset):
            if isinstance(value, kind):
                return kind([_referee_plain(one, depth + 1) for one in kind.__iter__(value)])
        for kind, made in ((bool, bool), (int, int.__int__), (float, float.__float__), (str, str.__str__)):
            if isinstance(value, kind):
                return made(value)
    return value
"""


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
        return f"Solution.{name}" if self.solution and "." not in name else name


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


class _Group(NamedTuple):
    """Tests whose calls go into one job."""

    kind: type
    entry: str
    places: list[int]


class Plan:
    """The jobs of one rollout. `jobs` first; when `again(outcomes)` gives more, those too; then `results`."""

    def __init__(self, suite: Suite, program: Placed, settings: Settings) -> None:
        self._suite = suite
        self._program = program
        self._settings = settings
        self._groups = _groups(suite.tests)
        scripts = [self._check(script) for script in suite.scripts]
        self.jobs: tuple[Job, ...] = (*(self._job(group) for group in self._groups), *scripts)

    def again(self, outcomes: Sequence[Outcome]) -> tuple[dict[int, int], tuple[Job, ...]]:
        """Jobs for the groups that returned values of subclasses, and which group each is for."""
        places: dict[int, int] = {}
        repeated: list[Job] = []
        for at, (group, outcome) in enumerate(zip(self._groups, outcomes, strict=False)):
            if group.kind is Call and any(_may_be_plain(result) for result in outcome.results):
                places[at] = len(repeated)
                repeated.append(self._job(group, plainly=True))
        return places, tuple(repeated)

    def results(self, outcomes: Sequence[Outcome]) -> list[Result]:
        """One result for each test, in the order of the suite; the scripts' last."""
        found: dict[int, Result] = {}
        for group, outcome in zip(self._groups, outcomes, strict=False):
            found.update(zip(group.places, self._read(group, outcome), strict=True))
        results = [found[at] for at in range(len(self._suite.tests))]
        for script, outcome in zip(self._suite.scripts, outcomes[len(self._groups) :], strict=True):
            results += script_results(script, outcome)
        return results

    def _job(self, group: _Group, *, plainly: bool = False) -> CallJob:
        tests = [self._suite.tests[at] for at in group.places]
        program, entry = self._program.program, self._program.entry(group.entry)
        if group.kind is Probe:
            program, entry = program + _PLAIN + _probes(tests), _PROBE
        elif plainly:
            program, entry = program + _PLAIN + _plainly(entry), _PLAINLY
        settings = self._settings
        return CallJob(
            program=program,
            setup=self._program.before,
            entry=entry,
            calls=tuple(call for number, test in enumerate(tests) for call in _calls(test, number)),
            fresh=settings.fresh and group.kind is not Session,
            stop_early=settings.stop_early and group.kind is not Session,
            seed=settings.seed,
            packages=settings.packages,
            limits=settings.limits,
        )

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

    def _read(self, group: _Group, outcome: Outcome) -> Iterator[Result]:
        results = list(outcome.results)
        at = 0
        for place in group.places:
            test = self._suite.tests[place]
            size = len(test.does.steps) if isinstance(test.does, Session) else 1
            part, at = results[at : at + size], at + size
            yield self._judged(test, part, size, outcome)

    def _judged(self, test: Test, part: list[CallResult], size: int, outcome: Outcome) -> Result:
        if len(part) < size:
            return Result(test.name, passed=False, why=outcome.status if outcome.status != "ok" else "stopped")
        odd = next((one for one in part if one.kind != "value"), None)
        if test.expect.operation == "raises":
            right = odd is not None and odd.kind == "raised" and is_one_of(odd.type, test.expect.value)
            return Result(test.name, right, "" if right else "returned" if odd is None else odd.kind, _error(odd))
        if odd is not None:
            return Result(test.name, passed=False, why=odd.kind, got=_error(odd))
        value = [one.value for one in part] if isinstance(test.does, Session) else part[0].value
        right = holds(test.expect, value, self._settings.policy)
        return Result(test.name, right, "" if right else "wrong", shown(value))


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


def shown(value: Any) -> str:
    """A value for people. Bounded, also for what takes long to write out."""
    try:
        text = _BRIEF.repr(value)
    except (ValueError, RecursionError):  # an integer of too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def _brief() -> reprlib.Repr:
    brief = reprlib.Repr()
    brief.maxlist = brief.maxtuple = brief.maxset = brief.maxfrozenset = brief.maxdict = 16
    brief.maxstring = brief.maxlong = brief.maxother = SHOWN
    return brief


_BRIEF: Final = _brief()


def _error(result: CallResult | None) -> str:
    if result is None:
        return ""
    text = f"{result.type}: {result.message}" if result.message else result.type
    return text[:SHOWN]


def _may_be_plain(result: CallResult) -> bool:
    return result.kind == "opaque"


def _groups(tests: tuple[Test, ...]) -> list[_Group]:
    groups: dict[tuple[type, str], _Group] = {}
    for place, test in enumerate(tests):
        does = test.does
        name = does.function if isinstance(does, Call) else does.entry if isinstance(does, Session) else ""
        groups.setdefault((type(does), name), _Group(type(does), name, [])).places.append(place)
    return list(groups.values())


def _calls(test: Test, number: int) -> Iterator[jobs.Call]:
    does = test.does
    if isinstance(does, Call):
        yield jobs.Call(args=does.args, kwargs=does.kwargs)
    elif isinstance(does, Session):
        for method, args in does.steps:
            yield jobs.Call(method=method, args=args)
    else:
        yield jobs.Call(args=(number,))


def _probes(tests: list[Test]) -> str:
    parts = []
    for number, test in enumerate(tests):
        assert isinstance(test.does, Probe)
        body = test.does.body.replace("\n", "\n    ")
        parts.append(f"\ndef {_PROBE}_{number}():\n    {body}\n")
    return f"{''.join(parts)}\ndef {_PROBE}(number):\n    return _referee_plain(globals()[f'{_PROBE}_{{number}}']())\n"


def _plainly(entry: str) -> str:
    owner, _, method = entry.partition(".")
    call = f"{owner}().{method}" if method else owner
    return f"\ndef {_PLAINLY}(*args, **kwargs):\n    return _referee_plain({call}(*args, **kwargs))\n"
