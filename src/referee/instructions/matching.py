"""Where a keyword stands in a response: as a word or phrase of its own, whatever its characters mean to a pattern.

`found` is what a response may be paid for: the word as it is written. `disguised` is what it may be fined for: the word
as a reader recognises it, though its letters come from another alphabet or its middle is in bold.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from referee.instructions.words import fold

# Cyrillic and Greek letters that look like Latin ones in most fonts.
_LOOKS_LIKE = str.maketrans(
    "аеорсухіԁѕјһԛԝкмтнαορικνυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЅЈ",
    "aeopcyxidsjhqwkmthaopikvuxABEZHIKMNOPTYXABEKMHOPCTYXISJ",
)
_INSIDE = re.compile(r"(?<=\w)(?:\*{1,3}|__|`|~~)(?=\w)")
_SCRIPTLESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count(keyword: str, folded: str) -> int:
    """How often the keyword stands in the folded text."""
    form = " ".join(fold(keyword).split())
    if form not in folded and " " not in form:
        return 0
    return len(_pattern(form).findall(folded))


def disguised(text: str) -> str:
    """The text folded as a reader reads it: look-alike letters as those they look like, no marks inside words."""
    if "*" in text or "`" in text or "__" in text or "~~" in text:
        text = _INSIDE.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOKS_LIKE)
    return fold(text)


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str]:
    """The keyword as a literal, with any white space where it has some, and no letter or digit beside it.

    `don` is no word in `don't`, but `cat` is one in `cat's`. Scripts that write no spaces have no edges to look at.
    """
    body = r"\s+".join(map(re.escape, form.split()))
    if _SCRIPTLESS.search(form):
        return re.compile(body)
    left = r"(?<!\w)(?<!\w')" if form[0].isalnum() else ""
    right = r"(?!\w)(?!'(?!s(?!\w))\w)" if form[-1].isalnum() else ""
    return re.compile(left + body + right)
