r"""Thousands separators within an expression or a list: `10,000\pi`, `10,000 and 20,000`, `10,000, 20,000`.

A comma without a space between groups of digits may separate the members of a list, too. It groups digits where a group
begins with 0, which no number does, or where no other comma stands outside brackets; so `100,200\pi` is one number as
`100,200` is, but `(1,234)` is a pair and `100,200,30` a list.
"""

from __future__ import annotations

import re

_GROUPED = re.compile(r"(?<![0-9.,_^])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9]|,[0-9])")
_CERTAIN = re.compile(r",0[0-9]{2}(?![0-9])")


def ungrouped(text: str) -> str:
    """The text without its thousands separators."""
    found = list(_GROUPED.finditer(text))
    if not found:
        return text
    rest = _GROUPED.sub("0", text)
    if not any(_CERTAIN.search(match[0]) for match in found) and ("," in rest or not _outside(text, found)):
        return text
    return _GROUPED.sub(lambda match: match[0].replace(",", ""), text)


def _outside(text: str, found: list[re.Match[str]]) -> bool:
    """Whether all of them stand outside brackets; the braces of a command are none."""
    depth, position = 0, 0
    for match in found:
        before = text[position : match.start()]
        depth += sum(before.count(mark) for mark in "([") + before.count("\\{")
        depth -= sum(before.count(mark) for mark in ")]") + before.count("\\}")
        position = match.end()
        if depth:
            return False
    return not text.lstrip().startswith("{")
