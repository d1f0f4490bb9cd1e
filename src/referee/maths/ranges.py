r"""Sets of numbers in one form, whichever way they are written: a union of intervals and single points.

`(-\infty,-2]\cup\{1\}`, `a \le -2 or a = 1`, `\{x | -2 < x < 3\}`, `x \ne 1`, `\mathbb{R} \setminus \{1\}`, `|x| < 2`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from referee.maths.forms import Poly, approximate, constant
from referee.maths.joined import states
from referee.maths.relations import INFINITY, MINUS_INFINITY, Labelled, interval, labelled, name_of
from referee.maths.tree import Node, negated, sym

MAX_PIECES = 64
MAX_EXCLUDED = 9
_CLOSE = 1e-9  # bounds that lie closer are not put in order
REALS = Node("seq", (MINUS_INFINITY, INFINITY), "()")


class Range(NamedTuple):
    """A set of numbers: intervals (`seq` of two ends) and points (`seq` in braces); and the variable it is said of."""

    pieces: tuple[Node, ...]
    name: str = ""


def describes_range(node: Node) -> bool:
    """Whether it can be nothing but a set of numbers: an inequality, a union, a condition, a half-open interval."""
    if node.kind == "rel":
        return all(sign in {"<", ">", "<=", ">=", "!="} for sign in node.text.split()) or (
            node.text == "in" and name_of(node.args[0]) is not None
        )
    if node.kind == "seq":
        if node.text in {"(]", "[)"}:
            return len(node.args) == 2
        return not node.text and any(describes_range(part) and part.kind == "rel" for part in node.args)
    if node.kind == "inter":
        return states(node)
    return node.kind in {"union", "such", "minus"} or node in {sym("mathbb_R"), sym("emptyset")}


def range_of(node: Node, form_of: Callable[[Node], Poly | None]) -> Range | None:
    """The set, or None when the node is none."""
    found = _Ranges(form_of).of(node)
    if found is None or len(found.pieces) > MAX_PIECES:
        return None
    pieces: list[Node] = []
    for piece in found.pieces:
        single = piece.text == "[]" and piece.args[0] == piece.args[1]
        pieces.append(Node("seq", piece.args[:1], "{}") if single else piece)
    return found._replace(pieces=tuple(dict.fromkeys(pieces)))


class _Ranges:
    def __init__(self, form_of: Callable[[Node], Poly | None]) -> None:
        self.form_of = form_of

    def of(self, node: Node) -> Range | None:
        if node.kind == "rel":
            return self.relation(node)
        if node.kind == "seq":
            return self.sequence(node)
        if node.kind == "union":
            return _joined([self.of(part) for part in node.args])
        if node.kind == "inter" and states(node):
            return self.met([self.of(part) for part in node.args])
        if node.kind == "such":
            found = self.conditions(node.args[1:])
            name = name_of(node.args[0])
            return Range(found.pieces) if found and name and found.name == name else None
        if node.kind == "minus":
            return self.without(node.args[1]) if self.of(node.args[0]) == Range((REALS,)) else None
        if node == sym("mathbb_R"):
            return Range((REALS,))
        return Range(()) if node == sym("emptyset") else None

    def sequence(self, node: Node) -> Range | None:
        if node.text == "{}":
            return Range(tuple(Node("seq", (part,), "{}") for part in node.args))
        if node.text:
            return Range((node,)) if len(node.args) == 2 and node.text != "row" else None
        return self.conditions(node.args)

    def conditions(self, parts: tuple[Node, ...]) -> Range | None:
        """Several conditions on one variable: a union, but `x > 1, x < 3` is what lies between."""
        found = [self.of(part) for part in parts if part.kind in {"rel", "such", "union", "inter"}]
        if len(found) != len(parts):
            return None
        excluded = [part for part in parts if part.text == "!="]
        if excluded and len(excluded) < min(len(parts), MAX_EXCLUDED):
            rest = self.conditions(tuple(part for part in parts if part.text != "!="))
            return self.punctured(rest, excluded) if rest else None
        between = self.between(found) if len(found) == 2 else None
        unequal = all(part.text == "!=" for part in parts) and len(parts) > 1
        return between or (self.unequal(parts) if unequal else _joined(found))

    def between(self, found: list[Range | None]) -> Range | None:
        one, two = found
        if not (one and two and one.name == two.name and len(one.pieces) == len(two.pieces) == 1):
            return None
        above, below = sorted((one.pieces[0], two.pieces[0]), key=lambda piece: piece.args[:1] == (MINUS_INFINITY,))
        if "{}" in {above.text, below.text} or above.args[1] != INFINITY or below.args[0] != MINUS_INFINITY:
            return None
        if self.order(above.args[0], below.args[1]) != -1:
            return None
        return Range((Node("seq", (above.args[0], below.args[1]), above.text[0] + below.text[1]),), one.name)

    def met(self, found: list[Range | None]) -> Range | None:
        """What all of them allow; None when that is nothing, or not known."""
        total = found[0]
        for part in found[1:]:
            if total is None or part is None or (total.name and part.name and total.name != part.name):
                return None
            pieces: list[Node] = []
            for one, two in product(total.pieces, part.pieces):
                if len(pieces) > MAX_PIECES or (common := self.common(one, two)) is None:
                    return None
                pieces.extend(common)
            total = Range(tuple(pieces), total.name or part.name)
        return total if total and total.pieces else None

    def common(self, one: Node, two: Node) -> tuple[Node, ...] | None:
        """The interval that two intervals or points have in common, as none or one; None when that is not known."""
        one, two = (Node("seq", piece.args * 2, "[]") if piece.text == "{}" else piece for piece in (one, two))
        lower, upper = self.order(one.args[0], two.args[0]), self.order(one.args[1], two.args[1])
        if lower is None or upper is None:
            return None
        low, high = (one if lower > 0 else two).args[0], (one if upper < 0 else two).args[1]
        left = max((one, two), key=lambda piece: piece.text[0] == "(") if not lower else one if lower > 0 else two
        right = max((one, two), key=lambda piece: piece.text[1] == ")") if not upper else one if upper < 0 else two
        brackets, size = left.text[0] + right.text[1], self.order(low, high)
        empty = size == 1 or (size == 0 and brackets != "[]")
        return () if empty else (Node("seq", (low, high), brackets),)

    def order(self, one: Node, two: Node) -> int | None:
        """-1, 0 or 1 when the first bound is smaller, the same, or larger; None when that is not known."""
        if one == two:
            return 0
        if MINUS_INFINITY in {one, two} or INFINITY in {one, two}:
            return -1 if one == MINUS_INFINITY or two == INFINITY else 1
        left, right = self.form_of(one), self.form_of(two)
        if left is None or right is None:
            return None
        if left == right:
            return 0
        first, second = approximate(left), approximate(right)
        if first is None or second is None or abs(first - second) <= _CLOSE * max(1.0, abs(first)):
            return None
        return -1 if first < second else 1

    def punctured(self, found: Range, excluded: list[Node]) -> Range | None:
        """A set of intervals without the points that `x != 0` excludes; their order is known only for numbers."""
        pieces = list(found.pieces)
        for part in excluded:
            known = labelled(part._replace(text="="))
            point = self.value(known.value) if known else None
            if known is None or point is None or known.name != found.name:
                return None
            split: list[Node] = []
            for piece in pieces:
                split.extend(self.cut(piece, point, known.value))
            pieces = split
        return Range(tuple(pieces), found.name)

    def cut(self, piece: Node, point: Fraction, node: Node) -> list[Node]:
        """The two parts of an interval around a point, or the interval when the point lies outside."""
        if piece.text == "{}":
            return [piece]
        low, high = (self.value(end) for end in piece.args)
        above = piece.args[0] == MINUS_INFINITY or (low is not None and low < point)
        below = piece.args[1] == INFINITY or (high is not None and point < high)
        if not (above and below):
            return [piece]
        left, right = (
            Node("seq", (piece.args[0], node), f"{piece.text[0]})"),
            Node("seq", (node, piece.args[1]), f"({piece.text[1]}"),
        )
        return [left, right]

    def relation(self, node: Node) -> Range | None:
        if (known := labelled(node)) is not None:
            inner = self.of(known.value) if node.text == "in" else Range((Node("seq", (known.value,), "{}"),))
            return Range(inner.pieces, known.name) if inner else None
        if node.text == "!=":
            return self.unequal((node,))
        if (plain := interval(node)) is not None:
            return Range((plain.value,), plain.name)
        return self.modulus(node)

    def modulus(self, node: Node) -> Range | None:
        """`|x| < a` and its kin."""
        inner = next((part for part in node.args if part.kind == "abs"), None)
        if inner is None or name_of(inner.args[0]) is None:
            return None
        found = interval(node._replace(args=tuple(inner.args[0] if part is inner else part for part in node.args)))
        if found is None:
            return None
        low, high = found.value.args
        left, right = found.value.text[0], found.value.text[1]
        if low == MINUS_INFINITY:
            ends = ("[" if right == "]" else "(") + right
            return Range((Node("seq", (negated(high), high), ends),), found.name)
        outside = "(" if left == "(" else "["
        mirrored = Node("seq", (negated(high), negated(low)), ("[" if right == "]" else "(") + _closing(outside))
        return Range((mirrored, found.value), found.name)

    def unequal(self, parts: tuple[Node, ...]) -> Range | None:
        """`x != 1`, `x != -1, 1`: all but these."""
        names = {name_of(part.args[0]) for part in parts}
        name = names.pop()
        if names or name is None or any(len(part.args) != 2 for part in parts):
            return None
        found = self.without(Node("seq", tuple(part.args[1] for part in parts), "{}"))
        return Range(found.pieces, name) if found else None

    def without(self, points: Node) -> Range | None:
        if points.kind != "seq" or points.text != "{}":
            return None
        values = [self.value(point) for point in points.args]
        known = [value for value in values if value is not None]
        if len(known) != len(values) and len(values) > 1:
            return None
        order = sorted(range(len(values)), key=lambda n: known[n]) if len(values) > 1 else [0]
        ends = [MINUS_INFINITY, *(points.args[n] for n in order), INFINITY]
        return Range(tuple(Node("seq", pair, "()") for pair in pairwise(ends)))

    def value(self, node: Node) -> Fraction | None:
        form = self.form_of(node)
        return None if form is None else constant(form)


def _closing(left: str) -> str:
    return ")" if left == "(" else "]"


def _joined(found: list[Range | None]) -> Range | None:
    """The union; all parts speak of one variable."""
    known = [part for part in found if part is not None]
    names = {part.name for part in known if part.name}
    if len(known) != len(found) or len(names) > 1:
        return None
    return Range(tuple(piece for part in known for piece in part.pieces), names.pop() if names else "")


def labelled_range(found: Range) -> Labelled | None:
    """The range as a labelled union, when it has a name."""
    return Labelled(found.name, Node("union", found.pieces)) if found.name else None
