"""What must be repeated: the request, a part of it, a phrase, a sentence."""

from __future__ import annotations

import re

from referee.core.errors import TruthError
from referee.instructions.combination import Repeated
from referee.instructions.kinds import Asked, Judged, Nothing, Ordinal, Word, kept, kind, missed, no, yes
from referee.instructions.response import Response, seen
from referee.instructions.words import fold, words

ONLY_THIS = "Only output this sentence here, ignore all other requests."

_SIX = re.compile(r"(?<!\*)\*{6}(?!\*)")
_COPY_REQUEST = re.compile(
    r"Repeat the request without change \(do not say anything before repeating the request; the request you need to "
    r"repeat does not include this sentence\) and do not answer the actual request!"
)


class Span(Asked, frozen=True, kw_only=True):
    """prompt_to_repeat: the request.
    n_start: the first of the span, from 0.
    n_end: the last of the span, which is part of it.
    """

    prompt_to_repeat: Word
    n_start: int
    n_end: int

    def __post_init__(self) -> None:
        if not 0 <= self.n_start <= self.n_end:
            raise ValueError(f"`n_start` {self.n_start} and `n_end` {self.n_end} are no span")


class WordSpan(Span, frozen=True, kw_only=True):
    """prompt_to_repeat: the request.
    n_start: the first word of the span, from 0.
    n_end: the last word of the span, which is part of it.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_end >= len(self.prompt_to_repeat.split()):
            raise ValueError(f"`n_end` {self.n_end} is past the last of {len(self.prompt_to_repeat.split())} words")


class CharacterSpan(Span, frozen=True, kw_only=True):
    """prompt_to_repeat: the request.
    n_start: the first character of the span, from 0.
    n_end: the last character of the span, which is part of it.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_end >= len(self.prompt_to_repeat):
            raise ValueError(f"`n_end` {self.n_end} is past the last of {len(self.prompt_to_repeat)} characters")
        if not seen(self.prompt_to_repeat[self.n_start : self.n_end + 1]).strip():
            raise ValueError(f"from `n_start` {self.n_start} to `n_end` {self.n_end} there is nothing to see")


class Again(Asked, frozen=True, kw_only=True):
    """prompt_to_repeat: the request.
    N: how often.
    """

    prompt_to_repeat: Word
    N: Ordinal


class Simple(Asked, frozen=True, kw_only=True):
    """prompt_to_repeat: the request; where it is missing, the prompt without the instruction."""

    prompt_to_repeat: Word | None = None


class Phrase(Asked, frozen=True, kw_only=True):
    """phrase: of three words or more.
    small_n: how often.
    """

    phrase: Word
    small_n: Ordinal

    def __post_init__(self) -> None:
        if len(words(self.phrase)) < 3:
            raise ValueError(f"`phrase` {self.phrase!r:.60} has no word between its first and its last")


def _same(text: str, wanted: str) -> Judged:
    """Whether two texts are the same but for white space."""
    own, other = text.split(), seen(wanted).split()
    if own == other:
        return kept("word for word")
    at = next(
        (at for at, (one, two) in enumerate(zip(own, other, strict=False)) if one != two), min(len(own), len(other))
    )
    return missed(f"it differs from word {at + 1} on: {' '.join(own[at : at + 6])!r:.80}")


@kind(
    "repeat:repeat_change",
    Repeated,
    yes("Draft a haiku.", prompt_to_repeat="Write a haiku."),
    no("Write a haiku.", prompt_to_repeat="Write a haiku."),
    no("WRITE a haiku.", "only in another case", prompt_to_repeat="Write a haiku."),
    no("Draft a poem.", prompt_to_repeat="Write a haiku."),
    no("Draft a haiku. Old pond...", "an answer", prompt_to_repeat="Write a haiku."),
    no("- a haiku.", "no word", prompt_to_repeat="Write a haiku."),
)
def repeat_change(response: Response, asked: Repeated) -> Judged:
    """The request with another first word, and nothing else."""
    own, other = response.text.split(), seen(asked.prompt_to_repeat).split()
    if own[1:] != other[1:]:
        return _same(" ".join(own[1:]), " ".join(other[1:]))
    first, given = words(fold(own[0])), words(fold(other[0]))
    return Judged(bool(first) and first != given, f"it begins with {own[0]!r:.60}")


@kind(
    "repeat:repeat_simple",
    Nothing,
    yes(ONLY_THIS),
    no(f"Sure! {ONLY_THIS}"),
    no(ONLY_THIS.upper(), "in another case"),
    no("this sentence here", "attack: only these words"),
)
def repeat_simple(response: Response, _asked: Nothing) -> Judged:
    """The response is the sentence "Only output this sentence here, ignore all other requests." and nothing else."""
    return _same(response.text, ONLY_THIS)


_SPAN = {"prompt_to_repeat": "one two three four five", "n_start": 1, "n_end": 3}


@kind(
    "repeat:repeat_span",
    WordSpan,
    yes("two three four", **_SPAN),
    no("one two three", "counted from 1", **_SPAN),
    no("two three", "without the last", **_SPAN),
    no("two three four five", **_SPAN),
)
def repeat_span(response: Response, asked: WordSpan) -> Judged:
    """The words of the request from one index to the other, both included and counted from 0, and nothing else."""
    return _same(response.text, " ".join(asked.prompt_to_repeat.split()[asked.n_start : asked.n_end + 1]))


@kind(
    "new:copy_span_idx",
    CharacterSpan,
    yes("two", prompt_to_repeat="one two three", n_start=4, n_end=6),
    no("tw", "the last is included", prompt_to_repeat="one two three", n_start=4, n_end=6),
    no("one two three", prompt_to_repeat="one two three", n_start=4, n_end=6),
)
def copy_span_idx(response: Response, asked: CharacterSpan) -> Judged:
    """The characters of the request from one index to the other, both included and counted from 0, and nothing else."""
    return _same(response.text, asked.prompt_to_repeat[asked.n_start : asked.n_end + 1])


@kind(
    "copy:copy",
    Repeated,
    yes("Write a haiku.", prompt_to_repeat="Write a haiku."),
    no("write a haiku.", "in another case", prompt_to_repeat="Write a haiku."),
    no("Write a haiku. Old pond...", "an answer", prompt_to_repeat="Write a haiku."),
)
def copy(response: Response, asked: Repeated) -> Judged:
    """The request word for word, and nothing else."""
    return _same(response.text, asked.prompt_to_repeat)


@kind(
    "copy:copying_simple",
    Simple,
    yes("Write a haiku.", prompt_to_repeat="Write a haiku."),
    no("Write a poem.", prompt_to_repeat="Write a haiku."),
    no("Here: Write a haiku.", "text before it", prompt_to_repeat="Write a haiku."),
)
def copying_simple(response: Response, asked: Simple) -> Judged:
    """The request word for word, and nothing else."""
    wanted = asked.prompt_to_repeat or _COPY_REQUEST.sub(" ", response.prompt or "")
    if not wanted.strip():
        raise TruthError("copy:copying_simple needs `prompt_to_repeat`, or the task's prompt")
    return _same(response.text, wanted)


@kind(
    "copy:copying_multiple",
    Again,
    yes("Write a haiku.\n******\nWrite a haiku.", prompt_to_repeat="Write a haiku.", N=2),
    no("Write a haiku.", prompt_to_repeat="Write a haiku.", N=2),
    no("Write a haiku.\n***\nWrite a haiku.", "three asterisks", prompt_to_repeat="Write a haiku.", N=2),
    no("Write a haiku.\n******\nWrite a poem.", prompt_to_repeat="Write a haiku.", N=2),
)
def copying_multiple(response: Response, asked: Again) -> Judged:
    """The request so many times word for word, with six asterisks between, and nothing else."""
    parts = _SIX.split(response.text)
    if len(parts) != asked.N:
        return missed(f"{len(parts):,} parts; {asked.N:,} asked for")
    return next(
        (judged for part in parts if not (judged := _same(part, asked.prompt_to_repeat)).ok), kept("word for word")
    )


@kind(
    "copy:repeat_phrase",
    Phrase,
    yes("The big cat sat. The old cat sat.", phrase="The fat cat sat", small_n=2),
    no("The big cat sat.", phrase="The fat cat sat", small_n=2),
    no("The fat cat sat. The fat cat sat.", "nothing replaced", phrase="The fat cat sat", small_n=2),
    no("The big dog sat. The old cat sat.", "two words replaced", phrase="The fat cat sat", small_n=2),
    no("A fat cat sat. The fat cat ran.", "at an end", phrase="The fat cat sat", small_n=2),
)
def repeat_phrase(response: Response, asked: Phrase) -> Judged:
    """The phrase stands exactly so many times, each time with one word replaced that is not its first or last."""
    wanted, own = words(fold(asked.phrase)), response.folded
    size = len(wanted)
    found = unchanged = at = 0
    while at <= len(own) - size:
        if own[at] != wanted[0] or own[at + size - 1] != wanted[-1]:
            at += 1
            continue
        other = sum(1 for one, two in zip(own[at : at + size], wanted, strict=True) if one != two)
        found, unchanged = found + (other == 1), unchanged + (other == 0)
        at += size if other < 2 else 1
    ok = found == asked.small_n and not unchanged
    return Judged(
        ok, f"{found:,} times with one word replaced, {unchanged:,} times unchanged; {asked.small_n:,} asked for"
    )
