r"""Finding `\boxed{...}`: one pass with a stack, so that a wall of open braces costs no more than prose.

Only the macro `\boxed` counts. `\fbox` and other frames are not answers: a second spelling is a second channel.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MACRO = "\\boxed"

# A backslash too many, as JSON written twice leaves it, is forgiven everywhere alike.
_TOKEN = re.compile(r"\\{1,2}boxed(?![a-zA-Z])[ \t\n]{0,8}(\{?)|\\.|[{}]", re.DOTALL)
_BARE = re.compile(r"[^\s${}\\]+|\\[a-zA-Z]+")


class Box(NamedTuple):
    """`start`, `end`: the content, without braces. `outer`: where the macro begins. `nested`: it holds another box."""

    start: int
    end: int
    outer: int
    nested: bool = False


class Boxes(NamedTuple):
    """The outermost closed boxes in order, and how many were opened but never closed."""

    closed: list[Box]
    unclosed: int


def boxes(text: str, start: int = 0, end: int | None = None) -> Boxes:
    r"""Every `\boxed{...}` of text[start:end], outermost only. `\boxed 7` is a box around the next word. Linear."""
    stop = len(text) if end is None else end
    first = text.find(MACRO, start, stop)
    if first < 0:
        return Boxes([], 0)
    found: list[Box] = []
    stack: list[tuple[int, int] | None] = []  # an open brace: None, or (macro start, content start) when it is a box
    for match in _TOKEN.finditer(text, first, stop):
        token = match[0]
        if token == "{":
            stack.append(None)
        elif token == "}":
            if stack and (opened := stack.pop()) is not None:
                _add(found, Box(opened[1], match.start(), opened[0]))
        elif len(token) > 2:
            if match[1]:
                stack.append((match.start(), match.end()))
            elif word := _BARE.match(text, match.end(), stop):
                _add(found, Box(word.start(), word.end(), match.start()))
    return Boxes(found, sum(entry is not None for entry in stack))


def _add(found: list[Box], box: Box) -> None:
    """Append a box; boxes that lie inside it are replaced by the mark `nested`."""
    nested = False
    while found and found[-1].outer > box.outer:
        found.pop()
        nested = True
    found.append(box._replace(nested=nested))
