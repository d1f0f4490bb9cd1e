"""Mathematics: the truth is the answer; one more, another sign, another task's answer is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.maths.truth import truth_text
from referee.redteam.families import Answer, Dress, channelled

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """A box unless the pack reads another channel."""
    return channelled(params, "boxed")


def golds(task: Task) -> Iterator[Answer]:
    """The truth as text, without the working of a GSM8K solution and without its box."""
    if isinstance(task.truth, int | float):
        yield Answer(str(task.truth))
    elif isinstance(task.truth, str):
        yield Answer(str(truth_text(task.truth)).strip())
        yield Answer(task.truth.strip())


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - gold says it
    """The number plus one and other slips of arithmetic; for all else what other tasks hold."""
    slips = tuple(_slips(gold.bare))
    more = tuple(one.bare for one in others if one.bare != gold.bare)
    for place, slip in enumerate((*slips, *more)):
        rest = (*slips[:place], *slips[place + 1 :], *more)
        yield Answer(slip, also=tuple(one for one in rest if one != slip)[:8])


def _slips(bare: str) -> Iterator[str]:
    if _NUMBER.fullmatch(bare):
        if "." in bare:
            whole, _, rest = bare.partition(".")
            yield f"{int(whole) + 1}.{rest}"
            yield f"{whole}.{rest}1"
        else:
            for step in (1, -3, 10, 7):
                yield str(int(bare) + step)
        return
    spot = list(re.finditer(r"\d+", bare))
    if spot:
        last = spot[-1]
        yield f"{bare[: last.start()]}{int(last.group()) + 1}{bare[last.end() :]}"
