"""The lists of English and of places, and what is made of them."""

import pytest

from referee.instructions.english import CONJUNCTIONS, NAMES, PRONOUNS, STOP_WORDS, syllables
from referee.instructions.geography import AFRICA, CAPITAL, CAPITALS, COUNTRY, plain
from referee.instructions.verbs import forms

SYLLABLES = {
    1: "cat dog through strength walked jumped bed whale made fire sure please those eight world smile loved",
    2: "water apple table garden tiger wanted needed boxes seven quiet music hello people paper being lion happy little",
    3: "banana elephant beautiful together computer syllable family idea radio photograph important chocolate history",
    4: "category information education community ability variety television january america watermelon usually",
    5: "university opportunity imagination refrigerator organization hippopotamus",
}


def test_syllables_of_common_words():
    wrong = {
        word: syllables(word) for count, line in SYLLABLES.items() for word in line.split() if syllables(word) != count
    }
    assert not wrong


def test_what_has_no_letters_has_no_syllables():
    assert syllables("123") == 0
    assert syllables("a" * 100_000) == 1


@pytest.mark.parametrize(
    "verb",
    [
        "write",
        "wrote",
        "written",
        "stopping",
        "tried",
        "goes",
        "lying",
        "begins",
        "made",
        "analysed",
        "used",
        "was",
        "let's",
        "agreed",
    ],
)
def test_forms_of_verbs(verb):
    assert verb in forms()


@pytest.mark.parametrize(
    "word", ["the", "well", "like", "may", "he", "table", "runner", "quickly", "beautiful", "into"]
)
def test_what_is_no_verb(word):
    assert word not in forms()


def test_the_lists_are_as_long_as_they_say():
    assert len(NAMES) == 50
    assert len(CONJUNCTIONS) == 7
    assert len(AFRICA) == 54
    assert len(CAPITALS) == 28
    assert len(PRONOUNS) > 70
    assert len(STOP_WORDS) > 170
    assert {"the", "i", "of", "don't"} <= STOP_WORDS


def test_names_of_places_are_told_in_every_form():
    assert COUNTRY[plain("CÔTE D’IVOIRE")] == "ivory coast"
    assert COUNTRY["drc"] == "democratic republic of the congo"
    assert CAPITAL[plain("Chișinău")] == "chisinau"
    assert len(set(COUNTRY.values())) == 54
