"""The values that one argument may have, compiled, and whether a value is one of them.

Types are JSON's own, at every depth: true is not 1, "5" is not 5, 5 may stand for 5.0, and 5.0 for 5 only where no
integer is declared. Texts are compared in one of three ways:

| strings | two texts are the same when they are equal |
|---|---|
| `exact` | as Unicode texts (NFC) |
| `fold` | but for letter case, the kind and amount of white space, and curls of quotes |
| `bfcl` | but for letter case, quotes and every one of ` ,./-_*^`, as BFCL publishes it; "1.5" is "15" there |
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from referee.structure.calls import literals
from referee.structure.calls.nouns import Raw, Refused
from referee.structure.calls.tools import kinds
from referee.structure.json_text import Document, read
from referee.structure.matching import matching

Strings = Literal["exact", "fold", "bfcl"]
Lists = Literal["ordered", "any"]

_BFCL = re.compile(r"[ ,./\-_*^]")
_QUOTES: Final = str.maketrans("‘’ʼ“”", "'''\"\"")  # 5' and 5" stay two lengths
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_DEEPEST: Final = 64
_MOST_PAIRED: Final = 64  # elements of a list without order


class Equality(NamedTuple):
    """How values are compared: texts, floats, and whether elements of lists have an order."""

    strings: Strings = "exact"
    rel_tol: float = 0.0
    abs_tol: float = 0.0
    lists: Lists = "ordered"


def exact(text: str) -> str:
    """The text in its composed form."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The text without letter case, and with one kind of white space and no curls of quotes."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(text.translate(_QUOTES).lower().split())


def bfcl(text: str) -> str:
    """The text as BFCL's checker reads it."""
    return _BFCL.sub("", text).lower().replace("'", '"')


FORMS: Final[dict[str, Callable[[str], str]]] = {"exact": exact, "fold": fold, "bfcl": bfcl}


class Allowed:
    """The alternatives for one value. `omissible`: it need not be given."""

    __slots__ = (
        "_equality",
        "_form",
        "_integer",
        "_others",
        "_plain",
        "_texts",
        "numbers",
        "objects",
        "omissible",
        "rows",
    )

    def __init__(self, equality: Equality, declared: Any) -> None:
        self.omissible = False
        self.numbers: list[int | float] = []
        self.rows: list[list[Allowed]] = []
        self.objects: list[dict[str, Allowed]] = []
        self._plain: set[str] = set()
        self._texts: set[str] = set()
        self._others: list[bool | None] = []
        self._equality = equality
        self._form = FORMS[equality.strings]
        self._integer = kinds(declared) in _INTEGERS

    @property
    def empty(self) -> bool:
        """Whether no value fits."""
        return not (self._texts or self.numbers or self._others or self.rows or self.objects)

    def add_text(self, text: str) -> None:
        """Allow a text."""
        self._plain.add(text)
        self._texts.add(self._form(text))

    def add_other(self, value: bool | None) -> None:
        """Allow true, false or null."""
        self._others.append(value)

    def fits(self, value: Any) -> bool:
        """Whether the value is one of the alternatives."""
        kind = type(value)
        if kind is str:
            return value in self._plain or (bool(self._texts) and self._form(value) in self._texts)
        if kind is int or kind is float:
            return any(self._same(value, one) for one in self.numbers)
        if kind is bool or value is None:
            return any(value is one for one in self._others)
        if kind is list:
            return any(self._row(value, row) for row in self.rows)
        if kind is dict:
            return any(_fits_object(value, one) for one in self.objects)
        return self._raw(value)

    def _raw(self, value: Raw) -> bool:
        """A text without quotes is what the alternatives are: a text for a text, else the value that it writes."""
        if self._texts and self._form(str(value)) in self._texts:
            return True
        if not (self.numbers or self._others or self.rows or self.objects):
            return False
        written = unquoted(value)
        return not isinstance(written, str) and self.fits(written)

    def _same(self, value: float, one: float) -> bool:
        if type(value) is int and type(one) is int:
            return value == one
        if type(value) is float and type(one) is int and self._integer:
            return False
        if value == one:
            return True
        rel_tol, abs_tol = self._equality.rel_tol, self._equality.abs_tol
        try:
            return bool(rel_tol or abs_tol) and math.isclose(value, one, rel_tol=rel_tol, abs_tol=abs_tol)
        except OverflowError:  # an integer beyond what a double holds
            return False

    def _row(self, values: list[Any], row: list[Allowed]) -> bool:
        if len(values) != len(row):
            return False
        if self._equality.lists == "ordered" or len(row) > _MOST_PAIRED:
            return all(one.fits(value) for one, value in zip(row, values, strict=True))
        return len(matching(len(row), len(row), lambda i, j: row[i].fits(values[j]))) == len(row)


_INTEGERS: Final = (frozenset({"integer"}), frozenset({"integer", "null"}))


def unquoted(value: Raw) -> Any:
    """What a text without quotes writes, as JSON or as Python; itself where it writes nothing."""
    if _WHOLE.fullmatch(value):
        return int(value)  # as the reader below would, and most are
    document = read(str(value))
    if isinstance(document, Document):
        return document.value
    try:
        return literals.literal(value.strip())
    except Refused:
        return str(value)


def just(value: Any, equality: Equality, declared: Any = None, depth: int = 0) -> Allowed:
    """Exactly one value."""
    return _filled(Allowed(equality, declared), [value], equality, declared, depth, wrapped=False)


def alternatives(values: list[Any], equality: Equality, declared: Any, *, empty_text: bool) -> Allowed:
    """The alternatives of BFCL's possible answers, where "" says that the argument may be left out.

    `empty_text`: "" stands for the empty text, since the argument must be given. Within objects every value is again a
    list of alternatives, or itself where it is none.
    """
    made = Allowed(equality, declared)
    made.omissible = "" in values and not empty_text
    kept = [value for value in values if value != "" or empty_text]
    return _filled(made, kept, equality, declared, 0, wrapped=True)


def _filled(
    made: Allowed, values: list[Any], equality: Equality, declared: Any, depth: int, *, wrapped: bool
) -> Allowed:
    if depth > _DEEPEST:
        raise ValueError(f"a value of more than {_DEEPEST} levels")
    inner = declared if isinstance(declared, dict) else {}
    for value in values:
        if isinstance(value, str):
            made.add_text(value)
        elif value is None or isinstance(value, bool):
            made.add_other(value)
        elif isinstance(value, int | float):
            made.numbers.append(value)
        elif isinstance(value, list):
            items = inner.get("items")
            made.rows.append([_element(one, equality, items, depth + 1, wrapped=wrapped) for one in value])
        else:
            made.objects.append(_object(value, equality, inner.get("properties"), depth + 1, wrapped=wrapped))
    return made


def _element(value: Any, equality: Equality, declared: Any, depth: int, *, wrapped: bool) -> Allowed:
    return _filled(Allowed(equality, declared), [value], equality, declared, depth, wrapped=wrapped)


def _object(
    value: dict[str, Any], equality: Equality, declared: Any, depth: int, *, wrapped: bool
) -> dict[str, Allowed]:
    known = declared if isinstance(declared, dict) else {}
    made: dict[str, Allowed] = {}
    for name, inside in value.items():
        here = known.get(name)
        one = Allowed(equality, here)
        several = inside if wrapped and isinstance(inside, list) else [inside]
        if wrapped and isinstance(inside, list) and "" in several:
            one.omissible = True
            several = [other for other in several if other != ""] or several
        made[name] = _filled(one, several, equality, here, depth, wrapped=wrapped)
    return made


def _fits_object(value: dict[str, Any], wanted: dict[str, Allowed]) -> bool:
    for name, inside in value.items():
        one = wanted.get(name)
        if one is None or not one.fits(inside):
            return False
    return len(value) == len(wanted) or all(one.omissible or name in value for name, one in wanted.items())


def written(value: Any) -> str:
    """A value for a message."""
    return json.dumps(value, ensure_ascii=False, default=str)[:80]
