"""The value of a scalar tree at a point, as a ball (see `referee.maths.balls`).

Conventions: odd roots of negative reals are real, other powers principal; `arccot` lies in (0, pi); a degree is pi/180;
a logarithm without a base has that of the `Reading`; 0^0, 1/0 and arcs beyond [-1, 1] are undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial, gcd, lcm
from typing import NamedTuple

from referee.maths.balls import ZERO, Ball, Outside, Undefined, Unsure, precision
from referee.maths.budget import Budget
from referee.maths.elementary import ELEMENTARY, Elementary
from referee.maths.pointwise import Point, exactly
from referee.maths.tree import Node

MAX_FACTORIAL = 3_000
CONSTANTS = frozenset({"pi", "e", "i"})
UNNAMED = frozenset({"inf", "emptyset", "ldots", "*", "nabla", "partial", "angle", "triangle", "deg"})
_TOLD = 1_000  # every k up to here is met with a larger n
_UNTOLD = 110  # bits of an exact exponent that do not count as digits of their own
Key = int | tuple[int, int, int]  # a kink: the id of its node, for max and min with two places


class Reading(NamedTuple):
    """What the writing leaves open: `base` of a logarithm that names none (0: natural), whether all is real."""

    base: int = 0
    reals: bool = False


class Value(NamedTuple):
    """A ball, the digits that its sums were apart, on which side of its watched kinks it lies, and what it cost."""

    ball: Ball
    gaps: int
    sides: tuple[tuple[Key, int], ...]
    spent: int


NO_KINKS: frozenset[int] = frozenset()


def value_at(
    node: Node, point: Point, digits: int, reading: Reading, budget: Budget, *, watch: frozenset[int] = NO_KINKS
) -> Value:
    """The value of a tree at a point; `watch` holds the ids of nodes whose sides are wanted (see `maths.kinks`).

    Raises `Undefined` and `Unsure`.
    """
    with precision(digits):
        work = _Evaluation(digits, point, reading, budget, watch)
        before = budget.left
        found = work.of(node)
        return Value(found, work.gaps, tuple(work.sides), before - budget.left)


@lru_cache(maxsize=256)
def _factorial(n: int) -> Decimal:
    return Decimal(factorial(n))


class _Evaluation(Elementary):
    def __init__(self, digits: int, point: Point, reading: Reading, budget: Budget, watch: frozenset[int]) -> None:
        super().__init__(digits, reals=reading.reals)
        self.watch = watch
        self.sides: list[tuple[Key, int]] = []
        self.point = point
        self.base = reading.base
        self.budget = budget
        self.cost = 1 + digits // 150
        self.dear = next(cost for limit, cost in _COSTS if digits < limit)

    def spend(self, amount: int) -> None:
        self.budget.left -= amount
        if self.budget.left < 0:
            raise Undefined("too much work")

    def side(self, key: Key, a: Ball) -> None:
        """Notes the sign of a watched argument, when it is certain."""
        if not a[1] and abs(a[0]) > a[2]:
            self.sides.append((key, 1 if a[0] > 0 else -1))

    def turn(self, node: Node, a: Ball) -> None:
        """Notes in which period the argument of a wave lies, roughly."""
        if not a[1] and a[2] < 1 and abs(a[0]) < _MAX_TURN:
            self.sides.append((id(node), int((a[0] / 4).to_integral_value("ROUND_FLOOR"))))

    def of(self, node: Node) -> Ball:
        rule = _RULES.get(node.kind)
        if rule is None:
            raise Undefined(node.kind)
        self.spend(self.cost)
        return rule(self, node)

    # Exact values, for exponents, factorials and whatever else needs whole numbers

    def exactly(self, node: Node) -> Fraction | None:
        """The rational that a tree of numbers and variables is, or None."""
        return exactly(node, self.point, self.spend)

    def whole(self, node: Node) -> int:
        """A whole number; anything else is undefined."""
        found = self.exactly(node)
        if found is None or found.denominator != 1:
            raise Outside("not a whole number")
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
            return self.exp((Decimal(1), ZERO, ZERO))
        if name == "i":
            return ZERO, Decimal(1), ZERO
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
        found = self.of(node.args[0])
        if self.watch and id(node) in self.watch:
            self.side(id(node), found)
        return self.inverse(found)

    def raised(self, node: Node) -> Ball:
        base, exponent = node.args
        power = self.exactly(exponent)
        if power is not None:
            self.told(power)
            if base.kind == "sym" and base.text == "e":
                self.spend(4 * self.dear)
                return self.exp(self.rational(power))
            found = self.of(base)
            if self.watch and id(node) in self.watch:
                self.side(id(node), found)
            return self.rational_power(found, power)
        return self.general_power(base, self.of(exponent))

    def rooted(self, node: Node) -> Ball:
        degree = self.exactly(node.args[1])
        if degree is None:
            return self.general_power(node.args[0], self.inverse(self.of(node.args[1])))
        if not degree:
            raise Undefined("a root of degree zero")
        self.told(degree)
        return self.rational_power(self.of(node.args[0]), 1 / degree)

    def told(self, value: Fraction) -> None:
        """An exact exponent of many digits is a sum of things far apart."""
        bits = value.numerator.bit_length() + value.denominator.bit_length()
        if bits > _UNTOLD:
            self.gaps += (bits - _UNTOLD) // 3

    def rational_power(self, base: Ball, power: Fraction) -> Ball:
        above, below = power.numerator, power.denominator
        if not power and not (base[0] or base[1]):
            raise Outside("0^0")
        self.spend(2)
        if below == 1:
            return self.whole_power(base, above)
        if not (base[0] or base[1] or base[2]):
            if above < 0:
                raise Outside("a negative power of zero")
            return base
        if below == 2:
            return self.whole_power(self.root(base), above)
        self.spend(8 * self.dear)
        if base[1]:
            return self.exp(self.mul(self.rational(power), self.ln(base)))
        negative = base[0] < 0 and below % 2
        found = self.exp(self.mul(self.rational(power), self.ln(self.neg(base) if negative else base)))
        return self.neg(found) if negative and above % 2 else found

    def general_power(self, base: Node, exponent: Ball) -> Ball:
        if base.kind == "sym" and base.text == "e":
            self.spend(4 * self.dear)
            return self.exp(exponent)
        self.spend(8 * self.dear)
        return self.exp(self.mul(exponent, self.ln(self.of(base))))

    def factorial(self, node: Node) -> Ball:
        n = self.whole(node.args[0])
        if n < 0:
            raise Outside("a factorial of a negative number")
        if n > MAX_FACTORIAL:
            raise Undefined("a factorial beyond reason")
        self.spend(n // 20)
        return self.real(_factorial(n))

    def modulus(self, node: Node) -> Ball:
        z, w, spread = inner = self.of(node.args[0])
        if self.watch:
            self.side(id(node), inner)
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
        rule = ELEMENTARY.get(node.text)
        if rule is None or len(node.args) != 1:
            raise Undefined(node.text)
        self.spend(6 * self.dear)
        inner = self.of(node.args[0])
        if self.watch and id(node) in self.watch:
            if node.text == "sgn":
                self.side(id(node), inner)
            else:
                self.turn(node, inner)
        return rule(self, inner)

    def of_whole_numbers(self, node: Node) -> int:
        values = [self.whole(part) for part in node.args]
        if node.text != "binom":
            return gcd(*values) if node.text == "gcd" else lcm(*values)
        if len(values) != 2 or not 0 <= values[0] <= MAX_FACTORIAL or values[1] < 0:
            raise Undefined("a binomial coefficient beyond reason")
        if values[1] > max(values[0], _TOLD):
            raise Undefined("a binomial coefficient that may be zero for what is tried only")
        self.spend(values[0] // 20)
        return comb(*values)

    def logarithm(self, node: Node) -> Ball:
        self.spend(12 * self.dear)
        found = self.ln(self.of(node.args[-1]))
        base = self.ln(self.of(node.args[0])) if len(node.args) == 2 else None
        if base is None and self.base:
            base = self.ln(self.real(Decimal(self.base)))
        return found if base is None else self.mul(found, self.inverse(base))

    def rounded(self, node: Node) -> Ball:
        known = self.exactly(node.args[0])
        if known is not None:
            whole = known.numerator // known.denominator
            self.sides.append((id(node), whole))
            return self.real(Decimal(whole + (node.text == "ceil" and known.denominator != 1)))
        z, w, spread = self.of(node.args[0])
        if w:
            raise Undefined("not real")
        low, high = (z - spread).to_integral_value("ROUND_FLOOR"), (z + spread).to_integral_value("ROUND_FLOOR")
        if low != high:
            raise Unsure
        self.gaps += max(low.adjusted(), 0)
        self.sides.append((id(node), int(low)))
        return self.real(low + (node.text == "ceil"))

    def extreme(self, node: Node) -> Ball:
        values = [self.of(part) for part in node.args]
        if any(value[1] for value in values):
            raise Undefined("not real")
        if self.watch:
            for j, two in enumerate(values):
                for i, one in enumerate(values[:j]):
                    self.side((id(node), i, j), self.add(one, self.neg(two)))
        z, _, _ = (max if node.text == "max" else min)(values)
        return z, ZERO, max(value[2] for value in values)


_COSTS = (
    (100, 1),
    (150, 2),
    (300, 4),
    (450, 8),
    (700, 18),
    (1_000, 40),
    (10_000, 110),
)  # of functions, below so many digits
_MAX_TURN = 10**12
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
FUNCTIONS = frozenset(ELEMENTARY) | _WHOLE | {"log", "floor", "ceil", "max", "min"}
