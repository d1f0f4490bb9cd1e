"""What every verifier promises. A new file under `src/referee/verifiers` is covered without a line here.

The promises themselves are in `referee.engine.contract`, which `referee check ID` runs for the authors of plugins too.
"""

from __future__ import annotations

import re
import sys
import types
from typing import Any

import pytest

from referee.core.errors import ParameterError, TruthError
from referee.core.types import Verdict, failed, passed
from referee.core.verifier import HEADINGS, Case, Parameters, Verifier
from referee.engine import contract
from referee.verifiers import find, ids

ALL = [find(name) for name in ids()]
CASES = [
    pytest.param(verifier, number, id=f"{verifier.id}-{number}")
    for verifier in ALL
    for number in range(len(verifier.cases))
]

each = pytest.mark.parametrize("verifier", ALL, ids=lambda verifier: verifier.id)


@pytest.mark.parametrize(("verifier", "number"), CASES)
def test_each_case_gives_its_verdict_twice(verifier: Verifier, number: int):
    assert not list(contract.case_verdict(verifier, number))


@each
@pytest.mark.parametrize("name", contract.HOSTILE)
def test_hostile_text_gets_a_verdict(verifier: Verifier, name: str):
    assert not list(contract.hostile(verifier, name))


@each
def test_a_strange_truth_is_judged_or_refused(verifier: Verifier):
    assert not list(contract.strange_truths(verifier))


@each
@pytest.mark.parametrize("check", contract.CHECKS, ids=lambda check: check.__name__)
def test_page_parameters_place_and_cases(verifier: Verifier, check: Any):
    assert not list(check(verifier))


@each
def test_the_id_is_the_place(verifier: Verifier):
    assert verifier.id == verifier.check.__module__.removeprefix("referee.verifiers.")
    assert find(verifier.id) is verifier
    assert verifier.params({}) == verifier.params_type()


@each
def test_a_misspelt_parameter_is_named(verifier: Verifier):
    fields = verifier.params_type.__struct_fields__
    if not fields:
        pytest.skip("takes no parameters")
    wrong = fields[0] + "x"
    with pytest.raises(ParameterError, match=re.escape(f"{verifier.id} has no parameter '{wrong}'; did you mean '")):
        verifier.params({wrong: 1})


# The guard itself: a made-up verifier breaks one promise at a time.

PAGE = "One sentence.\n\n" + "\n\n".join(f"## {heading}\nx" for heading in HEADINGS)
TABLE = (Case("y", "y", "pass"), Case("n", "y", "fail", "attack: says no", reason="guard.no", score=0.0))


class Params(Parameters, frozen=True, kw_only=True):
    """cut: whether evidence is cut."""

    cut: bool = True


class Silent(Parameters, frozen=True, kw_only=True):
    """Says nothing about its field, which has no default."""

    cut: bool


def kept(rollout: Any, task: Any, params: Any) -> Verdict:
    if not isinstance(task.truth, str):
        raise TruthError("no text")
    found = rollout.text[:80]
    return passed("guard.yes", found=found) if found == task.truth else failed("guard.no", found=found)


def said(monkeypatch: pytest.MonkeyPatch, check: Any = kept, name: str = "kept", **attributes: Any) -> str:
    """The faults of a verifier `guards.kept`, made of this function and these module attributes."""
    function = types.FunctionType(check.__code__, check.__globals__, name, check.__defaults__)
    function.__module__ = "guards.kept"
    module = types.ModuleType("guards.kept", PAGE)
    made = Verifier(function, 1)
    vars(module).update({"CASES": TABLE, "Params": Params, name: made, **attributes})
    monkeypatch.setitem(sys.modules, "guards", types.ModuleType("guards"))
    monkeypatch.setitem(sys.modules, "guards.kept", module)
    return "\n".join(contract.faults(made))


def test_a_kept_contract_says_nothing(monkeypatch: pytest.MonkeyPatch):
    assert not said(monkeypatch)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"name": "other"}, "the function must carry the name of its file: 'kept', not 'other'"),
        ({"__doc__": "No headings."}, "the docstring's headings must be What it checks"),
        ({"__doc__": PAGE.replace("One sentence.", "A name")}, "must begin with one sentence"),
        ({"Params": Silent}, "must say what 'cut' is for"),
        ({"Params": Silent}, "the parameter 'cut' needs a default"),
        (
            {"CASES": (*TABLE, Case("y", "y", "pass", params={"cuts": 1}))},
            "has no parameter 'cuts'; did you mean 'cut'?",
        ),
        ({"CASES": TABLE[:1]}, "CASES must show a case of status 'fail'"),
        ({"CASES": (TABLE[0], Case("n", "y", "fail"))}, "CASES must show an attack that does not pass"),
        ({"CASES": (*TABLE, Case("n", "y", "pass"))}, "case 2 ('n'): the status must be 'pass'; it is 'fail'"),
        ({"CASES": (*TABLE, Case("n", "y", "fail", reason="guard.other"))}, "the reason must be 'guard.other'"),
    ],
)
def test_a_promise_that_the_file_breaks_is_said(monkeypatch: pytest.MonkeyPatch, attributes: Any, words: str):
    assert words in said(monkeypatch, **attributes)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (lambda r, t, p: failed("guard.no", found=r.text), "cut what was found"),
        (lambda r, t, p: failed("no"), "must be a dotted code"),
        (lambda r, t, p: failed("guard.no", span=[0, len(r.text) + 1]), "lies outside the completion"),
        (lambda r, t, p: failed("guard.no", found=(1, 2)), "must be plain JSON data"),
        (lambda r, t, p: failed("guard.no", found=r.text.encode()), "must be plain JSON data"),
        (lambda r, t, p: failed(f"guard.no{t.truth.index(r.text)}"), "ValueError: substring not found"),
        (lambda r, t, p: None, "TypeError: guards.kept must return a Verdict"),
        (lambda r, t, p, seen=[]: seen.append(1) or failed(f"guard.no{len(seen)}"), "twice gives two verdicts"),
    ],
)
def test_a_promise_that_the_function_breaks_is_said(monkeypatch: pytest.MonkeyPatch, check: Any, words: str):
    assert words in said(monkeypatch, check)


def test_a_file_without_a_table_is_said(monkeypatch: pytest.MonkeyPatch):
    said(monkeypatch)
    made = sys.modules["guards.kept"].kept
    del sys.modules["guards.kept"].CASES
    assert list(contract.faults(made)) == ["the file must define CASES"]
