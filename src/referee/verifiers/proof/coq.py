"""The completion proves a statement of the task, as Coq's kernel sees it.

## What it checks
The script is the last fenced block of the final segment in Coq, or the whole segment where it has no fence. A script
that states the theorem under its name (`Theorem t : ...`) is a whole file; anything else is a proof of the task's
statement, with or without `Proof.` and `Qed.`, and may be the next tactics of a proof that the truth has begun.

*Trusted restatement*: the script is compiled alone, in a process that can write nothing but its library. Another
process reads the task's statement, and only then requires that library, without importing it; it gives the
script's constant to the kernel as a proof of the statement, and the kernel names the axioms. So it does not matter
what a script says, prints, shadows or sets: what counts is a term that the kernel accepts for the task's statement.

| reason | meaning |
|---|---|
| `proof.accepted` | the kernel accepts it, and it rests on allowed axioms only |
| `proof.partly` | some of the goals are closed (with `credit = "goals"`) |
| `proof.error`, `proof.unfinished` | Coq stops with an error; a goal or a proof is left open |
| `proof.admitted`, `proof.axiom` | it rests on something admitted, or on an axiom that is not allowed |
| `proof.statement`, `proof.missing` | it proves something else, or nothing of that name |
| `proof.unsafe` | a check of the kernel is switched off |
| `proof.forbidden` | it gives a command that reads or writes files, loads code or goes back |
| `limit.cpu`, `limit.memory` ... | it ran into that limit |

## Truth
`{"name": "t", "statement": "forall n : nat, n + 0 = n", "preamble": "Require Import Lia."}`, or `{"source": TEXT}`: a
file whose last theorem is the statement and whose sentences before it are the preamble. Definitions of the preamble
are compiled once, and both processes share them. `tactics`: steps of the proof that are already taken. `axioms`: full
names of axioms that this task allows as well.

## Parameters
The axioms, what earns a part of the score, the limits, and where the script stands.

## When it cannot judge
Coq is not installed (`infra.toolchain`), or not a library that the preamble asks for (`infra.library`); Coq cannot read
the statement or the preamble (`truth.statement`, `truth.preamble`).

## Known gaps
The kernel of Coq is trusted, with its virtual machine. A statement that is easier than it was meant to be is proved all
the same. Inductive types that a script defines once more are not those of the preamble. Tested with Coq 8.16.

## Sources
The Coq Development Team, Reference Manual 8.16 (Print Assumptions; typing flags).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Literal

from msgspec import Meta

from referee.core.jobs import LIMITS, CoqJob, Flow, Limits, Outcome, RunResult
from referee.core.types import Rollout, Task, Verdict, failed, graded, passed, unjudged
from referee.core.verifier import Case, verifier
from referee.proofs import coq as coqs
from referee.proofs.goals import counted, counting
from referee.proofs.sentences import Sentence, Unreadable, admits, only_tactics, refused, sentences
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, program


class Params(Fenced, frozen=True, kw_only=True):
    """classical: whether the excluded middle is allowed.
    axioms: full names of the axioms that a proof may rest on; those of the real numbers by default.
    credit: "proof": 1 for a proof, else 0; "goals": the share of the open goals that a step closes.
    cpu_s: seconds of processor time that the script, and then the check, may use.
    wall_s: seconds that may pass meanwhile; the safety net, not what decides.
    memory_mb: address space of each process, the loaded libraries included.
    """

    classical: bool = False
    axioms: tuple[str, ...] = coqs.STANDARD
    credit: Literal["proof", "goals"] = "proof"
    cpu_s: Annotated[float, Meta(gt=0)] = 10.0
    wall_s: Annotated[float, Meta(gt=0)] = 60.0
    memory_mb: Annotated[int, Meta(ge=512)] = 2048

    def limits(self) -> Limits:
        return Limits(cpu_s=self.cpu_s, wall_s=self.wall_s, memory_mb=self.memory_mb, output_kb=256)


ADD = {"name": "t", "statement": "forall n : nat, n + 0 = n"}
BOTH = {"name": "t", "statement": "1 = 1 /\\ 2 = 2", "tactics": "split."}
CASES = (
    Case("Proof. induction n; simpl; congruence. Qed.", ADD, "pass", reason="proof.accepted"),
    Case(
        "Theorem t : forall n : nat, n + 0 = n.\nProof. intro; apply eq_sym, plus_n_O. Qed.",
        ADD,
        "pass",
        "a whole file",
    ),
    Case("induction n; simpl; congruence.", ADD, "pass", "only tactics"),
    Case("reflexivity. reflexivity.", BOTH, "pass", "the next tactics"),
    Case("1: reflexivity.", BOTH, "partial", "one of two goals", {"credit": "goals"}, "proof.partly", 0.5),
    Case("1: reflexivity.", BOTH, "fail", "", reason="proof.unfinished"),
    Case("Theorem t : True. exact I. Qed.", ADD, "fail", "attack: another statement", reason="proof.statement"),
    Case("Admitted.", ADD, "fail", "attack: admitted", reason="proof.admitted"),
    Case("Axiom t : forall n, n + 0 = n.", ADD, "fail", "attack: an axiom", reason="proof.axiom"),
    Case(
        "Axiom a : False.\nTheorem t : forall n, n + 0 = n. destruct a. Qed.", ADD, "fail", "attack", {}, "proof.axiom"
    ),
    Case('Redirect "x" Print nat. Theorem t : True. exact I. Qed.', ADD, "fail", "attack", {}, "proof.forbidden"),
    Case("Proof. (* Qed.", ADD, "fail", "attack: a comment without an end", reason="proof.unreadable"),
    Case("reflexivity.", ADD, "fail", reason="proof.error"),
    Case("reflexivity.", {"name": "t", "statement": "forall n, n +"}, "unjudged", reason="truth.statement"),
    Case("reflexivity.", {"name": "t"}, "unjudged", reason="truth.empty"),
)


@verifier
def coq(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    asked = coqs.truth(task.truth)
    found = program(rollout, task, params, "coq")
    if isinstance(found, NoAnswer):
        return failed(found.reason.replace("code.", "proof."), **({"detail": found.detail} if found.detail else {}))
    script = found.text.replace("\r\n", "\n")
    try:
        parts = sentences(script)
    except Unreadable as error:
        return failed("proof.unreadable", detail=str(error))
    if (no := refused(parts)) is not None:
        return failed(no[0], command=no[1], span=found.span)
    job = _job(asked, params, coqs.program(asked, script, parts), coqs.judging(asked))
    (outcome,) = yield (job,)
    verdict = _verdict(asked, params, parts, outcome)
    if verdict.reason in {"proof.error", "proof.unfinished", "truth.statement"}:
        (stated,) = yield (_job(asked, params, "", coqs.stating(asked)),)
        if len(stated.runs) < 2 or not coqs.answer(_text(stated.runs[1].stdout)).read:
            return unjudged("truth.statement", detail=stated.detail[-500:])
    if params.credit == "goals" and verdict.status == "fail" and only_tactics(parts):
        return (yield from _goals(asked, params, script, verdict))
    return verdict


def _job(asked: coqs.Statement, params: Params, text: str, check: str) -> CoqJob:
    around = coqs.context(asked.preamble)
    return CoqJob(program=text, check=check, preamble=around.preamble, library=around.library, limits=params.limits())


def _names(asked: coqs.Statement, params: Params) -> tuple[str, ...]:
    own = coqs.postulates(asked.preamble)
    return params.axioms + asked.axioms + own + (coqs.CLASSICAL if params.classical else ())


def _verdict(asked: coqs.Statement, params: Params, parts: list[Sentence], outcome: Outcome) -> Verdict:
    """What the two runs came to."""
    built, checked = outcome.runs
    if built.status != "ok":
        return _not_built(built)
    answer = coqs.answer(_text(checked.stdout))
    if checked.status in LIMITS or checked.status == "signal":
        return _limit(checked)
    if not answer.read:
        return failed("truth.statement")  # asked again without the candidate before anybody hears of it
    if not answer.checked:
        words = _text(checked.stderr)
        missing = f"{asked.name} was not found" in words
        return failed("proof.missing" if missing else "proof.statement", detail=_last(words))
    if answer.unsafe:
        return failed("proof.unsafe", assumptions=list(answer.unsafe)[:5])
    names = _names(asked, params)
    others = [one for one in answer.axioms if not coqs.allowed(one, names)]
    if others:
        admitted = admits(parts) and any(one.startswith("Candidate.") for one in others)
        return failed("proof.admitted" if admitted else "proof.axiom", axioms=others[:10])
    near = next((run.near for run in outcome.runs if run.near not in {"", "wall"}), "")
    return passed("proof.accepted", axioms=list(answer.axioms), **({"near_limit": near} if near else {}))


def _not_built(run: RunResult) -> Verdict:
    """Why the script did not compile."""
    if run.status in LIMITS or run.status == "signal":
        return _limit(run)
    words = _text(run.stderr)
    open_ends = ("There are pending proofs", "Attempt to save an incomplete proof", "are still unfocused", "still open")
    unfinished = any(one in words for one in open_ends)
    return failed("proof.unfinished" if unfinished else "proof.error", detail=_last(words))


def _limit(run: RunResult) -> Verdict:
    return failed(f"limit.{run.status}") if run.status in LIMITS else failed("proof.crash")


def _goals(asked: coqs.Statement, params: Params, script: str, otherwise: Verdict) -> Flow:
    """The share of the goals that the step closed; what is left is filled with an axiom of our own."""
    secret = blake2b(f"{asked}\0{script}".encode(), digest_size=12).hexdigest()
    (outcome,) = yield (_job(asked, params, counting(asked, script, secret), coqs.judging(asked)),)
    built, checked = outcome.runs
    answer = coqs.answer(_text(checked.stdout))
    names = (*_names(asked, params), f"Candidate.hole_{secret}")
    sound = answer.checked and not answer.unsafe
    known = all(one == names[-1] or coqs.allowed(one, names[:-1]) for one in answer.axioms)
    share = counted(_text(built.stdout), secret)
    if built.status != "ok" or not sound or not known or not share:
        return otherwise
    return graded(share, "proof.partly") if share < 1.0 else otherwise


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _last(words: str) -> str:
    """Coq's error without the place of the file, which is ours."""
    return words[words.find("Error:") :].strip()[:500] if "Error:" in words else words.strip()[-500:]
