"""Texts: the truth itself is right; with one character changed it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress, channelled


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The whole final segment unless the pack reads another channel."""
    return channelled(params, "whole")


def golds(task: Task) -> Iterator[Answer]:
    """The truth."""
    if isinstance(task.truth, str):
        yield Answer(task.truth)


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - gold says it
    """One letter changed, then what other tasks hold."""
    letter = next((place for place, sign in enumerate(gold.bare) if sign.isalnum()), None)
    if letter is not None:
        other = "x" if gold.bare[letter] not in "xX" else "y"
        yield Answer(gold.bare[:letter] + other + gold.bare[letter + 1 :], also=tuple(one.bare for one in others)[:8])
    yield from others
