"""The language of a whole response."""

from __future__ import annotations

from typing import Final

from referee.instructions.kinds import Asked, Judged, Word, kind, missed, no, yes
from referee.instructions.response import Response
from referee.text.languages import identify, known, same
from referee.text.prose import prose
from referee.text.shares import share

ENTIRE: Final = 0.85  # the share of the letters; names, titles and quoted words are the rest
FEWEST: Final = 3  # letters; an ideograph counts as two and a half
SHORT, SURE = 40.0, 0.3  # a text of fewer letters is identified as a whole, and has to be so with some certainty
LONG: Final = 4_000  # characters; a text of so many that says so little is only measured


class Language(Asked, frozen=True, kw_only=True):
    """language: the code of a language, as in ISO 639-1: "fr", "zh"."""

    language: Word

    def __post_init__(self) -> None:
        code(self.language)


@kind(
    "language:response_language",
    Language,
    yes("Bonjour, je voudrais un café et un croissant, s'il vous plaît.", language="fr"),
    yes("我今天早上吃了一个苹果，然后去公园散步。", "a code that the published scorer does not know", language="zh"),
    yes("ನಾನು ಇಂದು ಬೆಳಿಗ್ಗೆ ಸೇಬು ತಿಂದೆ.", language="kn"),
    no("I would like a coffee and a croissant, please.", language="fr"),
    no("12345 !!! 🙂", "attack: no letters", language="fr"),
    no("ok", "attack: too little to tell", language="en"),
    no("aaaaaaaaaaaa bbbbbbbbbb", "attack: no words", language="en"),
    no(
        "Bonjour, je voudrais un café et un croissant. I would also like the bill and a glass of water, please. "
        "Merci beaucoup, bonne journée à vous. The weather is really very nice today in the whole city.",
        "attack: half of it",
        language="fr",
    ),
)
def response_language(response: Response, asked: Language) -> Judged:
    """The whole response is in the language, but for names, quoted words and code."""
    return entirely(response.text, code(asked.language), FEWEST)


def code(language: str) -> str:
    """The code as `referee.text.languages` spells it, without a region. Raises `TruthError` for an unknown one."""
    return known(language.strip().replace("_", "-").partition("-")[0])


def dominant(text: str) -> str:
    """The code of the language that most of a text is in; empty where it has no letters."""
    found = identify(text)
    return found.code if found else ""


def entirely(text: str, language: str, fewest: float = 1) -> Judged:
    """Whether the prose of a text is in one language, by its code."""
    found = share(text, language)
    if found.letters < fewest:
        return missed(f"fewer than {fewest} letters of prose" if fewest > 1 else "no letters of prose")
    whole = identify(prose(text)) if found.letters < SHORT and len(text) < LONG else None
    if whole is not None and not (same(whole.code, language) and whole.score >= SURE):
        return missed(f"a short text that is {whole.code} with a certainty of {whole.score:.0%}")
    others = ", ".join(other.language for other in found.foreign)
    return Judged(
        found.share >= ENTIRE, f"{found.share:.0%} of it in {language}{f', the rest {others}' if others else ''}"
    )
