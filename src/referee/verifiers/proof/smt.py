"""The completion's term makes the task's claims true, as an SMT solver finds no case against them.

## What it checks
The term is the last fenced block of the final segment in SMT-LIB, or the whole segment where it has no fence: one
expression, of the task's constants and the operators of the core, integers, reals, bit vectors and arrays. It is read
by a reader of our own, and what the solver sees is written by us: the declarations of the task, the term as the
definition of `answer`, the premises, and the negation of a claim. No command of the completion's is ever carried out.

A claim holds when its negation has no model. Division by zero is whatever the solver likes, so nothing that depends on
it is proved. The solver is Z3, with a bound on its own count of steps, so that its answer does not depend on the
machine.

| reason | meaning |
|---|---|
| `proof.accepted`, `proof.partly` | every claim holds; some do (with `score = "fraction"`) |
| `proof.refuted` | there is a case in which a claim does not hold |
| `proof.symbol` | a symbol that is not of this task: a command, a new name |
| `proof.sort` | the term is of another sort than the answer |
| `proof.unreadable`, `proof.too_long` | it is no term, or too long |

## Truth
`{"declare": {"x": "Int"}, "assume": ["(> x 0)"], "prove": "(= answer (* x (+ x 1)))", "answer": {"sort": "Int"}}`, or
the same as a JSON string. `prove` may be a list. `answer` says the sort of the term (`Bool` by default), and with
`arguments` that it is a function of them, as an invariant is: `{"sort": "Bool", "arguments": {"i": "Int"}}`; claims
then say `(answer 0)`.

## Parameters
What earns a part of the score, and how long the solver may search.

## When it cannot judge
The solver does not know (`proof.unknown`); the premises contradict each other (`truth.unsatisfiable`); the truth cannot
be read (`truth.unreadable`); z3-solver is not installed (`infra.package`).

## Known gaps
A term that is so hard that the solver gives up makes itself unjudged; how often that happens is worth watching. Claims
about quantified terms are often unknown. The solver itself is trusted.

## Sources
Barrett, Fontaine, Tinelli, The SMT-LIB Standard 2.6. de Moura, Bjorner, Z3 (TACAS 2008).
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from referee.core.jobs import Call, CallJob, Flow, Limits, Outcome
from referee.core.types import Rollout, Task, Verdict, failed, graded, passed, unjudged
from referee.core.verifier import Case, verifier
from referee.proofs.smt import SOLVER, possible, question, refutes
from referee.proofs.terms import NotATerm, checked, read
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, program


class Params(Fenced, frozen=True, kw_only=True):
    """score: the "fraction" of the claims that hold, or "all": 1 when all hold and 0 otherwise.
    resources: how many of its own steps the solver may take for each claim.
    cpu_s: seconds of processor time of the solver, a net behind its steps.
    wall_s: seconds that may pass meanwhile.
    memory_mb: memory of the solver.
    """

    score: Literal["all", "fraction"] = "all"
    resources: Annotated[int, Meta(ge=1000)] = 5_000_000
    cpu_s: Annotated[float, Meta(gt=0)] = 60.0
    wall_s: Annotated[float, Meta(gt=0)] = 240.0
    memory_mb: Annotated[int, Meta(ge=256)] = 2048

    def job(self, *texts: str) -> CallJob:
        calls = tuple(Call(args=(text, self.resources)) for text in texts)
        limits = Limits(cpu_s=self.cpu_s, wall_s=self.wall_s, memory_mb=self.memory_mb)
        return CallJob(program=SOLVER, entry="decide", calls=calls, packages=("z3",), limits=limits)


SUM = {
    "declare": {"n": "Int"},
    "assume": ["(>= n 0)"],
    "prove": ["(= answer (+ (* n n) n))", "(>= answer n)"],
    "answer": {"sort": "Int"},
}
LOOP = {
    "declare": {"i": "Int", "n": "Int"},
    "prove": ["(=> (> n 0) (answer 0))", "(=> (and (answer i) (< i n)) (answer (+ i 1)))", "(=> (answer i) (<= i n))"],
    "answer": {"sort": "Bool", "arguments": {"k": "Int"}},
}
CASES = (
    Case("(* n (+ n 1))", SUM, "pass", reason="proof.accepted"),
    Case("```smt2\n(+ n (* n n))\n```", SUM, "pass", "in other words"),
    Case("(let ((m (+ n 1))) (* m n))", SUM, "pass"),
    Case("(* n n)", SUM, "fail", reason="proof.refuted"),
    Case("(<= k n)", LOOP, "pass", "an invariant"),
    Case("true", LOOP, "partial", "", {"score": "fraction"}, "proof.partly", 2 / 3),
    Case("true", LOOP, "fail", reason="proof.refuted"),
    Case("(> k n)", LOOP, "fail", reason="proof.refuted"),
    Case("(assert false)", SUM, "fail", "attack: a command", reason="proof.symbol"),
    Case(
        "0) (assert false) (define-fun f () Int 0", SUM, "fail", "attack: ends our brackets", reason="proof.unreadable"
    ),
    Case("(div 1 0)", {**SUM, "prove": "(= answer 7)"}, "fail", "attack: divides by zero", reason="proof.refuted"),
    Case("(let ((n 0)) n)", SUM, "fail", "attack: hides a constant", reason="proof.symbol"),
    Case("answer", SUM, "fail", "attack: the answer is the answer", reason="proof.symbol"),
    Case("true", SUM, "fail", reason="proof.sort"),
    Case("0", {**SUM, "assume": ["(> n 0)", "(< n 0)"]}, "unjudged", reason="truth.unsatisfiable"),
    Case("0", {"prove": []}, "unjudged", reason="truth.unreadable"),
)


@verifier
def smt(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    asked = question(task.truth)
    found = program(rollout, task, params, "smt")
    if isinstance(found, NoAnswer):
        return failed(found.reason.replace("code.", "proof."), **({"detail": found.detail} if found.detail else {}))
    try:
        term = checked(read(found.text), asked.inside)
    except NotATerm as error:
        return failed(error.reason, detail=str(error), span=found.span)
    if asked.premises:
        (outcome,) = yield (params.job(possible(asked)),)
        if (words := _words(outcome)) != ["sat"]:
            return unjudged("truth.unsatisfiable" if words == ["unsat"] else "proof.unknown", premises=words[0])
    (outcome,) = yield (params.job(*(refutes(asked, term, claim) for claim in asked.claims)),)
    return _verdict(_words(outcome), outcome, params, found.span)


def _words(outcome: Outcome) -> list[str]:
    """What the solver said to each question; what is not one of its two definite words is `unknown`."""
    words = [
        one.value if one.kind == "value" and one.value in ("sat", "unsat") else "unknown" for one in outcome.results
    ]
    return words or ["unknown"]


def _verdict(words: list[str], outcome: Outcome, params: Params, span: list[int]) -> Verdict:
    errors = [one.message for one in outcome.results if one.kind == "raised"]
    if errors and "error" in errors[0]:
        return failed("proof.sort", detail=errors[0][:300], span=span)
    if "sat" in words and params.score == "all":
        return failed("proof.refuted", claims=words, span=span)
    if "unknown" in words:
        return unjudged("proof.unknown", claims=words)
    held = words.count("unsat")
    if held == len(words):
        return passed("proof.accepted", span=span)
    return graded(held / len(words), "proof.partly" if held else "proof.refuted", claims=words, span=span)
