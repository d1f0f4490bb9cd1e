r"""Countdown, the game of 24 and their kin: make the target from the numbers with + - * / and brackets.

An answer is one expression (`(10 - 5) * 4`, with `= 20` behind it or not), or one step a line, each of which takes two
or more of the numbers that are left and gives one back (`10 - 5 = 5`). All arithmetic is exact. A number stands for
itself: `25` is not made of a 2 and a 5, there are no powers, no `//`, no decimal points.

State: `{"numbers": [2, 5, 10], "target": 20}`. Each number is used exactly as often as it is given; with `"use":
"some"` it is used at most so often.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, NamedTuple, NoReturn

from referee.core.errors import TruthError
from referee.simulators import listed
from referee.simulators.base import Illegal, Judged, Unread

_MOST: Final = 64  # numbers
_LONGEST: Final = 4000  # characters of an answer
_DEPTH: Final = 60  # brackets
_SIZE: Final = 10**12
_TOKEN = re.compile(r"[ \t]*(?:([0-9]{1,30})|(\*\*|//|[-+*/()=]))")
_BRACKETS = dict(zip("[]{}", "()()", strict=True))
_SIGNS = str.maketrans({"×": "*", "∗": "*", "·": "*", "÷": "/", "−": "-", "–": "-", **_BRACKETS})  # noqa: RUF001
_STARS = (("\\times", "*"), ("\\cdot", "*"), ("\\ast", "*"))
_LATEX = (*_STARS, ("\\div", "/"), ("\\left", ""), ("\\right", ""), ("\\,", ""))
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_TIMES = re.compile(r"(?<=[0-9)\s])(?<!\b0)[xX](?=[\s0-9(])")
_STOP = re.compile(r"(?m)(?<=[0-9)\s])\.[ \t]*$")
_SPLIT = re.compile(r"[\n;,]+")


class Numbers(NamedTuple):
    """The numbers that are left, in order of size, and the one that was made last."""

    left: tuple[Fraction, ...]
    target: Fraction
    made: Fraction | None = None
    every: bool = True


class Step(NamedTuple):
    """One expression: the numbers in it, its value, and what it is said to equal."""

    used: tuple[int, ...]
    value: Fraction | None
    said: Fraction | None
    text: str


class _Wrong(Exception):
    """The text is no expression. `at`: where."""

    def __init__(self, detail: str, at: int) -> None:
        super().__init__(detail)
        self.at = at


class Countdown:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Numbers:
        """Raises `TruthError`."""
        given = given if isinstance(given, dict) else {}
        numbers, target = given.get("numbers", given.get("nums")), given.get("target")
        numbers = [_given(one) for one in numbers] if isinstance(numbers, list | tuple) else []
        target = _given(target)
        if not 0 < len(numbers) <= _MOST or not all(_whole(one) and one >= 0 for one in numbers) or not _whole(target):
            raise TruthError('a state of countdown is {"numbers": [2, 5, 10], "target": 20}, all of them integers')
        use = given.get("use", "all")
        if use not in ("all", "some"):
            raise TruthError(f'\'use\' is {use!r:.40}; it is "all" or "some"')
        return Numbers(tuple(sorted(map(Fraction, numbers))), Fraction(target), every=use == "all")

    def parse(self, text: str, state: Numbers) -> list[Step] | Unread:
        """Expressions, one a line or divided by commas and semicolons."""
        if len(text) > _LONGEST:
            return Unread("answer.too_long", f"{len(text):,} characters")
        text = _plain(listed.plain(text))
        found = []
        for start, line in _lines(text):
            try:
                found.append(_Reader(line).step())
            except _Wrong as error:
                return Unread("simulate.unreadable", f"{error} in {line.strip()[:60]!r}", start + error.at)
        return found or Unread("answer.empty", "")

    def step(self, state: Numbers, action: Step) -> Numbers | Illegal:
        """Take the numbers of an expression and give its value back."""
        if action.value is None:
            return Illegal(f"{action.text[:60]!r} divides by zero")
        left, used = Counter(state.left), Counter(map(Fraction, action.used))
        if missing := used - left:
            one = next(iter(missing))
            return Illegal(f"{one} is used {used[one]} times and there {_are(left[one])}")
        if action.said is not None and action.said != action.value:
            return Illegal(f"{action.text[:60]!r} is {_shown(action.value)}")
        left = left - used + Counter([action.value])
        return state._replace(left=tuple(sorted(left.elements())), made=action.value)

    def judge(self, initial: Numbers, state: Numbers) -> Judged:
        """Whether the number made last is the target, and nothing is left over that had to be used."""
        if state.made != state.target:
            made = "nothing" if state.made is None else _shown(state.made)
            return Judged(reached=False, detail=f"it makes {made}, not {state.target}")
        if state.every and len(state.left) > 1:
            return Judged(reached=False, detail=f"{len(state.left) - 1} of the numbers are not used")
        return Judged(reached=True, progress=1.0)

    def plain(self, state: Numbers) -> Any:
        """JSON data."""
        made = None if state.made is None else str(state.made)
        return {"left": [str(one) for one in state.left], "target": str(state.target), "made": made}


def _whole(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and abs(given) <= _SIZE


def _given(one: Any) -> Any:
    """A whole number in the spellings of data sets: 7, "7" and 7.0."""
    if isinstance(one, str) and one.isascii() and one.lstrip("-").isdigit() and len(one) <= 13:
        return int(one)
    return int(one) if isinstance(one, float) and one.is_integer() and abs(one) <= _SIZE else one


def _are(count: int) -> str:
    return "is one" if count == 1 else f"are {count}"


def _shown(value: Fraction) -> str:
    return str(value)[:40]


def _plain(text: str) -> str:
    for name, sign in _LATEX:
        text = text.replace(name, sign)
    before = ""
    while text != before:
        before, text = text, _FRACTION.sub(r"((\1)/(\2))", text)
    return _STOP.sub("", _TIMES.sub("*", text)).translate(_SIGNS)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in [*_SPLIT.finditer(text), None]:
        end = len(text) if match is None else match.start()
        if text[start:end].strip():
            yield start, text[start:end]
        start = end if match is None else match.end()


class _Reader:
    """Precedence climbing over one line; depth and length are bounded, so it ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.used: list[int] = []
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise _Wrong(f"{text[at:].lstrip()[0]!r} is neither a number nor + - * / ( )", at)
            self.tokens.append((match[1] or match[2], match.start(match.lastindex or 0)))
            at = match.end()
        self.tokens.append(("", len(text)))
        self.at = 0

    @property
    def word(self) -> str:
        return self.tokens[self.at][0]

    def step(self) -> Step:
        """`expression`, or `expression = number`."""
        value, used = self.sum(0), tuple(self.used)
        said = None
        if self.word == "=":
            self.at += 1
            said = self.sum(0)
            if len(used) == 1 and len(self.used) > 2:  # 20 = 10 + 5 * 2
                value, said, used = said, value, tuple(self.used[1:])
            elif said is None or len(self.used) > len(used) + 2:
                self.wrong("what stands behind '=' is not one number")
        if self.word:
            self.wrong(f"{self.word!r} is unexpected")
        return Step(used, value, said, self.text.strip())

    def sum(self, depth: int) -> Fraction | None:
        value = self.product(depth)
        while self.word in ("+", "-"):
            sign = self.next()
            other = self.product(depth)
            value = None if value is None or other is None else value + other if sign == "+" else value - other
        return value

    def product(self, depth: int) -> Fraction | None:
        value = self.factor(depth)
        while self.word in ("*", "/"):
            sign = self.next()
            other = self.factor(depth)
            if value is None or other is None or (sign == "/" and not other):
                value = None
            else:
                value = value * other if sign == "*" else value / other
        return value

    def factor(self, depth: int) -> Fraction | None:
        if depth > _DEPTH:
            self.wrong("too many brackets")
        word = self.next()
        if word == "-":
            value = self.factor(depth + 1)
            return None if value is None else -value
        if word == "(":
            value = self.sum(depth + 1)
            if self.next() != ")":
                self.at -= 1
                self.wrong("a bracket is not closed")
            return value
        if not word[:1].isdigit():
            self.at -= 1
            self.wrong(f"{word!r} stands where a number is due" if word else "it breaks off")
        if len(word) > 1 and word[0] == "0":
            self.wrong(f"{word} is no number of this game")
        self.used.append(int(word))
        if len(self.used) > _MOST + 1:
            self.wrong("too many numbers")
        return Fraction(int(word))

    def next(self) -> str:
        word = self.word
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return word

    def wrong(self, detail: str) -> NoReturn:
        raise _Wrong(detail, self.tokens[self.at][1])


SIMULATOR = Countdown()
