"""Short answers: a name of the truth is right; the names of other tasks are wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress, channelled

STRANGERS = ("Ulan Bator", "Ada Lovelace", "the Thursday before")


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The answer line unless the pack reads another channel."""
    return channelled(params, "line")


def golds(task: Task) -> Iterator[Answer]:
    """The truth, its value, or its aliases one after another."""
    names = tuple(dict.fromkeys(_names(task.truth)))
    for name in names:
        yield Answer(name, also=tuple(one for one in names if one != name))


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - any task
    """What other tasks are answered with, then names that are seldom right."""
    known = {gold.bare.casefold(), *(one.casefold() for one in gold.also)}
    found = [one.bare for one in others if one.bare.casefold() not in known]
    found += [one for one in STRANGERS if one.casefold() not in known]
    for name in found:
        yield Answer(name, also=tuple(one for one in found if one != name)[:8])


def _names(truth: Any) -> Iterator[str]:
    if isinstance(truth, str):
        yield truth
    elif isinstance(truth, list):
        for one in truth:
            yield from _names(one)
    elif isinstance(truth, Mapping):
        for key in ("value", "text", "answer", "aliases", "answers", "human_answers"):
            yield from _names(truth.get(key))
