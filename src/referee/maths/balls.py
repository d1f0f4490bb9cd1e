"""Complex arithmetic with an error bound: every number is a ball, a decimal centre and a radius that holds the truth.

`decimal` adds, multiplies, divides and takes roots, exponentials and logarithms correctly rounded; sines and arcs come
from their series here. The radius grows with every rounding and every loss, so two balls that do not touch are proven
different, whatever was cancelled on the way. No binary floating point takes part, so verdicts agree on all machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
    localcontext,
)
from functools import lru_cache

from referee.maths import series

Ball = tuple[Decimal, Decimal, Decimal]  # real part, imaginary part, radius

ZERO = Decimal(0)
ONE = Decimal(1)
TWO = Decimal(2)
_HALF = Decimal("0.5")
_GUARD = 12  # digits beyond the asked ones within a series
_MAX_EXPONENT = 400_000_000
_MAX_ANGLE = 300  # digits of a whole part that is reduced by multiples of pi
MAX_WHOLE_POWER = 10**15
_MANY = 150  # digits beyond which `series` is faster than `decimal`
_NEAR = 2  # digits that the terms of a sum may be apart before it counts


class Undefined(Exception):
    """The expression has no value here: 1/0, the logarithm of 0. Never leaves `maths`."""


class Outside(Undefined):
    """Proof that there is no real value here: an even root or a logarithm of a negative number, 1/0, 0^0."""


class Unsure(Exception):
    """The radius is too wide to go on; more digits may help. Never leaves `maths`."""


@lru_cache(maxsize=16)
def _context(digits: int) -> Context:
    traps = [InvalidOperation, DivisionByZero, Overflow, Underflow]
    return Context(
        prec=digits, rounding=ROUND_HALF_EVEN, Emax=_MAX_EXPONENT, Emin=-_MAX_EXPONENT, traps=traps, clamp=0, capitals=1
    )


@contextmanager
def precision(digits: int) -> Iterator[None]:
    """Decimal arithmetic of so many digits in this block; a value beyond all bounds is `Undefined`."""
    try:
        with localcontext(_context(digits)):
            yield
    except DecimalException as error:
        raise Undefined(type(error).__name__) from error


@lru_cache(maxsize=16)
def pi(digits: int) -> Decimal:
    """Pi to so many digits, by Machin's formula in whole numbers."""
    one = 10 ** (digits + 10)
    scaled = 4 * (4 * _arc_of_inverse(5, one) - _arc_of_inverse(239, one))
    return Decimal(scaled).scaleb(-digits - 10, _context(digits + 15))


def _arc_of_inverse(whole: int, one: int) -> int:
    total = term = one // whole
    square, n, sign = whole * whole, 1, 1
    while term:
        term //= square
        n, sign = n + 2, -sign
        total += sign * (term // n)
    return total


def size(z: Ball) -> Decimal:
    """At least the modulus of the centre, at most 1.5 times it."""
    return abs(z[0]) + abs(z[1]) if z[1] else abs(z[0])


class Arithmetic:
    """Operations on balls with so many digits; use it within `precision(digits)`.

    `reals`: even roots and logarithms of negative reals are undefined. `gaps`: how many digits apart the terms of all
    sums were, those within functions too (the cosine of 10^-40 is 1 - 10^-80/2): so many digits a change may hide
    behind.
    """

    def __init__(self, digits: int, *, reals: bool = False) -> None:
        self.digits = digits
        self.reals = reals
        self.ulp = ONE.scaleb(2 - digits)  # ten times the relative error of a correctly rounded operation and more
        self.pi: Ball = (+pi(digits), ZERO, self.ulp)
        self.gaps = 0

    def real(self, value: Decimal) -> Ball:
        """A number with as many digits as it has."""
        rounded = +value
        return rounded, ZERO, ZERO if rounded == value else abs(rounded) * self.ulp

    # Sums, products, quotients

    def add(self, a: Ball, b: Ball) -> Ball:
        if not (b[0] or b[1] or b[2]):
            return a
        z, w = a[0] + b[0], a[1] + b[1]
        if a[0] and b[0]:
            gap = a[0].adjusted() - b[0].adjusted()
            if gap > _NEAR or gap < -_NEAR:
                least = b if gap > 0 else a
                if abs(least[0]) > least[2]:
                    self.gaps += abs(gap) - _NEAR
        return z, w, a[2] + b[2] + size((z, w, ZERO)) * self.ulp

    def small(self, a: Ball, order: int) -> None:
        """A small argument of a function whose value differs from its limit by a^order."""
        digits = -a[0].adjusted()
        if digits > 1 and abs(a[0]) > a[2]:
            self.gaps += order * (digits - 1)

    def mul(self, a: Ball, b: Ball) -> Ball:
        one, two = size(a), size(b)
        spread = a[2] * (two + b[2]) + one * b[2] if a[2] or b[2] else ZERO
        if not (a[1] or b[1]):
            z = a[0] * b[0]
            return z, ZERO, spread + abs(z) * self.ulp
        z, w = a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]
        return z, w, spread + 2 * one * two * self.ulp

    @staticmethod
    def neg(a: Ball) -> Ball:
        return -a[0], -a[1], a[2]

    def inverse(self, a: Ball) -> Ball:
        least = self.apart(a)
        if not a[1]:
            z = ONE / a[0]
            return z, ZERO, a[2] / (abs(a[0]) * least) + abs(z) * self.ulp
        square = a[0] * a[0] + a[1] * a[1]
        z, w = a[0] / square, -a[1] / square
        return z, w, a[2] / (square.sqrt() * least) + 4 * size((z, w, ZERO)) * self.ulp

    def apart(self, a: Ball) -> Decimal:
        """At most the least modulus in the ball, which must not hold zero."""
        least = max(abs(a[0]), abs(a[1])) - a[2]
        if least > 0:
            return least
        if a[2]:
            raise Unsure
        raise Outside("zero")

    # Powers

    def whole_power(self, a: Ball, n: int) -> Ball:
        """a^n for a whole n."""
        if n < 0:
            return self.inverse(self.whole_power(a, -n))
        if n > MAX_WHOLE_POWER:
            raise Undefined("an exponent beyond reason")
        if a[1]:
            return self.by_squaring(a, n)
        z = a[0] ** n if n else ONE
        bound = (abs(a[0]) + a[2]) ** n if a[2] else abs(z)
        return z, ZERO, (bound - abs(z) if a[2] else ZERO) + bound * self.ulp * 10

    def by_squaring(self, a: Ball, n: int) -> Ball:
        found: Ball = (ONE, ZERO, ZERO)
        while n:
            if n & 1:
                found = self.mul(found, a)
            n >>= 1
            if n:
                a = self.mul(a, a)
        return found

    def root(self, a: Ball) -> Ball:
        """The principal square root."""
        if not a[1]:
            if abs(a[0]) <= a[2]:
                return ZERO, ZERO, (2 * a[2]).sqrt()
            if self.reals and a[0] < 0:
                raise Outside("not real")
            self.small((abs(a[0]) - ONE, ZERO, a[2]), 1)
            z = series.sqrt(abs(a[0]), self.digits) if self.digits > _MANY else abs(a[0]).sqrt()
            spread = (a[2] / z if abs(a[0]) > 4 * a[2] else a[2] / (abs(a[0]) - a[2]).sqrt()) + z * self.ulp
            return (z, ZERO, spread) if a[0] > 0 else (ZERO, z, spread)
        least = self.apart(a)
        if a[0] < 0 and abs(a[1]) <= a[2]:
            raise Unsure
        modulus = (a[0] * a[0] + a[1] * a[1]).sqrt()
        if a[0] >= 0:
            z = ((modulus + a[0]) * _HALF).sqrt()
            w = a[1] / (2 * z)
        else:
            w = ((modulus - a[0]) * _HALF).sqrt().copy_sign(a[1])
            z = a[1] / (2 * w)
        return z, w, a[2] / least.sqrt() + 8 * size((z, w, ZERO)) * self.ulp

    def exponential(self, x: Decimal) -> Decimal:
        """e^x."""
        if self.digits <= _MANY:
            return x.exp()
        if x.adjusted() > 8:
            raise Undefined("an exponential beyond reason")
        return +series.exp(x, self.digits)

    def natural(self, x: Decimal) -> Decimal:
        """The logarithm of x > 0."""
        return +series.ln(x, self.digits) if self.digits > _MANY else x.ln()

    def exp(self, a: Ball) -> Ball:
        if a[2] > _HALF:
            raise Unsure
        self.small(a, 1)
        z = self.exponential(a[0])
        if not a[1]:
            return z, ZERO, 2 * z * a[2] + z * self.ulp
        turn = (a[1], ZERO, a[2])
        cosine, sine = self.cos(turn), self.sin(turn)
        return z * cosine[0], z * sine[0], 2 * z * (a[2] + cosine[2] + sine[2] + 2 * self.ulp)

    def ln(self, a: Ball) -> Ball:
        """The principal logarithm."""
        least = self.apart(a)
        if not a[1]:
            if self.reals and a[0] < 0:
                raise Outside("not real")
            z = self.natural(abs(a[0]))
            return z, ZERO if a[0] > 0 else self.pi[0], a[2] / least + (abs(z) + 4) * self.ulp
        if a[0] < 0 and abs(a[1]) <= a[2]:
            raise Unsure
        z, w = self.natural(a[0] * a[0] + a[1] * a[1]) * _HALF, self.arc(a)
        return z, w, 2 * a[2] / least + (abs(z) + 8) * self.ulp

    def arc(self, a: Ball) -> Decimal:
        """The argument of the centre, in (-pi, pi]."""
        if abs(a[1]) <= abs(a[0]):
            angle = self.arctan_of(a[1] / a[0])
            return angle if a[0] > 0 else angle + self.pi[0].copy_sign(a[1])
        return (self.pi[0] * _HALF).copy_sign(a[1]) - self.arctan_of(a[0] / a[1])

    # Trigonometry

    def sin(self, a: Ball) -> Ball:
        if a[1]:
            up, down = self.exp((-a[1], a[0], a[2])), self.exp((a[1], -a[0], a[2]))
            z, w, spread = self.add(up, self.neg(down))  # 2i sin
            return w * _HALF, -z * _HALF, spread
        self.small(a, 2)
        return self.wave(a[0], 0), ZERO, self.narrow(a) + self.ulp

    def cos(self, a: Ball) -> Ball:
        if a[1]:
            up, down = self.exp((-a[1], a[0], a[2])), self.exp((a[1], -a[0], a[2]))
            z, w, spread = self.add(up, down)
            return z * _HALF, w * _HALF, spread
        self.small(a, 2)
        return self.wave(a[0], 1), ZERO, self.narrow(a) + self.ulp

    @staticmethod
    def narrow(a: Ball) -> Decimal:
        """The radius, which must leave something to be said about a bounded function."""
        if a[2] > _HALF:
            raise Unsure
        return a[2]

    def wave(self, x: Decimal, turns: int) -> Decimal:
        """sin(x + turns pi/2): x reduced to within pi/4, then the series of the sine or of the cosine."""
        whole = max(x.adjusted(), 0) if x else 0
        if whole > _MAX_ANGLE:
            raise Unsure
        with localcontext(_context(self.digits + whole + _GUARD)):
            quarter = pi(self.digits + whole + _GUARD) * _HALF
            count = (x / quarter).to_integral_value()
            rest = x - count * quarter
        turns = (int(count) + turns) % 4
        if self.digits > _MANY:
            with localcontext(_context(self.digits + _GUARD)):
                angle = rest + (turns - 1) * quarter
            return +series.cos(angle, self.digits)
        with localcontext(_context(self.digits + _GUARD)):
            square = -rest * rest
            total = term = rest if turns % 2 == 0 else ONE
            n = 2 if turns % 2 == 0 else 1
            least = ONE.scaleb(-self.digits - 5)
            while abs(term) > least:
                term = term * square / (n * (n + 1))
                total += term
                n += 2
        return +total if turns < 2 else -total

    def arctan(self, a: Ball) -> Ball:
        """The arc tangent of a real ball, in (-pi/2, pi/2)."""
        self.small(a, 2)
        self.gaps += max(a[0].adjusted() - 1, 0)
        return self.arctan_of(a[0]), ZERO, self.narrow(a) + 4 * self.ulp

    def arctan_of(self, x: Decimal) -> Decimal:
        with localcontext(_context(self.digits + _GUARD)):
            if abs(x) > ONE:
                inner = ONE / x
                return (pi(self.digits + _GUARD) * _HALF).copy_sign(x) - self.small_arc(inner)
            return self.small_arc(x)

    def small_arc(self, x: Decimal) -> Decimal:
        if self.digits > _MANY:
            return series.arctan(x, self.digits)
        doublings = 0
        while abs(x) > Decimal("0.1"):
            x /= ONE + (ONE + x * x).sqrt()
            doublings += 1
        square, term, total, n = -x * x, x, x, 1
        least = ONE.scaleb(-self.digits - 5)
        while abs(term) > least:
            term *= square
            n += 2
            total += term / n
        return total * Decimal(2**doublings)

    def arcsin(self, a: Ball) -> Ball:
        """The arc sine of a real ball within [-1, 1], in [-pi/2, pi/2]."""
        beside = ONE - abs(a[0])
        self.small(a, 2)
        if beside + a[2] < 0:
            raise Outside("beyond [-1, 1]")
        if beside <= 4 * a[2]:
            return (self.pi[0] * _HALF).copy_sign(a[0]), ZERO, 4 * (abs(beside) + a[2]).sqrt() + self.ulp
        cosine = (beside * (ONE + abs(a[0]))).sqrt()
        z = self.arctan_of(a[0] / cosine)
        return z, ZERO, 2 * a[2] / cosine + 4 * self.ulp / cosine
