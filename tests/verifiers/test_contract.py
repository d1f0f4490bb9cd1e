"""What every verifier promises. A new file under `src/referee/verifiers` is covered without a line here."""

from __future__ import annotations

import inspect
import json
import pickle
import re
from typing import Any

import msgspec
import pytest

from referee.core.errors import ParameterError, TruthError
from referee.core.types import Rollout, Task, Verdict
from referee.core.verifier import HEADINGS, Case, Verifier
from referee.engine import drive
from referee.verifiers import find, ids

REASON = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")

HOSTILE = {
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

ALL = [find(name) for name in ids()]
CASES = [
    pytest.param(verifier, case, id=f"{verifier.id}-{number}")
    for verifier in ALL
    for number, case in enumerate(verifier.cases)
]

each = pytest.mark.parametrize("verifier", ALL, ids=lambda verifier: verifier.id)


def judge(verifier: Verifier, completion: str, truth: Any, case: Case | None = None) -> Verdict:
    """Call a verifier as the engine does: a truth that cannot be read is `unjudged`.

    One that runs programs gets this machine's sandbox; where there is none, the test is skipped.
    """
    rollout = Rollout(text=completion, tokens=case.tokens if case else None)
    task = Task(truth=truth, prompt=case.prompt if case else None)
    if verifier.runs_jobs:
        verdict = drive.judge(verifier, rollout, task, verifier.params(case.params if case else {}))
        if verdict.reason == "infra.no_sandbox":
            pytest.skip(f"no sandbox can be had here: {verdict.evidence.get('detail')}")
        assert not verdict.reason.startswith(("infra.", "verifier.")), verdict
        return verdict
    try:
        verdict = verifier(rollout, task, verifier.params(case.params if case else {}))
    except TruthError as error:
        return Verdict(status="unjudged", score=None, reason=error.reason, evidence={"detail": str(error)})
    assert isinstance(verdict, Verdict)
    return verdict


def check(verdict: Verdict, completion: str) -> None:
    """The form of a verdict: score in range, dotted reason, plain evidence, spans inside the completion."""
    assert verdict.score is None or 0.0 <= verdict.score <= 1.0
    assert REASON.fullmatch(verdict.reason), verdict.reason
    assert len(repr(verdict)) < 20_000, "evidence is for people: cut what was found"
    assert json.loads(json.dumps(verdict.evidence)) == verdict.evidence  # lone surrogates and all
    if "span" in verdict.evidence:
        start, end = verdict.evidence["span"]
        assert 0 <= start <= end <= len(completion)


@pytest.mark.parametrize(("verifier", "case"), CASES)
def test_each_case_gives_its_verdict(verifier: Verifier, case: Case):
    verdict = judge(verifier, case.completion, case.truth, case)
    assert verdict.status == case.status, verdict
    if case.reason is not None:
        assert verdict.reason == case.reason
    if case.score is not None:
        assert verdict.score == pytest.approx(case.score)
    check(verdict, case.completion)


@pytest.mark.parametrize(("verifier", "case"), CASES)
def test_the_same_call_gives_an_equal_verdict(verifier: Verifier, case: Case):
    first = judge(verifier, case.completion, case.truth, case)
    assert judge(verifier, case.completion, case.truth, case) == first


@each
def test_the_cases_show_a_pass_a_fail_and_an_attack(verifier: Verifier):
    assert {"pass", "fail"} <= {case.status for case in verifier.cases}
    attacks = [case for case in verifier.cases if case.note.startswith("attack:")]
    assert attacks
    assert any(case.status != "pass" for case in attacks)


@each
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_a_verdict(verifier: Verifier, name: str):
    truth = next(case.truth for case in verifier.cases if case.status == "pass")
    check(judge(verifier, HOSTILE[name], truth), HOSTILE[name])


@each
@pytest.mark.parametrize(
    "truth", [None, "", [], {}, 0, -1, True, 1.5, "\ud800", "(" * 500, [[["x"]]], {"answer": None}]
)
def test_a_strange_truth_is_judged_or_refused(verifier: Verifier, truth: Any):
    for completion in ("", "x", "\\boxed{1}", "Answer: B"):
        check(judge(verifier, completion, truth), completion)


@each
def test_the_page_has_its_headings(verifier: Verifier):
    page = verifier.page
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(HEADINGS)
    first = page.split("\n## ", maxsplit=1)[0].strip()
    assert first.endswith(".")
    assert "\n\n" not in first, "one sentence stands before the headings"


@each
def test_every_parameter_is_documented_and_has_a_default(verifier: Verifier):
    kind = verifier.params_type
    told = "\n".join(inspect.cleandoc(base.__doc__ or "") for base in kind.__mro__ if base is not object)
    for field in msgspec.structs.fields(kind):
        assert re.search(rf"^`?{field.name}`?: \S", told, re.MULTILINE), f"'{field.name}: meaning' is missing"
        assert not field.required
    assert verifier.params({}) == kind()


@each
def test_the_id_is_the_place(verifier: Verifier):
    assert verifier.id == verifier.check.__module__.removeprefix("referee.verifiers.")
    assert verifier.id.rpartition(".")[2] == verifier.__name__
    assert find(verifier.id) is verifier
    assert verifier.version >= 1


@each
def test_it_travels_by_name(verifier: Verifier):
    assert pickle.loads(pickle.dumps(verifier)) is verifier


@each
def test_a_misspelt_parameter_is_named(verifier: Verifier):
    fields = verifier.params_type.__struct_fields__
    if not fields:
        pytest.skip("takes no parameters")
    wrong = fields[0] + "x"
    with pytest.raises(ParameterError, match=re.escape(f"{verifier.id} has no parameter '{wrong}'; did you mean '")):
        verifier.params({wrong: 1})


@each
def test_a_parameter_of_the_wrong_type_is_refused(verifier: Verifier):
    for field in verifier.params_type.__struct_fields__:
        with pytest.raises(ParameterError):
            verifier.params({field: object()})
