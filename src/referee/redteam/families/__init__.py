"""What a family of verifiers wants to read, and what right and honest wrong answers to its tasks are: one file each.

A family without a file can still be attacked: with the whole final segment as its channel, and with the gold and wrong
answers that the rows of tasks bring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol, cast

from referee.core.types import Task


class Answer(NamedTuple):
    """A bare answer: its text, the same as data where it is data, and the same in other words (or other wrong ones)."""

    bare: str
    value: Any = None
    also: tuple[str, ...] = ()


class Dress(NamedTuple):
    """How a rule's answer is given: channel, what stands around it, words that may stand before it."""

    channel: str
    before: str = ""
    after: str = ""
    lead: str = ""


class Family(Protocol):
    """The functions of a family's file."""

    def dress(self, verifier: str, params: Mapping[str, Any]) -> Dress:
        """The dressing that a rule of this family asks for."""

    def golds(self, task: Task) -> Iterator[Answer]:
        """Right answers that can be told from the truth alone, likeliest first; none where it takes a solution."""

    def wrongs(self, task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:
        """Honest wrong answers, likeliest first: the same kind of answer, and not right. `others`: of other tasks."""


DRESSES = {
    "boxed": Dress("boxed", "\\boxed{", "}", "This gives "),
    "line": Dress("line", "Answer: ", "", "I have looked at it twice.\n"),
    "answer": Dress("answer", "<answer>", "</answer>"),
    "whole": Dress("whole"),
}


def family(name: str) -> Family:
    """The file of a family, or the plain one."""
    name = name.rpartition("/")[2]
    found = name if name.isidentifier() and find_spec(f"{__name__}.{name}") else "plain"
    return cast("Family", import_module(f"{__name__}.{found}"))


def channelled(params: Mapping[str, Any], default: str) -> Dress:
    """The dressing of a channel of `referee.text.channel`."""
    channel = str(params.get("channel", default))
    return DRESSES.get(channel, DRESSES[default])
