"""Both sides of every kink: whether two trees that agree at moderate points agree beyond their kinks, too.

A kink that no point showed from both sides is sought along lines through known points, one variable at a time: its
argument is evaluated at a ladder of values and halved down to where it changes. With several kinks the values between
two of them count as well, so each is approached from both sides. What lies outside the domain of the truth need not be
seen. A kink of the truth beyond which the truth is real and the answer is not tells them apart: ln|x| is not ln x.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, islice, pairwise, product
from math import floor, prod

from referee.maths.balls import Ball, Outside, Undefined, Unsure, precision
from referee.maths.evaluate import value_at
from referee.maths.kinks import Kink, steady, variables
from referee.maths.points import halfway, ladder
from referee.maths.pointwise import Point
from referee.maths.sample import Elsewhere, Sample
from referee.maths.tree import Node

_DIGITS = 34
_APART = Decimal("1e-9")
_HALVINGS = 16
_CHANGES = 4  # of a sign along one line that are looked at, those near zero first
_PARTS = 3  # whole parts of a floor that must be seen
_FROM = 3  # points from which a pair of sides is sought
_AT = 6  # values tried on each line for a pair
_TRIED = 3  # points outside the truth's domain that show that a side is

Mark = tuple[Fraction, int]  # a value of the variable and the side of the kink there
Place = tuple[Kink, int]


class Sides:
    """The kinks of both trees of a sample."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.natural = sample.both.natural
        self.numbers = sample.numbers
        own = [(kink, True) for kink in sample.truth.kinks]
        self.kinks = [
            (kink, mine)
            for kink, mine in own + [(kink, False) for kink in sample.kinks]
            if kink.step or not steady(kink.tree, self.natural)
        ]
        arguments = {_unsigned(kink.tree) for kink, _ in self.kinks}
        self.several = len(arguments) > 1
        self.plane = self.several and len(sample.both.names) > 1
        self.outside: dict[tuple[object, int], int] = {}

    def agree(self) -> bool | None:
        """True when all sides were seen, False when they disagree on one, None when one cannot be seen."""
        found = self.sample.everywhere(self.wide())
        for kink, own in self.kinks:
            if not found:
                return found
            found = self.seen(kink, own=own)
        return self.pairs() if found and self.plane else found

    def seen(self, kink: Kink, *, own: bool) -> bool | None:
        if own and self.orphaned(kink):
            return False
        if (self.both(kink) and (self.plane or not self.several)) or self.complex(kink):
            return True
        for line in self.sample.lines:
            for name in sorted(variables(kink.tree)):
                found = self.along(kink, line, name)
                if own and self.orphaned(kink):
                    return False
                if not found:
                    return found
            if len(self.sample.both.names) == 1 or self.both(kink):
                break
        return True if self.both(kink) or self.beyond(kink) else None

    def complex(self, kink: Kink) -> bool:
        """Whether the phase of an argument with i in it varies: the modulus has no kink where it is not zero."""
        if Node("sym", (), "i") not in kink.tree.walk():
            return False
        try:
            found = [self.ball(kink, point) for point in self.sample.lines]
        except (Undefined, Unsure):
            return False
        with precision(_DIGITS):
            return any(abs(one[0] * two[1] - one[1] * two[0]) > _APART for one, two in pairwise(found))

    def both(self, kink: Kink) -> bool:
        """Whether both signs, or several whole parts, were seen."""
        sides = self.sample.seen.get(kink.key, set())
        if not kink.step:
            return len(sides) == 2
        signs = steady(kink.tree, self.natural) or min(sides, default=0) < 0 <= max(sides, default=-1)
        return signs and len(sides) >= _PARTS

    def orphaned(self, kink: Kink) -> bool:
        """Whether the truth is real on a side of its kink, and the answer nowhere there."""
        return not kink.step and bool(self.sample.orphans.get(kink.key, set()) - self.sample.seen.get(kink.key, set()))

    def beyond(self, kink: Kink) -> bool:
        """Whether the side that was not seen is outside the truth's domain."""
        missing = {1, -1} - self.sample.seen.get(kink.key, set())
        return not kink.step and all(self.outside.get((kink.key, side), 0) >= _TRIED for side in missing)

    # Lines

    def along(self, kink: Kink, line: Point, name: str) -> bool | None:
        """The test on both sides of a kink, as one variable varies; False when it fails."""
        whole = name in self.sample.both.whole
        marks = self.marks(kink, line, name, ladder(self.numbers, whole=whole))
        if kink.step:
            places = list({side: value for value, side in sorted(marks, key=lambda mark: -abs(mark[0]))}.items())
            places = sorted(places, key=lambda place: abs(place[0]))[: 2 * _PARTS]
            candidates: Iterator[tuple[int, list[Fraction]]] = iter([(side, [value]) for side, value in places])
        else:
            candidates = self.beside(kink, line, name, marks)
        for side, values in candidates:
            found = self.any_of(kink, side, [{**line, name: value} for value in values])
            if not found:
                return found
        return True

    def any_of(self, kink: Kink, side: int, points: list[Point]) -> bool | None:
        """The test at the first of some points of one side where it has a meaning."""
        for point in points:
            try:
                found = self.sample.at(point, 20)
                if found:
                    self.sample.passed[-1][1][kink.key] = side
                    self.sample.note(self.sample.seen, ((kink.key, side),))
                return found
            except Elsewhere:
                self.outside[kink.key, side] = self.outside.get((kink.key, side), 0) + 1
            except Outside:
                self.outside[kink.key, side] = -1_000
            except Undefined:
                if self.sample.budget.left < 0:
                    return None
        return True

    def marks(self, kink: Kink, line: Point, name: str, values: list[Fraction]) -> list[Mark]:
        found = ((value, self.side(kink, {**line, name: value})) for value in values)
        return [(value, side) for value, side in found if side is not None]

    def ball(self, kink: Kink, point: Point) -> Ball:
        return value_at(kink.tree, point, _DIGITS, self.sample.reading, self.sample.budget).ball

    def side(self, kink: Kink, point: Point) -> int | None:
        """The side of a kink at a point, where it is certain."""
        try:
            z, w, spread = self.ball(kink, point)
        except (Undefined, Unsure):
            return None
        if w or z.copy_abs() <= spread:
            return None
        if not kink.step:
            return 1 if z > 0 else -1
        return floor(Fraction(z) / kink.step) if abs(z.adjusted()) < 20 else None

    def beside(self, kink: Kink, line: Point, name: str, marks: list[Mark]) -> Iterator[tuple[int, list[Fraction]]]:
        """Values on both sides of each change of sign, those near it first."""
        changes = [pair for pair in pairwise(marks) if pair[0][1] != pair[1][1]]
        changes.sort(key=lambda pair: abs(pair[0][0] + pair[1][0]))
        for (low, below), (high, above) in changes[:_CHANGES]:
            near, far = self.halved(kink, line, name, (low, high), below)
            gap = 64
            yield below, [near - (near - low) / gap, near, low]
            yield above, [far + (high - far) / gap, far, high]

    def halved(
        self, kink: Kink, line: Point, name: str, ends: tuple[Fraction, Fraction], below: int
    ) -> tuple[Fraction, Fraction]:
        low, high = ends
        whole = name in self.sample.both.whole
        for _ in range(_HALVINGS):
            middle = halfway(low, high, whole=whole)
            side = self.side(kink, {**line, name: middle}) if low < middle < high else None
            if side is None:
                break
            low, high = (middle, high) if side == below else (low, middle)
        return low, high

    # Pairs of sides

    def pairs(self) -> bool | None:
        """The test on all pairs of sides of two kinks, as far as there are such points."""
        distinct = list({_unsigned(kink.tree): kink for kink, _ in self.kinks if not kink.step}.values())
        for point, sides in self.sample.passed:
            for kink in distinct:
                if kink.key not in sides and (side := self.side(kink, point)) is not None:
                    sides[kink.key] = side
        for one, two in combinations(distinct, 2):
            for first, second in product((1, -1), repeat=2):
                found = self.pair((one, first), (two, second))
                if not found:
                    return found
        return True

    def pair(self, one: Place, two: Place) -> bool | None:
        """The test where two kinks have these sides; False when it fails, True when there is no such point."""
        for (kink, side), (other, wanted) in ((one, two), (two, one)):
            there = [(point, sides) for point, sides in self.sample.passed if sides.get(kink.key) == side]
            if any(sides.get(other.key) == wanted for _, sides in there):
                return True
            for point, _ in there[:_FROM]:
                found = self.moved(point, (kink, side), (other, wanted))
                if found is not True:
                    return found
        return None if self.sample.budget.left < 0 else True

    def moved(self, point: Point, kept: Place, wanted: Place) -> bool | None:
        """The test where one variable was moved so that one side stays and the other is as wanted."""
        for name in sorted(variables(wanted[0].tree)):
            values = ladder(self.numbers, whole=name in self.sample.both.whole, coarse=True)
            marks = self.marks(wanted[0], point, name, values)
            beside = (near for side, near in self.beside(wanted[0], point, name, marks) if side == wanted[1])
            reached = chain((value for value, side in marks if side == wanted[1]), chain.from_iterable(beside))
            places = ({**point, name: value} for value in reached)
            there = (place for place in places if self.side(kept[0], place) == kept[1])
            found = self.any_of(wanted[0], wanted[1], list(islice(there, _AT)))
            if not found:
                return found
        return True

    # Roots and arcs may fold where no argument tells

    def wide(self) -> Iterator[Point]:
        """Points of the sizes of the numbers that are written, and of other orders."""
        points = self.sample.points
        names = points.names
        yield from (point for point, _ in points.scaled(self.numbers))
        if any(kink.step == 1 for kink, _ in self.kinks):
            unit = prod(value.numerator for value in self.numbers if 1 < value.numerator < 100)
            yield from ({name: Fraction(factor * unit) for name in names} for factor in (3, -2))
        if len(names) > 1:
            for ordered in (names, names[::-1]):
                yield {name: points.rounded(name, Fraction(17 * place + 12, 10)) for place, name in enumerate(ordered)}


def _unsigned(node: Node) -> Node:
    return node.args[0] if node.kind == "neg" else node
