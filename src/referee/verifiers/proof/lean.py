"""The completion proves a statement of the task in Lean 4, as a Lean REPL sees it (not tested with Lean itself).

## What it checks
**Not tested with Lean itself**: Lean cannot be had where this project is tested, and what stands here is tested against
the recorded protocol of the REPL and of Kimina's server. Judge some proofs whose verdict you know before you train with
it.

The script is the last fenced block of the final segment in Lean, or the whole segment where it has no fence. A script
that states the theorem under its name is a whole file; anything else is a proof of the task's statement, a term or
tactics.

*Trusted restatement*: the task's statement is a definition before the script; behind it stands a theorem of that
statement whose proof is the script's constant, and the question on which axioms it rests. The names of both hold a hash
of the script, so that no script can speak of them or answer for them. What could change how Lean reads or prints is
refused beforehand: macros, notations, elaborators, commands that run code, section variables, options.

| reason | meaning |
|---|---|
| `proof.accepted` | Lean accepts it, and it rests on permitted axioms only |
| `proof.error` | Lean reports an error |
| `proof.admitted` | something is left open: `sorry` under any name |
| `proof.axiom` | it rests on another axiom, `native_decide`'s among them |
| `proof.statement` | what it proves is not the statement, or nothing has the name |
| `proof.unsafe`, `proof.forbidden` | an option that is not harmless; a command that no proof needs |
| `limit.wall` | Lean did not answer in time |

## Truth
`{"name": "t", "statement": "∀ n : Nat, n + 0 = n", "preamble": "import Mathlib"}`, or the same as a JSON string.

## Parameters
The permitted axioms, how long Lean may take, and where the script stands.

## When it cannot judge
There is no REPL: `REFEREE_LEAN` names a command or a server (`infra.toolchain`). Lean cannot read the preamble or the
statement, or a permitted axiom is not what it should be (`truth.statement`).

## Known gaps
Not tested with Lean itself. No sandbox is around the REPL; use a server that has one. What Lean's own limits do not
end, wall time does, which depends on the machine. A script with macros or notations of its own is refused though it may
be right.

## Sources
The Lean REPL (leanprover-community/repl); Kimina Lean Server (project-numina); Comparator and SafeVerify, which compare
compiled files in the same spirit.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated

from msgspec import Meta

from referee.core.jobs import Flow, LeanJob, Limits, Outcome
from referee.core.types import Rollout, Task, Verdict, failed, passed, unjudged
from referee.core.verifier import Case, verifier
from referee.proofs import lean as leans
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, program


class Params(Fenced, frozen=True, kw_only=True):
    """axioms: the axioms that a proof may rest on, by their full names.
    wall_s: seconds that Lean may take.
    """

    axioms: tuple[str, ...] = tuple(leans.AXIOMS)
    wall_s: Annotated[float, Meta(gt=0)] = 120.0


ADD = {"name": "t", "statement": "∀ n : Nat, n + 0 = n"}
CASES = (
    Case("by intro n; rfl", ADD, "pass", reason="proof.accepted"),
    Case("theorem t : ∀ n : Nat, n + 0 = n := fun _ => rfl", ADD, "pass", "a whole file"),
    Case("by sorry", ADD, "fail", "attack: open", reason="proof.admitted"),
    Case("theorem t : ∀ n : Nat, n + 0 = n := by exact sorryAx _", ADD, "fail", "attack", reason="proof.admitted"),
    Case(
        "axiom a : False\ntheorem t : ∀ n, n + 0 = n := a.elim", ADD, "fail", "attack: an axiom", reason="proof.axiom"
    ),
    Case("by native_decide", ADD, "fail", "attack: trusts the compiler", reason="proof.axiom"),
    Case("/- by rfl", ADD, "fail", "attack: swallows what follows", reason="proof.unreadable"),
    Case('macro "x" : tactic => `(tactic| rfl)\nby x', ADD, "fail", "attack: a macro", reason="proof.forbidden"),
    Case(
        "set_option debug.skipKernelTC true in\ntheorem t : True := trivial", ADD, "fail", "attack", {}, "proof.unsafe"
    ),
    Case("set_option maxHeartbeats 0 in\ntheorem t : True := trivial", ADD, "fail", "attack", {}, "proof.unsafe"),
    Case('#eval IO.println "EXIT_CODE:0"', ADD, "fail", "attack: prints a verdict", reason="proof.forbidden"),
    Case("variable (h : False)\ntheorem t : True := trivial", ADD, "fail", "attack", {}, "proof.forbidden"),
    Case("by rfl", {"name": "t"}, "unjudged", reason="truth.empty"),
)


@verifier
def lean(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    asked = leans.truth(task.truth)
    found = program(rollout, task, params, "lean")
    if isinstance(found, NoAnswer):
        return failed(found.reason.replace("code.", "proof."), **({"detail": found.detail} if found.detail else {}))
    script = leans.without_imports(asked.preamble, found.text)
    try:
        leans.refuse(script)
    except leans.Refusal as refusal:
        return failed(refusal.reason, detail=str(refusal), span=found.span)
    secret = blake2b(f"{asked}\0{script}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    header, rest = leans.split(asked.preamble)
    before = f"{rest}\n{leans.stating(asked, secret, params.axioms)}"
    text = f"{before}\n{leans.body(asked, script)}\n{leans.judging(asked, secret)}"
    limits = Limits(wall_s=params.wall_s)
    (outcome,) = yield (LeanJob(header=header, body=text, limits=limits),)
    if outcome.status != "ok":
        return failed(f"limit.{outcome.status}", span=found.span)
    answer = leans.answer(outcome.results[0].value, secret)
    if answer.errors:
        (stated,) = yield (LeanJob(header=header, body=before, limits=limits),)
        if (wrong := _wrong(stated, secret)) is not None:
            return unjudged("truth.statement", detail=wrong)
    return _verdict(answer, params, found.span)


def _wrong(stated: Outcome, secret: str) -> str | None:
    """What Lean has against the statement alone; None when nothing."""
    if stated.status != "ok":
        return "Lean did not read the statement in time"
    return next(iter(leans.answer(stated.results[0].value, secret).errors), None)


def _verdict(answer: leans.Answer, params: Params, span: list[int]) -> Verdict:
    if answer.sorries or "sorryAx" in (answer.axioms or ()):
        return failed("proof.admitted", span=span)
    if answer.errors:
        ours = any("referee_statement_" in one or "referee_proof_" in one for one in answer.errors)
        return failed("proof.statement" if ours else "proof.error", detail=answer.errors[0], span=span)
    if answer.axioms is None:
        return failed("proof.unfinished", detail="Lean did not come to the end of the text", span=span)
    others = [one for one in answer.axioms if one not in params.axioms]
    if others:
        return failed("proof.axiom", axioms=others[:10], span=span)
    return passed("proof.accepted", axioms=list(answer.axioms), span=span)
