r"""Values with labels in words: `Maximum = 2, Minimum = 1`, `Paolo: 18, Qing: 14`, `9 chickens and 10 rabbits`.

Never free prose: every part is one label of up to four words and one value, with a sign between them or the value
before the noun, and all parts are of one make.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from referee.maths.read import read
from referee.maths.tree import Node
from referee.maths.words import FUNCTIONS, WORDS

MAX_LENGTH = 400
MAX_PARTS = 20

_TEXT = re.compile(r"\\(?:text(?:rm|bf|it)?|mathrm|mathbf|mbox)\s?\{([^{}]*)\}")
_SHOWS = re.compile(r"\\q?quad(?![a-z])|\\[ ,;:!]|[~$]|\\\\")
_PARTS = re.compile(r";|\n|,(?![0-9]{3}(?![0-9]))|(?<![A-Za-z])(?:and|or)(?![A-Za-z])")
_NAMED = re.compile(r"([A-Za-z][A-Za-z' -]{1,60}?)\s*[:=]\s*([^:=]{1,200})")
_COUNTED = re.compile(
    r"((?:[-+]?[0-9][0-9.,]*|\\[dt]?frac\s?\{[0-9]+\}\s?\{[0-9]+\}|[0-9]+/[0-9]+))\s+([A-Za-z][A-Za-z' -]{1,60})"
)
_OPEN = frozenset("([{")
_STOP = frozenset({
    "is", "are", "not", "wrong", "no", "but", "if", "because", "than", "more", "less", "least", "most", "about",
    "approximately", "maybe", "perhaps", "either", "answer", "answers", "correct", "right", "incorrect",
})  # fmt: skip


class Labels(NamedTuple):
    """`counted`: the value stands before its noun, and the order of the values is that of the question."""

    names: tuple[str, ...]
    values: tuple[Node, ...]
    counted: bool

    @property
    def value(self) -> Node:
        """The values alone: one, or a bare list."""
        return self.values[0] if len(self.values) == 1 else Node("seq", self.values)


def labels(text: str) -> Labels | None:
    """The labelled values that the whole text is, or None."""
    if len(text) > MAX_LENGTH or "\\begin" in text:
        return None
    flat = _SHOWS.sub(" ", _TEXT.sub(r" \1 ", text)).strip().rstrip(".")
    parts = [part.strip() for part in _split(flat)]
    parts = [part for part in parts if part]
    if not parts or len(parts) > MAX_PARTS:
        return None
    return _all(parts, _NAMED, counted=False) or (_all(parts, _COUNTED, counted=True) if len(parts) > 1 else None)


def matched(truth: Labels, answer: Labels) -> tuple[Node, Node] | None:
    """Both lists of values in the order of the truth's labels; None when the labels are not the same."""
    if sorted(truth.names) != sorted(answer.names):
        return None
    order = [answer.names.index(name) for name in truth.names]
    return Node("seq", truth.values, "()"), Node("seq", tuple(answer.values[n] for n in order), "()")


def _split(text: str) -> list[str]:
    """At separators outside brackets."""
    pieces, start, depth, position = [], 0, 0, 0
    for match in _PARTS.finditer(text):
        for char in text[position : match.start()]:
            depth += (char in _OPEN) - (char in ")]}")
        position = match.start()
        if depth == 0:
            pieces.append(text[start : match.start()])
            start = match.end()
    return [*pieces, text[start:]]


def _all(parts: list[str], pattern: re.Pattern[str], *, counted: bool) -> Labels | None:
    names, values = [], []
    for part in parts:
        match = pattern.fullmatch(part)
        if match is None:
            return None
        value, name = match.groups() if counted else (match[2], match[1])
        words = name.casefold().split()
        if len(words) > 4 or not _STOP.isdisjoint(words) or name in FUNCTIONS or name in WORDS:
            return None
        tree = read(value)
        if not isinstance(tree, Node) or tree.kind in {"rel", "seq", "text", "such"}:
            return None
        names.append(" ".join(words))
        values.append(tree)
    return Labels(tuple(names), tuple(values), counted) if len(set(names)) == len(names) else None
