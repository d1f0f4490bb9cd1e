r"""Cutting LaTeX or plain-text mathematics into tokens: one pass of one pattern, no backtracking.

What only shows (`\left`, `\displaystyle`, spaces) disappears. A run of letters is one known word (`sqrt`, `sin`, `pi`),
a unit after a number, or up to four one-letter variables; a longer unknown word is not mathematics and is not read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from referee.maths.units import UNITS
from referee.maths.words import BIG, CLOSERS, FUNCTIONS, MACROS, OPENERS, OPERATORS, SEPARATORS, SHOWS, SYMBOLS, WORDS
from referee.text.numbers import Unread

MAX_TOKENS = 3_000
MAX_LETTERS = 4  # of a run that is read as a product of variables


class Token(NamedTuple):
    r"""`kind`: num, sym, func, op, open, close, sep, text, letter, unit, macro, big, begin, end.

    A `letter` is a symbol that stands in `\text{}`. `start`, `end`: offsets into the text that was read. `space`: white
    space stands before it.
    """

    kind: str
    text: str
    start: int
    end: int
    space: bool = False


_TEXT = (
    r"\\(?:text(?:rm|bf|it|sf|tt|up|normal)?|mathrm|mathbf|mathit|mathsf|mbox|hbox|operatorname\*?)"
    r"\s?\{([^{}]{0,400})\}"
)
_TOKEN = re.compile(
    r"(?P<space>(?:[\s~$]|\\[ ,;:!]|\\(?:left|right)\s?\.)+)"
    rf"|(?P<text>{_TEXT})"
    r"|(?P<num>[0-9]{1,3}(?:(?:\{,\}|,?\\!|\\,)[0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<env>\\(?:begin|end)\s?\{(?P<name>[a-zA-Z]{1,12})\*?\})"
    r"|(?P<cmd>\\[a-zA-Z]+)"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<row>\\\\(?:\s?\[-?[0-9.]{1,6}\s?(?:pt|em|ex|mm|cm|in|mu)\])?)"
    r"|(?P<dots>\.\.\.)"
    r"|(?P<esc>\\[{}%$|])"
    r"|(?P<op><=|>=|!=|==|->|=>|\*\*|[-+*/^_!'=<>:|%&])"
    r"|(?P<open>[\[({])"
    r"|(?P<close>[\])}])"
    r"|(?P<sep>[,;])"
)
_GROUPING = re.compile(r"\{,\}|,?\\!|\\,")


def lex(text: str) -> list[Token] | Unread:
    """The tokens of the whole text, or what could not be read."""
    tokens: list[Token] = []
    position, space = 0, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return Unread("read.character", f"{text[position]!r} at {position}")
        kind, position = str(match.lastgroup), match.end()
        if kind == "space":
            space = True
            continue
        found = _classify("env" if match["name"] else "text" if match["text"] else kind, match, tokens, space=space)
        if isinstance(found, Unread):
            return found
        tokens.extend(found)
        if found:
            space = False
        if len(tokens) > MAX_TOKENS:
            return Unread("answer.too_long", f"more than {MAX_TOKENS} tokens")
    return tokens


def _classify(kind: str, match: re.Match[str], before: list[Token], *, space: bool) -> list[Token] | Unread:
    start, end, text = match.start(), match.end(), match[0]
    if kind == "word":
        return _word(text, start, before, space=space)
    if kind == "cmd":
        return _command(text[1:], start, end, space=space)
    if kind == "num":
        return [Token("num", _GROUPING.sub("", text), start, end, space)]
    if kind == "text":
        return [_text(match.group(3), start, end, space=space)]
    if kind == "env":
        return [Token("begin" if text.startswith("\\begin") else "end", match["name"], start, end, space)]
    if kind == "esc":
        return _escaped(text, start, end, space=space)
    if kind in {"row", "dots"}:
        return [Token("op", "\\\\", start, end, space) if kind == "row" else Token("sym", "ldots", start, end, space)]
    return [Token(kind, "^" if text == "**" else text, start, end, space)]


def _escaped(text: str, start: int, end: int, *, space: bool) -> list[Token]:
    if text == "\\$":  # a currency sign within a list, like the $ of an inner formula; alone the number reader keeps it
        return []
    kind = {"\\{": "open", "\\}": "close"}.get(text, "op")
    return [Token(kind, text if kind != "op" else {"\\%": "%", "\\|": "||"}[text], start, end, space)]


def _text(content: str, start: int, end: int, *, space: bool) -> Token:
    words = " ".join(content.replace("~", " ").split())
    if words.lower() in SEPARATORS:
        return Token("sep", SEPARATORS[words.lower()], start, end, space)
    if len(words) == 1 and words.isalpha():
        return Token("letter", words, start, end, space)
    if words in FUNCTIONS:
        return Token("func", words, start, end, space)
    return Token("text", words, start, end, space)


def _command(name: str, start: int, end: int, *, space: bool) -> list[Token] | Unread:
    if name in SHOWS:
        return []
    if (symbol := SYMBOLS.get(name)) is not None:
        return [Token("sym", symbol, start, end, space)]
    if (operator := OPERATORS.get(name)) is not None:
        return [Token("op", operator, start, end, space)]
    if name in MACROS:
        return [Token("macro", name, start, end, space)]
    if name in BIG:
        return [Token("big", name, start, end, space)]
    if name in FUNCTIONS:
        return [Token("func", name, start, end, space)]
    if name in OPENERS:
        return [Token("open", OPENERS[name], start, end, space)]
    if name in CLOSERS:
        return [Token("close", CLOSERS[name], start, end, space)]
    if name.startswith(("quad", "qquad")):  # \quadx, which TeX does not know
        rest = name.removeprefix("q").removeprefix("uad").removeprefix("quad")
        return _letters(rest, end - len(rest), space=True) if len(rest) <= MAX_LETTERS else []
    return Unread("read.command", f"\\{name[:30]}")


def _word(word: str, start: int, before: list[Token], *, space: bool) -> list[Token] | Unread:
    end = start + len(word)
    lower = word.lower()
    if len(word) > 1:
        if lower in {"and", "or"}:
            return [Token("sep", lower, start, end, space)]
        if word in FUNCTIONS:
            return [Token("func", word, start, end, space)]
        if word in WORDS:
            return [Token("sym", WORDS[word], start, end, space)]
        if word == "in" and before and before[-1].kind == "sym":
            return [Token("op", "in", start, end, space)]
        after_value = bool(before) and before[-1].kind in {"num", "close"}
        if after_value and word in UNITS and (len(word) > 2 or space):
            return [Token("unit", word, start, end, space)]
        for name in ("sqrt", "pi"):  # xsqrt(2), 2pir
            if word.endswith(name) and len(word) - len(name) <= 2:
                split = len(word) - len(name)
                last = (
                    Token("func", name, start + split, end)
                    if name == "sqrt"
                    else Token("sym", name, start + split, end)
                )
                return [*_letters(word[:split], start, space=space), last]
    if len(word) > MAX_LETTERS:
        return Unread("read.word", f"{word[:40]!r} is no word of mathematics")
    return _letters(word, start, space=space)


def _letters(word: str, start: int, *, space: bool) -> list[Token]:
    return [Token("sym", letter, start + n, start + n + 1, space and not n) for n, letter in enumerate(word)]
