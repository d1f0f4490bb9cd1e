"""Whether the number after an approximation sign is the value before it, rounded or cut off."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from referee.maths.tree import Node
from referee.text.rational import fraction

_SLACK = 1e-9  # of the value: what floating point may lose
_CONSTANTS = {"pi": math.pi, "e": math.e}
_RULES: dict[str, Callable[[Sequence[float]], float]] = {
    "add": math.fsum,
    "mul": math.prod,
    "neg": lambda args: -args[0],
    "inv": lambda args: 1 / args[0],
    "abs": lambda args: abs(args[0]),
    "pow": lambda args: math.pow(args[0], args[1]),
    "root": lambda args: math.copysign(abs(args[0]) ** (1 / args[1]), args[0]),
}
_FUNCTIONS = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan,
    "ln": math.log, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
}  # fmt: skip


def rounds_to(exact: Node, rounded: Node) -> bool:
    """Whether it is, to the last given place; zeros at the end are not known any more."""
    number = rounded.args[0] if rounded.kind == "neg" else rounded
    if number.kind != "num" or number.value is None:
        return False
    try:
        value, given = _value(exact), float(fraction(number.value) or 0)
    except (ArithmeticError, ValueError, TypeError):
        return False
    if rounded.kind == "neg":
        given = -given
    unit = 10.0 ** max(-300, min(0, number.value.exponent))
    if value is None:
        return False
    slack, off = _SLACK * abs(value), abs(value) - abs(given)
    return value * given >= 0 and -unit / 2 - slack <= off < unit + slack


def _value(node: Node) -> float | None:
    if node.kind == "num" and node.value is not None:
        number = fraction(node.value)
        return None if number is None else float(number)
    if node.kind == "sym":
        return _CONSTANTS.get(node.text)
    rule = _RULES.get(node.kind)
    if node.kind == "call" and len(node.args) == 1 and (function := _FUNCTIONS.get(node.text)) is not None:
        inside = _value(node.args[0])
        return None if inside is None else function(inside)
    args = [_value(part) for part in node.args]
    known = [part for part in args if part is not None]
    return rule(known) if rule is not None and len(known) == len(args) else None
