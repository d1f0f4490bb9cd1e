"""`proof.coq` with the real Coq: hostile scripts, honest ones, what is unjudged, and what no candidate leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import referee
from referee.bench.proof import problems
from referee.core.types import Verdict

FOLDER = Path(__file__).with_name("hostile")


class Script(NamedTuple):
    """A script, the reasons that are right for it, the statement that it is given for."""

    name: str
    reasons: frozenset[str]
    statement: str
    text: str


def scripts(file: str, statement: str) -> list[Script]:
    """Every script of a file; `statement` where it names none."""
    found = []
    for part in FOLDER.joinpath(file).read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, text = part.partition("\n")
        name, *reasons = head.split()
        asked = statement
        if text.startswith("task:"):
            line, _, text = text.partition("\n")
            asked = line.removeprefix("task:").strip()
        found.append(Script(name, frozenset(reasons), asked, text))
    return found


pytestmark = pytest.mark.usefixtures("needs_coq")

ADD = {"name": "t", "statement": "forall n : nat, n + 0 = n"}
HOSTILE = scripts("coq.txt", "1 + 1 = 3")
GOOD = "induction n; simpl; congruence."


def judged(script: str, statement: str, preamble: str = "", **params: object) -> Verdict:
    return referee.verify("proof.coq", script, {"name": "t", "statement": statement, "preamble": preamble}, **params)


@pytest.mark.parametrize("script", HOSTILE, ids=lambda one: one.name)
def test_a_hostile_script_earns_nothing_and_the_reason_is_right(script: Script):
    verdict = judged(script.text, script.statement)
    assert (verdict.status, verdict.score) == ("fail", 0.0), verdict
    assert verdict.reason in script.reasons, verdict
    assert not list(Path("/tmp").glob("referee_was_here*"))


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 31
    assert len({one.text for one in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize(
    "script",
    [
        f"Proof. {GOOD} Qed.",
        GOOD,
        f"Theorem t : forall n : nat, n + 0 = n.\nProof.\n{GOOD}\nQed.",
        f"Lemma other : True. exact I. Qed.\nLemma t (n : nat) : n + 0 = n.\nProof. {GOOD} Qed.",
        f"#[local] Theorem t : forall n, n + 0 = n. {GOOD} Defined.",
        "Definition t : forall n, n + 0 = n := fun n => eq_sym (plus_n_O n).",
        "Fixpoint t (n : nat) : n + 0 = n := match n with O => eq_refl | S m => f_equal S (t m) end.",
        f'(* "a string. (* *)" *) Proof. idtac "Admitted. (*". {GOOD} Qed.',
        f"intro n. assert (h : 1 = 1). {{ reflexivity. }} revert n. {GOOD}",
        "induction n as [|m ih].\n- reflexivity.\n- simpl. rewrite ih. reflexivity.",
        f"Lemma unused : False. Admitted.\nTheorem t : forall n, n + 0 = n. {GOOD} Qed.",
    ],
)
def test_an_honest_proof_is_paid(script: str):
    verdict = referee.verify("proof.coq", script, ADD)
    assert (verdict.status, verdict.reason) == ("pass", "proof.accepted"), verdict


def test_what_the_preamble_defines_is_shared():
    preamble = "Require Import Lia. Inductive tree := leaf | node (l r : tree). Parameter f : tree -> nat. Axiom f0 : f leaf = 0."
    verdict = judged("exact f0.", "f leaf = 0", preamble)
    assert verdict.reason == "proof.accepted"
    assert verdict.evidence["axioms"] == ["f0"]
    whole = f"{preamble} Theorem t : f leaf = 0. exact f0. Qed."
    assert judged(whole, "f leaf = 0", preamble).reason == "proof.accepted"
    assert (
        judged("Axiom g : f leaf = 1. Theorem t : f leaf = 1. exact g. Qed.", "f leaf = 1", preamble).reason
        == "proof.axiom"
    )


def test_axioms_are_allowed_by_name():
    classic = "Theorem t : forall P : Prop, P \\/ ~ P. Proof. exact classic. Qed."
    asked = ("forall P : Prop, P \\/ ~ P", "Require Import Classical.")
    assert judged(classic, *asked).reason == "proof.axiom"
    assert judged(classic, *asked, classical=True).evidence["axioms"] == ["classic"]
    extensional = "exact (@functional_extensionality_dep A B f g)."
    statement = "forall (A : Type) (B : A -> Type) (f g : forall x, B x), (forall x, f x = g x) -> f = g"
    library = "Require Import FunctionalExtensionality."
    assert judged(f"intros A B f g. {extensional}", statement, library).reason == "proof.accepted"
    assert judged(f"intros A B f g. {extensional}", statement, library, axioms=[]).reason == "proof.axiom"


def test_an_allowed_axiom_may_have_an_empty_type():
    verdict = judged("exact (match no with end).", "1 = 2", preamble="Axiom no : False.")
    assert (verdict.reason, verdict.evidence["axioms"]) == ("proof.accepted", ["no"])
    assert judged("Axiom b : False. Definition t : 1 = 2 := match b with end.", "1 = 2").reason == "proof.axiom"


def test_the_next_tactics_and_the_share_of_goals():
    three = {"name": "t", "statement": "1 = 1 /\\ 2 = 2 /\\ 3 = 3", "tactics": "split; [| split]."}

    def share(step: str) -> Verdict:
        return referee.verify("proof.coq", step, three, credit="goals")

    assert share("all: reflexivity.").score == 1.0
    assert share("1-2: reflexivity.").score == pytest.approx(2 / 3)
    assert share("1: reflexivity.").score == pytest.approx(1 / 3)
    for nothing in (
        "idtac.",
        "shelve. shelve. shelve.",
        "give_up.",
        "all: give_up.",
        "intros.",
        "1: fix f 1.",
        "Axiom a : False. 1: destruct a.",
    ):
        assert share(nothing).score == 0.0, nothing
    assert share('idtac "before 3". idtac "after 0".').score == 0.0
    assert referee.verify("proof.coq", "1: reflexivity.", three).score == 0.0


def test_what_is_not_the_scripts_fault_is_unjudged():
    assert judged(GOOD, "forall n, n +").reason == "truth.statement"
    assert judged("Theorem t : True. exact I. Qed.", "nosuchthing").reason == "truth.statement"
    assert judged(GOOD, "True", "Require Import Nosuchlibrary.").reason == "infra.library"
    assert judged(GOOD, "True", "Definition x := nosuchthing.").reason == "truth.preamble"


def test_a_candidate_leaves_nothing_behind():
    assert judged("Definition left_behind := 0. Theorem t : True. exact I. Qed.", "True").status == "pass"
    assert judged("pose (x := left_behind). exact I.", "True").reason == "proof.error"
    assert judged("Global Unset Printing Notations. Theorem t : True. exact I. Qed.", "True").status == "pass"
    assert judged("exact I.", "True").status == "pass"
    assert judged("Theorem t : False. Admitted.", "False").reason == "proof.admitted"
    assert judged("idtac.", "False").status == "fail"


def test_limits_end_a_script():
    endless = "Ltac loop := idtac; loop. Theorem t : True. Proof. loop. exact I. Qed."
    assert judged(endless, "True", cpu_s=0.5).reason == "limit.cpu"
    assert judged("exact I.", "True").status == "pass"
    printing = 'do 20000 (idtac "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"). exact I.'
    assert judged(printing, "True").reason == "limit.output"


PROVED = {
    "valid/mathd_numbertheory_326.v": "Require Import Lia. intros; nia.",
    "test/mathd_algebra_125.v": "Require Import Lia. intros; lia.",
    "test/mathd_numbertheory_207.v": "vm_compute; reflexivity.",
    "test/mathd_numbertheory_345.v": "vm_compute; reflexivity.",
}
STATED = ("valid/mathd_algebra_116.v", "valid/imo_1966_p4.v", "test/mathd_numbertheory_764.v")


def test_statements_of_minif2f_load_and_proofs_of_them_are_accepted():
    """A sample; `referee bench proof DATA` does all of them."""
    data = Path(__file__).parents[3] / "shared" / "data" / "minif2f-rocq.tar.gz"
    if not data.exists():
        pytest.skip(f"{data} is not here")
    texts = {one.name: one.text for one in problems(data)}
    assert len(texts) == 488
    for name, script in PROVED.items():
        assert (
            referee.verify("proof.coq", script, {"source": texts[name]}, cpu_s=60.0, wall_s=600.0).status == "pass"
        ), name
        assert referee.verify("proof.coq", "idtac.", {"source": texts[name]}).reason == "proof.unfinished"
    for name in STATED:
        verdict = referee.verify("proof.coq", "idtac.", {"source": texts[name]}, cpu_s=60.0, wall_s=600.0)
        assert verdict.reason == "proof.unfinished", (name, verdict)


def test_the_call_of_the_issue():
    truth = {"name": "t", "statement": "forall n : nat, n + 0 = n", "preamble": "Require Import Lia."}
    assert referee.verify("proof.coq", "Proof. intros; lia. Qed.", truth=truth).status == "pass"
