r"""The completion does not go round in circles: the share of repeated word sequences and lines stays within bounds.

## What it checks
The share is 1 - distinct / all, over sequences of `n` words and over whole lines; the larger counts. Runs of more than
40 characters without a space (Chinese, Japanese, Thai, or `4,4,4,4,...`) are cut into overlapping pieces of 16
characters, which are counted with the word sequences. The score is 1 up to the share `allowed`, falls linearly, and is
0 from the share `zero` on.

| reason | meaning |
|---|---|
| `repetition.ok` | within the allowed share |
| `repetition.words`, `repetition.lines` | too many repeated word sequences, repeated lines |

## Truth
Not read; any value is fine.

## Parameters
As a penalty, give the rule a weight and let the pack pay weight x (score - 1).

## When it cannot judge
Never. A text with fewer than 16 word sequences and fewer than 8 lines is too short to tell, and scores 1.

## Known gaps
Noise between the repetitions hides them. A program or a table with many equal lines is repetition to this rule.
The defaults flag 9 of 5,276 GSM8K completions of four models, all of them loops, and 1 of the 500 MATH-500 solutions
(a drawing with equal lines, score 0.96).

## Sources
The n-gram share is the usual one, as in TRL's and open-r1's repetition penalties.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, NamedTuple

from msgspec import Meta

from referee.core.types import Rollout, Task, Verdict, graded, passed
from referee.core.verifier import Case, Parameters, verifier

LONG = 40  # a longer run without a space is no word
PIECE, STRIDE = 16, 4  # such a run is cut into pieces of this length, one every so many characters
FEWEST = 16  # fewer sequences say nothing
FEWEST_LINES = 8
SHORT_LINE = 8  # lines like "\]" and "}" repeat in any well-kept text
EXCERPT = 80


class Params(Parameters, frozen=True, kw_only=True):
    """n: length of the word sequences.
    allowed: share of repetition up to which the score is 1.
    zero: share of repetition from which on the score is 0.
    lines: whether whole lines are counted too.
    """

    n: Annotated[int, Meta(ge=1, le=32)] = 6
    allowed: Annotated[float, Meta(ge=0, lt=1)] = 0.4
    zero: Annotated[float, Meta(gt=0, le=1)] = 0.8
    lines: bool = True

    def __post_init__(self) -> None:
        if self.allowed >= self.zero:
            raise ValueError(f"`zero` ({self.zero}) must lie above `allowed` ({self.allowed})")


PROSE = (
    "Janet's ducks lay sixteen eggs a day. She eats three for breakfast and bakes four into muffins, so nine are left. "
    "She sells each of them for two dollars at the market, which makes eighteen dollars a day in all."
)
CASES = (
    Case(PROSE, None, "pass", "ordinary prose", score=1.0),
    Case("42", None, "pass", "too short to tell", score=1.0),
    Case("", None, "pass", "nothing is no repetition", score=1.0),
    Case("The answer is 42. " * 1000, None, "fail", "attack: the answer a thousand times", score=0.0),
    Case("42\n" * 1000, None, "fail", "attack: and without words", score=0.0),
    Case("\\boxed{42}" * 1000, None, "fail", "attack: and without a space", reason="repetition.words", score=0.0),
    Case(PROSE + "4," * 2000, None, "fail", "attack: prose in front of a wall", score=0.0),
    Case("所以答案是四十二。" * 100, None, "fail", "attack: a script without spaces", score=0.0),
    Case(f"{PROSE} {PROSE} {PROSE}", None, "partial", "two of three parts are copies"),
    Case(
        "\n".join(["We try again.", PROSE] * 2 + ["We try again."] * 8),
        None,
        "fail",
        "attack: the same line over and over",
        reason="repetition.lines",
    ),
    Case(PROSE + "\n}\n}\n}\n}\n}\n}\n}\n}", None, "pass", "short lines are free"),
)


class Share(NamedTuple):
    """How much is repeated, and by which count."""

    value: float
    reason: str


@verifier
def repetition(rollout: Rollout, _task: Task, params: Params) -> Verdict:
    """Judge the share of repetition of one completion."""
    text = rollout.text
    words = text.split()
    share = Share(_words(words, params.n), "repetition.words")
    if params.lines and (lines := _lines(text)) > share.value:
        share = Share(lines, "repetition.lines")
    if share.value <= params.allowed:
        return passed("repetition.ok", share=share.value)
    score = max(0.0, (params.zero - share.value) / (params.zero - params.allowed))
    found, start = _example(text, words, params.n, share.reason)
    return graded(score, share.reason, share=share.value, found=found, span=[start, start + len(found)])


def _words(words: list[str], n: int) -> float:
    total = max(0, len(words) - n + 1)
    distinct = len(set(zip(*(words[offset:] for offset in range(n)), strict=False)))
    if words and len(max(words, key=len)) > LONG:
        pieces = _pieces(words)
        total += len(pieces)
        distinct += len(set(pieces))
    return 1 - distinct / total if total >= FEWEST else 0.0


def _pieces(words: list[str]) -> list[str]:
    return [
        word[start : start + PIECE]
        for word in words
        if len(word) > LONG
        for start in range(0, len(word) - PIECE + 1, STRIDE)
    ]


def _lines(text: str) -> float:
    if text.count("\n") < FEWEST_LINES - 1:
        return 0.0
    lines = [line for line in map(str.strip, text.split("\n")) if len(line) >= SHORT_LINE]
    return 1 - len(set(lines)) / len(lines) if len(lines) >= FEWEST_LINES else 0.0


def _example(text: str, words: list[str], n: int, reason: str) -> tuple[str, int]:
    """What is repeated most, and where it stands first. Only for texts that are flagged."""
    if reason == "repetition.lines":
        units = [line for line in map(str.strip, text.split("\n")) if len(line) >= SHORT_LINE]
        most = Counter(units).most_common(1)[0][0]
        return most[:EXCERPT], text.index(most)
    pieces = _pieces(words)
    sequences = list(zip(*(words[offset:] for offset in range(n)), strict=False))
    grams = Counter(sequences).most_common(1)
    if pieces and (not grams or grams[0][1] < len(pieces) / 16):
        most = Counter(pieces).most_common(1)[0][0]
        return most, text.index(most)
    if not grams:
        return "", 0
    return _between(text, words, sequences.index(grams[0][0]), n)


def _between(text: str, words: list[str], first: int, n: int) -> tuple[str, int]:
    """The sequence of `n` words from number `first` on, as it stands in the text."""
    start = 0
    for word in words[:first]:
        start = text.index(word, start) + len(word)
    start = stop = text.index(words[first], start)
    for word in words[first : first + n]:
        stop = text.index(word, stop) + len(word)
    return text[start : min(stop, start + EXCERPT)], start
