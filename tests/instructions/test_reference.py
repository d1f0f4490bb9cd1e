"""`reference` mode gives the verdicts of IFEval's own scorer, as lm-eval carries it; NLTK splits for it.

What that scorer leaves to chance is left out: the language of a text. Its trained tables for sentences are not here;
NLTK's procedure is compared with our list of abbreviations in their place.
"""

import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referee.core.errors import TruthError
from referee.instructions import published_text
from referee.instructions.kinds import find, kinds, parameters
from referee.instructions.reference import known, published
from referee.instructions.response import Response
from referee.instructions.sentences import ABBREVIATIONS
from referee.instructions.words import listed

nltk = pytest.importorskip("nltk", reason="NLTK is not installed, which IFEval's scorer splits texts with")
pytest.importorskip("lm_eval", reason="lm-eval is not installed, which carries IFEval's scorer")

ASKED = [
    ("keywords:existence", {"keywords": ["word", "o"]}),
    ("keywords:frequency", {"keyword": "wo.d", "frequency": 2, "relation": "at least"}),
    ("keywords:forbidden_words", {"forbidden_words": ["nasa", "it"]}),
    ("keywords:letter_frequency", {"letter": "o", "let_frequency": 3, "let_relation": "less than"}),
    ("length_constraints:number_words", {"num_words": 8, "relation": "at least"}),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "Word"},
    ),
    ("detectable_content:number_placeholders", {"num_placeholders": 1}),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}),
    ("detectable_content:postscript", {"postscript_marker": "Section"}),
    ("detectable_format:number_bullet_lists", {"num_bullets": 1}),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}),
    ("detectable_format:constrained_response", {}),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 1}),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}),
    ("detectable_format:multiple_sections", {"section_spliter": "Section", "num_sections": 1}),
    ("detectable_format:json_format", {}),
    ("detectable_format:title", {}),
    ("combination:two_responses", {}),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Word"}),
    ("startend:end_checker", {"end_phrase": "Word"}),
    ("startend:quotation", {}),
    ("punctuation:no_comma", {}),
]
ATOMS = sorted(
    listed("""
    * ** *** ****** - [ ] << >> Section~1 Section~ P.S. p.p.s word Word NASA IT'S it's . , ? ! " ' Mr. 3.5 ... -- { } []
    {"a":1} ```json ``` o O title # é Ünd _ 1 2 ~ ~~
    """)
)
TEXTS = st.lists(st.sampled_from([*ATOMS, "\n", "\n\n", " ", "\t", "My answer is yes."]), max_size=14).map(
    lambda parts: "".join(parts).replace("~", " ")
)


@pytest.fixture(scope="module")
def scorer():
    """The published classes by id, with stand-ins for two small libraries that these kinds do not need."""
    detector = types.ModuleType("langdetect")
    detector.LangDetectException = RuntimeError
    frozen = types.ModuleType("immutabledict")
    frozen.immutabledict = dict
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "langdetect", detector)
        patch.setitem(sys.modules, "immutabledict", frozen)
        patch.setattr(nltk.data, "find", lambda *_: None)  # it would download tables
        from lm_eval.tasks.ifeval import instructions_registry

        yield instructions_registry.INSTRUCTION_DICT


@pytest.mark.parametrize(("name", "kwargs"), ASKED, ids=lambda one: one if isinstance(one, str) else "")
def test_the_published_verdict(scorer, name, kwargs):
    instruction = scorer[name](name)
    instruction.build_description(**kwargs)
    kind = find(name)
    asked = parameters(kind, kwargs)

    @settings(max_examples=60, deadline=None)
    @given(TEXTS)
    def agrees(text):
        assert published(name, Response(text), asked).ok == bool(instruction.check_following(text))

    agrees()
    for example in kind.examples:
        assert published(name, Response(example.text), asked).ok == bool(instruction.check_following(example.text))


def test_all_of_ifeval_has_a_published_verdict(scorer):
    assert {name for name in kinds() if known(name)} == set(scorer)
    assert len(scorer) == 25


@given(
    st.lists(
        st.sampled_from(
            ["NASA", "IT'S", "I", "it", "DON'T", "CANNOT", "U.S.", "A,B", "X:", "(OK)", '"NO"', "A-B", "C++", "?"]
        ),
        max_size=9,
    )
)
def test_tokens_in_capitals_are_those_of_nltk(parts):
    from nltk.tokenize import NLTKWordTokenizer

    text = " ".join(parts)
    tokens = NLTKWordTokenizer().tokenize(text)
    assert published_text.capital_tokens(text) == sum(token.isupper() for token in tokens)


@given(
    st.lists(
        st.sampled_from(
            ["One", "two.", "Dr.", "e.g.", "J.", "yes!", "why?", '"no."', "3.5", "etc.", "so...", "End.", "1."]
        ),
        max_size=9,
    )
)
def test_sentences_are_those_of_punkt(parts):
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    learned = PunktParameters()
    learned.abbrev_types.update(ABBREVIATIONS)
    text = " ".join(parts)
    assert published_text.punkt(text) == len(PunktSentenceTokenizer(learned).tokenize(text))


def test_languages_are_told_though_not_by_chance():
    kind = find("language:response_language")
    asked = parameters(kind, {"language": "fr"})
    assert published(kind.id, Response("Bonjour tout le monde, comment allez-vous ?"), asked).ok
    assert not published(kind.id, Response("Good morning, how are you today?"), asked).ok
    assert published(kind.id, Response("12345"), asked).ok, "the scorer lets pass what it cannot tell"
    for name, text in (("english_capital", "GOOD MORNING TO YOU"), ("english_lowercase", "good morning to you")):
        kind = find(f"change_case:{name}")
        assert published(kind.id, Response(text), parameters(kind, {})).ok
        assert not published(kind.id, Response(text.swapcase()), parameters(kind, {})).ok


def test_what_the_scorer_fails_on_is_unjudged():
    kind = find("keywords:existence")
    with pytest.raises(TruthError):
        published(kind.id, Response("C++"), parameters(kind, {"keywords": ["*"]}))
    with pytest.raises(TruthError):
        published("keywords:word_once", Response("a"), None)


@pytest.mark.parametrize("text", ["\n" * 200_000, "[" * 200_000, "<<" * 100_000, " " * 200_000, "p." * 100_000])
def test_the_scorer_would_need_hours(text):
    for name, kwargs in ASKED:
        published(name, Response(text), parameters(find(name), kwargs))
