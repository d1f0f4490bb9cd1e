r"""What only dresses a value: colours, underlining, styles, `\over` for `\frac`, `]0,1[` for `(0,1)`, `90^o`, `= 42`.

Every step is linear in the text and taken a bounded number of times; an answer without any of it costs one search.
"""

from __future__ import annotations

import re

_TRIGGER = re.compile(
    r"\\(?:text)?color|\\over(?![a-zA-Z])|\\(?:underline|boldsymbol|bm|pmb|math(?:sf|tt|it|bf|rm|normal))(?![a-zA-Z])"
    r"|\\(?:display|text)style|\^\s?\{?\s?o(?![a-zA-Z])|\A\s*=|\A(?:\\left\s?)?\]|\[\s*\Z|_\{?10"
)
_COLOR = re.compile(r"\\(?:text)?color\s?(?:\[[a-zA-Z]{1,8}\])?\s?\{[^{}]{0,40}\}")
_STYLE = re.compile(
    r"\\(?:underline|boldsymbol|bm|pmb)\s?(?=\{)|\\math(?:sf|tt|it|bf|rm|normal)\s?(?=\{\s?[-+0-9.])|\\(?:display|text)style(?![a-zA-Z])"
)
_DEGREE = re.compile(r"(?<=[0-9])\s?\^\s?(?:\{\s?o\s?\}|o(?![a-zA-Z]))")
_OVER = re.compile(r"\\over(?![a-zA-Z])")
_ENDS = re.compile(
    r"(?:\\left\s?)?([\[\]])([^\[\]]{1,80}[,;][^\[\]]{1,80}?)(?:\\right\s?)?([\[\]])",
)
_DECIMAL = re.compile(r"(?<=[0-9])_(?:\{\s?10\s?\}|10(?![0-9]))")
_BRACKETED = re.compile(r"([-+])\s?(?:\\left\s?)?\((.*?)(?:\\right\s?)?\)", re.DOTALL)
_MAX_OVERS = 4


def undressed(text: str) -> str:
    """The text without what only shows."""
    if _TRIGGER.search(text) is None:
        return text
    if "color" in text:
        text = _COLOR.sub("", text)
    text = _STYLE.sub("", text)
    if "^" in text:
        text = _DEGREE.sub(r"^{\\circ}", text)
    for _ in range(_MAX_OVERS):
        if (match := _OVER.search(text)) is None:
            break
        text = _fraction(text, match.start(), match.end())
    text = text.strip()
    if text.startswith(("]", "\\left]", "\\left ]")) or text.endswith("["):
        text = _ENDS.sub(_interval, text)
    if text.startswith("=") and text[1:2] not in {"=", ">", "<"}:
        text = text[1:].lstrip()
    return text


def bare_number(text: str) -> str:
    """A number without its base ten, and without brackets behind its sign: `-(1/2)`."""
    text = _DECIMAL.sub("", text)
    match = _BRACKETED.fullmatch(text)
    if match is None or "(" in match[2] or ")" in match[2] or match[2].lstrip()[:1] in {"-", "+"}:
        return text
    return match[1] + match[2].strip()


def _interval(match: re.Match[str]) -> str:
    left = "(" if match[1] == "]" else "["
    return left + match[2] + (")" if match[3] == "[" else "]")


def _fraction(text: str, start: int, end: int) -> str:
    r"""`{a \over b}` as `\frac{a}{b}`: all of the group that it stands in."""
    left, right = _edge(text, start, -1), _edge(text, end, 1)
    above, below = text[left:start].strip(), text[end:right].strip()
    return f"{text[:left]}\\frac{{{above}}}{{{below}}}{text[right:]}"


def _edge(text: str, position: int, step: int) -> int:
    """The end of the group around a position."""
    opened, closed = ("}", "{") if step < 0 else ("{", "}")
    depth = 0
    place = position - 1 if step < 0 else position
    while 0 <= place < len(text):
        depth += (text[place] == opened) - (text[place] == closed)
        if depth < 0:
            return place + (step < 0)
        place += step
    return max(place, 0) if step > 0 else 0
