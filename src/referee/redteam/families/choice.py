"""Multiple choice: a letter; every other letter is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress, channelled

LETTERS = "ABCDEFGHIJ"


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The answer line unless the pack reads another channel."""
    return channelled(params, "line")


def golds(task: Task) -> Iterator[Answer]:
    """The letter of the truth, or of the choice that it names."""
    truth, choices = _truth(task)
    if isinstance(truth, int) and not isinstance(truth, bool) and 0 <= truth < len(LETTERS):
        yield Answer(LETTERS[truth])
    if isinstance(truth, str):
        if truth in choices:
            yield Answer(LETTERS[choices.index(truth)])
        yield Answer(truth.strip())


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - letters are known
    """The letters of the other choices; A to D where the truth does not list them."""
    _, choices = _truth(task)
    letters = [one for one in LETTERS[: len(choices) or 4] if one != gold.bare]
    for letter in letters:
        yield Answer(letter, also=tuple(one for one in letters if one != letter))


def _truth(task: Task) -> tuple[Any, list[str]]:
    truth = task.truth
    if not isinstance(truth, Mapping):
        return truth, []
    choices = truth.get("choices")
    return truth.get("answer", truth.get("letter")), [str(one) for one in choices] if isinstance(choices, list) else []
