"""The normal form of an expression: a sum of exact coefficients times sorted powers of atoms.

Equal forms mean equal expressions. An atom is a variable, a constant, a prime under a root, or a composite that is kept
whole: `(1+x)` with an exponent that is not a small whole number, `sin(...)`, `ln(...)`, `2^(n)`. Products of sums are
multiplied out within caps, radicals of rationals are reduced to primes, i^2 is -1. Identities between atoms (of
trigonometry, of logarithms) are not known here: forms that differ in atoms are *undecided*, not different. Forms over
variables, reduced radicals, i, and one of pi and e, differ only when the values do.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from referee.maths import exact
from referee.maths.forms import NUMBER, Poly, Powers, constant, hexadecimal, key, separates, show_powers, weight
from referee.maths.tree import Node
from referee.text.rational import fraction

MAX_TERMS = 300
MAX_WORK = 3_000  # multiplications and additions of terms for one expression; large numbers count more
MAX_DENOMINATORS = 8
MAX_POWER = 32  # of a sum that is multiplied out
_ONE = Fraction(1)
_HALF = Fraction(1, 2)
_NO_VALUES = frozenset({"inf", "ldots", "emptyset"})


class Undecided(Exception):
    """The expression has no normal form here: too large, undefined, or not a scalar. Never leaves `maths`."""


def normal(node: Node) -> Poly:
    """The normal form of a scalar expression; raises `Undecided`."""
    return _Normaliser(MAX_WORK).of(node)


class Difference:
    """Differences that vanish once they are multiplied by their denominators, under one budget for all of them.

    As with `normal`, undefined points do not count: x/x is 1.
    """

    def __init__(self) -> None:
        self.left = 2 * MAX_WORK

    def vanishes(self, one: Node, two: Node) -> bool | None:
        """Whether one - two does; None when that does not tell."""
        work = _Normaliser(self.left)
        try:
            rest = work.add(work.of(one), work.of(Node("neg", (two,))))
            for _ in range(MAX_DENOMINATORS):
                found = work.denominator(rest)
                if not found:
                    break
                rest = work.times(rest, {(found,): _ONE})
        except Undecided:
            return None
        finally:
            self.left -= work.work
        if not rest:
            return True
        return False if separates(rest, {}) else None


class _Normaliser:
    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.work = 0
        self.composites: dict[str, Poly] = {}

    def of(self, node: Node) -> Poly:
        rule = _RULES.get(node.kind)
        if rule is None:
            raise Undecided(node.kind)
        return rule(self, node)

    # Sums and products

    def add(self, one: Poly, two: Poly) -> Poly:
        total = dict(one)
        self.into(total, two)
        return total

    def into(self, total: Poly, more: Poly) -> None:
        """total += more, in place."""
        for powers, coefficient in more.items():
            known = total.get(powers)
            if known is None:
                total[powers] = coefficient
                self.spend(1)
                continue
            value = known + coefficient
            self.spend(1 + weight(value))
            if value:
                total[powers] = value
            else:
                del total[powers]
        if len(total) > MAX_TERMS:
            raise Undecided("too many terms")

    def times(self, one: Poly, two: Poly) -> Poly:
        total: Poly = {}
        for left, a in one.items():
            for right, b in two.items():
                value = a * b
                self.spend(1 + weight(value))
                self.into(total, self.merged(left, right, value))
        return total

    def spend(self, amount: int) -> None:
        self.work += amount
        if self.work > self.budget:
            raise Undecided("too much work")

    def denominator(self, poly: Poly) -> tuple[str, Fraction] | None:
        """The power of a composite that clears the deepest of its denominators, or None."""
        lowest = min(
            ((n, atom) for powers in poly for atom, n in powers if n < 0 and atom in self.composites), default=None
        )
        return (lowest[1], -lowest[0]) if lowest else None

    def merged(self, left: Powers, right: Powers, coefficient: Fraction) -> Poly:
        """coefficient x left x right as a form: exponents add up, what becomes a whole power leaves the atoms."""
        if not right:
            return {left: coefficient}
        exponents = dict(left)
        rest: list[tuple[str, int]] = []
        for atom, exponent in right:
            exponents[atom] = exponents.get(atom, 0) + exponent
        for atom, _ in right:
            exponent = exponents[atom]
            if not exponent:
                del exponents[atom]
            elif atom == "i":
                coefficient, power = _turned(coefficient, exponent)
                exponents.pop(atom)
                if power:
                    exponents[atom] = _ONE
            elif atom.isdigit():
                whole = exponent.numerator // exponent.denominator
                outside = exact.power(Fraction(int(atom)), whole)
                if outside is not None and whole:
                    coefficient *= outside
                    exponents[atom] = exponent - whole
                    if not exponents[atom]:
                        del exponents[atom]
            elif exponent.denominator == 1 and 0 < exponent <= MAX_POWER and atom in self.composites:
                del exponents[atom]
                rest.append((atom, int(exponent)))
        form: Poly = {tuple(sorted(exponents.items())): coefficient}
        for atom, count in rest:
            form = self.times(form, self.whole_power(self.composites[atom], count))
        return form

    # Powers

    def whole_power(self, base: Poly, exponent: int) -> Poly:
        form: Poly = {NUMBER: _ONE}
        for _ in range(exponent):
            form = self.times(form, base)
        return form

    def power(self, base: Poly, exponent: Poly) -> Poly:
        value = constant(exponent)
        if value is None:
            return self.symbolic_power(base, exponent)
        if not base:
            if value <= 0:
                raise Undecided("a power of zero")
            return {}
        if value == 1:
            return base
        if value.denominator == 1 and len(base) > 1 and 0 <= value <= MAX_POWER:
            count = int(value)
            if len(base) ** min(count, 9) <= 4000:
                return self.whole_power(base, count)
        if len(base) == 1:
            return self.single_power(base, value)
        lead = base[min(base)]
        sign = 1 if value.denominator == 1 or lead > 0 else -1
        scaled = {powers: coefficient / lead * sign for powers, coefficient in base.items()}
        return self.times(self.number_power(lead * sign, value), {((self.composite(scaled), value),): _ONE})

    def composite(self, poly: Poly) -> str:
        if len(poly) == 1:
            ((powers, coefficient),) = poly.items()
            if coefficient == 1 and len(powers) == 1 and powers[0][1] == 1:
                return powers[0][0]
        name = f"({key(poly)})"
        self.composites[name] = poly
        return name

    def single_power(self, base: Poly, value: Fraction) -> Poly:
        """(coefficient x powers)^value. A root is taken into the powers only where it cannot lose a sign."""
        ((powers, coefficient),) = base.items()
        whole = value.denominator == 1
        inside = tuple(pair for pair in powers if not (whole or _positive(pair[0]) or pair[1] == 1 == len(powers)))
        outside = tuple(pair for pair in powers if pair not in inside)
        if inside and coefficient < 0 and not whole:
            return {((self.composite(base), value),): _ONE}
        form = self.number_power(coefficient, value)
        for atom, exponent in outside:
            form = self.times(form, self.merged(((atom, Fraction(0)),), ((atom, exponent * value),), _ONE))
        if inside:
            form = self.times(form, {((self.composite({inside: _ONE}), value),): _ONE})
        return form

    def number_power(self, base: Fraction, value: Fraction) -> Poly:
        if base == 1:
            return {NUMBER: _ONE}
        if value.denominator == 1:
            result = exact.power(base, int(value))
            if result is not None:
                return {NUMBER: result}
        if base < 0:
            return self.times(self.unit_power(value), self.number_power(-base, value))
        self.spend(10)
        found = exact.root(base, value) if value.denominator != 1 else None
        if found is None:
            primes = exact.factors(base.numerator) if base.denominator == 1 else None
            if primes is None:
                return {((f"({hexadecimal(base)})", value),): _ONE}
            return {tuple(sorted((str(prime), count * value) for prime, count in primes.items())): _ONE}
        rational, rest = found
        return {tuple(sorted((str(prime), exponent) for prime, exponent in rest.items())): rational}

    def unit_power(self, value: Fraction) -> Poly:
        """(-1)^value: i for a half, -1 for the real odd root."""
        if value.denominator == 1:
            return {NUMBER: Fraction(-1 if value % 2 else 1)}
        if value.denominator == 2:
            return self.merged((("i", Fraction(0)),), (("i", Fraction(value.numerator)),), _ONE)
        if value.denominator % 2:
            return {NUMBER: Fraction(-1 if value.numerator % 2 else 1)}
        raise Undecided("a root of a negative number")

    def symbolic_power(self, base: Poly, exponent: Poly) -> Poly:
        """base^(sum) is a product: 2^(n+1) is 2 x 2^n, with the atom 2^(n)."""
        if not base:
            raise Undecided("a power of zero")
        form: Poly = {NUMBER: _ONE}
        value = constant(base)
        names: list[tuple[str, Fraction]]
        primes = exact.factors(value.numerator) if value is not None and value > 0 and value.denominator == 1 else None
        if primes:
            names = [(str(prime), Fraction(count)) for prime, count in primes.items()]
        else:
            names = [(self.composite(base), _ONE)]
        for powers, coefficient in exponent.items():
            if powers == NUMBER:
                form = self.times(form, self.power(base, {NUMBER: coefficient}))
                continue
            for name, count in names:
                atom = f"({name}^({show_powers(powers)}))"
                form = self.times(form, {((atom, coefficient * count),): _ONE})
        return form

    # One rule for each kind of node

    def number(self, node: Node) -> Poly:
        value = fraction(node.value) if node.value is not None else None
        if value is None:
            raise Undecided("too large a number")
        return {NUMBER: value} if value else {}

    def symbol(self, node: Node) -> Poly:
        if node.text in _NO_VALUES or node.text.startswith("mathbb"):
            raise Undecided("no number")  # infinity minus infinity is nothing
        return {((node.text, _ONE),): _ONE}

    def sum_of(self, node: Node) -> Poly:
        total: Poly = {}
        for part in node.args:
            total = self.add(total, self.of(part))
        return total

    def product_of(self, node: Node) -> Poly:
        form: Poly = {NUMBER: _ONE}
        for part in node.args:
            form = self.times(form, self.of(part))
        return form

    def negative(self, node: Node) -> Poly:
        return {powers: -coefficient for powers, coefficient in self.of(node.args[0]).items()}

    def inverse(self, node: Node) -> Poly:
        return self.power(self.of(node.args[0]), {NUMBER: Fraction(-1)})

    def raised(self, node: Node) -> Poly:
        return self.power(self.of(node.args[0]), self.of(node.args[1]))

    def rooted(self, node: Node) -> Poly:
        degree = self.power(self.of(node.args[1]), {NUMBER: Fraction(-1)})
        return self.power(self.of(node.args[0]), degree)

    def called(self, node: Node) -> Poly:
        inside = ",".join(key(self.of(part)) for part in node.args)
        return {((f"{node.text}({inside})", _ONE),): _ONE}

    def factorial(self, node: Node) -> Poly:
        return {((f"fact({key(self.of(node.args[0]))})", _ONE),): _ONE}

    def modulus(self, node: Node) -> Poly:
        inside = self.of(node.args[0])
        value = constant(inside)
        if value is not None:
            return {NUMBER: abs(value)} if value else {}
        if inside[min(inside)] < 0:
            inside = {powers: -coefficient for powers, coefficient in inside.items()}
        return {((f"abs({key(inside)})", _ONE),): _ONE}

    def degree(self, node: Node) -> Poly:
        if node.text != "degree":
            raise Undecided("a unit within an expression")
        return self.times(self.of(node.args[0]), {(("deg", _ONE),): _ONE})

    def named(self, node: Node) -> Poly:
        return {((f"{node.kind}({node.text})", _ONE),): _ONE}


def _positive(atom: str) -> bool:
    return atom.isdigit() or atom in {"pi", "e"}


def _turned(coefficient: Fraction, exponent: Fraction) -> tuple[Fraction, int]:
    """coefficient x i^exponent as a real coefficient and i^0 or i^1."""
    if exponent.denominator != 1:
        raise Undecided("a root of i")
    turns = int(exponent) % 4
    return (-coefficient if turns >= 2 else coefficient), turns % 2


_RULES: dict[str, Callable[[_Normaliser, Node], Poly]] = {
    "num": _Normaliser.number,
    "sym": _Normaliser.symbol,
    "add": _Normaliser.sum_of,
    "mul": _Normaliser.product_of,
    "neg": _Normaliser.negative,
    "inv": _Normaliser.inverse,
    "pow": _Normaliser.raised,
    "root": _Normaliser.rooted,
    "call": _Normaliser.called,
    "fact": _Normaliser.factorial,
    "abs": _Normaliser.modulus,
    "unit": _Normaliser.degree,
    "opaque": _Normaliser.named,
    "base": _Normaliser.named,
}
