"""How long a response is: words, sentences, paragraphs."""

from __future__ import annotations

import re

from referee.instructions.kinds import (
    Asked,
    Count,
    Judged,
    Nothing,
    Ordinal,
    Relation,
    Word,
    kept,
    kind,
    missed,
    no,
    related,
    yes,
)
from referee.instructions.response import Response
from referee.instructions.sentences import sentences
from referee.instructions.words import fold, words

# Exactly three asterisks by themselves: `***bold***` and `****` divide nothing.
_DIVIDER = re.compile(r"(?:(?<=\s)|^)\*\*\*(?=\s|$)")
_SPACED_DIVIDER = re.compile(r"(?:(?<=\s)|^)\*[ \t]?\*[ \t]?\*(?=\s|$)")
_LEAD = re.compile(r"[^\w]*")
_HAS_WORD = re.compile(r"[^\W_]")


class Words(Asked, frozen=True, kw_only=True):
    """num_words: how many words.
    relation: "less than" or "at least".
    """

    num_words: Count
    relation: Relation


class Between(Asked, frozen=True, kw_only=True):
    """min_words: the fewest.
    max_words: the most.
    """

    min_words: Count
    max_words: Count

    def __post_init__(self) -> None:
        if self.min_words > self.max_words:
            raise ValueError(f"`min_words` {self.min_words} is more than `max_words` {self.max_words}")


class Sentences(Asked, frozen=True, kw_only=True):
    """num_sentences: how many sentences.
    relation: "less than" or "at least".
    """

    num_sentences: Count
    relation: Relation


class Paragraphs(Asked, frozen=True, kw_only=True):
    """num_paragraphs: how many paragraphs, exactly."""

    num_paragraphs: Count


class NthParagraph(Asked, frozen=True, kw_only=True):
    """num_paragraphs: how many paragraphs, exactly.
    nth_paragraph: which of them, from 1.
    first_word: the word that it begins with.
    """

    num_paragraphs: Ordinal
    nth_paragraph: Ordinal
    first_word: Word

    def __post_init__(self) -> None:
        if self.nth_paragraph > self.num_paragraphs:
            raise ValueError(f"`nth_paragraph` {self.nth_paragraph} is past the last of {self.num_paragraphs}")


class Composition(Asked, frozen=True, kw_only=True):
    """n_sent: sentences in each paragraph.
    n_words: words in each sentence.
    """

    n_sent: Ordinal
    n_words: Ordinal


@kind(
    "length_constraints:number_words",
    Words,
    yes("I don't know.", num_words=3, relation="at least"),
    yes("I don't know.", "a contraction is one word", num_words=4, relation="less than"),
    yes("我喜欢吃苹果。", "each Chinese character is a word", num_words=6, relation="at least"),
    yes("ฉันรักประเทศไทยมากที่สุด", "Thai writes no spaces", num_words=5, relation="at least"),
    yes("हिन्दी में लिखो", "vowel signs are parts of words", num_words=4, relation="less than"),
    no("One two three.", num_words=4, relation="at least"),
    no("one-two-three-four-five-six", "attack: a sentence of hyphens", num_words=3, relation="less than"),
    no("a'b-c'd-e'f-g'h-i'j", "attack: apostrophes as well", num_words=3, relation="less than"),
    no("_ __ ___", "attack: underscores", num_words=1, relation="at least"),
    no("... --- !!!", "attack: no words", num_words=1, relation="at least"),
)
def number_words(response: Response, asked: Words) -> Judged:
    """The response has less than, or at least, so many words."""
    return related(len(response.words), asked.relation, asked.num_words, "words")


@kind(
    "count:word_count_range",
    Between,
    yes("One two three.", min_words=3, max_words=5),
    no("One two.", min_words=3, max_words=5),
    no("One two three four five six.", min_words=3, max_words=5),
    no("It isn't.", "a contraction is one word", min_words=3, max_words=5),
)
def word_count_range(response: Response, asked: Between) -> Judged:
    """The response has between so many and so many words, both included."""
    found = len(response.words)
    ok = asked.min_words <= found <= asked.max_words
    return Judged(ok, f"{found:,} words; {asked.min_words:,} to {asked.max_words:,} asked for")


@kind(
    "length_constraints:number_sentences",
    Sentences,
    yes("I came. I saw! Did I win?", num_sentences=3, relation="at least"),
    yes("Dr. Smith paid $3.50, i.e. too much.", "no sentence ends there", num_sentences=2, relation="less than"),
    yes("我来了。我看见了！", "no white space is written", num_sentences=2, relation="at least"),
    yes("Is it (is it?) true?", "in brackets", num_sentences=2, relation="less than"),
    yes("i came. i saw.", "in lower case", num_sentences=2, relation="at least"),
    no("I came and saw.", num_sentences=2, relation="at least"),
    no("Yes. . . . . . !", "attack: marks alone", num_sentences=2, relation="at least"),
    no("He came.She saw.They won.", "attack: no spaces", num_sentences=3, relation="less than"),
)
def number_sentences(response: Response, asked: Sentences) -> Judged:
    """The response has less than, or at least, so many sentences."""
    return related(len(response.sentences), asked.relation, asked.num_sentences, "sentences")


@kind(
    "length_constraints:number_paragraphs",
    Paragraphs,
    yes("One.\n***\nTwo.", num_paragraphs=2),
    yes("***bold*** one.\n\n***\n\nTwo.", "bold italics divide nothing", num_paragraphs=2),
    no("One.\n\nTwo.", num_paragraphs=2),
    no("One.\n***\n\n***\nTwo.", "an empty paragraph", num_paragraphs=2),
    no("One.\n***\n!!!", "attack: a paragraph without a word", num_paragraphs=2),
    no("One.\n******\nTwo.", "six asterisks", num_paragraphs=2),
)
def number_paragraphs(response: Response, asked: Paragraphs) -> Judged:
    """There are exactly so many paragraphs, with the divider `***` standing by itself between them."""
    return _divided(_DIVIDER.split(response.text), asked.num_paragraphs)


@kind(
    "paragraphs:paragraphs",
    Nothing,
    yes("One.\n***\nTwo."),
    no("One."),
    no("One ***bold*** two.", "bold italics divide nothing"),
)
def two_paragraphs(response: Response, _asked: Nothing) -> Judged:
    """There are exactly two paragraphs, with the divider `***` standing by itself between them."""
    return _divided(_DIVIDER.split(response.text), 2)


def _divided(parts: list[str], asked: int) -> Judged:
    """As many parts as asked; a divider before the first or after the last is no fault."""
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    empty = sum(1 for part in parts if not _HAS_WORD.search(part))
    ok = len(parts) == asked and not empty
    return Judged(ok, f"{len(parts):,} paragraphs{f', {empty:,} without a word' if empty else ''}; {asked:,} asked for")


@kind(
    "paragraphs:paragraphs2",
    Nothing,
    yes("One.\n\nTwo."),
    yes("One.\n \nTwo.\n", "white space on a blank line"),
    no("One.\nTwo.", "a line break is no paragraph"),
    no("One.\n\nTwo.\n\nThree."),
)
def two_spaced_paragraphs(response: Response, _asked: Nothing) -> Judged:
    """There are exactly two paragraphs, with a blank line between them."""
    return _divided(response.paragraphs, 2)


@kind(
    "length_constraints:nth_paragraph_first_word",
    NthParagraph,
    yes("One.\n\nTwo.", num_paragraphs=2, nth_paragraph=2, first_word="two"),
    yes('One.\n\n**"Two** roads"', "markdown before the word", num_paragraphs=2, nth_paragraph=2, first_word="Two"),
    no("One.\n\nThree.", num_paragraphs=2, nth_paragraph=2, first_word="two"),
    no("One.\n\nTwo.\n\nThree.", num_paragraphs=2, nth_paragraph=2, first_word="two"),
    no("One.\n\nI'm two.", "another word", num_paragraphs=2, nth_paragraph=2, first_word="I"),
)
def nth_paragraph_first_word(response: Response, asked: NthParagraph) -> Judged:
    """There are exactly so many paragraphs, blank lines between them, and the nth begins with the word, in any case."""
    parts = response.paragraphs
    if len(parts) != asked.num_paragraphs:
        return missed(f"{len(parts):,} paragraphs; {asked.num_paragraphs:,} asked for")
    return begins(parts[asked.nth_paragraph - 1], asked.first_word)


def begins(text: str, word: str) -> Judged:
    """Whether a text begins with a word, markdown and quotation marks before it left out."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    first = next(iter(words(fold(text[start : start + 200]))), "")
    wanted = fold(word.strip())
    ok = first == wanted or (not first.startswith(wanted + "'") and _starts(fold(text[start:]), wanted))
    return Judged(ok, f"it begins with {first!r:.60}")


def _starts(text: str, phrase: str) -> bool:
    """For a first "word" of several words or with marks in it."""
    after = text[len(phrase) : len(phrase) + 1]
    return text.startswith(phrase) and not phrase.isalnum() and not after.isalnum()


@kind(
    "count:counting_composition",
    Composition,
    yes("I am. You are.\n* * *\nHe is. She is.\n* * *\nWe are. They are.", n_sent=2, n_words=2),
    yes("I am.\n***\nHe is.\n***\nWe are.", n_sent=1, n_words=2),
    no("I am.\n***\nHe is.", "two paragraphs", n_sent=1, n_words=2),
    no("I am.\n***\nHe is.\n***\nWe really are.", n_sent=1, n_words=2),
    no("I am.\n***\n...\n***\nWe are.", "attack: an empty paragraph", n_sent=1, n_words=2),
)
def counting_composition(response: Response, asked: Composition) -> Judged:
    """Three paragraphs with `* * *` between them, each of so many sentences, each of so many words."""
    parts = [part for part in _SPACED_DIVIDER.split(response.text) if part.strip()]
    if len(parts) != 3:
        return missed(f"{len(parts):,} paragraphs; 3 asked for")
    for number, part in enumerate(parts, 1):
        found = sentences(part)
        if len(found) != asked.n_sent:
            return missed(f"{len(found):,} sentences in paragraph {number}; {asked.n_sent:,} asked for")
        for sentence in found:
            if (count := len(words(sentence.text))) != asked.n_words:
                return missed(f"{count:,} words in {sentence.text!r:.60}; {asked.n_words:,} asked for")
    return kept("three paragraphs as asked")
