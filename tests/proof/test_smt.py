"""`proof.smt`: the reader of terms, what reaches the solver, and the solver's three answers."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import referee
from referee.core.errors import TruthError
from referee.core.jobs import CallJob, CallResult, Outcome
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.proofs import smt
from referee.proofs.terms import NotATerm, checked, read, sort
from referee.verifiers import find

solver = pytest.mark.skipif(importlib.util.find_spec("z3") is None, reason="z3-solver is not installed")
NAMES = frozenset(("x", "y"))


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "(+ x 1)",
        "(let ((z (+ x 1)) (w y)) (* z w))",
        "(forall ((z Int)) (=> (> z 0) (> (+ z x) x)))",
        "((_ extract 7 0) x)",
        "(_ bv3 8)",
        "(select x (+ y 1.5))",
        "; a remark\n(and true\n  (not false)) ; and another",
        "(= #xFf #b01)",
    ],
)
def test_terms_are_read_and_written_again(text: str):
    written = checked(read(text), NAMES)
    assert checked(read(written), NAMES) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "proof.unreadable"),
        ("x y", "proof.unreadable"),
        ("(+ x", "proof.unreadable"),
        ("x)", "proof.unreadable"),
        ("()", "proof.unreadable"),
        ("|x", "proof.unreadable"),
        ('"x', "proof.unreadable"),
        ("(" * 200 + ")" * 200, "proof.unreadable"),
        ("z", "proof.symbol"),
        ("(assert false)", "proof.symbol"),
        ("(check-sat)", "proof.symbol"),
        ("(set-option :rlimit 0)", "proof.symbol"),
        ("(define-fun f () Int 1)", "proof.symbol"),
        ("(! x :named a)", "proof.symbol"),
        ("|x|", "proof.symbol"),
        ('"x"', "proof.symbol"),
        ("(as x Int)", "proof.symbol"),
        ("(let ((x 1)) x)", "proof.symbol"),
        ("(let ((+ 1)) (+ 1 1))", "proof.symbol"),
        ("(let ((|a b| 1)) 1)", "proof.symbol"),
        ("(forall ((z Sneaky)) true)", "proof.symbol"),
        ("((_ bv2nat 1) x)", "proof.symbol"),
        ("01", "proof.symbol"),
        ("(true)", "proof.symbol"),
        ("x" * 60_000, "proof.too_long"),
    ],
)
def test_what_is_no_term_of_the_task_is_refused(text: str, reason: str):
    with pytest.raises(NotATerm) as refusal:
        checked(read(text), NAMES)
    assert refusal.value.reason == reason


@given(st.text(alphabet="()xy+ |\"'\\;_!#01:\n-", max_size=40))
def test_whatever_is_read_is_one_balanced_term_without_commands(text: str):
    try:
        written = checked(read(text), NAMES)
    except NotATerm:
        return
    assert written.count("(") == written.count(")")
    assert not set(written) & set('|";:\n')
    assert checked(read(written), NAMES) == written


def test_sorts():
    assert sort(read("(Array Int (_ BitVec 8))")) == "(Array Int (_ BitVec 8))"
    for wrong in ("Sneaky", "(Array Int)", "(_ BitVec 0)", "(_ BitVec -1)"):
        with pytest.raises(NotATerm):
            sort(read(wrong))


def test_the_text_that_the_solver_sees():
    asked = smt.question(
        {"declare": {"n": "Int"}, "assume": "(> n 0)", "prove": "(= answer n)", "answer": {"sort": "Int"}}
    )
    assert smt.refutes(asked, "(+ n 0)", asked.claims[0]) == (
        "(declare-const n Int)\n(define-fun answer () Int (+ n 0))\n(assert (> n 0))\n(assert (not (= answer n)))\n"
    )
    assert smt.possible(asked) == "(declare-const n Int)\n(assert (> n 0))\n"


@pytest.mark.parametrize(
    "truth",
    [
        None,
        "x",
        {},
        {"prove": []},
        {"prove": 5},
        {"prove": "(assert false)"},
        {"prove": "true", "declare": {"x": "Sneaky"}},
        {"prove": "true", "declare": {"x) (assert false": "Int"}},
        {"prove": "true", "declare": {"answer": "Int"}},
        {"prove": "true", "answer": {"arguments": [1]}},
    ],
)
def test_truths_that_cannot_be_read(truth: Any):
    with pytest.raises(TruthError):
        smt.question(truth)


def answered(*words: str, **params: Any) -> tuple[str, Any]:
    """The status and score when the solver says these words."""

    def run(jobs: tuple[Any, ...]) -> tuple[Outcome, ...]:
        assert all(isinstance(job, CallJob) and job.packages == ("z3",) for job in jobs)
        return (Outcome(status="ok", results=tuple(CallResult(kind="value", value=word) for word in words)),)

    verifier = find("proof.smt")
    truth = {"prove": ["answer"] * len(words)}
    verdict = judge(verifier, Rollout(text="true"), Task(truth=truth), verifier.params(params), run)
    return verdict.status, verdict.score


def test_unknown_is_never_a_score():
    assert answered("unsat", "unsat") == ("pass", 1.0)
    assert answered("unsat", "sat") == ("fail", 0.0)
    assert answered("unsat", "sat", score="fraction") == ("partial", 0.5)
    assert answered("unsat", "unknown") == ("unjudged", None)
    assert answered("unknown", "sat") == ("fail", 0.0)
    assert answered("unknown", "sat", score="fraction") == ("unjudged", None)
    assert answered("whatever") == ("unjudged", None)


@solver
def test_what_is_hard_is_unknown_by_steps_and_not_by_time():
    fermat = {
        "declare": {"a": "Int", "b": "Int", "c": "Int"},
        "prove": "(=> (and (> a 0) (> b 0) (> c 0)) (distinct (+ (* a a a) (* b b b)) (* c c c)))",
    }
    verdict = referee.verify("proof.smt", "true", fermat, resources=200_000)
    if verdict.reason.startswith("infra."):
        pytest.skip(f"no sandbox can be had here: {verdict.evidence}")
    assert verdict.reason == "proof.unknown"


@solver
def test_bit_vectors():
    truth = {"declare": {"x": "(_ BitVec 32)"}, "prove": "(= answer (bvadd x x))", "answer": {"sort": "(_ BitVec 32)"}}
    verdict = referee.verify("proof.smt", "(bvshl x (_ bv1 32))", truth)
    if verdict.reason.startswith("infra."):
        pytest.skip(f"no sandbox can be had here: {verdict.evidence}")
    assert verdict.reason == "proof.accepted"
    assert referee.verify("proof.smt", "(bvshl x #x00000002)", truth).reason == "proof.refuted"
