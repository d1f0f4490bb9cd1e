"""Languages: prose in the language of the truth is right, prose in another is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import DRESSES, Answer, Dress

PROSE = {
    "en": "The train leaves at nine in the morning, so she will be there long before noon.",
    "fr": "Le train part à neuf heures du matin, donc elle arrivera bien avant midi.",
    "de": "Der Zug fährt um neun Uhr morgens ab, also wird sie lange vor dem Mittag dort sein.",
    "es": "El tren sale a las nueve de la mañana, así que llegará mucho antes del mediodía.",
    "it": "Il treno parte alle nove di mattina, quindi arriverà molto prima di mezzogiorno.",
}


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The whole response."""
    return DRESSES["whole"]


def golds(task: Task) -> Iterator[Answer]:
    """A sentence in the language that the truth names."""
    truth = task.truth.get("language") if isinstance(task.truth, Mapping) else task.truth
    if isinstance(truth, str) and truth in PROSE:
        yield Answer(PROSE[truth])


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - any task
    """The same sentence in other languages."""
    for text in PROSE.values():
        if text != gold.bare:
            yield Answer(text)
