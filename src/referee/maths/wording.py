r"""Words of one meaning, times and dates: the closed tables by which two answers in words are the same.

Letter case, spacing, punctuation, a leading article and the `and` of a list do not matter. Nothing is guessed: words
that are not in the tables are compared as they are.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from referee.maths.tree import Node, sym

_ALIASES = {
    **dict.fromkeys(("infinitely many", "infinite", "infinitely many solutions", "infinity"), "infinite"),
    **dict.fromkeys(
        ("dne", "does not exist", "doesn't exist", "do not exist", "undefined", "not defined"), "undefined"
    ),
    **dict.fromkeys(("no solution", "no solutions", "empty set", "no such solution", "none", "no answer"), "none"),
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "every real number", "any real number"), "reals"),
    **dict.fromkeys(("yes", "true"), "yes"),
    **dict.fromkeys(("no", "false"), "no"),
}
_ARTICLE = re.compile(r"(?:the|a|an) (?=.)")
_JOINT = re.compile(r"\s*[,;]\s*(?:and\s)?\s*|\sand\s")
_MARKS = re.compile(r"[!?\"]|\.(?=\s|$)|(?<=[a-z])\.(?=[a-z])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}  # fmt: skip
_DATE = re.compile(r"(?:([a-z]{3,9})\.? ([0-9]{1,2})|([0-9]{1,2}) (?:of )?([a-z]{3,9})\.?)(?:,? ([0-9]{4}))?")
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)(?![a-z])")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))? ?(?:([ap])\.? ?m\.?|noon|midnight)?")
_WRAPPERS = re.compile(r"\\(?:text(?:rm|bf)?|mathrm|mbox)\s?\{|[{}~]|\\[ ,;:!]")


def canonical(words: str) -> str:
    """The one form of all wordings that mean the same. Never empty for words that are not."""
    words = words.casefold()
    if any(char.isdigit() for char in words) and (date := _date(_ORDINAL.sub("", words))):
        return date
    plain = " ".join(_JOINT.sub(" ", _MARKS.sub("", words)).split()) or words
    plain = _ARTICLE.sub("", plain, count=1) if _ARTICLE.match(plain) else plain
    return _ALIASES.get(plain, plain)


def _date(words: str) -> str | None:
    match = _DATE.fullmatch(words.strip())
    month = _MONTHS.get((match[1] or match[4]) if match else "")
    if match is None or month is None:
        return None
    return f"{match[5] or ''}-{month}-{int(match[2] or match[3])}"


class Clock(NamedTuple):
    """A time; `half` is `a`, `p` or nothing."""

    hours: int
    minutes: int
    seconds: int
    half: str

    def agrees(self, other: Clock) -> bool:
        """The same time; the half of the day counts where both name it."""
        return self[:3] == other[:3] and (not self.half or not other.half or self.half == other.half)


def clock(text: str) -> Clock | None:
    """The time of `12:30`, `4:05 p.m.`; a ratio such as `3:1` or `12:7` is none."""
    if ":" not in text or len(text) > 60:
        return None
    match = _CLOCK.fullmatch(" ".join(_WRAPPERS.sub(" ", text).strip("$ .").lower().split()))
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    return Clock(int(match[1]), int(match[2]), int(match[3] or 0), match[4] or "")


def spelled(node: Node) -> str | None:
    """The word that a product of single letters spells: `IV`, `Al`."""
    if node.kind != "mul" or not all(part.kind == "sym" and len(part.text) == 1 for part in node.args):
        return None
    return "".join(part.text for part in node.args)


_NAMED = {sym("inf"): "infinite", sym("emptyset"): "none", sym("mathbb_R"): "reals"}


def named(node: Node) -> str | None:
    """The canonical words of a value that also has a name in words: infinity, the empty set, all real numbers."""
    if node.kind == "rel" and node.text in {"=", "in"}:
        node = node.args[1]
    if node.kind == "seq" and node.text == "()" and node.args == (Node("neg", (sym("inf"),)), sym("inf")):
        return "reals"
    return _NAMED.get(node)
