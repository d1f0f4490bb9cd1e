"""What a program printed, compared with what it should have printed. Bytes on both sides; nothing here can raise.

| mode | equal when |
|---|---|
| `tokens` | the words are the same, whatever white space stands between them |
| `lines` | the lines are the same but for blanks at their ends, and blank lines at the end |
| `floats` | as `tokens`, and a word that is a decimal number may differ by the tolerance |
| `exact` | byte for byte |

The number of words or lines is compared first: a program that prints only the beginning is wrong. Integers are exact
however long they are, and case counts. Where an integer is expected and a decimal number printed, the tolerance is
never more than 0.001: an answer that was rounded to a billion is no answer.
"""

from __future__ import annotations

import math
import re
from typing import Final, Literal, NamedTuple

Mode = Literal["tokens", "lines", "floats", "exact"]

_INTEGER = re.compile(rb"[+-]?[0-9]{1,400}")
_NUMBER = re.compile(rb"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
_EXACT_DIGITS: Final = 15  # an integer this long has an exact float
_WHOLE: Final = 1e-3  # how far a decimal number may lie from an integer at most: 1e9 is no 1000000007


class Streams(NamedTuple):
    """How output is compared; tolerances as in `compare.Policy`."""

    mode: Mode = "tokens"
    abs_tol: float = 1e-6
    rel_tol: float = 1e-6
    fold_case: bool = False


def same_output(got: bytes, expected: bytes, how: Streams) -> bool:
    """Whether the output is the expected one. Linear."""
    if how.fold_case:
        got, expected = got.lower(), expected.lower()
    if how.mode == "exact":
        return got == expected
    if how.mode == "lines":
        return _lines(got) == _lines(expected)
    found, wanted = got.split(), expected.split()
    if len(found) != len(wanted):
        return False
    if found == wanted:
        return True
    return how.mode == "floats" and all(
        one == other or _close(one, other, how) for one, other in zip(found, wanted, strict=True)
    )


def _lines(text: bytes) -> list[bytes]:
    lines = [line.rstrip() for line in text.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _close(got: bytes, expected: bytes, how: Streams) -> bool:
    if not _NUMBER.fullmatch(got) or not _NUMBER.fullmatch(expected):
        return False
    whole = _INTEGER.fullmatch(expected) is not None
    if whole and _INTEGER.fullmatch(got):
        return int(got) == int(expected)
    if whole and len(expected.lstrip(b"+-0")) > _EXACT_DIGITS:
        return False
    one, other = float(got), float(expected)
    if not (math.isfinite(one) and math.isfinite(other)):
        return False
    tolerance = max(how.abs_tol, how.rel_tol * abs(other))
    return abs(one - other) <= (min(tolerance, _WHOLE) if whole else tolerance)
