"""The value of a scalar tree at a point, as a ball (see `referee.maths.balls`).

Conventions: odd roots of negative reals are real, other powers principal; `arccot` lies in (0, pi); a degree is pi/180;
a logarithm without a base has that of the `Reading`; 0^0, 1/0 and arcs beyond [-1, 1] are undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, gcd, lcm, prod
from typing import NamedTuple

from referee.maths import exact
from referee.maths.balls import ONE, ZERO, Arithmetic, Ball, Undefined, Unsure, precision
from referee.maths.budget import Budget
from referee.maths.tree import Node
from referee.text.rational import fraction

MAX_FACTORIAL = 3_000
MAX_BITS = 4_000  # of numbers that are kept exact
_HALF = Fraction(1, 2)
CONSTANTS = frozenset({"pi", "e", "i"})
UNNAMED = frozenset({"inf", "emptyset", "ldots", "*", "nabla", "partial", "angle", "triangle", "deg"})

Point = dict[str, Fraction]


class Reading(NamedTuple):
    """What the writing leaves open: `base` of a logarithm that names none (0: natural), whether all is real."""

    base: int = 0
    reals: bool = False


def value_at(node: Node, point: Point, digits: int, reading: Reading, budget: Budget) -> tuple[Ball, int]:
    """The ball of a tree and how many digits apart its terms lay, when that was too much for this precision.

    Raises `Undefined` and `Unsure`.
    """
    with precision(digits):
        work = _Evaluation(digits, point, reading, budget)
        found = work.of(node)
        return found, work.absorbed


@lru_cache(maxsize=256)
def _factorial(n: int) -> Decimal:
    return Decimal(factorial(n))


class _Evaluation(Arithmetic):
    def __init__(self, digits: int, point: Point, reading: Reading, budget: Budget) -> None:
        super().__init__(digits, reals=reading.reals)
        self.point = point
        self.base = reading.base
        self.budget = budget
        self.cost = 1 if digits < 100 else 4 if digits < 300 else 30

    def spend(self, amount: int) -> None:
        self.budget.left -= amount * self.cost
        if self.budget.left < 0:
            raise Undefined("too much work")

    def of(self, node: Node) -> Ball:
        rule = _RULES.get(node.kind)
        if rule is None:
            raise Undefined(node.kind)
        self.spend(1)
        return rule(self, node)

    # Exact values, for exponents, factorials and whatever else needs whole numbers

    def exactly(self, node: Node) -> Fraction | None:
        """The rational that a tree of numbers and variables is, or None."""
        self.spend(1)
        kind, args = node.kind, node.args
        if kind == "num":
            return fraction(node.value) if node.value is not None else None
        if kind == "sym":
            return self.point.get(node.text)
        if kind not in _EXACT:
            return None
        parts = [self.exactly(part) for part in args]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        if sum(part.numerator.bit_length() + part.denominator.bit_length() for part in known) > MAX_BITS:
            return None
        return _EXACT[kind](known)

    def whole(self, node: Node) -> int:
        """A whole number; anything else is undefined."""
        found = self.exactly(node)
        if found is None or found.denominator != 1:
            raise Undefined("not a whole number")
        return found.numerator

    def rational(self, value: Fraction) -> Ball:
        if value.denominator == 1:
            return self.real(Decimal(value.numerator))
        found = Decimal(value.numerator) / Decimal(value.denominator)
        return found, ZERO, abs(found) * self.ulp

    # One rule for each kind of node

    def number(self, node: Node) -> Ball:
        if node.value is None:
            raise Undefined("no number")
        digits, exponent, below = node.value
        if abs(exponent) > 300_000_000:
            raise Undefined("a number beyond reason")
        self.spend(len(digits) // 1_000)
        found = self.real(Decimal(f"{digits}E{exponent}"))
        return found if below == 1 else self.mul(found, self.inverse(self.real(Decimal(below))))

    def symbol(self, node: Node) -> Ball:
        name = node.text
        if name == "pi":
            return self.pi
        if name == "e":
            return self.exp((ONE, ZERO, ZERO))
        if name == "i":
            return ZERO, ONE, ZERO
        return self.rational(self.point[name])

    def total(self, node: Node) -> Ball:
        found = self.of(node.args[0])
        for part in node.args[1:]:
            found = self.add(found, self.of(part))
        return found

    def product(self, node: Node) -> Ball:
        found = self.of(node.args[0])
        for part in node.args[1:]:
            found = self.mul(found, self.of(part))
        return found

    def negative(self, node: Node) -> Ball:
        return self.neg(self.of(node.args[0]))

    def reciprocal(self, node: Node) -> Ball:
        return self.inverse(self.of(node.args[0]))

    def raised(self, node: Node) -> Ball:
        base, exponent = node.args
        power = self.exactly(exponent)
        if power is not None:
            return self.rational_power(self.of(base), power)
        return self.general_power(base, self.of(exponent))

    def rooted(self, node: Node) -> Ball:
        degree = self.exactly(node.args[1])
        if degree is None:
            return self.general_power(node.args[0], self.inverse(self.of(node.args[1])))
        if not degree:
            raise Undefined("a root of degree zero")
        return self.rational_power(self.of(node.args[0]), 1 / degree)

    def rational_power(self, base: Ball, power: Fraction) -> Ball:
        above, below = power.numerator, power.denominator
        if not power and not (base[0] or base[1]):
            raise Undefined("0^0")
        self.spend(2)
        if below == 1:
            return self.whole_power(base, above)
        if not (base[0] or base[1] or base[2]):
            if above < 0:
                raise Undefined("a negative power of zero")
            return base
        if below == 2:
            return self.whole_power(self.root(base), above)
        if base[1]:
            return self.exp(self.mul(self.rational(power), self.ln(base)))
        negative = base[0] < 0 and below % 2
        found = self.exp(self.mul(self.rational(power), self.ln(self.neg(base) if negative else base)))
        return self.neg(found) if negative and above % 2 else found

    def general_power(self, base: Node, exponent: Ball) -> Ball:
        if base.kind == "sym" and base.text == "e":
            self.spend(4)
            return self.exp(exponent)
        self.spend(8)
        return self.exp(self.mul(exponent, self.ln(self.of(base))))

    def factorial(self, node: Node) -> Ball:
        n = self.whole(node.args[0])
        if not 0 <= n <= MAX_FACTORIAL:
            raise Undefined("a factorial beyond reason")
        self.spend(n // 20)
        return self.real(_factorial(n))

    def modulus(self, node: Node) -> Ball:
        z, w, spread = self.of(node.args[0])
        if not w:
            return abs(z), ZERO, spread
        found = (z * z + w * w).sqrt()
        return found, ZERO, spread + found * self.ulp * 4

    def degrees(self, node: Node) -> Ball:
        if node.text != "degree":
            raise Undefined("a unit within an expression")
        return self.mul(self.mul(self.of(node.args[0]), self.pi), self.rational(Fraction(1, 180)))

    # Functions

    def called(self, node: Node) -> Ball:
        if node.text in _WHOLE:
            return self.real(Decimal(self.of_whole_numbers(node)))
        if node.text == "log":
            return self.logarithm(node)
        if node.text in {"floor", "ceil"}:
            return self.rounded(node)
        if node.text in {"max", "min"}:
            return self.extreme(node)
        rule = _FUNCTIONS.get(node.text)
        if rule is None or len(node.args) != 1:
            raise Undefined(node.text)
        self.spend(6)
        return rule(self, self.of(node.args[0]))

    def of_whole_numbers(self, node: Node) -> int:
        values = [self.whole(part) for part in node.args]
        if node.text != "binom":
            return gcd(*values) if node.text == "gcd" else lcm(*values)
        if len(values) != 2 or not 0 <= values[0] <= MAX_FACTORIAL or values[1] < 0:
            raise Undefined("a binomial coefficient beyond reason")
        self.spend(values[0] // 20)
        return comb(*values)

    def logarithm(self, node: Node) -> Ball:
        self.spend(12)
        found = self.ln(self.of(node.args[-1]))
        base = self.ln(self.of(node.args[0])) if len(node.args) == 2 else None
        if base is None and self.base:
            base = self.ln(self.real(Decimal(self.base)))
        return found if base is None else self.mul(found, self.inverse(base))

    def rounded(self, node: Node) -> Ball:
        known = self.exactly(node.args[0])
        if known is not None:
            whole = known.numerator // known.denominator
            return self.real(Decimal(whole + (node.text == "ceil" and known.denominator != 1)))
        z, w, spread = self.of(node.args[0])
        if w:
            raise Undefined("not real")
        low, high = (z - spread).to_integral_value("ROUND_FLOOR"), (z + spread).to_integral_value("ROUND_FLOOR")
        if low != high:
            raise Unsure
        return self.real(low + (node.text == "ceil"))

    def extreme(self, node: Node) -> Ball:
        values = [self.of(part) for part in node.args]
        if any(value[1] for value in values):
            raise Undefined("not real")
        z, _, _ = (max if node.text == "max" else min)(values)
        return z, ZERO, max(value[2] for value in values)

    def over(self, above: Ball, below: Ball) -> Ball:
        return self.mul(above, self.inverse(below))

    def hyperbolic(self, a: Ball, sign: int) -> Ball:
        up, down = self.exp(a), self.exp(self.neg(a))
        return self.mul(self.add(up, down if sign > 0 else self.neg(down)), self.rational(_HALF))

    def arccosine(self, a: Ball) -> Ball:
        quarter = self.mul(self.pi, self.rational(_HALF))
        return self.add(quarter, self.neg(self.arcsin(_real(a))))

    def arccotangent(self, a: Ball) -> Ball:
        quarter = self.mul(self.pi, self.rational(_HALF))
        return self.add(quarter, self.neg(self.arctan(_real(a))))

    def sign(self, a: Ball) -> Ball:
        if not (_real(a)[0] or a[2]):
            return a
        self.apart(a)
        return ONE.copy_sign(a[0]), ZERO, ZERO


def _real(a: Ball) -> Ball:
    if a[1]:
        raise Undefined("not real")
    return a


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
_WHOLE = frozenset({"binom", "gcd", "lcm"})
_RULES: dict[str, Callable[[_Evaluation, Node], Ball]] = {
    "num": _Evaluation.number,
    "sym": _Evaluation.symbol,
    "add": _Evaluation.total,
    "mul": _Evaluation.product,
    "neg": _Evaluation.negative,
    "inv": _Evaluation.reciprocal,
    "pow": _Evaluation.raised,
    "root": _Evaluation.rooted,
    "call": _Evaluation.called,
    "fact": _Evaluation.factorial,
    "abs": _Evaluation.modulus,
    "unit": _Evaluation.degrees,
}
_FUNCTIONS: dict[str, Callable[[_Evaluation, Ball], Ball]] = {
    "sin": lambda work, a: work.sin(a),
    "cos": lambda work, a: work.cos(a),
    "tan": lambda work, a: work.over(work.sin(a), work.cos(a)),
    "cot": lambda work, a: work.over(work.cos(a), work.sin(a)),
    "sec": lambda work, a: work.inverse(work.cos(a)),
    "csc": lambda work, a: work.inverse(work.sin(a)),
    "arcsin": lambda work, a: work.arcsin(_real(a)),
    "arccos": lambda work, a: work.arccosine(a),
    "arctan": lambda work, a: work.arctan(_real(a)),
    "arccot": lambda work, a: work.arccotangent(a),
    "sinh": lambda work, a: work.hyperbolic(a, -1),
    "cosh": lambda work, a: work.hyperbolic(a, 1),
    "tanh": lambda work, a: work.over(work.hyperbolic(a, -1), work.hyperbolic(a, 1)),
    "coth": lambda work, a: work.over(work.hyperbolic(a, 1), work.hyperbolic(a, -1)),
    "ln": lambda work, a: work.ln(a),
    "lg": lambda work, a: work.over(work.ln(a), work.ln((Decimal(10), ZERO, ZERO))),
    "sgn": lambda work, a: work.sign(a),
    "Re": lambda _, a: (a[0], ZERO, a[2]),
    "Im": lambda _, a: (a[1], ZERO, a[2]),
}

FUNCTIONS = frozenset(_FUNCTIONS) | _WHOLE | {"log", "floor", "ceil", "max", "min"}
