r"""Units and currencies: a closed table. A unit that is not in it is not read.

`parse` reads what follows a number: `cm`, `\text{ square inches}`, `km/h`, `dollars per day`, `^\circ`. A letter
alone is a variable, not a unit: outside `\text{}` a unit of one letter is not read at all, one of two letters needs a
space before it.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from referee.text.numbers import Unread, quick, scan
from referee.text.rational import Number, percent

Percent = Literal["value", "points", "refuse"]

# Canonical name first, then every other word (a plural in -s is added), then, after the bar, abbreviations as they are.
_TABLE = """
meter metre|m; centimeter centimetre|cm; millimeter millimetre|mm; kilometer kilometre|km; nanometer nanometre|nm
decimeter decimetre|dm; inch inches|in; foot feet|ft; yard|yd yds; mile|mi; league; fathom; light-year lightyear|ly
furlong; acre; hectare|ha; gram gramme|g; kilogram kilo|kg; milligram|mg; ton tonne; ounce|oz; pound|lb lbs; stone
liter litre|L l; milliliter millilitre|ml mL; gallon|gal; quart|qt; pint|pt; cup; tablespoon|tbsp; teaspoon|tsp; barrel
second|s sec secs; minute|min mins; hour|h hr hrs; day; week; month; year|yr yrs; decade; century centuries; night
millisecond|ms; microsecond; nanosecond; dollar buck USD; cent ¢; penny pennies pence; euro EUR; pound quid GBP; yen JPY
rupee INR; yuan RMB; peso; franc; ruble; lira lire; coin
degree degrees deg; radian|rad; celsius|C; fahrenheit|F; kelvin|K; newton|N; joule|J; kilojoule|kJ; calorie|cal
kilocalorie|kcal; watt|W; kilowatt|kW; volt|V; ampere amp|A; ohm; hertz|Hz; pascal|Pa; kilopascal|kPa; atmosphere|atm
mole|mol; coulomb; tesla; mph; kph|kmh; knot; bit; byte; kilobyte|kB KB; megabyte|MB; gigabyte|GB
unit; point|pts; people person persons; child children; man men; woman women; boy; girl; student; adult; kid; teacher
worker; player; team; friend; car; ticket; page; book; item; piece; time; game; mark; vote; step; way; solution; digit
apple; orange; egg; cookie; ball; marble; card; pencil; pen; slice; share; sheet; bag; box boxes; bottle; flower; tree
animal; dog; cat; chicken; rabbit; cow; horse; fish; bird; square; triangle; candy candies
"""


def _build() -> dict[str, str]:
    table: dict[str, str] = {}
    for entry in _TABLE.replace("\n", ";").split(";"):
        words, _, short = entry.partition("|")
        names = words.split()
        for word in names:
            table[word] = names[0]
            table.setdefault(word + "s", names[0])
        table.update(dict.fromkeys(short.split(), names[0] if names else ""))
    return table


UNITS = _build()

_TEXT = r"\\(?:text(?:rm|bf|it|normal)?|mathrm|mathbf|mathit|mbox|operatorname)\s*\{"
_TOKEN = re.compile(
    rf"(?P<text>{_TEXT})"
    r"|(?P<word>[A-Za-z¢]+(?:-[A-Za-z]+)?)"
    r"|(?P<degree>\^\s?\{?\s?\\circ\s?\}?|\\(?:degrees?|circ)(?![a-z]))"
    r"|(?P<power>\^\s?\{?\s?[23]\s?\}?)"
    r"|(?P<per>/)"
    r"|(?P<times>\\cdot(?![a-z])|[*-])"
    r"|(?P<gap>[\s~{}().]|\\[ ,;:!])"
)
_MAX_REST = 160
_PER = frozenset({"per", "a", "an", "each", "every"})
_SQUARE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_CLOSES = {")": "(", "}": "{"}
_RAISED = {"squared": 2, "cubed": 3}


class Quantity(NamedTuple):
    """A number with its canonical unit (`""` for none)."""

    value: Number
    unit: str = ""


class _Factors:
    """What has been read of a unit: powers of names, and what the next word will mean."""

    def __init__(self) -> None:
        self.powers: dict[str, int] = {}
        self.last = ""
        self.next_power = 1
        self.sign = 1
        self.open = False  # a "square", a "per" or a sign waits for its word
        self.brackets: list[str] = []  # what is open
        self.before = ""  # the token before

    def add(self, name: str) -> bool:
        self.powers[name] = self.powers.get(name, 0) + self.sign * self.next_power
        self.last, self.next_power, self.open = name, 1, False
        return True

    def word(self, word: str, *, is_text: bool, after_space: bool) -> bool:
        """Take one word; False when it is none of ours."""
        if word in _PER:
            self.sign, self.open = -1, True
        elif word in _RAISED and self.last:
            self.powers[self.last] *= _RAISED[word]
        elif word in _SQUARE and not (word == "square" and self.last):
            self.next_power, self.open = _SQUARE[word], True
        else:
            if not is_text and (len(word) == 1 or (len(word) == 2 and not after_space)):
                return False
            name = UNITS.get(word) or UNITS.get(word.lower() if len(word) > 2 else word)
            if name is None:
                return False
            self.add(name)
        return True

    def sign_between(self, *, divides: bool) -> bool:
        """A sign of multiplication or division; False when one waits already."""
        waited, self.open = self.open, True
        self.sign = -1 if divides else self.sign
        return not waited

    def raised(self, power: int) -> bool:
        """An exponent; False when there is nothing to raise."""
        if self.last and not self.open:
            self.powers[self.last] *= power
            return True
        return False

    def gap(self, token: str) -> bool:
        """White space, a bracket or a full stop; False when it is out of place."""
        if token in _CLOSES:
            opened = self.brackets.pop() if self.brackets else ""
            return opened == _CLOSES[token] and (token == "}" or self.before != "(")
        if token in {"(", "{"}:
            self.brackets.append(token)
        return token != "." or self.before.isalpha() or self.before.endswith("{")  # cm., \text{.}

    def paid(self, currency: str) -> bool:
        """Whether a currency sign before the number goes with these: `$5 dollars`, `$5 per day`, never `$5 cm`."""
        others = [name for name, power in self.powers.items() if power >= 0 and name != currency]
        self.powers.setdefault(currency, 1)
        return not others and self.powers[currency] == 1

    @property
    def canonical(self) -> str | None:
        if self.open or self.brackets:
            return None
        above = [name + (f"^{power}" if power != 1 else "") for name, power in sorted(self.powers.items()) if power > 0]
        below = [
            name + (f"^{-power}" if power != -1 else "") for name, power in sorted(self.powers.items()) if power < 0
        ]
        return " ".join(above) + ("/" + " ".join(below) if below else "")


def parse(rest: str, *, after_space: bool = True, currency: str = "") -> str | None:
    """The canonical unit that the text names (`""` for none), or None when it is not a known unit."""
    if len(rest) > _MAX_REST:
        return None
    factors = _Factors()
    position, is_text, space = 0, False, after_space
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None:
            return None
        kind, token = match.lastgroup, match[0]
        if kind == "word":
            fits = factors.word(token, is_text=is_text, after_space=space)
        elif kind == "degree":
            fits = factors.add("degree")
        elif kind == "power":
            fits = factors.raised(2 if "2" in token else 3)
        elif kind in {"per", "times"}:
            fits = factors.sign_between(divides=kind == "per")
        else:
            fits = factors.gap("{" if kind == "text" else token)
        if not fits:
            return None
        factors.before = token if token.strip(" ~") else factors.before
        is_text = kind == "text" or (is_text and token != "}")
        space = kind in {"gap", "text", "per", "times"}
        position = match.end()
    return factors.canonical if not currency or factors.paid(currency) else None


def quantity(text: str, percents: Percent = "value", *, own_unit: bool = False) -> Quantity | Unread:
    """A number with or without a unit, all of the text.

    `percents`: `value` (50% is 1/2), `points` (50% is 50) or `refuse`. `own_unit`: an unknown unit is kept as it is
    written, which is for truths only.
    """
    if (number := quick(text)) is not None:
        return Quantity(number)
    scanned = scan(text)
    if isinstance(scanned, Unread):
        return scanned
    value = scanned.value
    if scanned.percent:
        if percents == "refuse":
            return Unread("number.percent", "a percent sign is not allowed here")
        value = percent(value) if percents == "value" else value
    if not scanned.rest:
        return Quantity(value, scanned.currency)
    unit = parse(scanned.rest, after_space=scanned.space, currency=scanned.currency)
    if unit is None and own_unit and (label := _label(scanned.rest)):
        unit = label
    if unit is None and scanned.currency:
        return Unread("number.currency", f"{scanned.rest[:40]!r} after a sum of money")
    if unit is None or (unit and scanned.percent):
        return Unread("number.unit", f"{scanned.rest[:40]!r} is not a known unit")
    return Quantity(value, unit or scanned.currency)


def ignorable(unit: str) -> bool:
    """Whether an answer may carry the unit when the truth has none. A degree sign is a value of its own."""
    return unit.partition("^")[0] != "degree"


_LABEL = re.compile(rf"(?:{_TEXT})?([A-Za-z .,'-]{{1,80}})\}}?")


def _label(rest: str) -> str | None:
    match = _LABEL.fullmatch(rest)
    return " ".join(match[1].lower().strip(" .").split()) or None if match and rest.startswith("\\") else None
