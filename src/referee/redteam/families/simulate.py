"""Plans, moves and expressions: gold comes with the rows; one action less is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress, channelled

_ACTION = re.compile(r"\([^()]*\)|\w+\([^()]*\)|[A-Za-z0-9]+")


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The channel of the pack, else the whole final segment."""
    return channelled(params, "whole")


def golds(task: Task) -> Iterator[Answer]:  # noqa: ARG001 - the truth says where to go, not how
    """None: the rows bring a plan."""
    yield from ()


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:
    """The plan without its last action, another number, then the answers to other tasks."""
    if moves(task):
        yield Answer("\n".join(actions(gold.bare)[:-1]) or "none")
    else:
        numbers = list(re.finditer(r"\d+", gold.bare))
        for one in reversed(numbers):
            yield Answer(f"{gold.bare[: one.start()]}{int(one[0]) + 1}{gold.bare[one.end() :]}")
    yield from others


def moves(task: Task) -> bool:
    """Whether an answer to the task is a row of actions, not one expression or one grid."""
    name = task.truth.get("simulator") if isinstance(task.truth, Mapping) else ""
    return name not in ("countdown", "sudoku")


def actions(bare: str) -> list[str]:
    """The actions of a plan, one after another."""
    lines = [line.strip() for line in bare.split("\n") if line.strip()]
    if len(lines) > 1:
        return lines
    found = [one[0] for one in _ACTION.finditer(bare)]
    return list(found[0]) if len(found) == 1 and re.fullmatch("[A-Z]+", found[0]) else found
