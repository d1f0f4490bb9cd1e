"""The share of open goals that a step closes, counted by Coq around the step and believed under two conditions.

The step consists of tactics only, so it cannot change how the counting sentences are read; and the numbers stand beside
a word that is a hash of the step itself, which the step therefore cannot hold. Goals that are left are filled with an
axiom, and the whole is checked by the kernel like any proof: a goal that is closed by a term that the kernel refuses
counts for nothing.
"""

from __future__ import annotations

import re

from referee.proofs.coq import Statement


def counting(asked: Statement, script: str, secret: str) -> str:
    """The text that counts the goals before and after a step."""

    def count(when: str) -> str:
        return f'all: let n := numgoals in idtac "{secret} {when}" n.\n'

    steps = f"{asked.tactics}\n" if asked.tactics else ""
    return (
        f"Axiom hole_{secret} : forall A : Type, A.\n"
        f"Theorem {asked.name} : {asked.statement}.\nProof.\n{steps}{count('before')}"
        f"{script}\nUnshelve.\n{count('after')}all: exact (hole_{secret} _).\nQed.\n"
    )


def counted(printed: str, secret: str) -> float:
    """The share of the goals that were closed, from 0 to 1; 0 when the numbers are not what they should be."""
    found = re.findall(rf"^{secret} (before|after) (\d+)$", printed, re.MULTILINE)
    if [when for when, _ in found] != ["before", "after"]:
        return 0.0
    before, after = (int(number) for _, number in found)
    return max(0.0, (before - after) / before) if before else 0.0
