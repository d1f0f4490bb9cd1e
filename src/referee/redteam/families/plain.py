"""Any family that has no file of its own: the rows bring what is right and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress, channelled


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The channel that the parameters name, else the whole final segment."""
    return channelled(params, "whole")


def golds(task: Task) -> Iterator[Answer]:
    """A truth that is a text may be the answer."""
    if isinstance(task.truth, str):
        yield Answer(task.truth)


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - any task
    """The answers to some other tasks, the gold answer cut short, no answer."""
    yield from others[:4]
    if len(gold.bare) > 1:
        yield Answer(gold.bare[: len(gold.bare) // 2])
    yield Answer("I do not know")
