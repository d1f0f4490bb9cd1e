"""Where a function changes its formula: the arguments of moduli, signs, extremes and floors, and of what hides them.

Two analytic functions that agree on an interval agree wherever they go on; two functions with kinks agree only if they
do on both sides of each. `kinks` lists the arguments that a sample must see on both sides. Hidden kinks: the root of a
square, `e^{ln(u^2)/2}`, arcs of waves (`arcsin(sin x)`), poles within arcs (`arctan(1/x)`).

`bounds` proves that an argument keeps its sign: |x^2+1| has no kink.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from referee.maths.evaluate import CONSTANTS, Key
from referee.maths.forms import NUMBER
from referee.maths.normal import Undecided, normal
from referee.maths.tree import Node
from referee.text.rational import fraction

PERIOD = 4  # more than half a period of a wave
_WAVES = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_ARCS = frozenset({"arcsin", "arccos", "arctan", "arccot"})
_EXPONENTIALS = frozenset({"sinh", "cosh", "tanh", "coth"})
_LOGARITHMS = frozenset({"ln", "log", "lg"})
Range = tuple[Fraction | None, Fraction | None]  # None: without bound
_ALL: Range = (None, None)
_ZERO, _ONE, _FOUR = Fraction(0), Fraction(1), Fraction(4)


class Kink(NamedTuple):
    """An argument and how it is known in an evaluation; `step`: its whole parts count, not its sign, in such steps."""

    key: Key
    tree: Node
    step: int = 0


def variables(node: Node) -> frozenset[str]:
    """The names of its variables."""
    return frozenset(part.text for part in node.walk() if part.kind == "sym") - CONSTANTS


def kinks(node: Node) -> tuple[Kink, ...]:
    """The kinks of a tree that depend on a variable."""
    found: list[Kink] = []
    stack: list[tuple[Node, str]] = [(node, "")]
    while stack:
        part, around = stack.pop()
        found += [kink for kink in _of(part, around) if variables(kink.tree)]
        stack += [(child, _within(part, place, around)) for place, child in enumerate(part.args)]
    return tuple(found)


def _within(part: Node, place: int, around: str) -> str:
    """What folds the arguments of a part: a `root`, an `arc`, an `exponent` (which folds logarithms).

    The root of a sum folds waves in it (1 - sin^2 x), but (x-1)^2 + 4 is no square.
    """
    if part.kind == "add" and around == "root":
        return "sum"
    if part.kind == "call" and part.text in _ARCS:
        return "arc"
    if (part.kind == "root" or _fractional(part)) and place == 0:
        return around if around == "arc" else "root"
    if (part.kind == "pow" and place == 1) or (part.kind == "call" and part.text in _EXPONENTIALS):
        return around or "exponent"
    if around == "exponent" and part.kind == "call" and part.text in _LOGARITHMS:
        return "root"
    return around


def _fractional(part: Node) -> bool:
    """A power that is no whole one may be an even root."""
    return part.kind == "pow" and not (part.args[1].value is not None and part.args[1].value.integer)


def _of(part: Node, around: str) -> list[Kink]:
    """The kinks that one node makes."""
    kind, key = part.kind, id(part)
    if kind == "abs":
        return [Kink(key, part.args[0])]
    if kind == "call":
        return _of_call(part, around)
    if around in {"root", "arc"}:
        if kind == "pow" and part.args[0] != Node("sym", (), "e"):
            return [Kink(key, part.args[0])] if _even(part.args[1]) else []
        if kind == "mul":
            return _repeated(part)
        if kind == "inv" and around == "arc":
            return [Kink(key, part.args[0])]
    return []


def _repeated(part: Node) -> list[Kink]:
    """u times u, or times -u, is a square as well."""
    factors = [factor.args[0] if factor.kind == "neg" else factor for factor in part.args]
    twice = {factor for place, factor in enumerate(factors) if factor in factors[:place]}
    return [Kink((id(part), place, -1), factor) for place, factor in enumerate(factors) if factor in twice]


def _even(exponent: Node) -> bool:
    """Whether a power is the same for u and -u: 2, 2/3, 4; an exponent that is no plain number may be."""
    try:
        form = normal(exponent)
    except Undecided:
        return True
    value = form.get(NUMBER) if len(form) <= 1 and NUMBER in form else None
    return value is None or value.numerator % 2 == 0


def _of_call(part: Node, around: str) -> list[Kink]:
    key, args = id(part), part.args
    if part.text == "sgn":
        return [Kink(key, args[0])]
    if part.text in {"floor", "ceil"}:
        return [Kink(key, args[0], 1)]
    if part.text in {"max", "min"}:
        pairs = ((i, j) for j in range(len(args)) for i in range(j))
        return [Kink((key, i, j), Node("add", (args[i], Node("neg", (args[j],))))) for i, j in pairs]
    if part.text in _WAVES and around in {"root", "arc", "sum"}:
        return [Kink(key, args[0], PERIOD)]
    return []


# Signs that can be proven


def steady(node: Node, natural: frozenset[str]) -> bool:
    """Whether an argument provably never changes sign; `natural` variables are not negative."""
    low, high = bounds(node, natural)
    return (low is not None and low >= 0) or (high is not None and high <= 0) or _definite(node)


def bounds(node: Node, natural: frozenset[str]) -> Range:
    """Between what the real values of a tree certainly lie."""
    kind, args = node.kind, node.args
    if kind == "num":
        value = fraction(node.value) if node.value is not None else None
        return (value, value) if value is not None else _ALL
    if kind == "sym":
        return _of_name(node.text, natural)
    if kind == "abs":
        return _ZERO, None
    if kind == "fact":
        return _ONE, None
    if kind == "neg":
        low, high = bounds(args[0], natural)
        return (-high if high is not None else None), (-low if low is not None else None)
    if kind == "add":
        ranges = [bounds(part, natural) for part in args]
        return _sum([low for low, _ in ranges]), _sum([high for _, high in ranges])
    if kind in {"mul", "inv"}:
        return _product([bounds(part, natural) for part in args])
    if kind in {"pow", "root"}:
        return _of_power(node, natural)
    return _of_function(node.text, len(args))


def _of_name(name: str, natural: frozenset[str]) -> Range:
    if name in {"pi", "e"}:
        return (Fraction(3), _FOUR) if name == "pi" else (Fraction(2), Fraction(3))
    return (_ZERO, None) if name in natural else _ALL


def _sum(ends: list[Fraction | None]) -> Fraction | None:
    known = [end for end in ends if end is not None]
    return sum(known, _ZERO) if len(known) == len(ends) else None


def _product(ranges: list[Range]) -> Range:
    """Signs only."""
    positive = True
    for low, high in ranges:
        if low is not None and low >= 0:
            continue
        if high is None or high > 0:
            return _ALL
        positive = not positive
    return (_ZERO, None) if positive else (None, _ZERO)


def _of_power(node: Node, natural: frozenset[str]) -> Range:
    base, exponent = node.args
    low, _ = bounds(base, natural)
    if node.kind == "root":
        odd = exponent.value is not None and exponent.value.integer and exponent.value.digits[-1] in "13579"
        odd = odd and not (exponent.value is not None and exponent.value.exponent)
        return _ALL if odd and (low is None or low < 0) else (_ZERO, None)
    value = exponent.value
    if value is not None and value.integer and (value.exponent or value.digits[-1] in "02468"):
        return _ZERO, None
    return (_ZERO, None) if low is not None and low >= 0 else _ALL


def _of_function(name: str, count: int) -> Range:
    if name in {"sin", "cos", "tanh"} and count == 1:
        return -_ONE, _ONE
    if name in {"arcsin", "arctan"}:
        return Fraction(-2), Fraction(2)
    if name in {"arccos", "arccot"}:
        return _ZERO, _FOUR
    if name == "cosh":
        return _ONE, None
    return (_ZERO, None) if name in {"binom", "gcd", "lcm"} else _ALL


def _definite(node: Node) -> bool:
    """Whether it is a quadratic without two roots, in one variable."""
    names = variables(node)
    if len(names) != 1:
        return False
    try:
        form = normal(node)
    except Undecided:
        return False
    (name,) = names
    powers = {NUMBER: 0, ((name, Fraction(1)),): 1, ((name, Fraction(2)),): 2}
    if not set(form) <= set(powers):
        return False
    c, b, a = (form.get(power, _ZERO) for power in powers)
    return a != 0 and b * b <= 4 * a * c
