"""Equality of XML documents with declared freedom.

Two elements are equal when their expanded names are (a prefix is only a spelling), their attributes (in any order),
their texts, and their children. Comments and processing instructions say nothing. White space around texts is free, and
between elements too, unless it is asked for; everything else is exact unless it is said to be free, for the whole
document or for the places that a path names: `/order/item/price`, `/order/item/@id`, with `*` for any one name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

from referee.core.errors import UsageError
from referee.structure.matching import matching
from referee.structure.values import MOST_DIFFERENCES, MOST_FITS, Difference, Freedom, close

Space = Literal["strip", "collapse", "exact"]

_MOST_PAIRED: Final = 64  # unordered children of one name that are compared each with each; more must be equal exactly

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?")

Path = tuple[str, ...]


class Comparison:
    """Compares with a freedom for everything, and one by path, of which the last match counts."""

    def __init__(self, freedom: Freedom, fields: Mapping[str, Freedom], space: Space = "strip") -> None:
        self.freedom = freedom
        self.fields = [(_steps(pattern), here) for pattern, here in fields.items()]
        self.space: Space = space
        self.differences: list[Difference] = []
        self.left = MOST_FITS

    def share(self, value: Any, truth: Any) -> Fraction:
        """The share of the truth's leaves that the value has right; 1 exactly when they are equal."""
        if value.tag != truth.tag:
            self._note((_local(truth.tag),), "name")
            return Fraction(0)
        lost, total = self._elements(value, truth, (_local(truth.tag),))
        return max(1 - Fraction(lost, max(total, 1)), Fraction(0))

    def _at(self, path: Path) -> Freedom:
        found = self.freedom
        for pattern, here in self.fields:
            if len(pattern) == len(path) and all(a in ("*", b) for a, b in zip(pattern, path, strict=True)):
                found = here
        return found

    def _elements(self, value: Any, truth: Any, path: Path) -> tuple[int, int]:
        """(leaves lost, leaves of the truth) of two elements of one name. What is there in excess is lost as well."""
        self.left -= 1
        free = self._at(path)
        if free.ignore:
            return 0, 0
        lost, total = self._attributes(value, truth, path, free)
        ours, theirs = _content(value, self.space), _content(truth, self.space)
        found, count = self._texts(ours.texts, theirs.texts, path, free)
        lost, total = lost + found, total + count
        found, count = self._children(ours.children, theirs.children, path, free)
        lost, total = lost + found, total + count
        if free.order == "ordered" and not lost and ours.order != theirs.order and not self._ignored_within(path):
            self._note(path, "order")
            lost += 1
        return lost, total or 1

    def _attributes(self, value: Any, truth: Any, path: Path, free: Freedom) -> tuple[int, int]:
        lost = total = 0
        for name, right in truth.attrib.items():
            here = (*path, f"@{_local(name)}")
            inner = self._at(here)
            if inner.ignore:
                continue
            total += 1
            if name not in value.attrib:
                lost += self._note(here, "missing")
            elif not _same(value.attrib[name], right, inner):
                lost += self._note(here, "value")
        for name in value.attrib:
            here = (*path, f"@{_local(name)}")
            if name not in truth.attrib and not free.extra and not self._at(here).ignore:
                lost += self._note(here, "extra")
        return lost, total

    def _texts(self, ours: list[str], theirs: list[str], path: Path, free: Freedom) -> tuple[int, int]:
        lost = sum(
            not (index < len(ours) and _same(ours[index], right, free)) and self._note(path, "text")
            for index, right in enumerate(theirs)
        )
        surplus = len(ours) - len(theirs)
        if surplus > 0 and not (free.extra and not theirs):
            lost += surplus * self._note(path, "text")
        return lost, len(theirs)

    def _children(self, ours: Children, theirs: Children, path: Path, free: Freedom) -> tuple[int, int]:
        lost = total = 0
        for name, truths in theirs.items():
            here = (*path, _local(name))
            if self._at(here).ignore:
                continue
            gone, count = self._named(ours.get(name, []), truths, here, free)
            lost, total = lost + gone, total + count
        for name, values in ours.items():
            here = (*path, _local(name))
            surplus = len(values) - len(theirs.get(name, ()))
            if surplus > 0 and not free.extra and not self._at(here).ignore:
                lost += surplus * self._note(here, "extra")
        return lost, total

    def _named(self, values: list[Any], truths: list[Any], path: Path, free: Freedom) -> tuple[int, int]:
        """Children of one name: the first with the first, or in any order."""
        counts = [leaves(truth, self.space) for truth in truths]
        if free.order == "any" and len(truths) > 1:
            return sum(counts[index] for index in self._alone(values, truths, path)), sum(counts)
        lost = total = 0
        for index, truth in enumerate(truths):
            if index < len(values):
                gone, count = self._elements(values[index], truth, path)
            else:
                gone = count = counts[index]
                self._note(path, "missing")
            lost, total = lost + gone, total + count
        return lost, total

    def _alone(self, values: list[Any], truths: list[Any], path: Path) -> list[int]:
        """The truths without a partner among the values."""
        if len(truths) > _MOST_PAIRED:
            left = Counter(_form(value, self.space) for value in values)
            alone = []
            for index, truth in enumerate(truths):
                form = _form(truth, self.space)
                if left[form]:
                    left[form] -= 1
                else:
                    alone.append(index)
        else:
            found = values[: 2 * _MOST_PAIRED]
            pairs = matching(len(truths), len(found), lambda i, j: self._fits(found[j], truths[i], path))
            alone = [index for index in range(len(truths)) if index not in pairs]
        for _ in alone:
            self._note(path, "missing")
        return alone

    def _fits(self, value: Any, truth: Any, path: Path) -> bool:
        if self.left < 0:
            return False
        kept = len(self.differences)
        fits = self._elements(value, truth, path)[0] == 0
        del self.differences[kept:]
        return fits

    def _ignored_within(self, path: Path) -> bool:
        """Whether a child may be anything or absent, so that the order of names says nothing."""
        free = self._at(path)
        return free.extra or any(here.ignore and len(steps) == len(path) + 1 for steps, here in self.fields)

    def _note(self, path: Path, kind: str) -> int:
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append(Difference("/" + "/".join(path)[:200], kind))
        return 1


Children = dict[str, list[Any]]


class _Content(NamedTuple):
    """What stands in an element: its texts, its children by name, and the order of both ("" for a text)."""

    texts: list[str]
    children: Children
    order: list[str]


def leaves(element: Any, space: Space) -> int:
    """How many things an element says: attributes, texts, and elements that hold nothing."""
    found = _content(element, space)
    inner = sum(leaves(child, space) for children in found.children.values() for child in children)
    return len(element.attrib) + len(found.texts) + inner or 1


def _content(element: Any, space: Space) -> _Content:
    texts: list[str] = []
    children: Children = {}
    order: list[str] = []
    for piece in _pieces(element):
        if not isinstance(piece, str):
            children.setdefault(piece.tag, []).append(piece)
            order.append(piece.tag)
        elif text := _spaced(piece, space):
            texts.append(text)
            order.append("")
    return _Content(texts, children, order)


def _pieces(element: Any) -> Iterator[Any]:
    """Texts and children in order; a text goes on across a comment."""
    text = element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield text
            yield child
            text = ""
        text += child.tail or ""
    yield text


def _spaced(text: str, space: Space) -> str:
    if space == "exact":
        return text
    return text.strip(" \t\r\n") if space == "strip" else " ".join(text.split())


def _same(value: str, truth: str, free: Freedom) -> bool:
    if value == truth or (free.fold_case and value.casefold() == truth.casefold()):
        return True
    if not (free.rel_tol or free.abs_tol):
        return False
    ours, theirs = value.strip(), truth.strip()
    if not (_DECIMAL.fullmatch(ours) and _DECIMAL.fullmatch(theirs)):
        return False
    return close(Fraction(ours), Fraction(theirs), free)


def _form(element: Any, space: Space) -> tuple[Any, ...]:
    """One value for equal elements."""
    inner = [_form(piece, space) if not isinstance(piece, str) else _spaced(piece, space) for piece in _pieces(element)]
    return element.tag, tuple(sorted(element.attrib.items())), tuple(piece for piece in inner if piece)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _steps(pattern: str) -> Path:
    steps = tuple(pattern.split("/"))[1:]
    if not pattern.startswith("/") or not steps or not all(steps):
        raise UsageError(f"a field is a path like '/order/item/price' or '/order/item/@id'; got {pattern!r}")
    return steps
