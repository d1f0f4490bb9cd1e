"""Where two trees are compared: points that derive from a hash of the truth, the same for ever and on any machine.

First a few of moderate size. Whole variables then take every residue, primes, and large values. `ladder` holds the
values, from 10^-3 to 10^12 and around every number that is written, among which the sides of a kink are sought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from hashlib import blake2b
from itertools import pairwise

from referee.maths.pointwise import Point
from referee.maths.tree import Node
from referee.text.rational import fraction

# (low, high, whether signs are mixed)
SPANS = (
    (0.2, 1.0, False), (1.0, 3.0, False), (0.2, 2.0, True), (2.0, 9.0, True), (0.01, 0.2, False), (0.1, 1.0, True),
    (3.0, 12.0, False), (0.01, 0.3, True), (10.0, 1e2, True), (1e2, 1e3, False), (1e3, 1e5, False), (1.0, 30.0, True),
)  # fmt: skip
_WHOLE_SPANS = ((1, 4), (2, 9), (3, 14), (1, 9), (5, 20), (1, 6), (8, 30), (1, 20), (1, 9), (10, 40), (2, 14), (1, 30))
RESIDUES = 12  # that every whole variable takes
_MODERATE, _LARGE = (60, 240), (1_010, 1_600)
_HUGE_PRIMES = (1_000_003, 998_244_353, 1_000_000_007)
_LARGE_PRIMES = (1_103, 1_511)
_BEYOND = 4  # large values of each
MAX_NUMBERS = 12
_FACTORS = (13, -13, 7, 1_100, -1_100)  # tenths
_STEP = 1 << 40
_FINE = 1 << 60


def random(seed: bytes, name: str, number: int) -> int:
    """61 bits for one variable at one point."""
    text = f"{number}:{name}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, key=seed, digest_size=8).digest(), "big") >> 3


class Points:
    """The points for one truth and the variables of one comparison."""

    def __init__(self, seed: bytes, names: Iterable[str], whole: frozenset[str], natural: frozenset[str]) -> None:
        self.seed = seed
        self.names = sorted(names)
        self.whole = whole
        self.natural = natural

    def moderate(self) -> Iterator[tuple[Point, bool]]:
        """Points of moderate size, and whether their signs are mixed."""
        mixes = 0
        for number, (low, high, mixed) in enumerate(SPANS):
            point = {name: self.coordinate(name, number, low, high) for name in self.names}
            if mixed:
                for order, name in enumerate(self.names):
                    if name not in self.whole and self.negative(name, order, mixes):
                        point[name] = -point[name]
                mixes += 1
            yield point, mixed
            if not self.names:
                return

    def negative(self, name: str, order: int, mixes: int) -> bool:
        """The signs: all negative first, then every other one, then those between, then any."""
        if mixes < 3:
            return mixes == 0 or order % 2 == mixes - 1
        return bool(random(self.seed, name, mixes) & 1)

    def coordinate(self, name: str, number: int, low: float, high: float) -> Fraction:
        drawn = random(self.seed, name, number)
        if name in self.whole:
            first, last = _WHOLE_SPANS[number]
            return Fraction(first + (drawn >> 3) % (last - first + 1))
        first, last = int(low * _STEP), int(high * _STEP)
        return Fraction((first + (drawn >> 3) % (last - first)) | 1, _STEP)

    def wholes(self, *, periodic: bool) -> Iterator[Point]:
        """Whole variables in every residue when that may matter, then prime, then large."""
        count = RESIDUES if periodic else 1
        wholes = [name for name in self.names if name in self.whole]
        start = {name: self.between(name, -10, *_MODERATE) for name in wholes}
        speed = {name: order % (RESIDUES - 1) + 1 for order, name in enumerate(wholes)}
        places = {name: order for order, name in enumerate(wholes)}
        for turn in [*range(count), *range(RESIDUES, RESIDUES + _BEYOND)]:
            point = {name: self.coordinate(name, turn % 4, *SPANS[turn % 4][:2]) for name in self.names}
            for name in wholes:
                point[name] = Fraction(self.large(name, turn, start[name] + turn * speed[name], places[name]))
            yield point

    def large(self, name: str, turn: int, moderate: int, place: int) -> int:
        if turn < RESIDUES:
            return moderate
        turn -= RESIDUES
        if name in self.natural:  # its factorial may be asked for
            primes = _LARGE_PRIMES
            return primes[(turn // 2 + place) % len(primes)] if turn % 2 else self.between(name, turn, *_LARGE)
        found = (
            _HUGE_PRIMES[(turn // 2 + place) % len(_HUGE_PRIMES)] if turn % 2 else self.between(name, turn, 1, 10**6)
        )
        return -found if turn % 3 == 2 else found

    def scaled(self, known: list[Fraction]) -> Iterator[tuple[Point, bool]]:
        """Points of the sizes of the smallest and the largest number that is written."""
        far = [value for value in known if value > 2 or value < Fraction(1, 5)]
        for number, scale in enumerate(sorted({*far[:1], *far[-1:]})):
            for turn, factor in enumerate(_FACTORS):
                drawn = {name: random(self.seed, name, 40 + 5 * number + turn) % 89 for name in self.names}
                point = {name: scale * factor * (97 + part) / 970 for name, part in drawn.items()}
                yield {name: self.rounded(name, value) for name, value in point.items()}, factor < 0

    def rounded(self, name: str, value: Fraction) -> Fraction:
        return Fraction(round(value)) if name in self.whole else value

    def between(self, name: str, number: int, low: int, high: int) -> int:
        return low + (random(self.seed, name, number) >> 3) % (high - low)


def numbers(trees: Iterable[Node]) -> list[Fraction]:
    """The sizes of the numbers in trees, some of them when there are many."""
    found = {
        abs(value)
        for tree in trees
        for part in tree.walk()
        if part.value is not None
        and abs(part.value.exponent) < 400
        and len(part.value.digits) < 400
        and (value := fraction(part.value))
    }
    ordered = sorted(found)
    return ordered[: MAX_NUMBERS // 2] + ordered[max(len(ordered) - MAX_NUMBERS // 2, MAX_NUMBERS // 2) :]


def ladder(known: list[Fraction], *, whole: bool, coarse: bool = False) -> list[Fraction]:
    """Values of all sizes and signs, among them those around every known number, ascending."""
    steps = {Fraction(137, 100) * Fraction(10) ** power for power in range(-3, 13, 3 if coarse else 1)}
    for value in known:
        steps |= {value, value * Fraction(511, 512), value * Fraction(513, 512), value * 2}
    steps |= {(one + two) / 2 for one, two in pairwise(known)}
    if whole:
        steps = {Fraction(round(step)) for step in steps}
    return sorted(steps | {-step for step in steps})


def halfway(low: Fraction, high: Fraction, *, whole: bool) -> Fraction:
    """A point between, no longer than it must be."""
    middle = (low + high) / 2
    return Fraction(middle.numerator // middle.denominator) if whole else Fraction(round(middle * _FINE), _FINE)
