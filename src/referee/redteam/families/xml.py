"""XML: a document; with an element renamed it meets no schema. Gold comes with the rows, or is the truth itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import DRESSES, Answer, Dress

_FENCE = Dress("fence", "```xml\n", "\n```")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*)")
_TEXT = re.compile(r">([^<>]+)</")


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The whole final segment unless the pack reads another place."""
    return {"fence": _FENCE, "answer": DRESSES["answer"]}.get(str(params.get("place", "auto")), DRESSES["whole"])


def golds(task: Task) -> Iterator[Answer]:
    """The truth, where it is a document and no schema."""
    if isinstance(task.truth, str):
        yield Answer(task.truth)


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - gold says it
    """The gold document with its last element renamed, with another text, then other documents."""
    names = list(dict.fromkeys(name for _, name in _TAG.findall(gold.bare)))
    for name in reversed(names):
        yield Answer(re.sub(rf"<(/?){re.escape(name)}(?=[\s/>])", rf"<\1{name}x", gold.bare))
    for text in _TEXT.finditer(gold.bare):
        yield Answer(f"{gold.bare[: text.start(1)]}wrong{gold.bare[text.end(1) :]}")
    yield from others
