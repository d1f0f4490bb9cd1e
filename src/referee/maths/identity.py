"""The identity tier: two scalar trees that no normal form could tell apart or bring together.

First modulo primes (`referee.maths.modular`: rational functions and powers of any height, exact), then as decimal balls
(`referee.maths.balls`) at points that derive from a hash of the truth: the same verdict for ever, on any machine.

* *different* is proven: two balls that do not touch, whatever the rounding. It costs one point.
* *equal* of constants: 50 digits agree. Two values near zero agree when 190 digits tell neither from zero.
* *equal* of functions: they agree at every point of a sample where both are real, positive points first, then of mixed
  sign. So sqrt(x^2) is |x| and not x, and ln(x^2) is 2 ln x where both exist.
* *undecided*: too few points where both exist, too much work, or balls that stay too wide.

Variables in factorials, binomial coefficients and powers of a negative number are whole numbers. `log` without a base
is natural beside `ln` or `e`; else either reading, natural or decimal, will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from referee.maths.balls import ONE, Arithmetic, Ball, Undefined, Unsure, precision, size
from referee.maths.budget import Budget
from referee.maths.evaluate import CONSTANTS, FUNCTIONS, UNNAMED, Point, Reading, value_at
from referee.maths.modular import PRIMES, TRANSCENDENTAL, Beyond, Field
from referee.maths.tree import Node

MAX_NODES = 4_000
_KINDS = frozenset({"num", "sym", "add", "mul", "neg", "inv", "pow", "root", "call", "fact", "abs", "unit"})
_WHOLE_CALLS = frozenset({"binom", "gcd", "lcm"})
_LEVELS = ((64, 190, 400), (34, 190))  # digits at the first point, at later ones
_SLACK = 14  # digits that may be lost before two overlapping balls count as equal
_ENOUGH = 2  # points of each kind
_LEAST, _LEAST_WHOLE = 2, 4  # points without which nothing is equal
_NOTHING = -80  # digits after the point up to which two values that both may be zero are narrowed down
_CALL = 12  # the work of setting a comparison up
# Where the points lie; (low, high, whether signs are mixed).
_SPANS = (
    (0.2, 1.0, False), (1.0, 3.0, False), (0.2, 2.0, True), (2.0, 9.0, True), (0.01, 0.2, False), (0.1, 1.0, True),
    (3.0, 12.0, False), (0.01, 0.3, True), (10.0, 1e2, True), (1e2, 1e3, False), (1e3, 1e5, False), (1.0, 30.0, True),
)  # fmt: skip
_WHOLE_SPANS = ((1, 4), (2, 9), (3, 14), (1, 9), (5, 20), (1, 6), (8, 30), (1, 20), (1, 9), (10, 40), (2, 14), (1, 30))


class Survey(NamedTuple):
    """What a tree holds: its variables, those that are whole numbers, and signs of conventions."""

    names: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()

    def with_(self, other: Survey) -> Survey:
        return Survey(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))


def decide(truth: Node, answer: Node, budget: Budget | None = None) -> bool | None:
    """Whether two scalars are equal for all values of their variables; None when this tier cannot tell."""
    budget = budget or Budget()
    budget.left -= _CALL
    if budget.left < 0 or (known := _compiled(truth)) is None or (found := survey(answer)) is None:
        return None
    both = known.survey.with_(found)
    decided = known.modular(answer, both, budget)
    if decided is not None:
        return decided
    verdicts = [_Sample(known, answer, both, base, budget).equal() for base in _bases(both)]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def proportional(truth: Node, answer: Node, budget: Budget | None = None, *, positive: bool = False) -> bool | None:
    """Whether answer is truth times a constant other than zero, above zero if so asked; None when undecided."""
    known, found = _compiled(truth), survey(answer)
    if known is None or found is None:
        return None
    both = known.survey.with_(found)
    if not both.names:
        return None
    return _Sample(known, answer, both, 0, budget or Budget()).proportional(positive=positive)


def survey(node: Node) -> Survey | None:
    """What a tree holds, or None when it is more than this tier evaluates."""
    names: set[str] = set()
    whole: set[str] = set()
    calls: set[str] = set()
    for count, part in enumerate(node.walk()):
        if count > MAX_NODES or part.kind not in _KINDS:
            return None
        if part.kind == "sym":
            names.add(part.text)
        elif part.kind == "call":
            if part.text not in FUNCTIONS:
                return None
            calls.add(part.text)
            if part.text in _WHOLE_CALLS:
                whole |= _names(part)
        elif part.kind == "fact":
            whole |= _names(part)
        elif part.kind == "pow" and _negative(part.args[0]):
            whole |= _names(part.args[1])
    if names & UNNAMED or any(name.startswith(("mathbb", "mathcal")) for name in names):
        return None
    return Survey(
        frozenset(names - CONSTANTS), frozenset(whole - CONSTANTS), frozenset(names & CONSTANTS), frozenset(calls)
    )


def _names(node: Node) -> set[str]:
    return {part.text for part in node.walk() if part.kind == "sym"}


def _negative(node: Node) -> bool:
    return (node.kind == "neg" and not _names(node)) or (node.value is not None and node.value.digits.startswith("-"))


def _bases(both: Survey) -> tuple[int, ...]:
    if "log" not in both.calls or "ln" in both.calls or "e" in both.constants:
        return (0,)
    return (0, 10)


# Points


def _random(seed: bytes, name: str, number: int) -> int:
    """61 bits for one variable at one point."""
    text = f"{number}:{name}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, key=seed, digest_size=8).digest(), "big") >> 3


class _Truth:
    """A truth with the values that it had at points, once for all answers of a group."""

    def __init__(self, node: Node, found: Survey) -> None:
        self.node = node
        self.survey = found
        self.seed = blake2b(repr(node).encode(errors="surrogatepass"), digest_size=32).digest()
        self.values: dict[object, tuple[Ball, int] | Exception] = {}
        self.residues: dict[object, int | None] = {}
        first = self.seed[0] % len(PRIMES)
        self.primes = (PRIMES[first], PRIMES[(first + 1 + self.seed[1] % (len(PRIMES) - 1)) % len(PRIMES)])

    def modular(self, answer: Node, both: Survey, budget: Budget) -> bool | None:
        """Whether both are equal modulo primes; None when either is no rational function."""
        if both.calls - {"binom"}:
            return None
        for number in range(4):
            prime = self.primes[number % 2]
            point = {name: _random(self.seed, name, -1 - number) | 2 for name in both.names | TRANSCENDENTAL}
            for order, name in enumerate(sorted(both.names)):  # even and odd values of each
                point[name] = point[name] & ~1 | (number >> order % 2 & 1)
            if number not in self.residues:
                self.residues[number] = _residue(self.node, prime, point, Budget())
            mine = self.residues[number]
            theirs = _residue(answer, prime, point, budget) if mine is not None else None
            if mine is None or theirs is None:
                return None
            if mine != theirs:
                return None if both.constants >= TRANSCENDENTAL else False
        return True

    def value(self, point: Point, key: tuple[object, ...], digits: int, reading: Reading) -> tuple[Ball, int]:
        """The truth's ball at a point, remembered; raises as `value_at` does."""
        known = self.values.get((key, digits, reading))
        if known is None:
            try:
                known = value_at(self.node, point, digits, reading, Budget())
            except (Undefined, Unsure) as problem:
                known = problem.with_traceback(None)
            if len(self.values) < 256:
                self.values[key, digits, reading] = known
        if isinstance(known, Exception):
            raise known
        return known


def _residue(node: Node, prime: int, point: dict[str, int], budget: Budget) -> int | None:
    try:
        return Field(prime, point, budget).of(node)
    except Beyond:
        return None


@lru_cache(maxsize=512)
def _compiled(node: Node) -> _Truth | None:
    found = survey(node)
    return None if found is None else _Truth(node, found)


# Samples


class _Sample:
    """Two trees at the points of one sample."""

    def __init__(self, truth: _Truth, answer: Node, both: Survey, base: int, budget: Budget) -> None:
        self.truth = truth
        self.answer = answer
        self.budget = budget
        self.both = both
        self.reading = Reading(base, reals=bool(both.names) and "i" not in both.constants)

    def points(self) -> Iterator[tuple[Point, tuple[object, ...], bool]]:
        """Points with a key, and whether their signs are mixed."""
        names = sorted(self.both.names)
        own = self.truth.survey.names
        wholes = tuple(sorted(self.both.whole & own))
        mixes = 0
        for number, (low, high, mixed) in enumerate(_SPANS):
            point = {name: self.coordinate(name, number, low, high) for name in names}
            if mixed:
                for order, name in enumerate(names):
                    if name not in self.both.whole and self.negative(name, order, mixes):
                        point[name] = -point[name]
                mixes += 1
            yield point, (number, wholes), mixed
            if not names:
                return

    def negative(self, name: str, order: int, mixes: int) -> bool:
        """The signs: all negative first, then every other one, then those between, then any."""
        if mixes < 3:
            return mixes == 0 or order % 2 == mixes - 1
        return bool(_random(self.truth.seed, name, mixes) & 1)

    def coordinate(self, name: str, number: int, low: float, high: float) -> Fraction:
        drawn = _random(self.truth.seed, name, number)
        if name in self.both.whole:
            first, last = _WHOLE_SPANS[number]
            return Fraction(first + (drawn >> 3) % (last - first + 1))
        step = 1 << 40
        first, last = int(low * step), int(high * step)
        return Fraction((first + (drawn >> 3) % (last - first)) | 1, step)

    def equal(self) -> bool | None:
        """Whether they are equal at all points of the sample."""
        found = self.walk(_touch)
        if (
            found is None and self.reading.reals and self.budget.left >= 0
        ):  # nowhere real, or nearly: the complex values decide what they can
            self.reading = self.reading._replace(reals=False)
            return True if self.walk(_touch) else None
        return found

    def proportional(self, *, positive: bool) -> bool | None:
        """Whether their ratio is the same at all points."""
        first: list[tuple[Ball, Ball]] = []

        def test(one: Ball, two: Ball, digits: int) -> bool | None:
            work = Arithmetic(digits)
            if not first:
                with precision(digits):
                    work.apart(one)
                    work.apart(two)
                first.append((one, two))
                return (one[0] > 0) == (two[0] > 0) or not positive
            start = first[0]
            with precision(digits):
                return _touch(work.mul(one, start[1]), work.mul(two, start[0]), digits)

        return self.walk(test)

    def walk(self, test: Callable[[Ball, Ball, int], bool | None]) -> bool | None:
        """True when the test holds at enough points, False when it fails at one, None otherwise."""
        positive = either = 0
        for point, key, mixed in self.points():
            if positive >= _ENOUGH and either >= _ENOUGH and not (self.both.whole and positive + either < 6):
                break
            try:
                found = self.at(point, key, _LEVELS[positive + either > 0], test)
            except Undefined:
                if self.budget.left < 0:
                    return None
                continue
            if not found:
                return found
            positive, either = positive + (not mixed), either + mixed
        least = _LEAST_WHOLE if self.both.whole else _LEAST if self.both.names else 1
        return True if positive + either >= least else None

    def at(
        self,
        point: Point,
        key: tuple[object, ...],
        levels: tuple[int, ...],
        test: Callable[[Ball, Ball, int], bool | None],
    ) -> bool | None:
        """The test at one point, with more digits as long as it cannot tell."""
        before: int | None = None
        for digits in levels:
            try:
                one, lost = self.truth.value(point, key, digits, self.reading)
                two, missed = value_at(self.answer, point, digits, self.reading, self.budget)
            except Unsure:
                continue
            found = test(one, two, digits)
            if found is False:
                return False
            if max(lost, missed):
                continue
            if found:
                return True
            if not (_may_vanish(one) and _may_vanish(two)):
                continue
            radius = _exponent(one, two)
            if before is not None and radius < min(before - 60, _NOTHING):
                return True
            before = radius
        return None


def _may_vanish(ball: Ball) -> bool:
    return abs(ball[0]) <= ball[2] and abs(ball[1]) <= ball[2]


def _exponent(one: Ball, two: Ball) -> int:
    return max(ball[2].adjusted() if ball[2] else -(10**9) for ball in (one, two))


def _touch(one: Ball, two: Ball, digits: int) -> bool | None:
    """False when the balls are apart, True when they touch and are narrow, None when they touch and are wide."""
    with precision(digits):
        radius = one[2] + two[2]
        if max(abs(one[0] - two[0]), abs(one[1] - two[1])) > radius:
            return False
        return True if radius <= max(size(one), size(two)) * ONE.scaleb(_SLACK - digits) else None
