r"""The answer that a truth holds: data sets give it bare, in `$...$`, in a box, or at the end of a worked solution."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from referee.core.errors import TruthError, brief
from referee.text.boxed import boxes
from referee.text.channel import unwrap
from referee.text.rational import Number, of_int

MAX_TRUTH = 20_000

_APPROXIMATE = re.compile(r"\s*(?:\\approx|\\simeq|\\sim)(?![a-z])\s*")
_NAME = re.compile(r"\s*\\?[A-Za-z]{1,8}(?:_\{?[A-Za-z0-9]{1,4}\}?)?\s*")
_EXPLAINS = re.compile(r"\\text\s?\{\s?(?:is|are|was|which|because|since|as)\s[^{}]*\}")


def explained(text: str) -> str:
    r"""A truth without what explains it: `R = 1 \text{ is ...}`, `\frac{1}{3} \approx 0.33`, `\approx 2.5`."""
    if (match := _EXPLAINS.search(text, 1)) is not None:
        text = text[: match.start()]
    if (approximate := _APPROXIMATE.match(text)) is not None:
        return text[approximate.end() :]
    exact, sign, after = text.partition("\\approx")
    if sign and _NAME.fullmatch(exact):
        return f"{exact}={after}"
    return exact.rstrip() if sign and exact.strip() and "=" not in exact[-3:] and "," not in exact else text


def truth_text(truth: Any) -> str | Number:
    r"""The text of the answer, or its value when the truth is a JSON whole number.

    A text with `#### N` (GSM8K) means what follows the last mark; one with `\boxed{}` the content of the last box.
    """
    if isinstance(truth, bool) or not isinstance(truth, str | int | float):
        raise TruthError(f"the truth must be a text or a number; it is {brief(truth)}")
    if isinstance(truth, int):
        return of_int(truth)
    if isinstance(truth, float):
        if not isfinite(truth):
            raise TruthError(f"the truth {truth} is not a finite number")
        return repr(truth)
    _, marked, after = truth.rpartition("####")
    text = after.strip().split("\n", 1)[0] if marked else truth
    if "\\boxed" in text and (found := boxes(text).closed):
        text = text[found[-1].start : found[-1].end]
    text = text[slice(*unwrap(text, 0, len(text)))]
    if text.startswith("$") and text.count("$") == 2:  # $125$ miles
        _, inside, after = text.split("$")
        text = text if after[:1].isdigit() else f"{inside}{after}"
    if not text:
        raise TruthError("the truth is empty", "truth.empty")
    if len(text) > MAX_TRUTH and not text.isdigit():
        raise TruthError(f"the truth has {len(text)} characters", "truth.too_long")
    return text
