"""What a word is.

| written | words |
|---|---|
| `don't`, `rock'n'roll`, `L'été` | one: apostrophes join |
| `well-known`, `state-of-the-art` | one: hyphens join up to four parts; a longer chain is as many words as parts |
| `3.14`, `1,000`, `U.S.`, `e.g.` | one |
| `and/or`, `a--b`, `x_y`, `_emphasis_` | two, two, one, one |
| Chinese characters, Japanese kana | one each, as word processors count them |
| Thai, Lao, Khmer, Burmese | one for each three letters begun: they write no spaces, and this is an estimate |
| Korean, and everything else | what spaces and punctuation separate |
"""

from __future__ import annotations

import re
from typing import Final

MOST_PARTS: Final = 4
LETTERS_A_WORD: Final = 3

# Signs that belong to the letter before them, which Python does not count as parts of words.
MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71"
    "\u0a81-\u0a83\u0abc-\u0acd\u0ae2\u0ae3\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04"
    "\u0c3c-\u0c56\u0c62\u0c63\u0c81-\u0c83\u0cbc-\u0cd6\u0ce2\u0ce3\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d62\u0d63"
    "\u0d81-\u0d83\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e"
    "\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u1dc0-\u1dff"
    "\u20d0-\u20f0\ufe20-\ufe2f"
)
_DENSE = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003ffff"
)
_UNSPACED = "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3"
_SAME = dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4`\u2032\uff07", "'") | dict.fromkeys("\u2010\u2011", "-")

_ASCII = re.compile(r"(?<!\w)(?:[A-Za-z]\.){2,}[A-Za-z]?(?!\w)|\d+(?:[.,]\d+)+(?!\w)|\w+(?:['-]\w+)*", re.ASCII)
_SPACED = rf"(?:[^\W{_DENSE}{_UNSPACED}]++|[{MARKS}]++)++"  # a run of letters and marks in scripts that write spaces
_ANY = re.compile(
    rf"(?<![\w{MARKS}])(?:[^\W\d_]\.){{2,}}[^\W\d_]?(?![\w{MARKS}])|\d+(?:[.,]\d+)+(?![\w{MARKS}])"
    rf"|[{_DENSE}]|(?:[{_UNSPACED}][{MARKS}]*+){{1,{LETTERS_A_WORD}}}|{_SPACED}(?:['’\-‐‑]{_SPACED})*"
)
# The same where every script writes spaces and no sign stands apart from its letter.
_SIMPLE = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}[^\W\d_]?(?!\w)|\d+(?:[.,]\d+)+(?!\w)|\w+(?:['’\-‐‑]\w+)*")
_SPECIAL = re.compile(f"[{_DENSE}{_UNSPACED}{MARKS}]")
_CHAIN = re.compile(rf"(?:[-‐‑][\w'’{MARKS}]++){{{MOST_PARTS}}}")
_EMPHASIS = re.compile(r"(?<!\w)_++|(?<!_)_++(?![^\W_])")
_TOKEN = re.compile(rf"[^\W_](?:\S*(?:[^\W_]|[{MARKS}]))?")


def listed(lines: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(lines.split())


def words(text: str) -> list[str]:
    """Every word in order, as written; underscores at its ends are markdown's."""
    if "_" in text:
        text = _EMPHASIS.sub("", text)
    found = (_ASCII if text.isascii() else _ANY if _SPECIAL.search(text) else _SIMPLE).findall(text)
    if _CHAIN.search(text):
        found = [part for word in found for part in _parts(word)]
    return found


def fold(text: str) -> str:
    """Apostrophes and hyphens in one form, case folded: for comparing words, never for showing them."""
    if text.isascii():
        return text.replace("`", "'").lower()
    for char, plain in _SAME.items():  # to replace is quicker than to translate, whatever the text
        text = text.replace(char, plain)
    return text.casefold()


def tokens(text: str) -> list[str]:
    """What white space and dashes separate, without punctuation around it; what is only punctuation is left out."""
    for dash in ("\u2014", "\u2013", "--"):
        if dash in text:
            text = text.replace(dash, " ")
    return _TOKEN.findall(text)


def _parts(word: str) -> list[str]:
    """A chain of more than four parts is a sentence written with hyphens."""
    if word.count("-") + word.count("\u2010") + word.count("\u2011") < MOST_PARTS:
        return [word]
    return re.split("[-\u2010\u2011]", word)
