r"""The answer in a text that marks none: what a reader would take from it. For measurements, never for a reward.

`auto` comes here when the final segment has no box, no answer tag and no `####`, and is prose rather than an answer. In
this order: what follows an answer word, also of another language; the last formula between dollars or in `\[ \]`, or a
number after it; the last bold value; the last number with its sign of money or percentage.
"""

from __future__ import annotations

import re

MAX_TAIL = 8_000  # of a text, from its end
_DENSE = 0x2E7F  # Chinese, Japanese and Korean follow

Span = tuple[int, int]

_ANSWER_WORDS = re.compile(
    r"\banswers?\s{1,3}(?:is|are)\b\s{0,3}:?"
    r"|(?:答案|答|回答|réponse|respuesta|resposta|antwort|ответ|risposta|उत्तर|الجواب|الإجابة|answer)"
    r"(?:\s{1,3}(?:est|es|é|è|ist|is)(?![a-z])|\s{0,3}(?:是|为|：|:))?\s{0,3}[:：]?",  # noqa: RUF001 - full-width colons
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"\$\$([^$]{1,400}?)\$\$|(?<!\\)\$([^$]{1,400}?)(?<!\\)\$|\\\[(.{1,400}?)\\\]|\\\((.{1,400}?)\\\)", re.DOTALL
)
_INLINE = (2, 4)  # groups of the pattern above
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_UNIT = r"(?:\s?(?:\\?%|\$|€|£))?"
_NUMBER = re.compile(
    r"(?<=\()\\[dt]?frac\{[0-9]{1,9}\}\{[0-9]{1,9}\}(?=\))"
    r"|(?<![A-Za-z0-9_.,/^{\\])[-+−]?[$€£]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"  # noqa: RUF001 - a minus sign
    rf"(?:\s?/\s?[0-9]+(?![0-9]|\.[0-9]))?{_UNIT}"
)
_LINKS = re.compile(r"\b(?:is|are|it|which|that|so|therefore|thus|hence|we|because|donc)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNLABELLED = re.compile(r"[^\W\d_]{3,}(?![^\W\d_])(?!\s?[:=])")
_NO_PROSE = re.compile(r"\\[a-zA-Z]+\s?\{[^{}]*\}|\\[a-zA-Z]+")
_QUANTIFIERS = frozenset(
    {
        "and",
        "or",
        "percent",
        "pct",
        "for",
        "all",
        "every",
        "any",
        "each",
        "some",
        "real",
        "integer",
        "integers",
        "number",
        "numbers",
        "where",
    }
)
_STOP = re.compile(r"[.。](?=\s|$)|\n")
_END = re.compile(r"<\|im_(?:start|end)\|>")


def is_prose(text: str) -> bool:
    """Whether a text is sentences rather than an answer: words that no mathematics has, beside a value."""
    bare = text.strip()
    if len(bare) > 400 or "\n" in bare:
        return True
    if _ANSWER_WORDS.match(bare) or (not bare.isascii() and any(ord(char) > _DENSE for char in bare)):
        return True
    rest = _NO_PROSE.sub(" ", _FORMULA.sub(" ", bare))
    found = [word for word in _UNLABELLED.findall(rest) if word.lower() not in _QUANTIFIERS]
    if not found or bare[0].isdigit():
        return len(found) > 6
    return len(found) > 2 or bool(_LINKS.search(rest)) or _FORMULA.search(bare) is not None


def closing(text: str, start: int, end: int) -> Span | None:
    """The span of the answer that the text ends with, or None."""
    start = max(start, end - MAX_TAIL)
    if (stop := _END.search(text, start, end)) is not None:
        end = stop.start()
    found = _worded(text, start, end) or _formula(text, start, end)
    if found is None:
        return _bold(text, start, end) or _number(text, start, end)
    return found if found[0] < found[1] else None


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    last = None
    for match in pattern.finditer(text, start, end):
        last = match
    return last


def _worded(text: str, start: int, end: int) -> Span | None:
    """What follows the last answer word up to the end of the sentence, where that is no prose itself."""
    last = _last(_ANSWER_WORDS, text, start, end)
    if last is None or last.end() == end:
        return None
    stop = _STOP.search(text, last.end(), end)
    span = last.end(), stop.start() if stop else end
    field = text[slice(*span)]
    useful = any(char.isdigit() for char in field) and "=" not in field and not is_prose(field)
    return span if useful and _FORMULA.search(field) is None else None


def _formula(text: str, start: int, end: int) -> Span | None:
    """The last formula, unless a number stands after it; an empty span when it only looks like one."""
    last = None
    for match in _FORMULA.finditer(text, start, end):
        if not _WORD.search(_NO_PROSE.sub(" ", match[0])):
            last = match
    if last is None:
        return None
    group = next(n for n in range(1, 5) if last[n] is not None)
    if group in _INLINE and "\n" in last[0]:  # a line break in an inline formula: two stray signs, nothing to read
        return end, end
    return _number(text, last.end(), end) or (last.start(group), last.end(group))


def _bold(text: str, start: int, end: int) -> Span | None:
    """The last bold value; in a script without spaces, the number in it."""
    last = None
    for match in _BOLD.finditer(text, start, end):
        last = match if any(char.isdigit() for char in match[1]) else last
    if last is None:
        return None
    dense = any(ord(char) > _DENSE for char in last[1])
    return _number(text, last.start(1), last.end(1)) if dense else (last.start(1), last.end(1))


def _number(text: str, start: int, end: int) -> Span | None:
    """The last number, with the sign of money or of a percentage."""
    last = _last(_NUMBER, text, start, end)
    return last.span() if last else None
