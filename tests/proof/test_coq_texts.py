"""What `proof.coq` reads and writes before Coq is asked: sentences, commands, truths, texts, answers. No Coq is needed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import TruthError
from referee.core.jobs import CoqJob, Outcome, RunResult
from referee.core.types import Rollout, Task, Verdict
from referee.engine.drive import judge
from referee.proofs import coq
from referee.proofs.goals import counted, counting
from referee.proofs.sentences import Unreadable, admits, declares, ends_proof, only_tactics, refused, sentences
from referee.verifiers import find

ADD = {"name": "t", "statement": "forall n : nat, n + 0 = n"}
CLOSED = f"{coq.MARK}\nClosed under the global context\n"


def clean(text: str) -> list[str]:
    return [" ".join(one.clean.split()) for one in sentences(text)]


def test_sentences():
    assert clean("Proof. lia. Qed.") == ["Proof", "lia", "Qed"]
    assert clean('a (* b. (* c. *) "*)" *) d. e') == ["a d", "e"]
    assert clean('idtac "a. (* b". x.') == ['idtac ""', "x"]
    assert clean('say "a ""quoted. word""". y.') == ['say """"""', "y"]
    assert clean("apply Nat.add_comm. f.(g). auto... x .. y.") == ["apply Nat.add_comm", "f.(g)", "auto", "x .. y"]
    assert clean("  ") == []
    for open_end in ("(* a", '"a', '(* "a *)', "(* (* *)"):
        with pytest.raises(Unreadable):
            sentences(open_end)


@given(st.text(alphabet='(*)". aQ\n:', max_size=60))
def test_sentences_cover_the_text(text: str):
    try:
        found = sentences(text)
    except Unreadable:
        return
    assert all(one.start < one.end for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all('"' not in one.clean.replace('""', "") and "(*" not in one.clean for one in found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('Redirect "x" Print nat.', "proof.forbidden"),
        ('- Time Fail Timeout 3 Redirect "x" Print nat.', "proof.forbidden"),
        ('#[local] Declare ML Module "x".', "proof.forbidden"),
        ("{ Reset Initial.", "proof.forbidden"),
        ("Recursive   Extraction f.", "proof.forbidden"),
        ('Print Sorted Universes "x".', "proof.forbidden"),
        ("1: Quit.", "proof.forbidden"),
        ("Global Unset Guard Checking.", "proof.unsafe"),
        ("#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.", "proof.unsafe"),
        ("Unset  Universe\nChecking.", "proof.unsafe"),
    ],
)
def test_refused_commands(text: str, reason: str):
    found = refused(sentences(text))
    assert found is not None
    assert found[0] == reason


@pytest.mark.parametrize(
    "text",
    [
        "Proof. lia. Qed.",
        '(* Redirect "x" *) idtac "Reset".',
        "Lemma Reset_ok : True. exact I. Qed.",
        "Set Implicit Arguments.",
    ],
)
def test_what_is_not_refused(text: str):
    assert refused(sentences(text)) is None


def test_what_a_script_is():
    assert declares(sentences("#[local] Lemma t (n : nat) : True. Qed."), "t")
    assert not declares(sentences("Lemma t' : True."), "t")
    assert not declares(sentences("(* Theorem t *) exact t."), "t")
    assert admits(sentences("intros. admit. Qed."))
    assert not admits(sentences("(* admit *) lia."))
    assert only_tactics(sentences("- intros H. all: lia. { exact I. }"))
    assert not only_tactics(sentences("intros. Axiom a : False."))
    assert ends_proof(sentences("lia. Defined."))
    assert not ends_proof(sentences("lia."))


def test_truths():
    whole = "Require Import Reals.\nOpen Scope R_scope.\nDefinition f (x : R) := x.\nLemma help : True. exact I. Qed.\n"
    source = whole + "Theorem big (x : R) (h : x = 1) :\n  let y := f x in (y : R) = 1.\nProof.\nAdmitted."
    asked = coq.truth({"source": source})
    assert asked.name == "big"
    assert asked.statement == "forall (x : R) (h : x = 1), let y := f x in (y : R) = 1"
    assert asked.preamble == whole.strip()
    assert coq.truth({"source": source, "name": "help"}).statement == "True"
    around = coq.context(asked.preamble)
    assert around.preamble == "Require Import Reals.\nOpen Scope R_scope.\nRequire Import Referee.Statement."
    assert around.library == asked.preamble
    assert coq.context("Require Import Lia.") == coq.Context("Require Import Lia.", "")
    assert coq.truth('{"name": "t", "statement": "True."}').statement == "True"


@pytest.mark.parametrize(
    "truth",
    [
        None,
        "True",
        {"name": "t"},
        {"name": "a b", "statement": "True"},
        {"name": "t", "statement": "True (*"},
        {"name": "t", "statement": "True", "axioms": 5},
        {"name": "t", "statement": "\ud800"},
        {"source": "Definition x := 1."},
        {"name": "t", "statement": "x" * 300_000},
    ],
)
def test_truths_that_cannot_be_read(truth: Any):
    with pytest.raises(TruthError):
        coq.truth(truth)


def test_texts():
    asked = coq.truth({**ADD, "tactics": "intro n."})
    put = coq.program(asked, "lia.", sentences("lia."))
    assert put == "Theorem t : forall n : nat, n + 0 = n.\nProof.\nintro n.\nlia.\nQed."
    script = "Proof. lia. Qed."
    assert "Proof.\nintro n.\n lia. Qed." in coq.program(asked, script, sentences(script))
    text = coq.judging(asked)
    assert (
        text.index("Theorem referee_proof : forall n")
        < text.index("Require Referee.Candidate.")
        < text.index("exact (@")
    )
    assert "Import" not in text
    counts = counting(asked, "lia.", "77")
    assert (
        counts.index('"77 before"')
        < counts.index("lia.")
        < counts.index('"77 after"')
        < counts.index("exact (hole_77 _)")
    )


def test_answers():
    assert coq.answer(CLOSED) == coq.Answer(read=True, checked=True)
    assert not coq.answer("Closed under the global context\n").read
    assert not coq.answer(f"Closed under the global context\n{CLOSED}").checked
    assert coq.answer(f"{CLOSED}more\n").unsafe
    listed = f"{coq.MARK}\nAxioms:\nclassic : forall P : Prop,\n  P \\/ ~ P\nCandidate.a : False\nf is assumed to be guarded.\n"
    found = coq.answer(listed)
    assert found.axioms == ("classic", "Candidate.a")
    assert found.unsafe == ("f is assumed to be guarded.",)
    spaced = coq.answer(f"{coq.MARK}\nAxioms:\nCandidate.a\u00a0b : False\nwhat then?\n")
    assert spaced == coq.Answer(read=True, checked=True, axioms=("Candidate.a\u00a0b",), unsafe=("what then?",))
    assert coq.allowed("classic", coq.CLASSICAL)
    assert coq.allowed("Classical_Prop.classic", coq.CLASSICAL)
    assert not coq.allowed("assic", coq.CLASSICAL)
    assert not coq.allowed("Candidate.classic", ("Candidate.classic",))
    assert coq.postulates("Parameter f g : nat -> nat. Axiom h : f = g.") == tuple(
        f"Referee.Statement.{one}" for one in ("f", "g", "h")
    )


def test_the_share_of_goals():
    assert counted("77 before 4\n77 after 1\n", "77") == 0.75
    assert counted("77 before 2\n77 after 5\n", "77") == 0.0
    assert counted("77 before 0\n77 after 0\n", "77") == 0.0
    assert counted("77 before 4\n77 after 4\n77 after 0\n", "77") == 0.0
    assert counted("78 before 4\n78 after 0\n", "77") == 0.0


def verdict(*runs: RunResult, script: str = "lia.", **params: Any) -> tuple[Verdict, list[Any]]:
    """The verdict when Coq's two runs come to this, and what was asked."""
    seen: list[Any] = []

    def run(jobs: tuple[Any, ...]) -> tuple[Outcome, ...]:
        seen.extend(jobs)
        return (Outcome(status="ok", runs=(*runs, *(RunResult(status="skipped"),) * (2 - len(runs)))),)

    verifier = find("proof.coq")
    return judge(verifier, Rollout(text=script), Task(truth=ADD), verifier.params(params), run), seen


def test_only_the_judging_process_is_believed():
    forged = RunResult(status="ok", stdout=CLOSED.encode())
    refused = RunResult(status="nonzero", stdout=f"{coq.MARK}\n".encode(), stderr=b"Error: has type True")
    assert verdict(forged, refused)[0].reason == "proof.statement"
    assert verdict(RunResult(status="cpu", stdout=CLOSED.encode()))[0].reason == "limit.cpu"
    assert verdict(forged, RunResult(status="signal", stdout=f"{coq.MARK}\n".encode()))[0].reason == "proof.crash"
    found, jobs = verdict(forged, RunResult(status="nonzero", stdout=CLOSED.encode()))
    assert found.status == "pass"
    assert isinstance(jobs[0], CoqJob)
    assert coq.MARK not in jobs[0].program
