"""Results of two queries, compared: as bags or as lists, with what SQL calls equal.

NULL is NULL and nothing else. Numbers are equal by value, whatever their storage class (2 and 2.0); a tolerance counts
only where one of two numbers is a float, for integers are exact. Text is compared character by character and is no
number, unless types are loose. All of it is linear but for rows that differ only by what a tolerance forgives.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from referee.core.hashes import crowded

Row = Sequence[Any]
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?")
_PAIRED: Final = 64  # rows that are matched with each other one by one
_ORDERS: Final = 720  # orders of columns that are tried


class Rules(NamedTuple):
    """What counts as equal: `types` "sql" or "loose" (text that is a number equals it), and two tolerances."""

    types: Literal["sql", "loose"] = "sql"
    abs_tol: float = 0.0
    rel_tol: float = 0.0


def same_bag(left: Sequence[Row], right: Sequence[Row], rules: Rules) -> bool:
    """Whether both hold the same rows equally often, in any order."""
    return len(left) == len(right) and within(left, right, rules)


def within(left: Sequence[Row], right: Sequence[Row], rules: Rules) -> bool:
    """Whether each row of `left` has a row of its own in `right`, which may hold more."""
    missing, rest = _cancelled(left, right, rules)
    if not missing:
        return True
    if not (rules.abs_tol or rules.rel_tol):
        return False
    groups: dict[Any, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((missing, rest)):
        for row in rows:
            groups[tuple(None if _numeric(cell) else ("exact", cell) for cell in row)][side].append(row)
    return all(_matched(ours, theirs, rules) for ours, theirs in groups.values())


def same_list(left: Sequence[Row], right: Sequence[Row], rules: Rules) -> bool:
    """Whether both hold the same rows in the same order."""
    pairs = zip(left, right, strict=False)
    return len(left) == len(right) and all(_near(_plain(a, rules), _plain(b, rules), rules) for a, b in pairs)


def column_orders(expected: Sequence[Row], found: Sequence[Row], rules: Rules) -> list[tuple[int, ...]]:
    """The orders into which the found columns can be put so that each holds what the expected one does; at most 720."""
    width = len(expected[0]) if expected else 0
    if not expected or len(expected) != len(found):
        return []
    ours, theirs = ([[[row[one]] for row in rows] for one in range(width)] for rows in (expected, found))
    fits = [[one for one in range(width) if same_bag(ours[here], theirs[one], rules)] for here in range(width)]
    orders: list[tuple[int, ...]] = [()]
    for choices in fits:
        orders = [(*order, one) for order in orders for one in choices if one not in order][:_ORDERS]
    return orders


def _cancelled(left: Sequence[Row], right: Sequence[Row], rules: Rules) -> tuple[list[Row], list[Row]]:
    """The rows of each side that have no equal on the other."""
    plain = [[_plain(row, rules) for row in rows] for rows in (left, right)]
    if any(map(crowded, plain)):  # counting them would not end soon
        return list(left), list(right)
    ours, theirs = map(Counter, plain)
    return list((ours - theirs).elements()), list((theirs - ours).elements())


def _plain(row: Row, rules: Rules) -> tuple[Any, ...]:
    """A row whose equal cells are equal objects: text apart from bytes, and from numbers unless it is one."""
    return tuple(_loose(cell) if rules.types == "loose" and isinstance(cell, str) else cell for cell in row)


def _loose(cell: str) -> Any:
    text = cell.strip()
    if not _NUMBER.fullmatch(text):
        return cell
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _numeric(cell: Any) -> bool:
    return isinstance(cell, int | float)


def _matched(ours: list[Row], theirs: list[Row], rules: Rules) -> bool:
    """Whether each of ours can be given one of theirs that lies near it."""
    if len(ours) > len(theirs):
        return False
    if len(theirs) > _PAIRED:
        ours, theirs = sorted(ours, key=_numbers), sorted(theirs, key=_numbers)
        return len(ours) == len(theirs) and all(_near(a, b, rules) for a, b in zip(ours, theirs, strict=True))
    near = [[there for there, other in enumerate(theirs) if _near(row, other, rules)] for row in ours]
    taken: dict[int, int] = {}
    return all(_augment(here, near, taken, set()) for here in range(len(ours)))


def _augment(here: int, near: list[list[int]], taken: dict[int, int], seen: set[int]) -> bool:
    """One step of Kuhn's maximum matching."""
    for there in near[here]:
        if there not in seen:
            seen.add(there)
            if there not in taken or _augment(taken[there], near, taken, seen):
                taken[there] = here
                return True
    return False


def _numbers(row: Row) -> list[float]:
    return [float(cell) for cell in row if _numeric(cell)]


def _near(left: Row, right: Row, rules: Rules) -> bool:
    return len(left) == len(right) and all(_same(a, b, rules) for a, b in zip(left, right, strict=True))


def _same(left: Any, right: Any, rules: Rules) -> bool:
    if not (_numeric(left) and _numeric(right)):
        return type(left) is type(right) and bool(left == right)
    if left == right:
        return True
    if isinstance(left, int) and isinstance(right, int):
        return False
    distance, size = abs(left - right), max(abs(left), abs(right))
    return bool(size != float("inf") and distance <= max(rules.abs_tol, rules.rel_tol * size))
