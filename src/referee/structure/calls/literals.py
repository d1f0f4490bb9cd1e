"""Python's way of writing calls, `[f(a=1), g("x")]`, read by a reader of our own: nothing is compiled or evaluated.

A value is a number, a string, True, False, None, or a list, tuple or dictionary of values; a sum, a name, a call or an
f-string is none. Tuples are read as lists, since a truth in JSON has no others. A string may hold line ends. Everything
is one pass; nesting is bounded.
"""

from __future__ import annotations

import re
from typing import Any, Final

from referee.structure.calls.nouns import MOST_CALLS, Call, Refused

DEEPEST: Final = 64
LONGEST_NUMBER: Final = 400  # characters
MOST_VALUES: Final = 20_000  # of one text

_NAME = r"[^\W\d]\w*+"
_NUMBER = (
    r"[+-]?(?:0[xXoObB]\w++|[0-9][0-9_]*+(?:\.[0-9_]*+)?+(?:[eE][+-]?[0-9]++)?+|\.[0-9][0-9_]*+(?:[eE][+-]?[0-9]++)?+)"
)
_LONG = r'"""(?:[^"\\]++|\\.|"(?!""))*+"""|' + r"'''(?:[^'\\]++|\\.|'(?!''))*+'''"
_STRING = rf"[rRuU]?(?:{_LONG}|" + r'"(?:[^"\\]++|\\.)*+"|' + r"'(?:[^'\\]++|\\.)*+')"
_SCALAR = rf"(?:(?P<number>{_NUMBER})|(?P<string>{_STRING})|(?P<constant>True|False|None)\b)"

_FUNCTION = re.compile(r"\s*([^\W\d][\w.\-]*+)\(")
_ARGUMENT = re.compile(rf"\s*(?P<name>{_NAME})\s*=\s*{_SCALAR}\s*(?P<then>[,)])", re.DOTALL)
_ELEMENT = re.compile(rf"\s*{_SCALAR}\s*(?P<then>,)", re.DOTALL)
_KEYWORD = re.compile(rf"\s*({_NAME})\s*=(?!=)")
_VALUE = re.compile(rf"\s*(?:{_SCALAR}|(?P<open>[\[({{]))", re.DOTALL)
_NEXT = re.compile(r"\s*(.?)", re.DOTALL)
_ESCAPE = re.compile(r"\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[xuUN]|.)", re.DOTALL)
_PLAIN_ESCAPES: Final = {
    "\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v",
}  # fmt: skip
_CONSTANTS: Final = {"True": True, "False": False, "None": None}
_CLOSING: Final = {"[": "]", "(": ")", "{": "}"}


def calls(text: str, start: int = 0, end: int | None = None) -> list[Call]:
    """The calls that text[start:end] consists of, in a list or bare, with commas between. Raises `Refused`."""
    return _Reader(text, start, len(text) if end is None else end).calls()


def literal(text: str) -> Any:
    """The value that the whole text writes. Raises `Refused`."""
    reader = _Reader(text, 0, len(text))
    value = reader.value(0)
    if reader.next():
        raise reader.refused("more text follows the value")
    return value


class _Reader:
    __slots__ = ("at", "end", "left", "text")

    def __init__(self, text: str, at: int, end: int) -> None:
        self.left = MOST_VALUES
        self.text = text
        self.at = at
        self.end = end

    def calls(self) -> list[Call]:
        bracket = self.peek() == "["
        if bracket:
            self.next()
            if self.peek() == "]":
                self.next()
                return self.done([])
        found: list[Call] = []
        while True:
            found.append(self.call())
            if len(found) > MOST_CALLS:
                raise Refused("call.too_many", f"more than {MOST_CALLS} calls", self.at)
            then = self.next()
            if then == "," and bracket and self.peek() == "]":
                then = self.next()
            if then == "," and (bracket or self.peek()):
                continue
            if bracket and not then:
                raise Refused("call.unclosed", "the list of calls is not closed", self.at)
            if then != ("]" if bracket else ""):
                raise Refused("call.malformed", f"a comma or the end must stand here, not {then!r}", self.at)
            return self.done(found)

    def done(self, found: list[Call]) -> list[Call]:
        if self.peek():
            raise Refused("call.trailing", "more text follows the calls", self.at)
        return found

    def call(self) -> Call:
        opening = _FUNCTION.match(self.text, self.at, self.end)
        if opening is None:
            raise Refused("call.malformed", "no call stands here", self.at)
        self.at = opening.end()
        named: dict[str, Any] = {}
        positional: list[Any] = []
        if self.peek() == ")":
            self.next()
            return Call(opening[1], named)
        while True:
            simple = _ARGUMENT.match(self.text, self.at, self.end)
            if simple is not None:
                self.at = simple.end()
                name, then = simple["name"], simple["then"]
                value = self.scalar(simple)
            else:
                name, value, then = self.argument()
            if name in named:
                raise Refused("call.duplicate_argument", f"the argument '{name[:60]}' is given twice", self.at)
            if name:
                named[name] = value
            elif named:
                raise Refused("call.malformed", "an argument without a name follows one with a name", self.at)
            else:
                positional.append(value)
            if then == "," and self.peek() == ")":
                then = self.next()
            if then == ")":
                return Call(opening[1], named, tuple(positional))
            if not then:
                raise Refused("call.unclosed", "the call is not closed", self.at)
            if then != ",":
                raise self.refused("a comma or the end of the call must stand here")

    def argument(self) -> tuple[str, Any, str]:
        keyword = _KEYWORD.match(self.text, self.at, self.end)
        if keyword is not None:
            self.at = keyword.end()
        return keyword[1] if keyword else "", self.value(0), self.next()

    def value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise Refused("call.too_deep", f"a value of more than {DEEPEST} levels", self.at)
        found = _VALUE.match(self.text, self.at, self.end)
        if found is None:
            raise self.refused("no literal value stands here")
        self.at = found.end()
        opening = found["open"]
        if opening is None:
            return self.scalar(found)
        self.count()
        return self.members(depth) if opening == "{" else self.elements(opening, depth)

    def elements(self, opening: str, depth: int) -> Any:
        closing = _CLOSING[opening]
        found: list[Any] = []
        comma = False
        while self.peek() != closing:
            simple = _ELEMENT.match(self.text, self.at, self.end)
            if simple is not None:
                self.at = simple.end()
                found.append(self.scalar(simple))
                comma = True
                continue
            found.append(self.value(depth + 1))
            comma = self.peek() == ","
            if not comma:
                break
            self.next()
        if self.next() != closing:
            raise self.refused(f"a comma or '{closing}' must stand here")
        return found[0] if opening == "(" and len(found) == 1 and not comma else found

    def members(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.peek() != "}":
            name = self.value(depth + 1)
            if not isinstance(name, str) or self.next() != ":":
                raise self.refused("a name in quotes and a colon must stand here")
            if name in found:
                raise Refused("json.duplicate_key", f"the key {name[:60]!r} stands twice in one object", self.at)
            found[name] = self.value(depth + 1)
            if self.peek() != ",":
                break
            self.next()
        if self.next() != "}":
            raise self.refused("a comma or '}' must stand here")
        return found

    def count(self) -> None:
        """One value more."""
        self.left -= 1
        if self.left < 0:
            raise Refused("call.too_long", f"more than {MOST_VALUES:,} values", self.at)

    def scalar(self, found: re.Match[str]) -> Any:
        self.count()
        if (text := found["string"]) is not None:
            return self.string(text)
        if (text := found["number"]) is not None:
            return self.number(text)
        return _CONSTANTS[found["constant"]]

    def number(self, text: str) -> int | float:
        if len(text) > LONGEST_NUMBER:
            raise self.refused(f"a number of {len(text):,} characters")
        try:
            if text.lstrip("+-").isdigit():
                if len(text.lstrip("+-")) > 1 and text.lstrip("+-").startswith("0"):
                    raise self.refused("a number with a leading zero")
                return int(text)
            if text.lstrip("+-")[1:2].lower() in {"x", "o", "b"} or not ({".", "e", "E"} & set(text)):
                return int(text, 0)
            value = float(text)
        except ValueError:
            raise self.refused(f"no number: {text[:40]}") from None
        if value - value != 0:
            raise self.refused(f"a number beyond what a double holds: {text[:40]}")
        return value

    def string(self, text: str) -> str:
        prefix = text[0] if text[0] not in "'\"" else ""
        quote = text[len(prefix)]
        width = 3 if text.startswith(quote * 3, len(prefix)) and len(text) - len(prefix) >= 6 else 1
        body = text[len(prefix) + width : -width]
        if "\\" not in body or prefix in {"r", "R"}:
            return body
        return _ESCAPE.sub(self.escape, body)

    def escape(self, found: re.Match[str]) -> str:
        said = found[1]
        if (plain := _PLAIN_ESCAPES.get(said)) is not None:
            return plain
        if said in {"x", "u", "U", "N"}:
            raise self.refused("an escape that names no character")
        digits, base = (said, 8) if said[0] in "01234567" else (said[1:], 16)
        if said[0] not in "01234567xuU":
            return "\\" + said  # as Python reads what is no escape
        code = int(digits, base)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise self.refused("an escape that names no character")
        return chr(code)

    def peek(self) -> str:
        found = _NEXT.match(self.text, self.at, self.end)
        return found[1] if found else ""

    def next(self) -> str:
        found = _NEXT.match(self.text, self.at, self.end)
        if found is None:
            return ""
        self.at = found.end()
        return found[1]

    def refused(self, detail: str) -> Refused:
        return Refused("call.not_literal", f"{detail}: {self.text[self.at : self.at + 20]!r}", self.at)
