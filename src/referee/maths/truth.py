r"""The answer that a truth holds: data sets give it bare, in `$...$`, in a box, or at the end of a worked solution."""

from __future__ import annotations

from math import isfinite
from typing import Any

from referee.core.errors import TruthError
from referee.text.boxed import boxes
from referee.text.channel import unwrap
from referee.text.rational import Number, of_int

MAX_TRUTH = 20_000


def truth_text(truth: Any) -> str | Number:
    r"""The text of the answer, or its value when the truth is a JSON whole number.

    A text with `#### N` (GSM8K) means what follows the last mark; one with `\boxed{}` the content of the last box.
    """
    if isinstance(truth, bool) or not isinstance(truth, str | int | float):
        raise TruthError(f"the truth must be a text or a number; it is {truth!r:.80}")
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
