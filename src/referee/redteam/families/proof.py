"""Proofs: gold comes with the rows; a tactic that closes nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress

_FENCES = {"proof.lean": "lean", "proof.metamath": "metamath", "proof.smt": "smt2"}


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """A fenced block in the language of the prover."""
    return Dress("code", f"```{_FENCES.get(verifier, 'coq')}\n", "\n```")


def golds(task: Task) -> Iterator[Answer]:  # noqa: ARG001 - the truth says what to prove, not how
    """None: a proof has to be written."""
    yield from ()


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - any task
    """Tactics that close nothing, then proofs of other statements."""
    yield Answer("Proof. intros. simpl. Qed.")
    yield Answer("Proof. intros. discriminate. Qed.")
    yield from others
