"""Exact rationals in a normal form made of digits, so that no size of number costs more than reading it.

Python limits `int(str)` and `str(int)` to 4,300 digits, and a user may set the limit down to 640: conversions here go
in chunks and never depend on it. What needs arithmetic (fractions, powers, sums) is guarded: beyond `MAX_DIGITS` a
function returns None, and the caller says so.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import NamedTuple

MAX_DIGITS = 5_000  # of a number that takes part in arithmetic
_CHUNK = 600
_FIVE_32 = 5**32


class Number(NamedTuple):
    """`digits` x 10^`exponent` / `denominator`; equal numbers are equal tuples.

    `digits`: decimal digits with an optional `-`, no leading and no trailing zeros (`"0"` for zero). `denominator`:
    positive, coprime to 10 and to the digits. So 0.5, 1/2 and 50% are ("5", -1, 1), and 1/3 is ("1", 0, 3).
    """

    digits: str
    exponent: int = 0
    denominator: int = 1

    @property
    def integer(self) -> bool:
        """Whether it is a whole number."""
        return self.denominator == 1 and self.exponent >= 0


ZERO = Number("0")
ONE = Number("1")


def decimal(sign: str, whole: str, fraction_digits: str = "") -> Number:
    """The number written as `sign whole . fraction_digits`, all of them ASCII digits, any length."""
    digits = (whole + fraction_digits).lstrip("0")
    if not digits:
        return ZERO
    kept = digits.rstrip("0")
    exponent = len(digits) - len(kept) - len(fraction_digits)
    return Number("-" + kept if sign == "-" else kept, exponent)


def ratio(above: int, below: int, exponent: int = 0) -> Number:
    """above / below x 10^exponent. `below` is not zero."""
    if below < 0:
        above, below = -above, -below
    common = gcd(above, below)
    above, below = above // common, below // common
    twos = (below & -below).bit_length() - 1
    below >>= twos
    fives = 0
    for step, size in ((_FIVE_32, 32), (5, 1)):
        while below >= step and below % step == 0:
            below //= step
            fives += size
    places = max(twos, fives)
    sign = "-" if above < 0 else ""
    scaled = abs(above) << (places - twos)
    if places > fives:
        scaled *= 5 ** (places - fives)
    digits, shift, _ = decimal(sign, digits_of(scaled))
    return Number(digits, shift + exponent - places if digits != "0" else 0, below)


def of_int(value: int) -> Number:
    """A whole number of any size."""
    return decimal("-" if value < 0 else "", digits_of(abs(value)))


def of_fraction(value: Fraction) -> Number:
    """The normal form of a fraction."""
    return ratio(value.numerator, value.denominator)


def int_of(digits: str) -> int:
    """`int(digits)` for ASCII digits with an optional `-`, whatever limit the process has set."""
    if digits.startswith("-"):
        return -int_of(digits[1:])
    if len(digits) <= _CHUNK:
        return int(digits)
    half = len(digits) // 2
    lower = len(digits) - half
    return int_of(digits[:half]) * int(10**lower) + int_of(digits[half:])


def digits_of(value: int) -> str:
    """`str(value)` for a value >= 0, whatever limit the process has set."""
    if value.bit_length() <= _CHUNK * 3:  # 3 bits are less than a digit
        return str(value)
    half = value.bit_length() * 30103 // 200_000  # half of the digits, about: log10(2) is 0.30103
    upper, lower = divmod(value, 10**half)
    return (digits_of(upper) + digits_of(lower).zfill(half)).lstrip("0")


def fraction(number: Number) -> Fraction | None:
    """The same value for arithmetic, or None when it has more than `MAX_DIGITS` digits."""
    digits, exponent, below = number
    if len(digits) + abs(exponent) > MAX_DIGITS or below.bit_length() > MAX_DIGITS * 4:
        return None
    if exponent >= 0:
        return Fraction(int_of(digits) * 10**exponent, below)
    return Fraction(int_of(digits), below * 10**-exponent)


def negative(number: Number) -> Number:
    """-number."""
    digits = number.digits
    if digits == "0":
        return number
    return number._replace(digits=digits[1:] if digits[0] == "-" else "-" + digits)


def shifted(number: Number, places: int) -> Number:
    """Number x 10^places."""
    return number if number.digits == "0" else number._replace(exponent=number.exponent + places)


def percent(number: Number) -> Number:
    """A hundredth of the number."""
    return shifted(number, -2)


def divided(above: Number, below: Number) -> Number | None:
    """above / below, exact; None when either has too many digits. `below` is not zero."""
    if len(above.digits) > MAX_DIGITS or len(below.digits) > MAX_DIGITS:
        return None
    exponent = above.exponent - below.exponent
    return (
        ratio(int_of(above.digits) * below.denominator, int_of(below.digits) * above.denominator, exponent)
        if above.digits != "0"
        else ZERO
    )


def times(left: Number, right: Number) -> Number | None:
    """left x right, exact; None when either has too many digits."""
    if len(left.digits) > MAX_DIGITS or len(right.digits) > MAX_DIGITS:
        return None
    if left.denominator.bit_length() + right.denominator.bit_length() > MAX_DIGITS * 8:
        return None
    return (
        ratio(
            int_of(left.digits) * int_of(right.digits),
            left.denominator * right.denominator,
            left.exponent + right.exponent,
        )
        if "0" not in {left.digits, right.digits}
        else ZERO
    )


def plus(left: Number, right: Number) -> Number | None:
    """left + right, exact; None when the sum would have too many digits."""
    if left.digits == "0" or right.digits == "0":
        return right if left.digits == "0" else left
    base = min(left.exponent, right.exponent)
    one, two = fraction(shifted(left, -base)), fraction(shifted(right, -base))
    if one is None or two is None:
        return None
    return shifted(of_fraction(one + two), base)


def power(base: Number, exponent: int) -> Number | None:
    """base^exponent for a whole exponent; None when the result would have too many digits, or for 0^0 and 1/0."""
    if base.digits == "0":
        return ZERO if exponent > 0 else None
    if exponent == 0:
        return ONE
    size = abs(exponent)
    if base.denominator == 1 and base.digits in {"1", "-1"}:
        sign = "-" if base.digits == "-1" and exponent % 2 else ""
        return Number(sign + "1", base.exponent * exponent)
    if max(len(base.digits), base.denominator.bit_length() * 3 // 10) * size > MAX_DIGITS:
        return None
    above, below = int_of(base.digits) ** size, base.denominator**size
    return ratio(above, below, base.exponent * size) if exponent > 0 else ratio(below, above, -base.exponent * size)


def within(left: Number, right: Number, tolerance: Number) -> bool:
    """|left - right| <= tolerance, exact. Numbers of unlike size beyond the guards count as apart."""
    difference = plus(left, negative(right))
    if difference is None:
        return False
    room = plus(tolerance, negative(difference if difference.digits[0] != "-" else negative(difference)))
    return room is not None and room.digits[0] != "-"


def show(number: Number) -> str:
    """A short printable form: `17576`, `-1/3`, `0.25`, `1e+999999999`, `123456...789 (5000 digits)`."""
    digits, exponent, below = number
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    if len(digits) > 60:
        head = f"{sign}{digits[:12]}...{digits[-3:]} ({len(digits)} digits)"
    elif 0 <= exponent <= 40:
        head, exponent = sign + digits + "0" * exponent, 0
    elif -40 <= exponent < 0 and below == 1:
        padded = digits.rjust(-exponent + 1, "0")
        head, exponent = f"{sign}{padded[:exponent]}.{padded[exponent:]}", 0
    elif -40 <= exponent < 0:
        reduced = Fraction(int(digits), below * 10**-exponent)
        head, below, exponent = f"{sign}{reduced.numerator}", reduced.denominator, 0
    else:
        head = sign + digits
    if below != 1:
        head += f"/{below}" if below.bit_length() < 200 else "/..."
    return f"{head}e{exponent:+d}" if exponent else head
