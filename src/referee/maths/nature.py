"""What is known of a tree without its value: how large its numbers are, and whether it is rational or transcendental.

No finite number of digits proves two constants equal. How many are wanted grows with what is written (`weight`): a
decimal of a hundred digits is compared to two hundred and more, and so is a sum with 10^-100 in it. And where theory
tells an algebraic number from a transcendental one (Lindemann), no agreement makes them equal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from referee.maths.forms import NUMBER, Poly
from referee.maths.normal import Undecided, normal
from referee.maths.tree import Node
from referee.text.rational import Number, fraction

MAX_WEIGHT = 10**6

Nature = Literal["rational", "algebraic", "transcendental", ""]
_TRANSCENDENTAL = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arctan", "ln"})
_AT_ONE = frozenset({"ln"})  # zero at one, not at zero


def weight(node: Node) -> int:
    """The digits of its literals, those within a power as often as it is taken.

    How large or small 10^-40 is shows as soon as it meets a sum or a function (`balls.Arithmetic.gaps`).
    """
    if node.kind == "num" and node.value is not None:
        return _digits(node.value)
    if node.kind == "sym":
        return 1 if node.text in {"pi", "e"} else 0
    if node.kind == "pow" and node.args[0].args and (times := _plain(node.args[1])) is not None:
        return min(MAX_WEIGHT, max(1, int(abs(times))) * max(weight(node.args[0]), 1) + weight(node.args[1]))
    total = 0
    for part in node.args:
        total += weight(part)
    return min(MAX_WEIGHT, total)


def _digits(value: Number) -> int:
    below = value.denominator.bit_length() // 3 if value.denominator != 1 else 0
    return min(MAX_WEIGHT, max(len(value.digits) + below, abs(value.exponent)))


def _plain(node: Node) -> Fraction | None:
    """The value of a number with or without a sign, when it is no tower."""
    if node.kind == "neg":
        return _plain(node.args[0])
    if node.kind == "num" and node.value is not None and abs(node.value.exponent) + len(node.value.digits) < 9:
        return fraction(node.value)
    return None


def nature(node: Node) -> Nature:
    """What kind of number a constant provably is; "" when that is not known."""
    try:
        form = normal(node)
    except Undecided:
        return ""
    known = _of_form(form)
    if known:
        return known
    return _of_tree(node)


def _of_form(form: Poly) -> Nature:
    """From the normal form: sums of radicals are algebraic, and irrational when one is left."""
    if all(powers == NUMBER for powers in form):
        return "rational"
    if all(_algebraic(atom, exponent) for powers in form for atom, exponent in powers):
        return "algebraic"
    return ""


def _algebraic(atom: str, exponent: Fraction) -> bool:
    return atom.isdigit() or (atom == "i" and exponent.denominator == 1)


def _of_tree(node: Node) -> Nature:
    """The nature of a tree whose form holds more than radicals."""
    kind, args = node.kind, node.args
    if kind == "sym":
        return "transcendental" if node.text in {"pi", "e"} else ""
    if kind in {"neg", "inv"}:
        return nature(args[0])
    if kind == "add":
        return _combined(args)
    if kind == "mul":
        return "" if any(_zero(part) for part in args) else _combined(args)
    if kind in {"pow", "root"}:
        return _of_power(node)
    if kind == "call" and node.text in _TRANSCENDENTAL and len(args) == 1 and nature(args[0]) in _KNOWN:
        at = Fraction(1 if node.text in _AT_ONE else 0)
        return "" if _is(args[0], at) else "transcendental"
    return ""


_KNOWN = ("rational", "algebraic")


def _of_power(node: Node) -> Nature:
    base, exponent = node.args
    if nature(exponent) not in _KNOWN or _zero(exponent):
        return ""
    if base == Node("sym", (), "e"):
        return "transcendental" if node.kind == "pow" else ""
    return nature(base) if nature(exponent) == "rational" else ""


def _combined(args: tuple[Node, ...]) -> Nature:
    """Transcendental when exactly one part is, and the others are algebraic."""
    natures = [nature(part) for part in args]
    if "" in natures or natures.count("transcendental") > 1:
        return ""
    return "transcendental" if "transcendental" in natures else "algebraic"


def _zero(node: Node) -> bool:
    return _is(node, Fraction(0))


def _is(node: Node, value: Fraction) -> bool:
    """Whether a form is a rational, or may be."""
    try:
        form = normal(node)
    except Undecided:
        return True
    return form == ({NUMBER: value} if value else {})


def apart(one: Node, two: Node) -> bool:
    """Whether two constants are provably not the same kind of number, whatever their digits."""
    natures = {nature(one), nature(two)}
    return "" not in natures and "transcendental" in natures and len(natures) == 2
