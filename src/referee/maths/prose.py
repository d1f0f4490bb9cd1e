r"""Answers that are words or a letter of a multiple choice, with or without `\text{}`."""

from __future__ import annotations

import re
import unicodedata

from referee.maths.words import FUNCTIONS, SEPARATORS, WORDS

_MACRO = re.compile(r"\\(?:text(?:rm|bf|it|sf|tt|up|normal)?|mathrm|mathbf|mathit|mbox|hbox)\s?\{")
_SPACE = re.compile(r"(?:\\[ ,;:!]|[\s~])+")
_NO_PROSE = frozenset("\\^_=<>+*|&#%{}$")
_CHOICE = re.compile(r"(?:(?:option|choice|answer)\s?:?\s?)?[(\[]?([A-Za-z])[)\]]?\s?[.:]?", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
MAX_PROSE = 500
_SHORT = frozenset({"no", "up", "on", "am", "pm"})  # words of two letters that a truth may be; others are products


def bare(text: str) -> str | None:
    r"""The text without `\text{...}` around its parts; None when it is not plain prose."""
    if len(text) > MAX_PROSE:
        return None
    stripped, count = _MACRO.subn("", text)
    if stripped.count("}") != count + stripped.count("{"):
        return None
    stripped = _SPACE.sub(" ", stripped.replace("}", "").replace("{", "").strip("$")).strip()
    return None if not stripped or not _NO_PROSE.isdisjoint(stripped) else stripped


def words(text: str) -> str | None:
    """Words for comparison: letter case, spacing and the full stop at the end do not matter. None when not prose."""
    prose = bare(text)
    if prose is None or not _LETTERS.search(prose):
        return None
    return unicodedata.normalize("NFC", prose).casefold().rstrip(".! ").strip("\"'") or None


def is_prose(text: str) -> bool:
    r"""Whether a truth means words: one `\text{...}`, or bare words that are no mathematics."""
    prose = bare(text)
    if prose is None:
        return False
    found = [word for word in _LETTERS.findall(prose) if word.lower() not in SEPARATORS]
    if len(_MACRO.findall(text)) == 1 and _MACRO.match(text):
        return bool(found)
    longer = (word for word in found if len(word) > 2 or word.lower() in _SHORT)
    return "," not in prose and any(word not in FUNCTIONS and word not in WORDS for word in longer)


def letter(text: str) -> str | None:
    r"""The letter of `B`, `(B)`, `B.`, `\textbf{(B)}`, `\text{Option B}`; letter case matters."""
    prose = bare(text)
    match = _CHOICE.fullmatch(prose) if prose else None
    return match[1] if match else None


_SEVERAL = re.compile(r"\(?[A-H]\)?(?:\s*(?:[,;]|and|,\s*and)?\s*\(?[A-H]\)?){1,7}")
_OPTION = re.compile(r"(?:\(([A-Z])\)|([B-F])(?=[ :.)])|([AG-Z])[:.)])[.:)]? +(?=[A-Za-z0-9(])")


MAX_OPTION = 200
_WITH_TEXT = re.compile(
    r"\s*(?:\\(?:text|mathrm)(?:rm|bf)?\s?\{\s?|\\mathbf\s?\{\s?)?(?:\(([A-Z])\)|([A-Z])[.):])[.:]?\s?\}?"
    r"(?:[\s~]|\\[ ,;:!]|\\q?quad(?![a-z]))+([^\s].*)",
    re.DOTALL,
)
_ANOTHER = re.compile(r"(?<![A-Za-z\\])(?:[A-Z](?![A-Za-z])|(?i:or|and|not|nor|but|wrong|none|both)(?![a-z]))")


def option(text: str) -> str | None:
    """The letter of a truth that names the letter and the text of an option: `(D) Alina`."""
    prose = bare(text)
    match = _OPTION.match(prose) if prose else None
    return match[1] or match[2] or match[3] if match else None


def with_text(text: str) -> str | None:
    r"""The letter of an option that is given with its text, `(B)\ 42`, `B. \frac{1}{2}`; None when another is named."""
    match = _WITH_TEXT.fullmatch(text) if len(text) <= MAX_OPTION else None
    return None if match is None or _ANOTHER.search(match[3]) else match[1] or match[2]


def several(text: str) -> str | None:
    """The letters of a choice of several, `A, B and D` or `ABD` in this order, as `ABD`; None when it is none."""
    prose = bare(text) if len(text) < 80 else None
    if prose is None or _SEVERAL.fullmatch(prose) is None:
        return None
    found = [char for char in prose if char.isupper()]
    separate = sum(char.isupper() for char in prose) == len(_LETTERS.findall(prose.replace("and", "")))
    ordered = sorted(set(found))
    return "".join(ordered) if len(ordered) == len(found) and (separate or found == ordered) else None


def is_letter(text: str) -> bool:
    r"""Whether a truth means a choice: a capital, or a small letter in brackets or in `\text{}`."""
    found = letter(text)
    return found is not None and (found.isupper() or text != found)
