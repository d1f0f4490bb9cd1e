"""Instructions: a response that follows them comes with the row; plain talk about something else follows few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import DRESSES, Answer, Dress

TALK = (
    "The harbour was quiet, and two boats left before sunrise. Nobody counted them, for there was nothing to count.",
    "It rains",
    "Rivers, hills, roads, and one old mill: that is all there was, and it was enough for us.\n\nWe stayed.",
)


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The whole response."""
    return DRESSES["whole"]


def golds(task: Task) -> Iterator[Answer]:  # noqa: ARG001 - the truth says what to follow, not how
    """None: a response has to be written."""
    yield from ()


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - any task
    """Responses to other tasks, then talk."""
    yield from others
    for text in TALK:
        yield Answer(text)
