"""Equality of JSON values with declared freedom: tolerance, order, case, keys that do not count.

Numbers are equal by value (1 and 1.0), true is not 1, a missing key is not null. What is free is said by the task, for
everything or for the places that a path names; nothing is free by default.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

from referee.core.digest import canonical
from referee.core.errors import UsageError
from referee.core.types import Record
from referee.structure.matching import matching
from referee.structure.schema import path as shown

Order = Literal["ordered", "any"]

MOST_DIFFERENCES: Final = 20
MOST_FITS: Final = 30_000  # places compared while partners are looked for without order; what is left has none
_MOST_PAIRED: Final = 64  # elements of an unordered array that are compared each with each; more must be equal exactly
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\*)\]|\['([^']*)'\]")


class Freedom(Record, frozen=True, kw_only=True):
    """What may differ at a place.

    rel_tol, abs_tol: how far a number may be off, relative to the truth and absolutely; the larger bound counts.
    order: whether the elements of an array come in order.
    fold_case: whether letter case of texts is free.
    extra: whether an object may have keys that the truth has not.
    ignore: whether anything may stand here, or nothing.
    """

    rel_tol: float = 0.0
    abs_tol: float = 0.0
    order: Order = "ordered"
    fold_case: bool = False
    extra: bool = False
    ignore: bool = False


class Difference(NamedTuple):
    """A place where two values differ."""

    path: str
    kind: str


class Comparison:
    """Compares with a freedom for everything, and one by path (`$.items[*].price`), of which the last match counts."""

    def __init__(self, freedom: Freedom, fields: Mapping[str, Freedom]) -> None:
        self.freedom = freedom
        self.fields = [(_steps(pattern), here) for pattern, here in fields.items()]
        self.differences: list[Difference] = []
        self.left = MOST_FITS

    def share(self, value: Any, truth: Any) -> Fraction:
        """The share of the truth's leaves that the value has right; 1 exactly when they are equal."""
        lost, total = self._compare(value, truth, ())
        return max(1 - Fraction(lost, max(total, 1)), Fraction(0))

    def _at(self, steps: tuple[str | int, ...]) -> Freedom:
        found = self.freedom
        for pattern, here in self.fields:
            if len(pattern) == len(steps) and all(a in ("*", b) for a, b in zip(pattern, steps, strict=True)):
                found = here
        return found

    def _compare(self, value: Any, truth: Any, steps: tuple[str | int, ...]) -> tuple[int, int]:
        """(leaves lost, leaves of the truth). What is there in excess is lost as well."""
        self.left -= 1
        free = self._at(steps)
        if free.ignore:
            return 0, 0
        if isinstance(truth, dict) and truth and isinstance(value, dict):
            return self._objects(value, truth, steps, free)
        if isinstance(truth, list) and truth and isinstance(value, list):
            return self._arrays(value, truth, steps, free)
        total = leaves(truth)
        if _equal(value, truth, free):
            return 0, total
        self._note(steps, "kind" if _kind(value) != _kind(truth) else "value")
        return total, total

    def _objects(self, value: Any, truth: Any, steps: tuple[str | int, ...], free: Freedom) -> tuple[int, int]:
        lost = total = 0
        for name, right in truth.items():
            here = (*steps, name)
            if name in value:
                gone, count = self._compare(value[name], right, here)
            elif self._at(here).ignore:
                continue
            else:
                gone = count = leaves(right)
                self._note(here, "missing")
            lost, total = lost + gone, total + count
        if not free.extra:
            for name in value:
                if name not in truth and not self._at((*steps, name)).ignore:
                    self._note((*steps, name), "extra")
                    lost += 1
        return lost, total

    def _arrays(self, value: Any, truth: Any, steps: tuple[str | int, ...], free: Freedom) -> tuple[int, int]:
        total = sum(map(leaves, truth))
        surplus = max(len(value) - len(truth), 0)
        if surplus:
            self._note((*steps, len(truth)), "extra")
        if free.order == "any":
            return self._unordered(value, truth, steps) + surplus, total
        lost = 0
        for index, right in enumerate(truth):
            if index < len(value):
                lost += self._compare(value[index], right, (*steps, index))[0]
            else:
                lost += leaves(right)
                self._note((*steps, index), "missing")
        return lost + surplus, total

    def _unordered(self, value: Any, truth: Any, steps: tuple[str | int, ...]) -> int:
        """Leaves of the truth's elements without a partner among the value's."""
        if len(truth) > _MOST_PAIRED:
            left = Counter(map(_form, value))
            alone = [index for index, right in enumerate(truth) if not _taken(left, _form(right))]
        else:
            found = value[: 2 * _MOST_PAIRED]
            pairs = matching(len(truth), len(found), lambda i, j: self._fits(found[j], truth[i], (*steps, i)))
            alone = [index for index in range(len(truth)) if index not in pairs]
        for index in alone:
            self._note((*steps, index), "missing")
        return sum(leaves(truth[index]) for index in alone)

    def _fits(self, value: Any, truth: Any, steps: tuple[str | int, ...]) -> bool:
        if self.left < 0:
            return False
        kept = len(self.differences)
        fits = self._compare(value, truth, steps)[0] == 0
        del self.differences[kept:]
        return fits

    def _note(self, steps: tuple[str | int, ...], kind: str) -> None:
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append(Difference(shown(list(steps)), kind))


def leaves(value: Any) -> int:
    """How many things a value says: scalars, and containers without content."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values())) or 1
    if isinstance(value, list):
        return sum(map(leaves, value)) or 1
    return 1


def _equal(value: Any, truth: Any, free: Freedom) -> bool:
    if _kind(value) != _kind(truth):
        return False
    if _kind(truth) == "number":
        return close(value, truth, free)
    if isinstance(truth, str) and free.fold_case:
        return bool(value.casefold() == truth.casefold())
    return bool(value == truth)


def close(value: float | Fraction, truth: float | Fraction, free: Freedom) -> bool:
    """Whether a number is within the tolerance of the truth."""
    if value == truth:
        return True
    if not (free.rel_tol or free.abs_tol):
        return False
    try:
        off = abs(Fraction(value) - Fraction(truth))
        return off <= max(Fraction(free.abs_tol), Fraction(free.rel_tol) * abs(Fraction(truth)))
    except (ValueError, OverflowError):  # NaN or infinite, in a truth
        return False


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return "number" if not isinstance(value, float) or math.isfinite(value) else "none"
    return "text" if isinstance(value, str) else "object" if isinstance(value, dict) else "array"


def _form(value: Any) -> bytes:
    """One text for one value: keys in order, whole floats as integers."""
    return canonical(_whole(value))


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (
        f"#{value}"
        if isinstance(value, int) and not isinstance(value, bool)
        else f"'{value}"
        if isinstance(value, str)
        else value
    )


def _taken(left: Counter[bytes], form: bytes) -> bool:
    if not left[form]:
        return False
    left[form] -= 1
    return True


def _steps(pattern: str) -> tuple[str | int, ...]:
    found = list(_walk(pattern))
    return tuple(found)


def _walk(pattern: str) -> Iterator[str | int]:
    at = 1
    while pattern.startswith("$") and at < len(pattern):
        match = _STEP.match(pattern, at)
        if match is None:
            break
        at = match.end()
        index = match[2]
        yield match[1] or match[3] or (int(index) if index and index != "*" else "*")
    if not pattern.startswith("$") or at < len(pattern):
        raise UsageError(f"a field is a path like '$.items[*].price'; got {pattern!r}, which is unclear at {at}")
