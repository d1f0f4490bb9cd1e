"""How many different words, numbers, names and marks a response has."""

from __future__ import annotations

import re

from referee.instructions.english import CONJUNCTIONS, NAMES, PRONOUNS
from referee.instructions.kinds import Asked, Count, Judged, Nothing, Ordinal, kept, kind, missed, no, yes
from referee.instructions.response import Response

# A number in digits, with its separators; not the digits of a name, as in H2O.
_NUMBER = re.compile(r"(?<!\w)(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)*")
_ONE_SIGN = re.compile("[‽⁈⁉]")
_INTERROBANG = re.compile(r"‽|⁈|⁉|\?!|!\?")
_NAME = re.compile(r"(?<![^\W_])[A-Z][a-z]+(?![^\W_])")
_JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9d]")
_OTHER_LETTER = re.compile(
    r"[^\W_\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f]"
)


class Number(Asked, frozen=True, kw_only=True):
    """N: how many."""

    N: Count


class Every(Asked, frozen=True, kw_only=True):
    """N: every so manyth word."""

    N: Ordinal


class Small(Asked, frozen=True, kw_only=True):
    """small_n: how many."""

    small_n: Count


def at_least(found: int, asked: int, what: str) -> Judged:
    """Whether there are so many."""
    return Judged(found >= asked, f"{found:,} {what}; at least {asked:,} asked for")


@kind(
    "count:unique_word_count",
    Number,
    yes("The cat saw the dog.", N=4),
    no("The cat saw the dog.", N=5),
    no("Cat, cat. CAT! (cat) ’ -", "attack: one word in many forms", N=2),
)
def unique_word_count(response: Response, asked: Number) -> Judged:
    """At least so many different words, whatever their case."""
    return at_least(len(set(response.folded)), asked.N, "different words")


@kind(
    "count:count_unique",
    Nothing,
    yes("The cat saw a dog."),
    yes("One. Two. Three.", "marks may be repeated"),
    no("The cat saw the dog.", "in another case"),
    no("!!!", "attack: no words"),
)
def count_unique(response: Response, _asked: Nothing) -> Judged:
    """No word stands twice, whatever its case."""
    found = response.folded
    different = len(set(found))
    return Judged(0 < len(found) == different, f"{len(found):,} words, {different:,} of them different")


@kind(
    "count:conjunctions",
    Small,
    yes("I came, but he left, so we slept and ate.", small_n=3),
    no("And and AND and, and.", "attack: one in many forms", small_n=2),
    no("I android forest.", "inside other words", small_n=1),
)
def conjunctions(response: Response, asked: Small) -> Judged:
    """At least so many different coordinating conjunctions: for, and, nor, but, or, yet, so."""
    return at_least(len(CONJUNCTIONS.intersection(response.folded)), asked.small_n, "different conjunctions")


@kind(
    "count:person_names",
    Number,
    yes("Emma met Liam's friend Noah.", N=3),
    yes("_Zoe_ and Emma-Liam’ll come.", "joined and emphasised", N=3),
    no("Emma met Emma.", N=2),
    no("emma, NOAH, Emmanuel", "not as the names are written", N=1),
)
def person_names(response: Response, asked: Number) -> Judged:
    """At least so many different names of the instruction's list of fifty."""
    found = NAMES.intersection(_NAME.findall(response.text))
    return at_least(len(found), asked.N, "different names")


@kind(
    "count:numbers",
    Number,
    yes("In 2024, 3.5 of 1,000,000.", "separators", N=3),
    yes("The 20th, 5km.", N=2),
    no("One 1, two 2.", N=1),
    no("H2O and B2B", "digits of names", N=2),
    no("5-10", "two numbers", N=1),
    no("1,2,3", "three numbers", N=1),
)
def numbers(response: Response, asked: Number) -> Judged:
    """Exactly so many numbers in digits; 3.5 and 1,000 are one each."""
    found = sum(1 for _ in _NUMBER.finditer(response.text))
    return Judged(found == asked.N, f"{found:,} numbers; {asked.N:,} asked for")


@kind(
    "count:punctuation",
    Nothing,
    yes("Well: yes, no; really?! Why? Go! So."),
    yes("Well: yes, no; really‽ Why? Go! So."),
    yes("Well: yes, no; why!? So. Really‽", "a mark beside a mark is no interrobang where one stands by itself"),
    no("Well: yes, no; really?! So.", "the interrobang is no question mark and no exclamation mark"),
    no("Well, yes. Why? Go!"),
)
def punctuation(response: Response, _asked: Nothing) -> Judged:
    """Full stop, comma, exclamation mark, question mark, semicolon, colon and, besides, an interrobang (?!)."""
    text = response.text
    if not _INTERROBANG.search(text):
        return missed("no interrobang")
    rest = text if _ONE_SIGN.search(text) else _INTERROBANG.sub(" ", text, count=1)
    missing = [mark for mark in ".,!?;:" if mark not in rest]
    return Judged(not missing, f"missing: {' '.join(missing)}" if missing else "every mark")


@kind(
    "count:words_japanese",
    Every,
    yes("one two 三 four five ろく", N=3),
    yes("One - two, 三!", "a dash is no word", N=3),
    no("one two three", N=3),
    no("one two", "attack: too short to have one", N=3),
    no("one two three三", "attack: half a word", N=3),
    no("one two 3", "attack: a digit", N=3),
)
def words_japanese(response: Response, asked: Every) -> Judged:
    """Every Nth of the words that spaces separate is in Japanese, and there is one."""
    found = response.tokens[asked.N - 1 :: asked.N]
    if not found:
        return missed(f"only {len(response.tokens):,} words")
    other = next((word for word in found if not _JAPANESE.search(word) or _OTHER_LETTER.search(word)), None)
    return missed(f"{other!r:.60} is not Japanese") if other is not None else kept(f"{len(found):,} words")


@kind(
    "count:pronouns",
    Number,
    yes("She gave it to them; I'm glad.", N=4),
    no("The cat saw a dog.", N=1),
    no("Item, theme, history", "inside other words", N=1),
)
def pronouns(response: Response, asked: Number) -> Judged:
    """At least so many pronouns, repeated or not; I'm has one."""
    found = sum(1 for word in response.folded if word in PRONOUNS or word.partition("'")[0] in PRONOUNS)
    return at_least(found, asked.N, "pronouns")
