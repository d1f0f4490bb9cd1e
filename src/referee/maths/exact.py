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
        value, count = _as_power(value)
        found[value] = found.get(value, 0) + count
    return found


def _as_power(value: int) -> tuple[int, int]:
    """(b, k) with b^k = value for the smallest b; k is 1 when the value is no perfect power."""
    count = 1
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23):  # enough for MAX_RADICAND_BITS: what is left has factors > _TRIAL
        while (base := _whole_root(value, prime)) ** prime == value:
            value, count = base, count * prime
    return value, count


def _whole_root(value: int, degree: int) -> int:
    """The whole part of value^(1/degree), by Newton's iteration."""
    if degree == 2:
        return isqrt(value)
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


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
