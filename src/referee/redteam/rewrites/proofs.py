"""Proofs, said otherwise: comments, without its first and last words, as a whole file, with a lemma before it."""

from __future__ import annotations

from collections.abc import Mapping

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample


@rewrite("R.proof.layout", "comments, blank lines, tactics without Proof and Qed", on="proof.coq")
def layout(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"(* as follows *)\n\n{gold.bare}\n\n(* that is all *)")
    bare = gold.bare.strip()
    if bare.startswith("Proof.") and bare.endswith("Qed."):
        yield gold.say(bare.removeprefix("Proof.").removesuffix("Qed.").strip())
        yield gold.say(f"{bare.removesuffix('Qed.')}Defined.")


@rewrite("R.proof.file", "the whole file, with the statement and a lemma before it", on="proof.coq")
def whole_file(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    truth = task.truth
    if isinstance(truth, Mapping) and "name" in truth and "statement" in truth and gold.bare.startswith("Proof."):
        for word in ("Theorem", "Lemma"):
            yield gold.say(
                f"Lemma helper : 1 = 1.\nProof. reflexivity. Qed.\n\n{word} {truth['name']} : {truth['statement']}.\n{gold.bare}"
            )


@rewrite("R.proof.prose", "sentences before and after the block", on="proof")
def prose(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.before.startswith("```"):
        yield gold.put(f"The proof goes like this.\n\n{gold.marked}\n\nIt is by cases.")
