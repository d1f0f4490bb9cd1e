"""math-verify beside `math.*`, on rewritings of the truth that do not change its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from referee.audit.families.math import FAMILY
from referee.audit.items import Item
from referee.audit.judge import Judge

PACKAGE = "math-verify"
PATIENCE_S = 30  # for one step of its own; 5 by itself, which a busy machine may need for nothing

_FRACTION = re.compile(r"(-?)\\[dt]?frac\{(-?\d+)\}\{(\d+)\}")
_DECIMAL = re.compile(r"-?\d*\.\d+")
_INTEGER = re.compile(r"-?\d+")
_LEFT = re.compile(r"\\(?:left|right)(?=[()\[\]])")


def fits(judge: Judge) -> bool:
    """Every verifier of the family."""
    return judge.family == "math"


def forms(item: Item, judge: Judge) -> Sequence[str]:
    """The truth, and what else a right completion might write for it."""
    answers = FAMILY.answers(item, judge)
    return tuple(dict.fromkeys((answers[0], *_rewritten(answers[0])))) if answers else ()


def _rewritten(text: str) -> Iterator[str]:
    yield text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    yield text.replace("\\frac", "\\dfrac")
    yield _LEFT.sub("", text)
    if whole := _FRACTION.fullmatch(text):
        value = Fraction(int(f"{whole[1]}{int(whole[2])}".replace("--", "")), int(whole[3]) or 1)
        yield f"{value.numerator}/{value.denominator}"
    if _DECIMAL.fullmatch(text):
        value = Fraction(text)
        yield f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    if _INTEGER.fullmatch(text) and len(text.lstrip("-")) > 3:
        yield f"{int(text):,}"
        yield f"{int(text):,}".replace(",", "{,}")
    yield re.sub(r"\s+", "", text) if "\\text" not in text and "\\" not in text else text
    yield f"${text}$"


def accepts(form: str, truth: Any) -> bool | None:
    """In the main thread of its own process, where its alarms work."""
    from math_verify import parse, verify

    gold = FAMILY.answers(Item(0, truth=truth), None)[:1]  # type: ignore[arg-type]  # the judge is not looked at
    if not gold:
        return None
    parsed = parse(f"\\boxed{{{gold[0]}}}", parsing_timeout=PATIENCE_S)
    said = parse(f"\\boxed{{{form}}}", parsing_timeout=PATIENCE_S)
    return bool(verify(parsed, said, timeout_seconds=PATIENCE_S)) if parsed else None
