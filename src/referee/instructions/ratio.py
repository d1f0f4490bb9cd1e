"""Shares: of stop words, of kinds of sentences, of another text's words."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from referee.instructions.english import STOP_WORDS
from referee.instructions.kinds import Asked, Judged, Nothing, Word, kind, missed, no, yes
from referee.instructions.response import Response
from referee.instructions.words import fold, words

Percentage = Annotated[float, Meta(ge=0, le=100)]
MARGIN = 2  # per cent
LONGEST = 100_000  # characters of a response that are compared with another text

# Words and marks, contractions in their two parts, as word tokenizers cut them.
_TOKEN = re.compile(r"[^\W_]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|\w+(?:-\w+)*|[^\w\s]", re.IGNORECASE)


class StopWords(Asked, frozen=True, kw_only=True):
    """percentage: the most that may be stop words."""

    percentage: Percentage


class Overlap(Asked, frozen=True, kw_only=True):
    """reference_text: the other text.
    percentage: the share of word triples that it must have in common, two per cent more or less.
    """

    reference_text: Word
    percentage: Percentage


@kind(
    "ratio:stop_words",
    StopWords,
    yes("Green trees shade quiet streets; this helps.", percentage=20),
    no("This is what it is.", percentage=50),
    no("...", "attack: no words", percentage=50),
)
def stop_words(response: Response, asked: StopWords) -> Judged:
    """At most such a percentage of the words are stop words, and there are words."""
    if not response.folded:
        return missed("no words")
    found = 100 * sum(1 for word in response.folded if word in STOP_WORDS) / len(response.folded)
    return Judged(found <= asked.percentage, f"{found:.1f} % stop words; at most {asked.percentage:g} % asked for")


def _types(response: Response) -> tuple[int, int, int]:
    """Sentences that state, that ask, that exclaim."""
    marks = [one.mark for one in response.sentences]
    asks = sum(1 for mark in marks if set(mark) & set("?？؟‽⁈⁉"))
    exclaims = sum(1 for mark in marks if set(mark) & set("!！") and not set(mark) & set("?？"))
    states = sum(1 for mark in marks if mark and set(mark) <= set(".。．…।"))
    return states, asks, exclaims


@kind(
    "ratio:sentence_type",
    Nothing,
    yes("I came. I saw. Did I win?"),
    no("I came. Did I win?"),
    no("I came! I saw!", "attack: none of either"),
    no("Just words", "attack: no marks"),
)
def sentence_type(response: Response, _asked: Nothing) -> Judged:
    """Twice as many sentences that state as sentences that ask, and some of each."""
    states, asks, _ = _types(response)
    return Judged(states == 2 * asks > 0, f"{states:,} sentences state, {asks:,} ask")


@kind(
    "ratio:sentence_balance",
    Nothing,
    yes("I came. Did I win? I did!"),
    no("I came. I saw. Did I win? I did!"),
    no("Just words", "attack: none of each"),
)
def sentence_balance(response: Response, _asked: Nothing) -> Judged:
    """As many sentences that state as sentences that ask and that exclaim, and some of each."""
    states, asks, exclaims = _types(response)
    found = f"{states:,} sentences state, {asks:,} ask, {exclaims:,} exclaim"
    return Judged(states == asks == exclaims > 0, found)


@kind(
    "ratio:overlap",
    Overlap,
    yes("The cat sat on the mat.", reference_text="The cat sat on the mat.", percentage=100),
    yes("The dog ran off.", reference_text="The cat sat on the mat.", percentage=0),
    no("The cat sat on the mat.", reference_text="The cat sat on the mat.", percentage=50),
    no("The cat", "attack: too short for a triple", reference_text="The cat sat on the mat.", percentage=0),
)
def overlap(response: Response, asked: Overlap) -> Judged:
    """Such a percentage of the different word triples, two per cent more or less, is in the reference text too."""
    if len(response.text) > LONGEST:
        return missed(f"{len(response.text):,} characters; {LONGEST:,} are compared")
    own, other = _triples(response.text), _triples(asked.reference_text)
    if not own:
        return missed("fewer than three words and marks")
    found = 100 * len(own & other) / len(own)
    ok = abs(found - asked.percentage) <= MARGIN
    return Judged(ok, f"{found:.1f} % of {len(own):,} triples; {asked.percentage:g} % asked for")


def _triples(text: str) -> set[tuple[str, str, str]]:
    tokens = _TOKEN.findall(text)
    return set(zip(tokens, tokens[1:], tokens[2:], strict=False))


@kind(
    "ratio:sentence_words",
    Nothing,
    yes("The cat sat. A dog lives. Who is this?"),
    no("The cat sat. A dog lives. Who is this man?", "one is longer"),
    no("The cat sat. The dog ran. The cow ate.", "a word twice"),
    no("The cat sat. A dog lives."),
)
def sentence_words(response: Response, _asked: Nothing) -> Judged:
    """Three sentences of the same number of characters, and no word twice, whatever its case."""
    found = response.sentences
    if len(found) != 3:
        return missed(f"{len(found):,} sentences; 3 asked for")
    lengths = [len(one.text) for one in found]
    every = words(fold(" ".join(one.text for one in found)))
    repeated = len(every) - len(set(every))
    ok = len(set(lengths)) == 1 and not repeated
    return Judged(ok, f"{', '.join(map(str, lengths))} characters, {repeated:,} words repeated")
