"""What a reader would see: how many visible characters a text has, and which hidden ones it holds.

Visible are letters, digits, punctuation and symbols. White space, zero-width and control characters, fillers,
unassigned code points and combining marks are not: a padded text is no longer than what it shows.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Final

from referee.text.unicode import Refused, name, plain

_BLANK_ASCII = bytes(code for code in range(128) if not 33 <= code <= 126)
# Letters, marks and a symbol that show nothing.
FILLERS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
_HIDDEN = frozenset(
    {
        "answer.invisible", "answer.bidi", "answer.control", "answer.private_use", "answer.unassigned",
        "answer.surrogate",
    }
)  # fmt: skip
_SAMPLE = 16  # this many characters are counted one by one before the whole is


def visible(text: str) -> int:
    """The number of visible characters. Linear."""
    if text.isascii():
        return len(text.encode("ascii").translate(None, _BLANK_ASCII))
    return sum(count for char, count in Counter(text).items() if _shows(char))


def shows(text: str, minimum: int, start: int = 0, end: int | None = None) -> bool:
    """Whether text[start:end] has at least `minimum` visible characters. Looks no further than it must."""
    stop = len(text) if end is None else end
    if minimum <= 0:
        return True
    if minimum > stop - start:
        return False
    if minimum <= _SAMPLE:
        missing = minimum
        for char in text[start : min(stop, start + 2 * _SAMPLE)]:
            missing -= ("!" <= char <= "~") or (char > "~" and _shows(char))
            if not missing:
                return True
    return visible(text[start:stop]) >= minimum


def hidden(text: str, allowed: str = "") -> Refused | None:
    """The first character that a reader cannot see (or that reorders what is seen) and that `allowed` does not hold.

    For answers compared as text. The codes are those of `referee.text.unicode`. Linear.
    """
    if text.isascii():
        return None
    suspects = {char for char in set(text) - set(allowed) if not char.isascii()}
    found = {char: refused.reason for char in suspects if isinstance(refused := plain(char), Refused)}
    places = [(text.index(char), char, reason) for char, reason in found.items() if reason in _HIDDEN]
    if not places:
        return None
    offset, char, reason = min(places)
    return Refused(reason, f"{name(char)} at {offset}", offset)


def _shows(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS" and char not in FILLERS
