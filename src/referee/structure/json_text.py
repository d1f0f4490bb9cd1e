"""A text as one JSON document, by the letter of RFC 8259, or what is wrong with it and where.

Python's own reader takes more than the standard: duplicate keys (the last wins), NaN, Infinity, 1e999, half characters.
Each of these reads differently in another reader, so a document that holds one says nothing for certain: it is refused.
Python's reader does the work; what it would let through is looked for around it.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any, Final, NamedTuple

DEEPEST: Final = 128  # levels of nesting; documents that people write stay under twenty
MOST_CONTAINERS: Final = 100_000  # objects and arrays
LONGEST_NUMBER: Final = 400  # characters; the largest double has 309 digits
MANY_DIGITS: Final = 200  # with an exponent of two digits, fewer stay within a double

_SPACE = " \t\r\n"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_BIG_EXPONENT = re.compile(r"[eE][+-]?[0-9]{3}")
_LONG_NUMBER = re.compile(rf"(?<![0-9])[0-9]{{{MANY_DIGITS}}}")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS = {ord(char): 1 for char in "[{"} | {ord(char): -1 for char in "]}"}
_OTHERS = bytes(byte for byte in range(256) if byte not in _STEPS)


class Document(NamedTuple):
    """The value of a document."""

    value: Any


class Malformed(NamedTuple):
    """Why a text is no document: a reason code, a sentence, and the offset in the text where it shows."""

    reason: str
    detail: str
    offset: int = 0


class _Refused(Exception):  # carries what was found out of the reader's callbacks
    def __init__(self, malformed: Malformed) -> None:
        super().__init__(malformed.detail)
        self.malformed = malformed


def read(text: str) -> Document | Malformed:
    """The document, or why it is none. Linear in the text."""
    reader = reader_for(text)
    if isinstance(reader, Malformed):
        return reader
    try:
        value = reader.decode(text)
    except _Refused as refused:
        return refused.malformed
    except json.JSONDecodeError as error:
        return _unread(text, error)
    if (at := _half(text)) is not None:
        return Malformed("json.surrogate", f"half of a character at {at}", at)
    return Document(value)


def reader_for(text: str) -> json.JSONDecoder | Malformed:
    """A reader of the documents in a text, for `begin`; or why none may read it. Looks at the whole text, once."""
    depth, count = _nesting(text)
    if depth > DEEPEST:
        return Malformed("json.too_deep", f"nested {depth} levels deep; {DEEPEST} are read")
    if count > MOST_CONTAINERS:
        return Malformed("json.too_large", f"{count:,} objects and arrays; {MOST_CONTAINERS:,} are read")
    risky = _BIG_EXPONENT.search(text) or (len(text) > MANY_DIGITS and _LONG_NUMBER.search(text))
    return _CAREFUL if risky else _PLAIN


def begin(text: str, start: int, reader: json.JSONDecoder) -> tuple[Any, int] | Malformed:
    """The document that begins exactly at `start`, and where it ends. What follows is not looked at.

    Strings are read as strings, so that a bracket or a tag inside one ends nothing. `reader` is the text's own, from
    `reader_for`.
    """
    try:
        value, end = reader.raw_decode(text, start)
    except _Refused as refused:
        return refused.malformed
    except json.JSONDecodeError as error:
        return _unread(text, error)
    if (not text.isascii() or "\\u" in text) and (at := _half(text[start:end])) is not None:
        return Malformed("json.surrogate", f"half of a character at {start + at}", start + at)
    return value, end


def _unread(text: str, error: json.JSONDecodeError) -> Malformed:
    at = error.pos
    if not text.strip(_SPACE):
        return Malformed("json.empty", "nothing stands there")
    if error.msg == "Extra data":
        return Malformed("json.trailing", f"the document ends at {at}, and more text follows", at)
    if at >= len(text.rstrip(_SPACE)) or error.msg.startswith("Unterminated"):
        return Malformed("json.cut", "the document breaks off", at)
    return Malformed("json.syntax", f"no JSON at {at}: {text[at : at + 20]!r}", at)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Refused(Malformed("json.duplicate_key", f"the key {name[:60]!r} stands twice in one object"))
            seen.add(name)
    return found


def _constant(name: str) -> Any:
    raise _Refused(Malformed("json.not_finite", f"{name} is no JSON number"))


def _float(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise _Refused(_too_long(digits))
    value = float(digits)
    if value - value != 0:  # infinite
        raise _Refused(Malformed("json.number_too_large", f"the number {digits[:40]} is beyond what a double holds"))
    return value


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise _Refused(_too_long(digits))
    return int(digits)


def _too_long(digits: str) -> Malformed:
    return Malformed("json.number_too_long", f"a number of {len(digits):,} characters; {LONGEST_NUMBER} are read")


_PLAIN = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant)
_CAREFUL = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant, parse_float=_float, parse_int=_int)


def _nesting(text: str) -> tuple[int, int]:
    """The deepest nesting, and how many objects and arrays; not looked for where there are few brackets.

    Counted before reading, because Python's reader gives up at a depth that depends on who calls it.
    """
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0, 0
    brackets = _STRING.sub("", text).encode("utf-8", "replace").translate(None, _OTHERS)
    depth = max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)
    return depth, brackets.count(b"[") + brackets.count(b"{")


def _half(text: str) -> int | None:
    """The offset of half of a surrogate pair, as a character or as an escape."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            return error.start
    if "\\u" not in text or not _HALF.search(text):
        return None
    for literal in _STRING.finditer(text):
        raw = literal.group().replace("\\\\", "  ")
        if half := _HALF.search(_PAIR.sub(" " * 12, raw)):
            return literal.start() + half.start()
    return None
