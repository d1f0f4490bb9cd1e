r"""One exact reader of numbers, as people and models write them.

`42`, `-1,234.50`, `.5`, `1.5e3`, `1.5 \times 10^{3}`, `3/4`, `\frac{3}{4}`, `\dfrac34`, `3\frac{1}{2}`, `3 1/2`,
`50\%`, `\$5`, `1{,}234`, `17\,576`, `0.\overline{3}`, `4²`, `(8788)`, `\text{623}`, and their Unicode forms.

The whole text is consumed or the number is refused, with a reason. `1,5`, `1.234,56` and `12,34,567` are malformed, not
guessed at. Values are exact: no floats, and digits stay digits, so that neither a million of them nor `1e999999999`
costs more than reading them (and Python's own limit on `int(str)` never matters). Linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from referee.text.rational import (
    MAX_DIGITS,
    Number,
    decimal,
    divided,
    fraction,
    int_of,
    negative,
    percent,
    plus,
    power,
    ratio,
    shifted,
)  # fmt: skip
from referee.text.unicode import Refused, plain

MAX_LENGTH = 20_000  # of a text that is not simply digits
MAX_EXPONENT = 10**15


class Unread(NamedTuple):
    """Why a text is not a number (or not an answer): a reason code and what it is about."""

    reason: str
    detail: str = ""


class Scan(NamedTuple):
    """A number and what follows it.

    `currency`: the name of the sign before or after it; `percent`: whether % follows it; `space`: whether white space
    stands before the rest.
    """

    value: Number
    rest: str = ""
    currency: str = ""
    percent: bool = False
    space: bool = False


_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]+))?\.?")
_GAP = re.compile(r"(?:[\s~]|\\[ ,;:!]|\\q?quad(?![a-zA-Z]))*")
_GROUP = r"(?:,\\! ?|\{,\}|\\[,;!: ]|,|~| )"
_DIGITS = re.compile(rf"[1-9][0-9]{{0,2}}({_GROUP})[0-9]{{3}}(?:\1[0-9]{{3}})*(?![0-9])|[0-9]+")
_REPEAT = re.compile(r"\\(?:overline|bar)(?:\{([0-9]+)\}|([0-9]))")
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)(?![0-9a-zA-Z])")
_TIMES_TEN = re.compile(
    r" ?(?:\\times|\\cdot|\*|[xX])[ ]?(?:\\,)?10 ?(?:\^|\*\*) ?(?:\{ ?([+-]?[0-9]+) ?\}|([+-]?[0-9]+))"
)
_POWER = re.compile(r" ?\^ ?(?:\{ ?([+-]?[0-9]+) ?\}|([0-9]+))")
_FRACTION = re.compile(r"\\[dtc]?frac(?![a-zA-Z])\s?")
_ARGUMENT = re.compile(r"\{([^{}]{0,6000})\}|([0-9])")
_SLASH = re.compile(r" ?/ ?([0-9]+)(?:\.([0-9]+))?")
_MIXED = re.compile(r"([0-9]+)/([0-9]+)(?![0-9.,/])")
_PERCENT = re.compile(
    r"\\?%|(?:percent|per cent|pct)(?![a-zA-Z])|\\(?:text|textrm|mathrm|mbox)\{ ?(?:percent|per cent|pct) ?\}"
)
_CURRENCY = re.compile(
    r"(?:US)?\\?\$|[€£¥₹]|(?:USD|EUR|GBP|JPY|INR)(?![A-Za-z])"
    r"|\\(?:pounds|euro|yen)(?![a-zA-Z])|\\(?:text|mathrm)\{ ?\\?\$ ?\}"
)
_CURRENCY_NAMES = {
    "€": "euro",
    "£": "pound",
    "¥": "yen",
    "₹": "rupee",
    "\\pounds": "pound",
    "\\euro": "euro",
    "\\yen": "yen",
    "EUR": "euro",
    "GBP": "pound",
    "JPY": "yen",
    "INR": "rupee",
}
_WRAPPERS = (
    ("\\left(", "\\right)"), ("(", ")"), ("\\text{", "}"), ("\\textbf{", "}"), ("\\mathrm{", "}"), ("\\mathbf{", "}"),
    ("\\mbox{", "}"), ("\\boxed{", "}"), ("{", "}"), ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$"),
)  # fmt: skip
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)


def read(text: str) -> Number | Unread:
    """The number that the whole text is; a percent sign divides by 100, a currency sign is ignored."""
    number = quick(text)
    if number is not None:
        return number
    scanned = scan(text)
    if isinstance(scanned, Unread):
        return scanned
    if scanned.rest:
        return Unread("number.trailing", f"{scanned.rest[:40]!r} follows the number")
    return percent(scanned.value) if scanned.percent else scanned.value


def quick(text: str) -> Number | None:
    """A plain integer or decimal, the common case, or None. Any length."""
    match = _PLAIN.fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, fraction = match.groups()
    if fraction is None and not whole:
        return None
    return decimal(sign, whole, fraction or "")


def scan(text: str) -> Scan | Unread:
    """The number at the start of the text, inside any wrappers, and what follows it."""
    if (number := quick(text)) is not None:
        return Scan(number)
    if len(text) > MAX_LENGTH:
        return Unread("answer.too_long", f"{len(text)} characters")
    ascii_text = plain(text)
    if isinstance(ascii_text, Refused):
        return Unread(ascii_text.reason, ascii_text.detail)
    text = _peel(ascii_text)
    if (number := quick(text)) is not None:
        return Scan(number)
    try:
        return _scan(text)
    except _Malformed as problem:
        return Unread(problem.args[0], problem.args[1] if len(problem.args) > 1 else "")


class _Malformed(Exception):
    """Leaves the scanner: (reason, detail). Never leaves this module."""


def _scan(text: str) -> Scan:
    sign, position, currency = "", 0, ""
    for _ in range(2):  # -$5 and $-5
        if not sign and text[position : position + 1] in {"+", "-"}:
            sign, position = text[position], _gap(text, position + 1)
        elif not currency and (match := _CURRENCY.match(text, position)):
            currency, position = _currency_name(match[0]), _gap(text, match.end())
    value, end = _magnitude(text, position)
    position = _gap(text, end)
    is_percent = False
    if match := _PERCENT.match(text, position):
        is_percent, position = True, _gap(text, match.end())
    elif not currency and (match := _CURRENCY.match(text, position)):
        currency, position = _currency_name(match[0]), _gap(text, match.end())
    return Scan(
        negative(value) if sign == "-" else value, text[position:].rstrip(), currency, is_percent, position > end
    )


def _currency_name(sign: str) -> str:
    return _CURRENCY_NAMES.get(sign, "dollar")


def _gap(text: str, position: int) -> int:
    match = _GAP.match(text, position)
    return match.end() if match else position


def _magnitude(text: str, position: int) -> tuple[Number, int]:
    """An unsigned number: its value and where it ends."""
    if match := _FRACTION.match(text, position):
        return _fraction(text, match.end())
    match = _DIGITS.match(text, position)
    if match is None and text[position : position + 1] != ".":
        raise _Malformed("number.none", f"no number at {text[position : position + 20]!r}")
    whole, group, start = "0", "", position
    if match:
        whole, group, position = match[0], match[1] or "", match.end()
        if group:
            whole = whole.replace(group, "")
            mixed = group in {" ", "~", "\\ ", "\\,"} and _space_before_fraction(text, start, position, group)
            if mixed:
                return mixed
        elif (mixed := _mixed(text, whole, position)) is not None:
            return mixed
    number, position = _decimals(text, whole, position)
    return _suffix(text, number, position)


def _decimals(text: str, whole: str, position: int) -> tuple[Number, int]:
    r"""`.25`, `.1\overline{6}` after the whole part. A full stop without digits is left to the caller."""
    if not text.startswith(".", position):
        return decimal("", whole, ""), position
    end = position + 1
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    fraction = text[position + 1 : end]
    if repeat := _REPEAT.match(text, end):
        return _repeating(whole, fraction, repeat[1] or repeat[2]), repeat.end()
    if not fraction:
        raise _Malformed("number.malformed", "a point without digits")
    return decimal("", whole, fraction), end


def _suffix(text: str, number: Number, position: int) -> tuple[Number, int]:
    r"""`e3`, `\times 10^3`, `^2`, `/4` after a decimal."""
    if match := _EXPONENT.match(text, position):
        return shifted(number, _exponent(match[1])), match.end()
    if match := _TIMES_TEN.match(text, position):
        return shifted(number, _exponent(match[1] or match[2])), match.end()
    if match := _POWER.match(text, position):
        raised = power(number, _exponent(match[1] or match[2]))
        if raised is None:
            raise _Malformed("number.too_large", f"the power {match[0].strip()}")
        return raised, match.end()
    if match := _SLASH.match(text, position):
        return _divided(number, decimal("", match[1], match[2] or "")), match.end()
    if text.startswith(",", position) and text[position + 1 : position + 2].isdigit():
        raise _Malformed("number.malformed", "commas separate groups of three digits")
    return number, position


def _mixed(text: str, whole: str, position: int) -> tuple[Number, int] | None:
    r"""`3\frac{1}{2}` and `3 1/2`: a whole number and a proper fraction of whole numbers."""
    after = _gap(text, position)
    if match := _FRACTION.match(text, after):
        part, end = _fraction(text, match.end(), proper=True)
    elif after > position and (match := _MIXED.match(text, after)):
        part, end = _proper(match[1], match[2]), match.end()
    else:
        return None
    return _sum(decimal("", whole, ""), part), end


def _space_before_fraction(text: str, start: int, end: int, group: str) -> tuple[Number, int] | None:
    """`5 123/200` is a mixed number and `1 234/5` has two readings; neither is 5123 or 1234 over something."""
    if not text.startswith("/", end):
        return None
    first = text[start:end].split(group, 1)[0]
    mixed = _mixed(text, first, start + len(first))
    if mixed is None:
        raise _Malformed("number.malformed", "a space within a fraction")
    return mixed


def _fraction(text: str, position: int, *, proper: bool = False) -> tuple[Number, int]:
    r"""The two arguments of `\frac`, braced or single digits."""
    above = _ARGUMENT.match(text, position)
    below = _ARGUMENT.match(text, _gap(text, above.end())) if above else None
    if above is None or below is None:
        raise _Malformed("number.malformed", "a fraction without two numbers")
    numerator, denominator = (above[1] or above[2] or "").strip(), (below[1] or below[2] or "").strip()
    if proper:
        return _proper(numerator, denominator), below.end()
    return _divided(_part(numerator), _part(denominator)), below.end()


def _part(text: str) -> Number:
    number = quick(text)
    if number is None:
        sign = text[:1] if text[:1] in {"+", "-"} else ""
        number, end = _magnitude(text, _gap(text, len(sign)))
        if end != len(text):
            raise _Malformed("number.malformed", f"{text[:20]!r} within a fraction")
        number = negative(number) if sign == "-" else number
    return number


def _proper(numerator: str, denominator: str) -> Number:
    if not (numerator.isdigit() and denominator.isdigit()):
        raise _Malformed("number.malformed", "a mixed number has a fraction of whole numbers")
    above, below = decimal("", numerator, ""), decimal("", denominator, "")
    part = _divided(above, below)
    value = fraction(part)
    if value is None or value >= 1:
        raise _Malformed("number.malformed", "the fraction of a mixed number is less than one")
    return part


def _repeating(whole: str, fixed: str, repeat: str) -> Number:
    if len(whole) + len(fixed) + len(repeat) > MAX_DIGITS // 5:
        raise _Malformed("number.too_large", "a repeating decimal that long")
    value = int_of(whole + fixed + repeat) - int_of(whole + fixed)
    return ratio(value, 10 ** len(repeat) - 1, -len(fixed))


def _divided(above: Number, below: Number) -> Number:
    if below.digits == "0":
        raise _Malformed("number.zero_division", "a division by zero")
    result = divided(above, below)
    if result is None:
        raise _Malformed("number.too_large", "a fraction that long")
    return result


def _sum(whole: Number, part: Number) -> Number:
    total = plus(whole, part)
    if total is None:
        raise _Malformed("number.too_large", "a mixed number that long")
    return total


def _exponent(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else MAX_EXPONENT + 1
    if abs(value) > MAX_EXPONENT:
        raise _Malformed("number.too_large", "an exponent beyond reason")
    return value


def _peel(text: str) -> str:
    """Without surrounding white space, a full stop and up to eight wrappers around the whole."""
    for _ in range(8):
        text = text.strip().removesuffix(".").strip()
        for left, right in _WRAPPERS:
            if text.startswith(left) and text.endswith(right) and len(text) >= len(left) + len(right):
                if "," in text and left.endswith("("):  # (1,234) is a pair
                    return text
                if right == "}" and _closing(text, len(left)) != len(text) - 1:
                    continue
                text = text[len(left) : -len(right)]
                break
        else:
            break
    return text


def _closing(text: str, start: int) -> int:
    """The offset of the brace that closes the one opened before `start`, or -1."""
    depth = 1
    for match in _BRACES.finditer(text, start):
        token = match[0]
        depth += (token == "{") - (token == "}")
        if not depth:
            return match.start()
    return -1
