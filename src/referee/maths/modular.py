"""Rational functions and powers of any height modulo primes of 61 bits: exact, and 9^{9^9} costs nothing.

A difference is a proof; agreement at several points under two primes errs with a probability below 2^-100, and the
points derive from the truth, which an answer does not know. `pi` and `e` stand for themselves, like variables.
Variables in exponents and factorials are whole numbers.

The primes p are 1 modulo 4, so that i exists, and p - 1 has small factors only, so that towers reduce by Euler's
theorem.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb, factorial
from typing import NamedTuple

from referee.maths.budget import Budget
from referee.maths.tree import Node
from referee.text.rational import Number, int_of

PRIMES = (
    1363830833085634733, 2167249128339601661, 4192617800346489317, 3332979396653246341,
    1668713460147332237, 2583618744713439269, 2694987788787328981, 2655375142301844029,
)  # fmt: skip
MAX_FACTORIAL = 3_000
MAX_DIGITS = 5_000
TRANSCENDENTAL = frozenset({"pi", "e"})
_SMALL = 1 << 64


class Beyond(Exception):
    """Not a rational function, or undefined at this point. Never leaves `maths`."""


class Residue(NamedTuple):
    """A whole number modulo something, and itself when it is small; `exact` None means at least 2^64."""

    value: int
    exact: int | None


@lru_cache(maxsize=64)
def totient(modulus: int) -> int:
    """Euler's function for a modulus with small factors."""
    result, rest, factor = modulus, modulus, 2
    while factor * factor <= rest:
        if rest % factor == 0:
            result -= result // factor
            while rest % factor == 0:
                rest //= factor
        factor += 1
    return result - result // rest if rest > 1 else result


@lru_cache(maxsize=16)
def imaginary(prime: int) -> int:
    """A square root of -1."""
    for base in range(2, 100):
        found = pow(base, (prime - 1) // 4, prime)
        if found * found % prime == prime - 1:
            return found
    raise Beyond


class Field:
    """Evaluation of trees in the whole numbers modulo a prime, at one point."""

    def __init__(self, prime: int, point: dict[str, int], budget: Budget) -> None:
        self.prime = prime
        self.point = point
        self.budget = budget

    def spend(self, amount: int) -> None:
        self.budget.left -= amount
        if self.budget.left < 0:
            raise Beyond

    def of(self, node: Node) -> int:
        """The residue of a tree; raises `Beyond`."""
        self.spend(1)
        kind, prime = node.kind, self.prime
        if kind == "num" and node.value is not None:
            return self.number(node.value)
        if kind == "sym":
            return imaginary(prime) if node.text == "i" else self.point[node.text] % prime
        if kind == "add":
            return sum(self.of(part) for part in node.args) % prime
        if kind == "mul":
            product = 1
            for part in node.args:
                product = product * self.of(part) % prime
            return product
        if kind == "neg":
            return -self.of(node.args[0]) % prime
        if kind == "inv":
            return self.inverse(self.of(node.args[0]))
        if kind == "pow":
            return self.power(self.of(node.args[0]), node.args[1])
        if kind == "fact" or (kind == "call" and node.text == "binom"):
            found = self.whole(node, prime)
            return found.value
        raise Beyond

    def inverse(self, value: int) -> int:
        if not value:
            raise Beyond
        return pow(value, -1, self.prime)

    def number(self, value: Number) -> int:
        prime = self.prime
        if len(value.digits) > MAX_DIGITS:
            raise Beyond
        residue = int_of(value.digits) * pow(10, value.exponent, prime)
        return residue * self.inverse(value.denominator % prime) % prime

    def power(self, base: int, exponent: Node) -> int:
        if exponent.kind == "neg":
            return self.inverse(self.power(base, exponent.args[0]))
        found = self.whole(exponent, self.prime - 1)
        if not base and found.exact is not None and found.exact <= 0:
            raise Beyond
        if found.exact is not None and found.exact < 0:
            return self.inverse(pow(base, -found.exact, self.prime))
        return pow(base, found.value, self.prime) if base else 0

    # Whole numbers of any size

    def whole(self, node: Node, modulus: int) -> Residue:
        """A tree of whole numbers modulo anything with small factors."""
        self.spend(1)
        kind = node.kind
        if kind == "num" and node.value is not None and node.value.integer:
            return self.whole_number(node.value, modulus)
        if kind == "sym" and node.text in self.point and node.text not in TRANSCENDENTAL:
            return _residue(self.point[node.text], modulus)
        if kind in {"add", "mul"}:
            found = self.whole(node.args[0], modulus)
            for part in node.args[1:]:
                combine = _sum if kind == "add" else _product
                found = combine(found, self.whole(part, modulus), modulus)
            return found
        if kind == "neg":
            found = self.whole(node.args[0], modulus)
            if found.exact is None:
                raise Beyond
            return _residue(-found.exact, modulus)
        if kind == "pow":
            return self.whole_power(node, modulus)
        if kind == "fact":
            n = self.small(node.args[0])
            self.spend(n // 8)
            return _residue(factorial(n), modulus)
        if kind == "call" and node.text == "binom" and len(node.args) == 2:
            n, k = (self.small(part) for part in node.args)
            self.spend(n // 8)
            return _residue(comb(n, k), modulus)
        raise Beyond

    def small(self, node: Node) -> int:
        found = self.whole(node, 1).exact
        if found is None or not 0 <= found <= MAX_FACTORIAL:
            raise Beyond
        return found

    def whole_number(self, value: Number, modulus: int) -> Residue:
        if len(value.digits) + value.exponent <= 30:
            return _residue(int_of(value.digits) * 10**value.exponent, modulus)
        if len(value.digits) > MAX_DIGITS or value.digits.startswith("-"):
            raise Beyond
        return Residue(int_of(value.digits) * pow(10, value.exponent, modulus) % modulus, None)

    def whole_power(self, node: Node, modulus: int) -> Residue:
        """b^e: Euler's theorem in the form that needs no common-factor condition, for e of 64 and more."""
        base = self.whole(node.args[0], modulus)
        exponent = self.whole(node.args[1], totient(modulus))
        exact = exponent.exact
        if exact == 0 and base.exact != 0:
            return Residue(1 % modulus, 1)
        if base.exact is not None and base.exact <= 1:
            if base.exact < 0 or exact == 0:
                raise Beyond
            return base
        if exact is None:
            return Residue(pow(base.value, exponent.value + totient(modulus), modulus), None)
        if exact < 0:
            raise Beyond
        value = pow(base.value, exact, modulus)
        if base.exact is not None and base.exact.bit_length() * exact <= 128:
            whole = base.exact**exact
            return Residue(value, whole if whole < _SMALL else None)
        return Residue(value, None)


def _residue(value: int, modulus: int) -> Residue:
    if value <= -_SMALL:
        raise Beyond
    return Residue(value % modulus, value if value < _SMALL else None)


def _sum(one: Residue, two: Residue, modulus: int) -> Residue:
    if one.exact is not None and two.exact is not None:
        return _residue(one.exact + two.exact, modulus)
    if min(one.exact or 0, two.exact or 0) < 0:
        raise Beyond
    return Residue((one.value + two.value) % modulus, None)


def _product(one: Residue, two: Residue, modulus: int) -> Residue:
    if one.exact is not None and two.exact is not None:
        return _residue(one.exact * two.exact, modulus)
    known = one.exact if one.exact is not None else two.exact
    if known is not None and known <= 0:
        if known == 0:
            return Residue(0, 0)
        raise Beyond
    return Residue(one.value * two.value % modulus, None)
