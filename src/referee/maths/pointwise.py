"""The exact value of a tree of numbers and variables at a point, for exponents, factorials and floors."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial, prod

from referee.maths import exact
from referee.maths.tree import Node
from referee.text.rational import fraction

Point = dict[str, Fraction]

MAX_BITS = 4_000  # of numbers that are kept exact


def exactly(node: Node, point: Point, spend: Callable[[int], None]) -> Fraction | None:
    """The rational that a tree is at a point, or None."""
    spend(1)
    kind = node.kind
    if kind == "num":
        return fraction(node.value) if node.value is not None else None
    if kind == "sym":
        return point.get(node.text)
    if kind not in _EXACT:
        return None
    parts = [exactly(part, point, spend) for part in node.args]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    if sum(part.numerator.bit_length() + part.denominator.bit_length() for part in known) > MAX_BITS:
        return None
    return _EXACT[kind](known)


def _exact_power(values: list[Fraction]) -> Fraction | None:
    base, exponent = values
    if exponent.denominator != 1 or (not base and exponent <= 0):
        return None
    return exact.power(base, exponent.numerator)


def _exact_factorial(values: list[Fraction]) -> Fraction | None:
    (n,) = values
    return Fraction(factorial(n.numerator)) if n.denominator == 1 and 0 <= n <= 500 else None


_EXACT: dict[str, Callable[[list[Fraction]], Fraction | None]] = {
    "add": lambda values: sum(values, Fraction(0)),
    "mul": lambda values: prod(values, start=Fraction(1)),
    "neg": lambda values: -values[0],
    "inv": lambda values: 1 / values[0] if values[0] else None,
    "pow": _exact_power,
    "fact": _exact_factorial,
}
