"""Where a keyword stands in a response: as a word or phrase of its own, whatever its characters mean to a pattern.

`fold` gives what a response may be paid for: the word as it is written. `readings` gives what it may be fined for: the
word as a reader recognises it, though its letters come from another alphabet, its middle is in bold or hyphens stand in
it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice

from referee.instructions.words import MARKS, fold

# Letters of other alphabets that look like Latin ones in most fonts.
_LOOKS_LIKE = str.maketrans(
    "аеорсухіԁѕјһԛԝкмтнѵαορικνυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЅЈɑıɡɩօոսց",
    "aeopcyxidsjhqwkmthvaopikvuxABEZHIKMNOPTYXABEKMHOPCTYXISJaigionug",
)
_ALIKE = "".join(map(chr, sorted(_LOOKS_LIKE)))
_FEW = 12  # of them are replaced one by one, which is quicker
# Those of them that stand beside a Latin letter. No run is looked at twice.
_BESIDE_LATIN = re.compile(rf"(?<=[A-Za-z])[{_ALIKE}]++|(?<![{_ALIKE}])[{_ALIKE}]++(?=[A-Za-z])")
_VOWELS, _OTHER_VOWELS = "aeiouAEIOU", "аеиоуыюяіїєАЕИОУЫЮЯІЇЄαεηιουωΑΕΗΙΟΥΩ"
_INSIDE = re.compile(r"(?<=\w)(?:\*{1,3}|__|`|~~|</?[A-Za-z]{1,10}>)(?=\w)")
_ON_LETTERS = re.compile("(?<=[A-Za-z])[\u0300-\u036f\u20d0-\u20f0]+")  # what NFKC has not joined with its letter
_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_]([ ._·*-])[^\W\d_](?:\1[^\W\d_])+(?![^\W_])")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_SCRIPTLESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count(keyword: str, folded: str, most: int | None = None) -> int:
    """How often the keyword stands in the folded text; with `most`, no more are counted."""
    form = " ".join(fold(keyword).split())
    if form not in folded and " " not in form:
        return 0
    return sum(1 for _ in islice(_pattern(form).finditer(folded), most))


def disguised(text: str) -> str:
    """The text folded as a reader reads it: look-alike letters as those they look like, no marks inside words."""
    if any(mark in text for mark in ("*", "`", "__", "~~", "<")):
        text = _INSIDE.sub("", text)
    if not text.isascii():
        text = _ON_LETTERS.sub("", _latin(unicodedata.normalize("NFKC", text)))
    return fold(text)


def _latin(text: str) -> str:
    """Look-alikes as Latin letters; in a text that is mostly Greek or Cyrillic only those in words with Latin ones."""
    if sum(map(text.count, _OTHER_VOWELS)) <= sum(map(text.count, _VOWELS)):
        present = [char for char in _ALIKE if char in text]
        if len(present) > _FEW:
            return text.translate(_LOOKS_LIKE)
        for char in present:
            text = text.replace(char, chr(_LOOKS_LIKE[ord(char)]))
        return text
    return _BESIDE_LATIN.sub(lambda match: match[0].translate(_LOOKS_LIKE), text)


def readings(text: str) -> list[str]:
    """The text folded in each way that shows a word: as written, out of its disguise, and without joints in words.

    `ba-nana` and `b a n a n a` are bananas, and the words of `snake_case` are two.
    """
    found = [fold(text), disguised(text)]
    joined = _HYPHEN.sub("", _SPELLED.sub(_together, found[1])).replace("_", " ")
    return list(dict.fromkeys([*found, joined]))


def _together(match: re.Match[str]) -> str:
    return match[0].replace(match[1], "")


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str]:
    """The keyword as a literal, with any white space where it has some, and no letter or digit beside it.

    `don` is no word in `don't`, but `cat` is one in `cat's` and in `_cat_`. Scripts that write no spaces have no edges
    to look at.
    """
    body = r"\s+".join(map(re.escape, form.split()))
    if _SCRIPTLESS.search(form):
        return re.compile(body)
    sign = "(?!)" if form.isascii() else f"[{MARKS}]"  # a vowel sign makes another word, an accent a disguise
    left = r"(?<![^\W_])(?<![^\W_]_)(?<!\w')" if form[0].isalnum() else ""
    right = rf"(?![^\W_]|_[^\W_]|{sign})(?!'(?!s(?!\w))\w)" if form[-1].isalnum() or not form.isascii() else ""
    return re.compile(left + body + right)
