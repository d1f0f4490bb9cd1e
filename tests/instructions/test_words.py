"""What counts as a word and as a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.instructions.response import Response, seen
from referee.instructions.sentences import MOST, sentences
from referee.instructions.variants import variants
from referee.instructions.words import fold, tokens, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("... --- !!!", 0),
        ("don't", 1),
        ("don’t", 1),
        ("rock'n'roll", 1),
        ("'quoted'", 1),
        ("well-known", 1),
        ("state-of-the-art", 1),
        ("this-is-a-long-chain", 5),
        ("and/or", 2),
        ("a--b", 2),
        ("a — b", 2),
        ("3.14", 1),
        ("1,000,000", 1),
        ("2023-10-05", 1),
        ("U.S. troops", 2),
        ("e.g., this", 2),
        ("snake_case", 1),
        ("**bold**", 1),
        ("L'été", 1),
        ("naïve café", 2),
        ("cafe\u0301", 1),
        ("हिन्दी में", 2),
        ("我喜欢吃苹果", 6),
        ("我有iPhone手机", 5),
        ("今日は", 3),
        ("안녕하세요 세계", 2),
        ("สวัสดี", 2),
        ("😀", 0),
    ],
)
def test_words(text, count):
    assert len(words(seen(text))) == count


@given(st.text(max_size=200))
def test_every_word_is_in_the_text(text):
    for word in words(text):
        assert word
        assert word in text


@given(st.text(alphabet="ab'’-‐ \n.", max_size=60))
def test_folding_changes_no_count(text):
    assert len(words(fold(text))) == len(words(text))


def test_tokens_have_no_punctuation_around_them():
    assert tokens("“Hi,” she (Ann) said — *so*; 5% - ...") == ["Hi", "she", "Ann", "said", "so", "5"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met Mr. J. R. Hartley.", ["Dr. Smith met Mr. J. R. Hartley."]),
        ("It cost $3.50, i.e. a lot, e.g. for me.", ["It cost $3.50, i.e. a lot, e.g. for me."]),
        ("We use Node.js v2.1 here. Yes.", ["We use Node.js v2.1 here.", "Yes."]),
        ('"Stop!" he said. "Why?" I asked.', ['"Stop!" he said.', '"Why?" I asked.']),
        ('He said "Stop!" Then he left.', ['He said "Stop!"', "Then he left."]),
        ("Well... maybe. So?! Yes!!!", ["Well... maybe.", "So?!", "Yes!!!"]),
        ("He came at 5 p.m. The end.", ["He came at 5 p.m.", "The end."]),
        ("So did I. You too.", ["So did I.", "You too."]),
        ("all in lower case. and so on.", ["all in lower case.", "and so on."]),
        ("# A heading\nA sentence\nover two lines.", ["A sentence\nover two lines."]),
        ("1. First\n2. Second one. Really.\n* third", ["1. First", "2. Second one.", "Really.", "* third"]),
        ("One\n\nTwo", ["One", "Two"]),
        ("***\n...\n---", []),
        ("**Bold.** Plain.", ["**Bold.**", "Plain."]),
        ("One.Two three.", ["One.", "Two three."]),
        ("我来了。我看见了！好吗？", ["我来了。", "我看见了！", "好吗？"]),
        ("Hi. 😀 Bye.", ["Hi.", "😀 Bye."]),
    ],
)
def test_sentences(text, found):
    assert [one.text for one in sentences(text)] == found


@given(st.text(alphabet="Ab1.!? \n\"'*-#。…", max_size=80))
def test_sentences_are_places_in_the_text(text):
    end = 0
    for one in sentences(text):
        assert text[one.start : one.end] == one.text
        assert one.start >= end
        end = one.end


def test_no_text_has_sentences_without_end():
    assert len(sentences("yes. no. " * MOST)) <= MOST


def test_marks_of_sentences():
    assert [one.mark for one in sentences('"Why?" I said. So "now!"\n\nnone')] == [".", "!", ""]


def test_a_reader_sees_no_invisible_characters():
    assert seen("w\u200bar\r\n\u202eA\u00ad") == "war\nA"
    assert seen("cafe\u0301") == "café"
    assert len(seen("e" + "\u0301\u0316" * 100_000)) < 20


def test_code_is_blanked_out_in_place():
    text = "a\n```py\n- b\n```\n- c\n~~~\n- d"
    prose = Response(text).prose
    assert len(prose) == len(text)
    assert prose.split() == ["a", "-", "c"]


def test_the_eight_variants():
    assert variants("a\n*b*\nc") == ["a\n*b*\nc", "*b*\nc", "a\n*b*", "*b*", "a\nb\nc", "b\nc", "a\nb", "b"]
    assert variants("a") == ["a", ""]
