"""How a response begins and ends."""

from __future__ import annotations

import re

from referee.instructions.kinds import Asked, Judged, Nothing, Word, kept, kind, missed, no, yes
from referee.instructions.length import begins
from referee.instructions.response import Response
from referee.instructions.words import fold, words

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "＂": "＂"}
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_HAS_WORD = re.compile(r"[^\W_]")


class Ending(Asked, frozen=True, kw_only=True):
    """end_phrase: what the response ends with, exactly."""

    end_phrase: Word


class First(Asked, frozen=True, kw_only=True):
    """first_word: the word."""

    first_word: Word


class Last(Asked, frozen=True, kw_only=True):
    """last_word: the word."""

    last_word: Word


@kind(
    "startend:end_checker",
    Ending,
    yes("Done. Any other questions?", end_phrase="Any other questions?"),
    yes('"Done. Any other questions?"', "all of it is quoted", end_phrase="Any other questions?"),
    yes("No, I don’t.", "a curly apostrophe", end_phrase="I don't."),
    no("Any other questions? No.", end_phrase="Any other questions?"),
    no("Done. any OTHER questions?", "not the exact phrase", end_phrase="Any other questions?"),
    no('Done. Any other questions?"""', "attack: marks after it", end_phrase="Any other questions?"),
    no("Done. Many other questions?", "another word", end_phrase="any other questions?"),
)
def end_checker(response: Response, asked: Ending) -> Judged:
    """The response ends with exactly the phrase; only the mark that closes a quotation of all of it may follow."""
    text, phrase = response.stripped, " ".join(asked.end_phrase.translate(_STRAIGHT).split())
    closing = _QUOTES.get(text[:1])
    if closing and text.endswith(closing) and len(text) > 1 and not phrase.endswith(closing):
        text = text[:-1].rstrip()
    tail = " ".join(text[-4 * len(phrase) - 40 :].translate(_STRAIGHT).split())
    before = tail[-len(phrase) - 1 : -len(phrase)]
    ok = tail.endswith(phrase) and not (before.isalnum() and phrase[0].isalnum())
    return Judged(ok, f"it ends with {text[-60:]!r}")


@kind(
    "startend:quotation",
    Nothing,
    yes('"All of it."'),
    yes("“All of it, ‘even’ this.”"),
    yes('"He said "no" and left."', "a quotation within"),
    yes('""No," he said."', "a quotation at its start"),
    no("All of it."),
    no('"This" and "that"', "attack: two quotations"),
    no('"', "attack: one mark"),
    no('""', "attack: nothing within"),
    no('"All of it.”', "marks of two kinds"),
    no("'All of it.'", "single marks"),
)
def quotation(response: Response, _asked: Nothing) -> Judged:
    """One pair of double quotation marks, straight or curly, holds the whole response."""
    text = response.stripped
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) < 3 or not text.endswith(closing):
        return missed("no double quotation marks around all of it")
    if not _HAS_WORD.search(text):
        return missed("nothing between the quotation marks")
    ok = _one_pair(text, text[0], closing)
    return Judged(ok, "one quotation" if ok else "the first quotation mark is closed before the end")


def _one_pair(text: str, opening: str, closing: str) -> bool:
    """Whether the first mark is closed by the last character only. Straight marks open before a word, after a gap."""
    depth = 0
    for match in re.finditer(f"[{opening}{closing}]", text):
        at = match.start()
        if opening == closing:
            before, after = text[at - 1 : at], text[at + 1 : at + 2]
            gap = not before or before.isspace() or before in "([{—–-“‘'" or (at == 1 and after.isalnum())
            opens = gap and bool(after) and not after.isspace()
        else:
            opens = text[at] == opening
        depth += 1 if opens else -1
        if depth <= 0:
            return at == len(text) - 1 and depth == 0
    return False


@kind(
    "first_word:first_word_answer",
    First,
    yes("Trees are green.", first_word="trees"),
    yes('**"Trees"** are green.', "markdown and marks before it", first_word="trees"),
    no("The trees.", first_word="trees"),
    no("Treesome", "another word", first_word="trees"),
)
def first_word_answer(response: Response, asked: First) -> Judged:
    """The first word of the response is the word, in any case."""
    return begins(response.stripped, asked.first_word)


@kind(
    "first_word:first_word_sent",
    First,
    yes("Trees grow. Trees fall!", first_word="trees"),
    no("Trees grow. They fall.", first_word="trees"),
    no("...", "attack: no sentence", first_word="trees"),
)
def first_word_sent(response: Response, asked: First) -> Judged:
    """The first word of every sentence is the word, in any case."""
    if not response.sentences:
        return missed("no sentence")
    for sentence in response.sentences:
        judged = begins(sentence.text, asked.first_word)
        if not judged.ok:
            return judged
    return kept(f"{len(response.sentences):,} sentences")


@kind(
    "last_word:last_word_answer",
    Last,
    yes("I like green trees!", last_word="trees"),
    no("Trees are green.", last_word="trees"),
    no("I like street-trees.", "another word", last_word="trees"),
)
def last_word_answer(response: Response, asked: Last) -> Judged:
    """The last word of the response is the word, in any case, before whatever punctuation."""
    return _ends(response.stripped, asked.last_word)


@kind(
    "last_word:last_word_sent",
    Last,
    yes("I like trees. You like Trees!", last_word="trees"),
    no("I like trees. You do not.", last_word="trees"),
    no("...", "attack: no sentence", last_word="trees"),
)
def last_word_sent(response: Response, asked: Last) -> Judged:
    """The last word of every sentence is the word, in any case, before whatever punctuation."""
    if not response.sentences:
        return missed("no sentence")
    for sentence in response.sentences:
        judged = _ends(sentence.text, asked.last_word)
        if not judged.ok:
            return judged
    return kept(f"{len(response.sentences):,} sentences")


def _ends(text: str, word: str) -> Judged:
    wanted = words(fold(word))
    found = words(fold(text[-len(word) * 4 - 80 :]))[-max(1, len(wanted)) :]
    return Judged(found == wanted, f"it ends with {' '.join(found)!r:.60}")


@kind(
    "keywords:start_end",
    Nothing,
    yes("Rain is only rain"),
    no("Rain is wet"),
    no("Rain is only rain.", "a mark after the last word"),
    no("Rain", "attack: one word"),
)
def start_end(response: Response, _asked: Nothing) -> Judged:
    """The first word is the last word, in any case, and nothing follows it."""
    found = response.folded
    if len(found) < 2 or not response.stripped[-1].isalnum():
        return missed("fewer than two words" if len(found) < 2 else f"after the last word: {response.stripped[-1]!r}")
    return Judged(found[0] == found[-1], f"first {found[0]!r:.40}, last {found[-1]!r:.40}")
