r"""What stands around an answer or inside it without being part of its value, removed from the text before reading.

`\\left(` of a doubly escaped source, `\phantom{-}`, the `$` of inner formulas, `only`, an ordinal's ending, and a
trailer that says over what the letters range: `, k \in \mathbb{Z}`, `\text{ for all } x \in \mathbb{R}`. A trailer is
removed only when it holds nothing but quantifiers and letters of a closed vocabulary; the letters that it declares are
kept, since a declared letter may be renamed. All patterns are anchored and bounded: linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from referee.maths.dress import undressed

MAX_TRAILER = 200
_TRIES = 4

_DOUBLED = re.compile(
    r"(?<!\\)\\\\(?=(?:left|right|[dtc]?frac|sqrt|text|boxed|infty|cdot|times|pi|leq?|geq?|lt|gt|pm|cup|in|quad)(?![a-z])"
    r"|[dtc]?frac\d)"
)
_PHANTOM = re.compile(r"\\[hv]?phantom\s?(?:\{[^{}]{0,20}\}|-|\+|\d)")
_ONLY = re.compile(r"\\text\s?\{\s?[Oo]nly\s?\}|[Oo]nly\s")
_ORDINAL = re.compile(
    r"(?<![A-Za-z0-9.])([0-9]{1,9})\s?(?:\^\s?)?\{?\s?(?:\\(?:text|mathrm|textrm|rm)\s?\{?\s?)?(?:st|nd|rd|th)(?![A-Za-z])"
    r"\s?\}{0,2}"
)
_DOLLAR = re.compile(r"(?<!\\)\$")
_TRIGGER = re.compile(
    r"\{, \}|\\\\(?=[a-z])|\$|phantom|[Oo]nly|[0-9]\s?\^?\s?\{?\s?(?:\\[a-z]+\s?\{?\s?)?(?:st|nd|rd|th)(?![A-Za-z])"
)

_WORDS = (
    "for|all|any|every|each|some|where|with|when|is|are|be|an?|the|arbitrary|integers?|reals?|numbers?|positive|negative"
    "|non-?negative|non-?zero|natural|whole|rational|constants?|in|and|belongs?|to|denotes?|fixed|parameter"
)
_PIECE = re.compile(
    r"[\s~,;.:()\[\]{}]|\\[ ,;:!]"
    r"|\\(?:q?quad|forall|in|mathbb|mathbf|mathcal|ldots|c?dots|text(?:rm|bf|it)?|mathrm|pm)"
    rf"(?![a-z])|(?:{_WORDS})(?![A-Za-z])|[A-Za-z](?![A-Za-z])|_|\^|[+*=>]|\\geq?(?![a-z])|[0-9]",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:[\s,;~(]|\\[ ,;:!]|\\q?quad(?![a-z]))+(?:\\text(?:rm|bf|it)?\s?\{\s*[,(]?\s*)?"
    r"(?:(?:for|where|with|when)(?![A-Za-z])|\\forall(?![a-z])|\\?\(?(?=[A-Za-z]\s*\\in(?![a-z])))"
    r"|\\text(?:rm|bf|it)?\s?\{\s*[,(]?\s*(?:for|where|with|when)(?![A-Za-z])"
)
_ASKS = re.compile(r"for|where|with|when|forall|\\in(?![a-z])")
_LETTER = re.compile(r"(?<![A-Za-z\\])([A-Za-z])(?![A-Za-z])")
_RANGES = re.compile(
    r"integer|real|whole|natural|rational|number|constant|arbitrary|parameter|\\math(?:bb|bf)\s?\{?\s?[ZNQRC]|\\in\s+[ZNQR]"
)
_STYLED = re.compile(r"\\math(?:bb|bf|cal)\s?\{?\s?[A-Za-z]\s?\}?(?:\s?[_^]\s?\{?[^{}\s]{1,4}\}?)?")
_BOUNDS = re.compile(r"[0-9=>]|\\geq?(?![a-z])")


class Trailed(NamedTuple):
    """A text without its trailer, and the letters that the trailer declares."""

    text: str
    declared: frozenset[str] = frozenset()


def tidy(text: str) -> str:
    """The text without what only shows."""
    if text.endswith(("\\]", "\\)")) and "\\[" not in text and "\\(" not in text:  # half of \[Answer: 9\]
        text = text[:-2].rstrip()
    text = undressed(text)
    if text.endswith("percentage"):
        text = text[:-3]
    if _TRIGGER.search(text) is None:
        return text.rstrip("\\ ") if text.endswith("\\") else text
    if "\\begin" not in text:
        text = _DOUBLED.sub(r"\\", text)
    text = text.replace("{, }", "{,}")
    if "phantom" in text:
        text = _PHANTOM.sub(" ", text)
    if "nly" in text:
        text = _ONLY.sub("", text)
    if len(text) < MAX_TRAILER:
        text = _ORDINAL.sub(r"\1 ", text).strip()
    if "$" in text and len(_DOLLAR.findall(text)) % 2 == 0:
        text = _DOLLAR.sub(" ", text)
    return text


def trailed(text: str) -> Trailed:
    """Take off a trailer that says over what the letters range."""
    if _ASKS.search(text) is None:
        return Trailed(text)
    for tries, match in enumerate(_OPENING.finditer(text, 1)):
        if tries == _TRIES:
            break
        rest = text[match.start() :]
        if len(rest) <= MAX_TRAILER and _quantifies(rest):
            kept = text[: match.start()].rstrip(" ,;~\\")
            letters = _LETTER.findall(_STYLED.sub(" ", rest)) if kept else []
            return Trailed(kept, frozenset(letters)) if kept else Trailed(text)
    return Trailed(text)


def _quantifies(rest: str) -> bool:
    position = 0
    while position < len(rest):
        match = _PIECE.match(rest, position)
        if match is None:
            return False
        position = match.end()
    if _RANGES.search(rest) is None and "dots" not in rest:
        return False
    return "dots" in rest or _BOUNDS.search(_STYLED.sub("", rest)) is None
