"""Where a word stands: in which sentence, as which word, at which end."""

from __future__ import annotations

from itertools import pairwise

from referee.instructions.count import Small
from referee.instructions.keywords import Keyword
from referee.instructions.kinds import Asked, Judged, Nothing, Ordinal, Word, kept, kind, missed, no, yes
from referee.instructions.matching import count
from referee.instructions.response import Response
from referee.instructions.words import fold, words

LONGEST = 60_000  # characters of a sentence in which a run of words is looked for


class NthSentence(Asked, frozen=True, kw_only=True):
    """word: the keyword.
    N: the sentence, from 1.
    """

    word: Word
    N: Ordinal


class NthWord(Asked, frozen=True, kw_only=True):
    """keyword: the word.
    n: the sentence, from 1.
    m: the word of the sentence, from 1.
    """

    keyword: Word
    n: Ordinal
    m: Ordinal


@kind(
    "sentence:keyword",
    NthSentence,
    yes("I came. The cat sat.", word="cat", N=2),
    no("The cat sat. I came.", word="cat", N=2),
    no("I came. We concatenate.", "inside another word", word="cat", N=2),
    no("The cat sat.", "no such sentence", word="cat", N=2),
)
def keyword(response: Response, asked: NthSentence) -> Judged:
    """The keyword stands in the Nth sentence, as a word of its own."""
    found = response.sentences
    if len(found) < asked.N:
        return missed(f"only {len(found):,} sentences")
    sentence = found[asked.N - 1].text
    return Judged(count(asked.word, fold(sentence)) > 0, f"the sentence is {sentence!r:.100}")


_POSITION = (
    NthWord,
    yes("I came. The cat sat.", keyword="cat", n=2, m=2),
    yes("So: “the Cat” sat.", "marks are no words", keyword="cat", n=1, m=3),
    no("I came. The cat sat.", keyword="cat", n=2, m=3),
    no("I came.", "no such sentence", keyword="cat", n=2, m=2),
)


@kind("words:keywords_specific_position", *_POSITION)
@kind("keywords:keyword_specific_position", *_POSITION)
def specific_position(response: Response, asked: NthWord) -> Judged:
    """The keyword is the mth word of the nth sentence, in any case."""
    found = response.sentences
    if len(found) < asked.n:
        return missed(f"only {len(found):,} sentences")
    spoken, wanted = words(fold(found[asked.n - 1].text)), words(fold(asked.keyword))
    there = spoken[asked.m - 1 : asked.m - 1 + len(wanted)]
    return Judged(there == wanted, f"there stands {' '.join(there)!r:.60}")


@kind(
    "words:words_position",
    Keyword,
    yes("The rain is only rain, yes.", keyword="rain"),
    no("The rain is wet.", keyword="rain"),
    no("Rain rain", "attack: two words", keyword="rain"),
)
def words_position(response: Response, asked: Keyword) -> Judged:
    """The second word and the last but one are the keyword, in any case."""
    found, wanted = response.folded, fold(asked.keyword.strip())
    if len(found) < 3:
        return missed(f"only {len(found):,} words")
    return Judged(found[1] == found[-2] == wanted, f"there stand {found[1]!r:.40} and {found[-2]!r:.40}")


@kind(
    "words:last_first",
    Nothing,
    yes("I like rain. Rain is wet! Wet it is."),
    no("I like rain. It is wet."),
    no("I like rain.", "attack: one sentence"),
)
def last_first(response: Response, _asked: Nothing) -> Judged:
    """The last word of each sentence is the first of the next, in any case; there are two sentences or more."""
    if len(response.sentences) < 2:
        return missed("fewer than two sentences")
    for one, other in pairwise(words(fold(one.text)) for one in response.sentences):
        if one[-1:] != other[:1]:
            return missed(f"{''.join(one[-1:])!r:.40} before {''.join(other[:1])!r:.40}")
    return kept(f"{len(response.sentences):,} sentences")


@kind(
    "words:paragraph_last_first",
    Nothing,
    yes("Rain is only rain.\nSun is always sun."),
    no("Rain is wet.\nSun is always sun."),
    no("Rain", "attack: one word"),
    no("***\n!!!", "attack: no words"),
)
def paragraph_last_first(response: Response, _asked: Nothing) -> Judged:
    """Each line ends with the word that it began with, in any case, and has two words or more."""
    seen = 0
    for line in response.lines:
        found = words(fold(line))
        if not found:
            continue
        seen += 1
        if len(found) < 2 or found[0] != found[-1]:
            return missed(f"{found[0]!r:.40} and {found[-1]!r:.40} in one paragraph")
    return Judged(seen > 0, f"{seen:,} paragraphs")


@kind(
    "sentence:increment",
    Small,
    yes("I came. I came again. I came again today.", small_n=1),
    no("I came. I came. I came again.", small_n=1),
    no("I came.", "attack: one sentence", small_n=1),
)
def increment(response: Response, asked: Small) -> Judged:
    """Each sentence has exactly so many words more than the one before; there are two sentences or more."""
    counts = [len(words(one.text)) for one in response.sentences]
    if len(counts) < 2:
        return missed("fewer than two sentences")
    ok = all(other - one == asked.small_n for one, other in pairwise(counts))
    return Judged(ok, f"{', '.join(map(str, counts[:20]))} words; {asked.small_n:,} more each time asked for")


@kind(
    "sentence:alliteration_increment",
    Nothing,
    yes("I came home. Big bears ran. Seven sad seals swam."),
    no("Big bears ran. Cold cats came. Go."),
    no("I came home.", "attack: one sentence"),
    no("Big bears ran. Small seals ran.", "as long as before"),
)
def alliteration_increment(response: Response, _asked: Nothing) -> Judged:
    """Each sentence has a longer run of words with the same first letter than the one before; two sentences or more."""
    runs = [_run(words(fold(one.text[:LONGEST]))) for one in response.sentences]
    if len(runs) < 2:
        return missed("fewer than two sentences")
    return Judged(all(one < other for one, other in pairwise(runs)), f"runs of {', '.join(map(str, runs[:20]))} words")


def _run(spoken: list[str]) -> int:
    longest = run = 0
    before = ""
    for first in [word[0] for word in spoken]:
        run = run + 1 if first == before else 1
        before = first
        longest = max(longest, run)
    return longest
