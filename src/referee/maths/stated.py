"""The number that an answer states, with what may stand around it: a label, colours, brackets behind a sign."""

from __future__ import annotations

from referee.maths.clean import tidy
from referee.maths.compiled import split_label
from referee.maths.dress import bare_number
from referee.maths.units import Percent, Quantity, quantity
from referee.text.numbers import Unread
from referee.text.unicode import Refused, plain


def stated(text: str, percents: Percent) -> Quantity | Unread:
    """The number of the whole text, `x = 42` and `\\color{red}42` included, or why it is none."""
    got = quantity(text, percents)
    if not isinstance(got, Unread) or got.reason not in {"number.none", "number.unit", "number.malformed"}:
        return got
    ascii_text = plain(text)
    if isinstance(ascii_text, Refused):
        return Unread(ascii_text.reason, ascii_text.detail)
    _, value = split_label(tidy(ascii_text), answer=True)
    again = quantity(bare_number(value), percents)
    return got if isinstance(again, Unread) else again
