"""Exponentials, logarithms, waves and arcs to hundreds of digits, in fixed point on whole numbers.

`decimal` rounds exactly, and beyond some 150 digits pays dearly for it. Here the last digits are lost instead: every
function is right to one unit in the last place asked for, relative for `exp`, absolute for the others.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache
from math import isqrt

_GUARD = 20  # digits that may be lost on the way
_BITS = 3.33  # in a digit
_LARGE = 400_000_000  # exponents


def _context(digits: int) -> Context:
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=2 * _LARGE, Emin=-2 * _LARGE)


def _fixed(x: Decimal, digits: int, bits: int) -> int:
    """x times 2^bits, for x of moderate size."""
    scaled = int(x.scaleb(digits, _context(len(x.as_tuple().digits) + 5)).to_integral_value(ROUND_FLOOR))
    return (scaled << bits) // int(10**digits)


def _decimal(value: int, digits: int, bits: int) -> Decimal:
    return Decimal((value * 10**digits) >> bits).scaleb(-digits, _context(digits + 50))


def _bits(digits: int) -> int:
    return int(digits * _BITS) + 8


def exp(x: Decimal, digits: int) -> Decimal:
    """e^x for |x| below 10^9."""
    inner = digits + _GUARD
    with localcontext(_context(inner + 10)):
        ten = ln_ten(inner + 10)
        count = (x / ten).to_integral_value()
        rest = x - count * ten
    bits = _bits(inner)
    return _decimal(_exp(_fixed(rest, inner, bits), bits), inner, bits).scaleb(int(count), _context(inner + 10))


def _exp(x: int, bits: int) -> int:
    """e^x in fixed point, |x| < 2."""
    halvings = isqrt(bits) // 3
    x >>= halvings
    total = term = 1 << bits
    n = 1
    while term:
        term = (term * x >> bits) // n if x >= 0 else -(-term * x >> bits) // n
        total += term
        n += 1
        if -n < term < n:
            break
    for _ in range(halvings):
        total = total * total >> bits
    return total


@lru_cache(maxsize=16)
def ln_ten(digits: int) -> Decimal:
    """ln 10 = 3 ln 2 + ln 5/4 by inverse hyperbolic tangents in whole numbers."""
    one = 10 ** (digits + 12)
    two = 18 * _artanh(26, one) - 2 * _artanh(4801, one) + 8 * _artanh(8749, one)
    return Decimal(3 * two + 2 * _artanh(9, one)).scaleb(-digits - 12, _context(digits + 20))


def _artanh(whole: int, one: int) -> int:
    total = term = one // whole
    square, n = whole * whole, 1
    while term:
        term //= square
        n += 2
        total += term // n
    return total


def ln(x: Decimal, digits: int) -> Decimal:
    """ln x for x > 0, from 30 digits of it by Halley's iteration, which trebles them."""
    shift = x.adjusted()
    inner = digits + _GUARD
    mantissa = x.scaleb(-shift, _context(len(x.as_tuple().digits) + 5))
    found = mantissa.ln(_context(30))
    known = 28
    while known < inner:
        known = min(3 * known - 4, inner)
        with localcontext(_context(known + 8)):
            near = exp(found, known + 4)
            found += 2 * (mantissa - near) / (mantissa + near)
    with localcontext(_context(inner)):
        return found + shift * ln_ten(inner + 10)


def sqrt(x: Decimal, digits: int) -> Decimal:
    """The square root of x > 0."""
    exponent = x.adjusted() // 2
    above = 2 * (digits + 5)
    scaled = int(x.scaleb(above - 2 * exponent, _context(len(x.as_tuple().digits) + 5)).to_integral_value(ROUND_FLOOR))
    return Decimal(isqrt(scaled)).scaleb(exponent - digits - 5, _context(digits + 10))


def cos(x: Decimal, digits: int) -> Decimal:
    """cos x for |x| <= 4."""
    inner = digits + _GUARD
    bits = _bits(inner)
    halvings = isqrt(bits) // 3
    small = _fixed(abs(x), inner, bits) >> halvings
    square = small * small >> bits
    total, term, n = 0, 1 << bits, 1
    while term:  # 1 - cos, which keeps its digits
        term = (term * square >> bits) // (n * (n + 1))
        total += term if n % 4 == 1 else -term
        n += 2
    for _ in range(halvings):
        total = total * ((2 << bits) - total) >> (bits - 1)
    return _decimal((1 << bits) - total, inner, bits)


def arctan(x: Decimal, digits: int) -> Decimal:
    """arctan x for |x| <= 1."""
    inner = digits + _GUARD
    bits = _bits(inner)
    one = 1 << bits
    angle = _fixed(abs(x), inner, bits)
    halvings = isqrt(bits) // 6
    for _ in range(halvings):
        angle = (angle << bits) // (one + isqrt((one << bits) + angle * angle))
    square = angle * angle >> bits
    total = term = angle
    n = 1
    while term:
        term = term * square >> bits
        n += 2
        total += -(term // n) if n % 4 == 3 else term // n
    return _decimal(total << halvings, inner, bits).copy_sign(x)
