"""Two trees at the points of one sample, with as many digits as what is written in them asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cached_property

from referee.maths.balls import ONE, Arithmetic, Ball, Outside, Undefined, Unsure, precision, size
from referee.maths.budget import Budget
from referee.maths.evaluate import Key, Reading, Value, value_at
from referee.maths.kinks import Kink, kinks
from referee.maths.nature import weight
from referee.maths.points import Points, numbers
from referee.maths.pointwise import Point
from referee.maths.survey import Survey, Truth, watched
from referee.maths.tree import Node

LEVELS = (34, 64, 128, 190, 260, 400, 600, 900, 1_400)  # digits
_FIRST, _LATER = 40, 20  # digits that are wanted at the first point and at later ones, whatever is written
_DIRECT = 190  # digits that are spent at once, without a look at fewer
_SLACK = 14  # digits that may be lost before two overlapping balls count as equal
_ENOUGH = 2  # points of each kind
_LEAST, _LEAST_WHOLE = 2, 4  # points without which nothing is equal
_NOTHING = -80  # digits after the point up to which two values that both may be zero are narrowed down
_APERIODIC = frozenset({"binom", "ln", "log", "lg", "max", "min"})  # what has no periods on whole numbers
_LINES = 3  # points that are kept to look for kinks from

Test = Callable[[Ball, Ball, int, int], bool | None]  # with so many digits, so many of which must agree


class Elsewhere(Undefined):
    """The truth has no real value here. Never leaves `maths`."""


def level(digits: int) -> int | None:
    """So many digits or the next number of them that is in use; None when that is too many."""
    return next((found for found in LEVELS if found >= digits), None)


class Sample:
    """Two trees at the points of one sample.

    `met`: there were points enough where both are real. `passed`: points where the test held, with the sides of
    kinks; `seen`: all these sides.
    `orphans`: those of the truth where the answer has no real value though the truth has one.
    """

    def __init__(self, truth: Truth, answer: Node, both: Survey, base: int, budget: Budget) -> None:
        self.truth = truth
        self.answer = answer
        self.budget = budget
        self.both = both
        self.reading = Reading(base, reals=bool(both.names) and "i" not in both.constants)
        self.points = Points(truth.seed, both.names, both.whole, both.natural)
        self.kinks: tuple[Kink, ...] = kinks(answer) if both.folded else ()
        self.watch = watched(self.kinks)
        self.test: Test = touch
        self.reset()

    def reset(self) -> None:
        self.met = False
        self.seen: dict[Key, set[int]] = {}
        self.orphans: dict[Key, set[int]] = {}
        self.lines: list[Point] = []
        self.passed: list[tuple[Point, dict[Key, int]]] = []

    @cached_property
    def numbers(self) -> list[Fraction]:
        return numbers((self.truth.node, self.answer))

    @cached_property
    def weight(self) -> int:
        return self.truth.weight + weight(self.answer)

    def ratio(self, *, positive: bool) -> None:
        """From now on, test that the ratio is the same at all points."""
        first: list[tuple[Ball, Ball]] = []

        def test(one: Ball, two: Ball, digits: int, wanted: int) -> bool | None:
            work = Arithmetic(digits)
            if not first:
                with precision(digits):
                    work.apart(one)
                    work.apart(two)
                first.append((one, two))
                return (one[0] > 0) == (two[0] > 0) or not positive
            start = first[0]
            with precision(digits):
                return touch(work.mul(one, start[1]), work.mul(two, start[0]), digits, wanted)

        self.test = test

    def walk(self) -> bool | None:
        """True when the test holds at enough points, False when it fails at one, None otherwise."""
        positive = either = 0
        for point, mixed in self.tried():
            if positive >= _ENOUGH and either >= _ENOUGH and not (self.both.whole and positive + either < 6):
                break
            try:
                found = self.at(point, _LATER if positive + either else _FIRST)
            except Undefined:
                if self.budget.left < 0:
                    return None
                continue
            if not found:
                return found
            positive, either = positive + (not mixed), either + mixed
            if mixed + len(self.lines) < _LINES:  # one of positive, the others of mixed sign
                self.lines.append(point)
        least = _LEAST_WHOLE if self.both.whole else _LEAST if self.both.names else 1
        self.met = positive + either >= least
        if not self.met:
            return None
        if not self.both.whole:
            return True
        return self.everywhere(self.points.wholes(periodic=bool(self.both.turning or self.both.calls - _APERIODIC)))

    def tried(self) -> Iterator[tuple[Point, bool]]:
        yield from self.points.moderate()
        yield from self.points.scaled(self.numbers)

    def everywhere(self, points: Iterable[Point]) -> bool | None:
        """Whether the test holds at all points of some where it has a meaning."""
        for point in points:
            try:
                found = self.at(point, _LATER)
            except Undefined:
                if self.budget.left < 0:
                    return None
                continue
            if not found:
                return found
        return True

    def at(self, point: Point, base: int) -> bool | None:
        """The test at one point, with more digits as long as it cannot tell."""
        wanted = base + 2 * self.weight
        digits = level(wanted if wanted <= _DIRECT else base)
        before: int | None = None
        while digits is not None:
            try:
                one, two = self.values(point, digits)
            except Unsure:
                digits = level(digits + 1)
                continue
            wanted = max(wanted, base + 2 * max(one.gaps, two.gaps))
            least = level(wanted) or digits + 1
            found = self.test(one.ball, two.ball, digits, least - _SLACK)
            if found is False:
                return False
            if least > digits:
                digits = level(wanted)
                continue
            if not found and _may_vanish(one.ball) and _may_vanish(two.ball):
                radius = _exponent(one.ball, two.ball)
                found = before is not None and radius < min(before - 60, _NOTHING)
                before = radius
            if found:
                self.passed.append((point, dict((*one.sides, *two.sides))))
                self.note(self.seen, (*one.sides, *two.sides))
                return True
            digits = level(digits + 1)
        return None

    def values(self, point: Point, digits: int) -> tuple[Value, Value]:
        try:
            one = self.truth.value(point, digits, self.reading)
        except Outside as problem:
            raise Elsewhere from problem
        if self.met:  # beyond the first few points, which are the same for all answers, a truth's work counts too
            self.budget.left -= one.spent
        try:
            return one, value_at(self.answer, point, digits, self.reading, self.budget, watch=self.watch)
        except Outside:
            self.note(self.orphans, one.sides)
            raise

    @staticmethod
    def note(where: dict[Key, set[int]], sides: tuple[tuple[Key, int], ...]) -> None:
        for key, side in sides:
            where.setdefault(key, set()).add(side)


def _may_vanish(ball: Ball) -> bool:
    return ball[0].copy_abs() <= ball[2] and ball[1].copy_abs() <= ball[2]


def _exponent(one: Ball, two: Ball) -> int:
    return max(ball[2].adjusted() if ball[2] else -(10**9) for ball in (one, two))


def touch(one: Ball, two: Ball, digits: int, wanted: int) -> bool | None:
    """False when the balls are apart, True when they touch and are narrow, None when they touch and are wide."""
    with precision(digits):
        radius = one[2] + two[2]
        if max(abs(one[0] - two[0]), abs(one[1] - two[1])) > radius:
            return False
        return True if radius <= max(size(one), size(two)) * ONE.scaleb(-wanted) else None
