"""Exact arithmetic on rationals with size guards: powers, and roots as products of primes.

Nothing here runs long: a power whose digits would pass `MAX_BITS` and a factor beyond trial division stay as they are.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

MAX_BITS = 8_000
MAX_RADICAND_BITS = 256
_TRIAL = 1_000  # trial division up to here: the square of it bounds what is certainly prime

_PRIMES = [n for n in range(2, _TRIAL) if all(n % d for d in range(2, isqrt(n) + 1))]


def power(base: Fraction, exponent: int) -> Fraction | None:
    """base^exponent, or None when it would have more than `MAX_BITS` bits, or is 1/0."""
    if base == 0:
        return None if exponent < 0 else Fraction(0 if exponent else 1)
    if abs(base) == 1:
        return base if exponent % 2 else Fraction(1)
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return base**exponent if bits * abs(exponent) <= MAX_BITS else None


def factors(value: int) -> dict[int, int] | None:
    """The prime factors of a whole number >= 1; a cofactor beyond trial division is kept whole. None when too large."""
    if value.bit_length() > MAX_RADICAND_BITS:
        return None
    found: dict[int, int] = {}
    for prime in _PRIMES:
        if prime * prime > value:
            break
        while value % prime == 0:
            value //= prime
            found[prime] = found.get(prime, 0) + 1
    if value > 1:
        root = isqrt(value)
        if root * root == value:
            value, count = root, 2
        else:
            count = 1
        found[value] = found.get(value, 0) + count
    return found


def is_prime(value: int) -> bool:
    """Whether a factor given by `factors` is certainly a prime."""
    return value < _TRIAL * _TRIAL


def root(base: Fraction, exponent: Fraction) -> tuple[Fraction, dict[int, Fraction]] | None:
    """base^exponent for base > 0 as a rational times primes with exponents in (0, 1); None when too large."""
    above, below = factors(base.numerator), factors(base.denominator)
    if above is None or below is None:
        return None
    rational = Fraction(1)
    rest: dict[int, Fraction] = {}
    for prime, count in [*above.items(), *((prime, -count) for prime, count in below.items())]:
        total = exponent * count
        whole = total.numerator // total.denominator
        outside = power(Fraction(prime), whole)
        if outside is None:
            return None
        rational *= outside
        if total != whole:
            rest[prime] = total - whole
    return rational, rest
