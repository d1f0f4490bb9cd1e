"""What a tree holds that decides how it is compared, and a truth with all that is remembered of it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from itertools import product
from typing import NamedTuple

from referee.maths.balls import Undefined, Unsure
from referee.maths.budget import Budget
from referee.maths.evaluate import CONSTANTS, FUNCTIONS, UNNAMED, Reading, Value, value_at
from referee.maths.kinks import Kink, kinks
from referee.maths.modular import PRIMES, TRANSCENDENTAL, Beyond, Field
from referee.maths.nature import weight
from referee.maths.points import random
from referee.maths.pointwise import Point
from referee.maths.tree import Node

MAX_NODES = 4_000
_KINDS = frozenset({"num", "sym", "add", "mul", "neg", "inv", "pow", "root", "call", "fact", "abs", "unit"})
_COUNTED = frozenset({"binom", "gcd", "lcm"})
_FOLDING = frozenset({"floor", "ceil", "sgn", "max", "min", "arcsin", "arccos", "arctan", "arccot"})
_WHOLE_NAMES = frozenset("ijklmnKMN")
_MAX_TURNING = 4  # variables in exponents of what may be negative
_REMEMBERED = 256


class Survey(NamedTuple):
    """What a tree holds.

    `natural`: variables in factorials, binomial coefficients and common divisors; `whole`: those, and the ones in
    exponents of negative numbers; `turning`: those in exponents of what may be negative; `folded`: it may have kinks.
    """

    names: frozenset[str] = frozenset()
    natural: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    turning: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    folded: bool = False

    def with_(self, other: Survey) -> Survey:
        return Survey(
            self.names | other.names,
            self.natural | other.natural,
            self.whole | other.whole,
            self.turning | other.turning,
            self.constants | other.constants,
            self.calls | other.calls,
            self.folded or other.folded,
        )


def survey(node: Node) -> Survey | None:
    """What a tree holds, or None when it is more than the identity tier evaluates."""
    names: set[str] = set()
    natural: set[str] = set()
    whole: set[str] = set()
    turning: set[str] = set()
    calls: set[str] = set()
    folded = False
    for count, part in enumerate(node.walk()):
        kind = part.kind
        if count > MAX_NODES or kind not in _KINDS:
            return None
        if kind == "sym":
            names.add(part.text)
        elif kind == "call":
            if part.text not in FUNCTIONS:
                return None
            calls.add(part.text)
            folded = folded or part.text in _FOLDING
            if part.text in _COUNTED:
                natural |= _names(part)
        elif kind == "fact":
            natural |= _names(part)
        elif kind == "pow":
            exponent = part.args[1]
            if exponent.kind != "num" and (inside := _names(exponent) - CONSTANTS) and not _positive(part.args[0]):
                turning |= inside
                whole |= {name for name in inside if countable(name)} if _negative(part.args[0]) else set()
            folded = folded or exponent.kind != "num" or not (exponent.value and exponent.value.integer)
        else:
            folded = folded or kind in {"abs", "root"}
    if names & UNNAMED or any(name.startswith(("mathbb", "mathcal")) for name in names):
        return None
    free, natural = names - CONSTANTS, natural - CONSTANTS
    fixed = frozenset(names & CONSTANTS)
    whole |= natural
    kept = frozenset(free), frozenset(natural), frozenset(whole), frozenset(turning)
    return Survey(*kept, fixed, frozenset(calls), folded and bool(free))


def countable(name: str) -> bool:
    """Whether a variable is usually a whole number: n, k, m_1."""
    return name.partition("_")[0] in _WHOLE_NAMES


def _names(node: Node) -> set[str]:
    return {part.text for part in node.walk() if part.kind == "sym"}


def _negative(node: Node) -> bool:
    return (node.kind == "neg" and not _names(node)) or (node.value is not None and node.value.digits.startswith("-"))


def _positive(node: Node) -> bool:
    """A constant that is plainly above zero."""
    if node.kind == "num" and node.value is not None:
        return node.value.digits[0] not in "-0"
    if node.kind == "sym":
        return node.text in TRANSCENDENTAL
    return node.kind in {"add", "mul", "inv", "root"} and all(_positive(part) for part in node.args)


class Truth:
    """A truth with the values that it had at points, once for all answers of a group."""

    def __init__(self, node: Node, found: Survey) -> None:
        self.node = node
        self.survey = found
        self.names = sorted(found.names)
        self.seed = blake2b(repr(node).encode(errors="surrogatepass"), digest_size=32).digest()
        self.weight = weight(node)
        self.kinks: tuple[Kink, ...] = kinks(node) if found.folded else ()
        self.watch = watched(self.kinks)
        self.values: dict[object, Value | Exception] = {}
        self.residues: dict[object, int | None] = {}
        first = self.seed[0] % len(PRIMES)
        self.primes = (PRIMES[first], PRIMES[(first + 1 + self.seed[1] % (len(PRIMES) - 1)) % len(PRIMES)])

    def modular(self, answer: Node, both: Survey, budget: Budget) -> bool | None:
        """Whether both are equal modulo primes; None when either is no rational function."""
        if both.calls - {"binom"} or not all(countable(name) for name in both.turning):
            return None
        if len(both.turning) > _MAX_TURNING:
            return None
        for number, turns in enumerate(_turns(len(both.turning))):
            prime = self.primes[number % 2]
            point = {name: random(self.seed, name, -1 - number) | 2 for name in both.names | TRANSCENDENTAL}
            for name, (turn, mask) in zip(sorted(both.turning), turns, strict=True):
                point[name] = point[name] & ~mask | turn
            key = (number, *(point[name] for name in self.names))
            if key not in self.residues:
                if len(self.residues) >= _REMEMBERED:
                    self.residues.clear()
                self.residues[key] = _residue(self.node, prime, point, Budget())
            mine = self.residues[key]
            theirs = _residue(answer, prime, point, budget) if mine is not None else None
            if mine is None or theirs is None:
                return None
            if mine != theirs:
                return None if both.constants >= TRANSCENDENTAL else False
        return True

    def value(self, point: Point, digits: int, reading: Reading) -> Value:
        """The truth's value at a point, remembered; raises as `value_at` does."""
        key = (*(point[name].as_integer_ratio() for name in self.names), digits, reading)
        known = self.values.get(key)
        if known is None:
            try:
                known = value_at(self.node, point, digits, reading, Budget(), watch=self.watch)
            except (Undefined, Unsure) as problem:
                known = problem.with_traceback(None)
            if len(self.values) >= _REMEMBERED:
                self.values.clear()
            self.values[key] = known
        if isinstance(known, Exception):
            raise known
        return known


def watched(found: tuple[Kink, ...]) -> frozenset[int]:
    """The ids of the nodes that make kinks."""
    return frozenset(kink.key if isinstance(kink.key, int) else kink.key[0] for kink in found)


@lru_cache(maxsize=8)
def _turns(count: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The last bits of variables in exponents, and the mask of them: all residues modulo 4 of two, modulo 2 of four."""
    if count == 0:
        return ((), (), (), ())
    residues = [(turn, 3) for turn in range(4)] if count <= 2 else [(turn, 1) for turn in range(2)]
    return tuple(product(residues, repeat=count))


def _residue(node: Node, prime: int, point: dict[str, int], budget: Budget) -> int | None:
    try:
        return Field(prime, point, budget).of(node)
    except Beyond:
        return None


@lru_cache(maxsize=512)
def compiled(node: Node) -> Truth | None:
    """A truth to compare with, or None when it is more than this tier evaluates."""
    found = survey(node)
    return None if found is None else Truth(node, found)
