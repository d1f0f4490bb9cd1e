"""Reason codes in words, for people. A code without an entry is read as it is spelled."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, str]] = {
    "answer.ambiguous": "several answers where one is allowed",
    "answer.bidi": "the answer holds characters that change the reading direction",
    "answer.combining": "the answer holds stacked combining marks",
    "answer.control": "the answer holds control characters",
    "answer.empty": "the place for the answer is empty",
    "answer.invisible": "the answer holds invisible characters",
    "answer.missing": "no answer in the final segment",
    "answer.mixed_digits": "the answer mixes digits of several scripts",
    "answer.nested": "an answer within an answer",
    "answer.private_use": "the answer holds characters without a meaning",
    "answer.repeated": "the answer is given too many times",
    "answer.surrogate": "the answer holds half of a character",
    "answer.too_deep": "the answer is nested too deeply",
    "answer.too_long": "the answer is too long to be read",
    "answer.unclosed": "the answer is opened and never closed",
    "choice.match": "the right letter",
    "choice.none": "no option is chosen",
    "choice.several": "several options are chosen",
    "choice.wrong": "another letter",
    "format.ok": "the structure is as asked",
    "format.no_answer": "the answer part is missing",
    "format.no_think_open": "the thinking is not opened",
    "format.no_think_close": "the thinking is not closed",
    "format.text_after": "text after the answer",
    "format.text_before": "text before the thinking",
    "format.text_between": "text between thinking and answer",
    "infra.no_sandbox": "it needs a sandbox, and none is available",
    "infra.worker_lost": "the process that judged it died",
    "length.no_token_count": "nobody counted the tokens",
    "math.different": "the value differs from the truth",
    "math.equal.number": "the same number as the truth",
    "math.equal.tolerance": "equal to the truth within the declared tolerance",
    "math.not_integer": "an integer is asked for",
    "math.unit": "the unit differs from the truth's",
    "math.unreadable": "the answer cannot be read as mathematics",
    "think.nested": "thinking within thinking",
    "think.stray_close": "a second closing tag of the thinking",
    "think.unclosed": "the thinking never ends, so there is no answer after it",
    "truth.missing": "the task has no truth",
    "truth.unreadable": "the task's truth cannot be read",
    "verifier.crashed": "the verifier failed, which is our fault",
}


def in_words(reason: str) -> str:
    """What a reason code means."""
    return WORDS.get(reason) or reason.replace(".", ": ", 1).replace(".", " ").replace("_", " ")
