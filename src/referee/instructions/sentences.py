"""What a sentence is.

A sentence ends with `.`, `!`, `?`, an ellipsis or the like in another script, closing quotes and brackets included,
before white space or an emoji. None ends after a title or abbreviation (`Dr.`, `e.g.`), an initial (`J.`), the number
of a list item, inside a number or a name (`3.5`, `Node.js`), nor where a quotation or an ellipsis goes on
(`"Stop!" he said`). The end of a paragraph or list item ends the sentence in it, whether or not it has an end mark; a
heading is none. What holds no letter or digit is no sentence: `...` and `***` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from referee.instructions.words import listed

MOST: Final = 5_000  # paragraphs, list items and end marks that are looked at; what follows them is one sentence

_CLOSERS = "\"'”’»)\\]}*_`」』）】》"
_ENDS = ".!?…‽。！？｡．؟۔।॥።՞՜⁇⁈⁉‼"
# A line that is a unit of its own, and a heading, which is none.
_BULLET = re.compile(r"(?:[*+•‣-]|\d{1,3}[.)]|[A-Za-z][.)])[ \t]")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"[*_=~-]{3,}$|`{3,}|~{3,}")
# A mark that may end a sentence, with what closes it.
_MARK = re.compile(
    rf"(?<![.!?…‽])[.!?…‽؟۔।॥።]++[{_CLOSERS}]*+(?=\s|$|[\U0001f000-\U0001faff☀-➿⭐])"  # before white space or an emoji
    rf"|[。！？｡．⁇⁈⁉‼]++[{_CLOSERS}]*+"  # where no white space is written
    r"|(?<=[a-z]{2})[.!?](?=[A-Z][a-z]{1,30}(?:[ ,;:!?]|\.(?:\s|$)))"  # a space forgotten
)
_LOWER_NEXT = re.compile(r"\s*+[\"'“‘(\[*_]*+[a-z]")
_BRACKET = re.compile(r"[)\]}]")
_QUOTE = re.compile("[\"'”’»」』]")
_ALNUM = re.compile(r"[^\W_]")
_SAID = re.compile(
    r"\s+[A-Z][\w'’]*(?: [A-Z][\w'’]*){0,2} "
    r"(?:said|asked|replied|cried|shouted|whispered|answered|exclaimed|wondered)\b"
)
ABBREVIATIONS = listed("""
    mr mrs ms dr prof st mt ft rev hon pres gov gen col capt cpt lt sgt sr jr esq messrs mme mlle dept univ assn bros
    inc ltd co corp vs etc al approx ca cf viz e.g i.e a.k.a a.m p.m u.s u.k u.n ph.d b.a m.a b.s m.s m.d
    ave blvd rd hwy
""")
# Abbreviations before a number only: "No. 5", but "He said no."
_BEFORE_NUMBERS = listed("""
    no nos vol vols p pp ch sec fig figs eq eqs jan feb mar apr jun jul aug sep sept oct nov dec
""")
# After these a new sentence may well begin: the next word decides.
_OFTEN_LAST = listed("inc ltd co corp etc al a.m p.m u.s u.k u.n ph.d b.a m.a b.s m.s m.d jr sr esq")
_OPENERS = listed("""
    the a an this that these those he she it they we you i his her its their our my your there here in on at for but
    and however what who when where why how is are was were do does did if as after before while although because
    then so yet no not please can could would should will
""")


class Sentence(NamedTuple):
    """One sentence and where it starts in the text. `end` is past its end mark."""

    text: str
    start: int
    end: int

    @property
    def mark(self) -> str:
        """What it ends with: one or more of `.!?` and their like, or nothing."""
        bare = self.text.rstrip(_CLOSERS.replace("\\", ""))
        return bare[len(bare.rstrip(_ENDS)) :]


def sentences(text: str) -> list[Sentence]:
    """Every sentence in order. Linear."""
    found: list[Sentence] = []
    left = MOST
    for start, end in _units(text):
        left = _cut(text, start, end if left > 1 else len(text), found, left)
        if left <= 0:
            break
    return found


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs and list items: lines are joined until a blank line, a bullet, a heading or a rule."""
    start = at = 0
    for line in text.split("\n"):
        bare = line.strip()
        next_at = at + len(line) + 1
        first = bare[:1]
        if not bare or (first in "#*_=~-`" and (_RULE.match(bare) or _HEADING.match(bare))):
            if start < at:
                yield start, at
            start = next_at
        elif start < at and first in "*+•‣-0123456789" and _BULLET.match(bare):
            yield start, at
            start = at
        at = next_at
    if start < len(text):
        yield start, len(text)


def _cut(text: str, start: int, end: int, found: list[Sentence], left: int) -> int:
    """Add the sentences of one unit, and say how many more units and marks may be looked at."""
    begin = start
    for match in _MARK.finditer(text, start, end) if left > 1 else ():
        left -= 1
        if left <= 1:
            end = len(text)
            break
        if _ends(text, begin, match, end):
            _add(text, begin, match.end(), found)
            begin = match.end()
    _add(text, begin, end, found)
    return left - 1


def _add(text: str, begin: int, end: int, found: list[Sentence]) -> None:
    piece = text[begin:end]
    bare = piece.strip()
    if bare and _ALNUM.search(bare):
        begin += len(piece) - len(piece.lstrip())
        found.append(Sentence(bare, begin, begin + len(bare)))


def _ends(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether a mark ends the sentence that began at `begin`."""
    at, after = match.span()
    lower = _LOWER_NEXT.match(text, after, end) is not None
    if _QUOTE.search(text, at, after) and (lower or _SAID.match(text, after, end)):
        return False  # "Stop!" he said
    if lower and _BRACKET.search(text, at, after):
        return False  # (really?) he said
    if text[at] not in ".…":
        return True
    if text[at] == "…" or text.startswith("..", at):
        return not lower
    return at == begin or _full_stop(text, begin, at, after, end)


def _full_stop(text: str, begin: int, at: int, after: int, end: int) -> bool:
    """Whether the stop at `at` ends a sentence, and is no part of an abbreviation, an initial or a list number."""
    before = text[max(begin, at - 24) : at]
    word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :].lstrip("\"'“‘([*_").lower()
    known = word in ABBREVIATIONS
    initial = len(word) == 1 and word.isalpha() and word != "i"
    number = word.isdigit() and at - begin <= 8 and not text[begin : at - len(word)].strip("*_ \t\n")
    if not (known or initial or number or word in _BEFORE_NUMBERS):
        return True
    rest = text[after : min(end, after + 24)].split(None, 1)
    following = rest[0].strip("\"'“‘([*_,;:").lower() if rest else ""
    if word in _BEFORE_NUMBERS and not known:
        return not following[:1].isdigit()
    return not following or (following in _OPENERS and (initial or word in _OFTEN_LAST))
