"""Normal forms as data: sums of exact coefficients times sorted powers of atoms (made by `referee.maths.normal`)."""

from __future__ import annotations

from fractions import Fraction
from math import e, pi

from referee.maths import exact

Powers = tuple[tuple[str, Fraction], ...]  # sorted by atom
Poly = dict[Powers, Fraction]

_CONSTANTS = {"pi": pi, "e": e}
NUMBER: Powers = ()  # the powers of a plain number


def key(poly: Poly) -> str:
    """The form as text: equal exactly when the forms are. Hexadecimal, since Python limits decimal conversions."""
    if not poly:
        return "0"
    return "+".join(f"{hexadecimal(poly[powers])}{show_powers(powers)}" for powers in sorted(poly))


def constant(poly: Poly) -> Fraction | None:
    """The value when the form is a plain rational, else None."""
    if not poly:
        return Fraction(0)
    return poly[NUMBER] if len(poly) == 1 and NUMBER in poly else None


def approximate(poly: Poly) -> float | None:
    """About the value of a number, None when it holds a variable or is beyond floating point."""
    total = 0.0
    try:
        for powers, coefficient in poly.items():
            term = float(coefficient)
            for atom, exponent in powers:
                base = float(atom) if atom.isdigit() else _CONSTANTS.get(atom)
                if base is None:
                    return None
                term *= base ** float(exponent)
            total += term
    except OverflowError:
        return None
    return total


def separates(one: Poly, two: Poly) -> bool:
    """Whether unequal forms over these atoms prove unequal values."""
    names = {atom for poly in (one, two) for powers in poly for atom, _ in powers}
    if {"pi", "e"} <= names or names & {"inf", "deg", "ldots", "emptyset"}:
        return False
    for poly in (one, two):
        for powers in poly:
            for atom, exponent in powers:
                if atom.isdigit():
                    if not exact.is_prime(int(atom)) or not 0 < exponent < 1:
                        return False
                elif atom.startswith("(") or "(" in atom or exponent.denominator != 1:
                    return False
    return True


def display(poly: Poly) -> str:
    """The form for people, in decimal where that is short."""
    terms = []
    for powers in sorted(poly)[:20]:
        value = poly[powers]
        short = value.numerator.bit_length() + value.denominator.bit_length() < 500
        terms.append((str(value) if short else f"0x{hexadecimal(value)}") + show_powers(powers))
    return " + ".join(terms)[:300] or "0"


def hexadecimal(value: Fraction) -> str:
    """The coefficient in base 16, the only base that Python writes at any length."""
    return f"{value.numerator:x}" + (f"/{value.denominator:x}" if value.denominator != 1 else "")


def show_powers(powers: Powers) -> str:
    """The powers of one term as text."""
    return "".join(f"*{atom}" + (f"^{hexadecimal(exponent)}" if exponent != 1 else "") for atom, exponent in powers)


def weight(value: Fraction) -> int:
    """What arithmetic on a number of this size costs, in units of arithmetic on a small one."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    return 0 if bits < 256 else bits * bits >> 21 | bits >> 9
