"""Words that must stand in a response, that must not, and how often."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from referee.instructions.kinds import Asked, Count, Judged, Relation, Word, kind, no, related, yes
from referee.instructions.matching import count, readings
from referee.instructions.response import Response
from referee.instructions.words import fold

Words = Annotated[list[Word], Meta(min_length=1)]


class Keywords(Asked, frozen=True, kw_only=True):
    """keywords: all of them must stand in the response."""

    keywords: Words


class Frequency(Asked, frozen=True, kw_only=True):
    """keyword: the word that is counted.
    frequency: how often.
    relation: "less than" or "at least".
    """

    keyword: Word
    frequency: Count
    relation: Relation


class Forbidden(Asked, frozen=True, kw_only=True):
    """forbidden_words: none of them may stand in the response."""

    forbidden_words: Words


class Keyword(Asked, frozen=True, kw_only=True):
    """keyword: the word."""

    keyword: Word


class Excluded(Asked, frozen=True, kw_only=True):
    """keyword: the word.
    instruction: the request that the word was taken from; not read.
    """

    keyword: Word
    instruction: str = ""


class Two(Asked, frozen=True, kw_only=True):
    """keyword1: stands once.
    keyword2: stands twice.
    """

    keyword1: Word
    keyword2: Word


class Five(Two, frozen=True, kw_only=True):
    """keyword1: stands once.
    keyword2: stands twice.
    keyword3: stands three times.
    keyword4: stands five times.
    keyword5: stands seven times.
    """

    keyword3: Word
    keyword4: Word
    keyword5: Word


@kind(
    "keywords:existence",
    Keywords,
    yes("The Cat sat on a mat.", keywords=["cat", "mat"]),
    yes("I like c++ (a lot).", "a keyword is no pattern", keywords=["C++"]),
    yes("He won’t go.", "a curly apostrophe", keywords=["won't"]),
    yes("The cat's bowl", keywords=["cat"]),
    yes("我喜欢吃苹果。", keywords=["苹果"]),
    yes("The _cat_ and the __dog__.", "emphasised", keywords=["cat", "dog"]),
    yes("naïve", "composed or not", keywords=["nai\u0308ve"]),
    no("रामायण", "a vowel sign makes another word", keywords=["राम"]),
    no("snake_cat", "a part of a name", keywords=["cat"]),
    no("We concatenate words.", "inside another word", keywords=["cat"]),
    no("I saw a dog.", keywords=["cat"]),
    no("a bc", "a keyword is no pattern", keywords=["a.c"]),
    no("I don't.", "half of a contraction", keywords=["don"]),
    no("ca\u200bt\u200b\u200b", "a keyword that was split", keywords=["ca t"]),
)
def existence(response: Response, asked: Keywords) -> Judged:
    """Each keyword stands in the response as a word or phrase of its own, in any case."""
    text = fold(response.text)
    missing = [word for word in asked.keywords if not count(word, text, 1)]
    return Judged(not missing, f"missing: {', '.join(missing)}"[:200] if missing else "all of them are there")


@kind(
    "keywords:frequency",
    Frequency,
    yes("War and peace. War!", keyword="war", frequency=2, relation="at least"),
    yes("Peace.", keyword="war", frequency=1, relation="less than"),
    no("A reward, an award, a warden.", "inside other words", keyword="war", frequency=1, relation="at least"),
    no("War, wаr, w**a**r.", "attack: in disguise", keyword="war", frequency=3, relation="less than"),
    no("War, wаr, w**a**r.", "attack: in disguise", keyword="war", frequency=2, relation="at least"),
)
@kind(
    "keywords:word_count_different_numbers",
    Frequency,
    yes("One sun, two sun.", keyword="sun", frequency=2, relation="at least"),
    no("One sun.", keyword="sun", frequency=2, relation="at least"),
    no("Sunday sunset", "inside other words", keyword="sun", frequency=1, relation="at least"),
)
def frequency(response: Response, asked: Frequency) -> Judged:
    """The keyword stands less than, or at least, so many times in the response, as a word of its own."""
    texts = readings(response.text) if asked.relation == "less than" else [fold(response.text)]
    times = max(count(asked.keyword, text) for text in texts)
    return related(times, asked.relation, asked.frequency, f"times {asked.keyword!r:.60}")


@kind(
    "keywords:forbidden_words",
    Forbidden,
    yes("All quiet.", forbidden_words=["war", "field"]),
    yes("An award for a reward.", "only words of their own count", forbidden_words=["war"]),
    no("The War is over.", forbidden_words=["war"]),
    no("I can’t say.", "attack: a curly apostrophe", forbidden_words=["can't"]),
    no("The wa\u200br is over.", "attack: an invisible character", forbidden_words=["war"]),
    no("The w\u0430r is over.", "attack: a Cyrillic letter", forbidden_words=["war"]),
    no("The w**a**r is over.", "attack: half of it in bold", forbidden_words=["war"]),
    no("C++ it is.", "a word is no pattern", forbidden_words=["c++"]),
    no("Eat a ba-nana.", "attack: a hyphen in it", forbidden_words=["banana"]),
    no("Eat: b a n a n a.", "attack: spelled out", forbidden_words=["banana"]),
    no("This is _war_ and a_war_cry.", "attack: underscores", forbidden_words=["war"]),
    no("This is w<b>a</b>r.", "attack: tags in it", forbidden_words=["war"]),
    no("This is w\u0332a\u0332r\u0332.", "attack: underlined", forbidden_words=["war"]),
    no("This is wa\u034fr.", "attack: a mark that shows nothing", forbidden_words=["war"]),
    yes("Er liest die Rämayana", "another letter", forbidden_words=["rama"]),
    no("Thank\nyou", "a phrase over two lines", forbidden_words=["thank you"]),
)
def forbidden_words(response: Response, asked: Forbidden) -> Judged:
    """None of the words stands in the response, in any case and in no disguise."""
    return _without(response, asked.forbidden_words)


@kind(
    "keywords:exclude_word_harder",
    Excluded,
    yes("All quiet.", keyword="war"),
    no("War.", "at the edge of the text", keyword="war"),
    no("It was a war, he said.", "before a comma", keyword="war", instruction="Write about a war."),
)
def exclude_word_harder(response: Response, asked: Excluded) -> Judged:
    """The keyword does not stand in the response, in any case and in no disguise."""
    return _without(response, [asked.keyword])


def _without(response: Response, forbidden: list[str]) -> Judged:
    texts = readings(response.text)
    found = [word for word in forbidden if any(count(word, text, 1) for text in texts)]
    return Judged(not found, f"there: {', '.join(found)}"[:200] if found else "none of them is there")


@kind(
    "keywords:word_once",
    Keyword,
    yes("A tree stands here.", keyword="tree"),
    no("A tree and a tree.", keyword="tree"),
    no("Trees.", "inside another word", keyword="tree"),
)
def word_once(response: Response, asked: Keyword) -> Judged:
    """The keyword stands in the response exactly once, as a word of its own."""
    return _exactly(response, [(asked.keyword, 1)])


@kind(
    "count:count_increment_word",
    Two,
    yes("One apple, a pear and a pear.", keyword1="apple", keyword2="pear"),
    no("One apple, a pear.", keyword1="apple", keyword2="pear"),
    no("One apple, a pear, two pears.", "inside another word", keyword1="apple", keyword2="pear"),
    no("Apple, apple, pear, pear.", keyword1="apple", keyword2="pear"),
)
def count_increment_word(response: Response, asked: Two) -> Judged:
    """The first keyword stands exactly once, the second exactly twice, as words of their own."""
    return _exactly(response, [(asked.keyword1, 1), (asked.keyword2, 2)])


@kind(
    "count:keywords_multiple",
    Five,
    yes(
        "a b b c c c d d d d d e e e e e e e",
        keyword1="a",
        keyword2="b",
        keyword3="c",
        keyword4="d",
        keyword5="e",
    ),
    no("a b b c c c d d d d e e e e e e e", keyword1="a", keyword2="b", keyword3="c", keyword4="d", keyword5="e"),
    no(
        "a b b c c c d d d d d e e e e e e e e",
        "one too many",
        keyword1="a",
        keyword2="b",
        keyword3="c",
        keyword4="d",
        keyword5="e",
    ),
)
def keywords_multiple(response: Response, asked: Five) -> Judged:
    """The five keywords stand exactly once, twice, three, five and seven times, as words of their own."""
    words = (asked.keyword1, asked.keyword2, asked.keyword3, asked.keyword4, asked.keyword5)
    return _exactly(response, list(zip(words, (1, 2, 3, 5, 7), strict=True)))


def _exactly(response: Response, asked: list[tuple[str, int]]) -> Judged:
    text = fold(response.text)
    found = [(word, times, count(word, text, times + 1)) for word, times in asked]
    wrong = [
        f"{word} {f'more than {times}' if seen > times else seen}, not {times}"
        for word, times, seen in found
        if seen != times
    ]
    return Judged(not wrong, "; ".join(wrong)[:200] if wrong else "each as often as asked")
