"""What every verifier promises, as checks: for `referee check ID`, which plugin authors run, and for our own tests.

Each check yields one sentence for each promise that is broken, and nothing when it is kept. The engine itself calls
the verifier; what would be recorded as `verifier.crashed` is a fault, and what needs a sandbox that is not here is left
out.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from referee.core.errors import ParameterError
from referee.core.fields import meanings
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import HEADINGS, Case, Verifier
from referee.engine import drive

Faults = Iterator[str]

HOSTILE: Final = {
    "empty": "",
    "NUL": "\0",
    "lone surrogates": "\udfff7\ud800",
    "open braces": "{" * 5000,
    "open boxes": "\\boxed{" * 5000,
    "nested boxes": "\\boxed{" * 3000 + "1" + "}" * 3000,
    "combining marks": "e" + "\u0301" * 100_000,
    "prose": "The quick brown fox jumps over the lazy dog. " * 23_000,
    "digits": "7" * 1_000_000,
    "tag soup": "<think>" + "</think><answer>" * 18_000,
    "bidi": "\u202e\u2066Answer: 24\u202c",
    "answers": "Answer: 7\n" * 10_000,
    "markers": "answer:" * 40_000,
    "line ends": "\r\n\u2028\u0085\v\f" * 1000,
    "dollars": "$" * 10_001,
    "backslashes": "\\" * 10_001,
    "commas": "1," * 50_000,
    "brackets": "([{" * 20_000,
    "blanks": " \t\n" * 100_000,
}
STRANGE_TRUTHS: Final[tuple[Any, ...]] = (
    None,
    "",
    [],
    {},
    0,
    -1,
    True,
    1.5,
    "\ud800",
    "(" * 500,
    [[["x"]]],
    {"answer": None},
)
STRANGE_TEXTS: Final = ("", "x", "\\boxed{1}", "Answer: B")
LONGEST_VERDICT = 20_000

_REASON = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


def faults(verifier: Verifier) -> Faults:
    """Every promise that the verifier breaks."""
    missing = [name for name in ("Params", "CASES") if not hasattr(sys.modules[verifier.__module__], name)]
    if missing:
        yield f"the file must define {' and '.join(missing)}"
        return
    for check in CHECKS:
        yield from check(verifier)
    for number in range(len(verifier.cases)):
        yield from case_verdict(verifier, number)
    for name in HOSTILE:
        yield from hostile(verifier, name)
    yield from strange_truths(verifier)


def page(verifier: Verifier) -> Faults:
    """The module's docstring: one sentence, then the fixed headings."""
    found = re.findall(r"^## (.+)$", verifier.page, re.MULTILINE)
    if found != list(HEADINGS):
        yield f"the docstring's headings must be {', '.join(HEADINGS)}; they are {', '.join(found) or 'missing'}"
    first = verifier.page.split("\n## ", maxsplit=1)[0].strip()
    if not first.endswith(".") or "\n\n" in first:
        yield "the docstring must begin with one sentence, ended by a full stop, before the first heading"


def parameters(verifier: Verifier) -> Faults:
    """Every parameter has a meaning and a default; a misspelt or wrong one is refused."""
    kind = verifier.params_type
    told = meanings(kind)
    for field in msgspec.structs.fields(kind):
        if not told.get(field.name):
            yield f"the docstring of Params must say what '{field.name}' is for, in a line '{field.name}: meaning'"
        if field.required:
            yield f"the parameter '{field.name}' needs a default"
        yield from _refused(verifier, field.name + "x", 1)
        yield from _refused(verifier, field.name, object())


def _refused(verifier: Verifier, name: str, value: Any) -> Faults:
    try:
        verifier.params({name: value})
    except ParameterError:
        return
    yield f"the parameter {name}={value!r:.40} must be refused; is Params a subclass of Parameters?"


def place(verifier: Verifier) -> Faults:
    """The function carries the file's name, and the verifier can be sent to another process."""
    name = verifier.id.rpartition(".")[2]
    if verifier.__name__ != name:
        yield f"the function must carry the name of its file: '{name}', not '{verifier.__name__}'"
    elif pickle.loads(pickle.dumps(verifier)) is not verifier:  # noqa: S301 - our own bytes
        yield "it cannot be sent to another process"
    if verifier.version < 1:
        yield f"its version must be 1 or more; it is {verifier.version}"


def cases(verifier: Verifier) -> Faults:
    """The table shows a pass, a fail and an attack that does not pay."""
    for status in ("pass", "fail"):
        if all(case.status != status for case in verifier.cases):
            yield f"CASES must show a case of status '{status}'"
    if not any(case.note.startswith("attack:") and case.status != "pass" for case in verifier.cases):
        yield "CASES must show an attack that does not pass: a case whose note begins with 'attack:'"


def case_verdict(verifier: Verifier, number: int) -> Faults:
    """The case gives its verdict, twice the same."""
    case = verifier.cases[number]
    name = f"case {number} ({case.completion[:40]!r})"
    verdict = yield from _judged(verifier, name, case.completion, case.truth, case)
    if verdict is None:
        return
    wanted = {"status": case.status, "reason": case.reason, "score": case.score}
    for key, value in wanted.items():
        got = getattr(verdict, key)
        same = abs(got - value) < 1e-6 if key == "score" and value is not None and got is not None else got == value
        if value is not None and not same:
            yield f"{name}: the {key} must be {value!r}; it is {got!r} (reason {verdict.reason})"
    again = yield from _judged(verifier, name, case.completion, case.truth, case)
    if again != verdict:
        yield f"{name}: the same call twice gives two verdicts"


def hostile(verifier: Verifier, name: str) -> Faults:
    """One of the `HOSTILE` texts gets a sound verdict."""
    truth = next((case.truth for case in verifier.cases if case.status == "pass"), None)
    yield from _judged(verifier, f"the hostile text '{name}'", HOSTILE[name], truth)


def strange_truths(verifier: Verifier) -> Faults:
    """A truth of the wrong kind is judged or refused with `TruthError`."""
    for truth in STRANGE_TRUTHS:
        for text in STRANGE_TEXTS:
            yield from _judged(verifier, f"the truth {truth!r:.40} with {text!r}", text, truth)


def judge(verifier: Verifier, completion: str, truth: Any, case: Case | None = None) -> Verdict | None:
    """The verdict, from the engine itself; None where a sandbox would have to run and none is here."""
    rollout = Rollout(text=completion, tokens=case.tokens if case else None)
    task = Task(truth=truth, prompt=case.prompt if case else None)
    verdict = drive.judge(verifier, rollout, task, verifier.params(case.params if case else {}))
    return None if verdict.reason.startswith("infra.") else verdict


def sound(verdict: Verdict, completion: str) -> Faults:
    """The form of a verdict: score in range, dotted reason, plain evidence that is short, spans inside the text."""
    if not _REASON.fullmatch(verdict.reason):
        yield f"the reason must be a dotted code like answer.missing; it is {verdict.reason!r:.60}"
    if len(repr(verdict)) > LONGEST_VERDICT:
        yield "the evidence is too long for people: cut what was found, as in found[:80]"
    if not _is_plain(verdict.evidence):
        yield f"the evidence must be plain JSON data (lists, not tuples); it is {verdict.evidence!r:.80}"
    span = verdict.evidence.get("span", (0, 0))
    if not (len(span) == 2 and 0 <= span[0] <= span[1] <= len(completion)):
        yield f"the evidence's span {span!r:.40} lies outside the completion"


def _is_plain(evidence: dict[str, Any]) -> bool:
    try:
        return bool(json.loads(json.dumps(evidence)) == evidence)  # lone surrogates and all
    except (TypeError, ValueError):
        return False


def _judged(verifier: Verifier, name: str, completion: str, truth: Any, case: Case | None = None) -> Any:
    """Yields the faults of one call and returns its verdict, None when there is none."""
    try:
        verdict = judge(verifier, completion, truth, case)
    except ParameterError as error:
        yield f"{name}: {error}"
        return None
    if verdict is None:
        return None
    if verdict.reason == "verifier.crashed":
        what = "{error}: {detail} (in {where})".format(**verdict.evidence)
        yield f"{name}: {what}; only TruthError may leave a verifier"
        return None
    for fault in sound(verdict, completion):
        yield f"{name}: {fault}"
    return verdict


CHECKS: Final[tuple[Callable[[Verifier], Faults], ...]] = (page, parameters, place, cases)
