"""Letters, their case, and the marks that a response must do without."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Annotated

from msgspec import Meta

from referee.instructions.kinds import Asked, Count, Judged, Nothing, Relation, kind, missed, no, related, yes
from referee.instructions.language import entirely
from referee.instructions.matching import disguised
from referee.instructions.response import Response

_COMMAS = re.compile("[,，、،؍﹐﹑︐︑､⸲⸴⸹⹁⹌꓾꘍߸՝፣᠂᠈𐎟]")
_LOW_QUOTE = "‚"  # a comma to the eye, unless it opens a quotation
_DOTS = re.compile("[.．․‥…﹒⋯。｡]")
_EXCLAMATIONS = re.compile("[!！¡‼⁈⁉﹗︕՜ǃ❗❕❢❣]")


class Letter(Asked, frozen=True, kw_only=True):
    """letter: one character; any case counts.
    let_frequency: how often.
    let_relation: "less than" or "at least".
    """

    letter: Annotated[str, Meta(pattern=r"^\s*\S\s*$")]
    let_frequency: Count
    let_relation: Relation


class Letters(Asked, frozen=True, kw_only=True):
    """N: how many letters.
    relation: "less than" or "at least".
    """

    N: Count
    relation: Relation


class Capitals(Asked, frozen=True, kw_only=True):
    """capital_frequency: how many words.
    capital_relation: "less than" or "at least".
    """

    capital_frequency: Count
    capital_relation: Relation


class Most(Asked, frozen=True, kw_only=True):
    """N: the most that is allowed."""

    N: Count


@kind(
    "keywords:letter_frequency",
    Letter,
    yes("#one #two", "any character", letter="#", let_frequency=2, let_relation="at least"),
    yes("Otto", letter="t", let_frequency=3, let_relation="less than"),
    no("Otto", letter="o", let_frequency=2, let_relation="less than"),
    no("\uff4f\uff4fo", "attack: full-width letters", letter="o", let_frequency=3, let_relation="less than"),
    yes("Хорошо, что он пришёл", "Cyrillic is no disguise", letter="o", let_frequency=1, let_relation="less than"),
    no("ооо", "Cyrillic letters", letter="o", let_frequency=3, let_relation="at least"),
)
@kind(
    "letters:letter_counting2",
    Letter,
    yes("banana", letter="a", let_frequency=3, let_relation="at least"),
    no("banana", letter="a", let_frequency=4, let_relation="at least"),
    no("BANANA", "capitals count", letter="a", let_frequency=3, let_relation="less than"),
)
def letter_frequency(response: Response, asked: Letter) -> Judged:
    """The letter stands less than, or at least, so many times in the response, in any case."""
    letter = asked.letter.strip().lower()
    times = response.text.lower().count(letter)
    if asked.let_relation == "less than":
        times = max(times, disguised(response.text).count(letter))
    return related(times, asked.let_relation, asked.let_frequency, f"times {letter!r}")


@kind(
    "letters:letter_counting",
    Letters,
    yes("Hi, you!", N=5, relation="at least"),
    yes("Привет", "letters of any script", N=6, relation="at least"),
    no("12345 67890", "digits are no letters", N=1, relation="at least"),
    no("Hello", N=5, relation="less than"),
)
def letter_counting(response: Response, asked: Letters) -> Judged:
    """The response has less than, or at least, so many letters."""
    return related(letters(response.text), asked.relation, asked.N, "letters")


def letters(text: str) -> int:
    """The number of letters. Linear, and quick where there is only ASCII."""
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _ASCII_LETTERS))
    return sum(times for char, times in Counter(text).items() if char.isalpha())


_ASCII_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())


@kind(
    "change_case:capital_word_frequency",
    Capitals,
    yes("NASA and COVID-19, so STOP.", capital_frequency=3, capital_relation="at least"),
    yes("I think I can.", "one letter is always a capital", capital_frequency=1, capital_relation="less than"),
    yes("NASA's plan", "the s is no part of it", capital_frequency=1, capital_relation="at least"),
    no("Nasa", capital_frequency=1, capital_relation="at least"),
    no("I, A, I, A", "attack: words of one letter", capital_frequency=2, capital_relation="at least"),
    no("DON'T", "one word", capital_frequency=2, capital_relation="at least"),
)
def capital_word_frequency(response: Response, asked: Capitals) -> Judged:
    """Less than, or at least, so many words of two or more letters are in all capital letters."""
    bare = (word[:-2] if word.endswith(("'s", "’s")) else word for word in response.words)
    found = sum(1 for word in bare if len(word) > 1 and word.isupper() and sum(map(str.isalpha, word)) > 1)
    return related(found, asked.capital_relation, asked.capital_frequency, "words in capitals")


@kind(
    "change_case:english_capital",
    Nothing,
    yes("HELLO WORLD"),
    yes("THE WINNER OF 2024 IS THE CAT: HOORAY!"),
    no("HELLO World"),
    no("BONJOUR TOUT LE MONDE, COMMENT ALLEZ-VOUS CE MATIN ?", "not in English"),
    no("12345 !!!", "attack: no letters"),
    no("ПРИВЕТ, КАК ДЕЛА СЕГОДНЯ?", "attack: another script"),
    no("你好世界", "attack: a script without case"),
)
def english_capital(response: Response, _asked: Nothing) -> Judged:
    """The whole response is in English and in capital letters."""
    small = min((char for char in set(response.text) if char.islower()), default="")
    return _english(response, small, "lower-case")


@kind(
    "change_case:english_lowercase",
    Nothing,
    yes("hello world"),
    yes("the cat sat on 3 mats."),
    no("hello World"),
    no("bonjour tout le monde, comment allez-vous ce matin ?", "not in English"),
    no("12345 !!!", "attack: no letters"),
    no("ᴴello world, ᏔAIT", "attack: capitals of another script"),
)
def english_lowercase(response: Response, _asked: Nothing) -> Judged:
    """The whole response is in English and in lower-case letters."""
    great = min((char for char in set(response.text) if char.isupper() or char.istitle()), default="")
    return _english(response, great, "capital")


def _english(response: Response, wrong: str, what: str) -> Judged:
    if wrong:
        return missed(f"a {what} letter: {wrong!r}")
    return entirely(response.text, "en")


@kind(
    "count:lowercase_counting",
    Most,
    yes("The Cat Sat on THE Mat.", N=1),
    no("the cat", N=1),
    no("don't do-it été", "whatever they are joined with", N=2),
)
def lowercase_counting(response: Response, asked: Most) -> Judged:
    """At most so many words are in lower-case letters."""
    found = sum(1 for word in response.words if word.islower())
    return Judged(found <= asked.N, f"{found:,} words in lower case; at most {asked.N:,} asked for")


@kind(
    "punctuation:no_comma",
    Nothing,
    yes("One two; three."),
    no("One, two."),
    no("一，二", "attack: a full-width comma"),
    no("一、二", "attack: an enumeration comma"),
    no("واحد، اثنان", "attack: an Arabic comma"),
    no("One‚ two", "attack: a low quotation mark"),
)
def no_comma(response: Response, _asked: Nothing) -> Judged:
    """There is no comma, of whatever script."""
    text = response.text
    found = _first(text, _COMMAS)
    if not found and _LOW_QUOTE in text:
        at = text.find(_LOW_QUOTE, 1)
        found = _LOW_QUOTE if at > 0 and not text[at - 1].isspace() and text[at - 1] not in "([{„" else ""
    return _none_of(found)


@kind(
    "punctuation:punctuation_dot",
    Nothing,
    yes("Well done! Really"),
    no("Well done."),
    no("Wait… what", "attack: three dots in one character"),
    no("pi is 3.14", "in a number"),
    no("太好了。", "attack: an ideographic full stop"),
)
def punctuation_dot(response: Response, _asked: Nothing) -> Judged:
    """There is no dot, not in a number and not as an ellipsis."""
    return _none_of(_first(response.text, _DOTS))


@kind(
    "punctuation:punctuation_exclamation",
    Nothing,
    yes("Well done."),
    no("Well done!"),
    no("太好了！", "attack: a full-width mark"),
    no("Stop ❗", "attack: an emoji"),
)
def punctuation_exclamation(response: Response, _asked: Nothing) -> Judged:
    """There is no exclamation mark, of whatever script."""
    return _none_of(_first(response.text, _EXCLAMATIONS))


def _first(text: str, marks: re.Pattern[str]) -> str:
    found = marks.search(text)
    return found[0] if found else ""


def _none_of(found: str) -> Judged:
    return Judged(not found, f"{found!r} {unicodedata.name(found, '')}".strip() if found else "none there")
