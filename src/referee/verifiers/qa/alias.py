"""The answer is one of the accepted names of the truth, whole and with nothing beside it.

## What it checks
The extracted answer and every alias are brought to a normal form; they must be equal. Part of an alias, a list of
several entities, or a negation is never equal. What normalises to nothing is refused, on both sides: under the official
normalisations "A", "The" and "" are all the same.

| policy | what is no difference |
|---|---|
| `typed` | letter case, NFKC forms, quotation marks, one leading article, a final stop, hyphens and commas in words |
| `triviaqa` | the official TriviaQA normalisation: lower case, punctuation to spaces, articles removed |
| `squad` | the official SQuAD normalisation: the same, but punctuation is deleted |

Under `typed`, signs, units, digits and symbols keep their meaning: "-5" is not "5", "C++" is not "C".

| reason | meaning |
|---|---|
| `qa.match`, `qa.different` | equal to an alias, to none |
| `qa.empty`, `qa.too_long` | nothing is left of the answer; more than 10,000 characters |
| `answer.*`, `think.*` | the channel holds no answer, or too many; an invisible character |

## Truth
A text, a list of texts, or an object as TriviaQA and SQuAD hold: `value`, `aliases`, `human_answers`, `text`,
`normalized_value`, `normalized_aliases` (the last two only where nothing else is there, or under `triviaqa`); spelling
in capitals (`NormalizedAliases`) too.

## Parameters
On the channel `line` the answer ends with its sentence; the stop of an initial or a title ("J. K. Rowling", "Dr. No",
"U.S. Army") ends none.

## When it cannot judge
No alias is a text, or all of them normalise to nothing (`truth.unreadable`).

## Known gaps
Accents count. Numbers in words are not numbers. `typed` takes "a" at the start for an article: "A minor" equals
"minor".

## Sources
TriviaQA (Joshi et al., arXiv 1705.03551) and SQuAD (Rajpurkar et al., arXiv 1606.05250), evaluation scripts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.text.channel import Extraction, NoAnswer, extract, unwrap
from referee.text.normal import squad, triviaqa, typed
from referee.text.visible import hidden

LONGEST = 10_000
_FORMS = {"typed": typed, "triviaqa": triviaqa, "squad": squad}
_FIELDS = ("value", "aliases", "humananswers", "text", "answer", "answers")
_NORMALISED = ("normalizedvalue", "normalizedaliases")
_TEXT = re.compile(r"\\(?:text|textbf|textit|mathrm|mbox)\s?\{([^{}]*)\}")


class Params(Extraction, frozen=True, kw_only=True):
    """policy: how answers are normalised before they are compared: "typed", "triviaqa" or "squad"."""

    policy: Literal["typed", "triviaqa", "squad"] = "typed"


TWAIN = {
    "value": "Mark Twain",
    "aliases": ["Samuel Langhorne Clemens", "Samuel L. Clemens"],
    "normalized_aliases": ["mark twain", "samuel langhorne clemens", "samuel l clemens"],
    "normalized_value": "mark twain",
}
TRIVIAQA, SQUAD = {"policy": "triviaqa"}, {"policy": "squad"}
CASES = (
    Case("Mark Twain", TWAIN, "pass", reason="qa.match"),
    Case("The answer is Samuel L. Clemens.", TWAIN, "pass", "an answer with a full stop in it"),
    Case("mark twain", "Mark Twain", "pass", "", TRIVIAQA),
    Case(
        "<answer>\u201cTHE HOBBIT\u201d</answer>", ["Hobbit", "There and Back Again"], "pass", "quotes, case, article"
    ),
    Case("Charles Dickens", TWAIN, "fail", reason="qa.different"),
    Case("not Mark Twain", TWAIN, "fail", "attack: says the name, denies it"),
    Case("Mark Twain, Charles Dickens, Jane Austen", TWAIN, "fail", "attack: many entities"),
    Case("Mark Twain or Charles Dickens", TWAIN, "fail", "attack: hedges"),
    Case("Twain", TWAIN, "fail", "attack: a part of the name"),
    Case("Answer: George. Washington. Carver", "George Washington", "fail", "attack: an end for every alias"),
    Case("Answer: Dr. Seuss. He wrote it.", "Dr. Seuss", "pass", "the stop of a title ends nothing"),
    Case("Mark\u200b Twain", TWAIN, "fail", "attack: an invisible character", reason="answer.invisible"),
    Case("The", "A", "fail", "attack: two articles are not one answer"),
    Case("The", "A", "unjudged", "nothing is left of the truth", TRIVIAQA, "truth.unreadable"),
    Case("The", ["A", "Vowel"], "fail", "attack: nothing is left of the answer", TRIVIAQA, "qa.empty"),
    Case("The The", "A", "fail", "attack: articles only"),
    Case("-5", "5", "fail", "attack: the sign counts"),
    Case("1.5", "15", "fail", "attack: the point counts"),
    Case("C++", "C", "fail", "attack: the symbols count"),
    Case("C++", "C#", "fail", "attack: which symbols counts"),
    Case("$5", "5", "fail", "attack: the currency counts"),
    Case("5%", "5", "fail", "attack: the percent sign counts"),
    Case("$5", "5%", "fail", "attack: which unit counts"),
    Case("10-12", "1012", "fail", "attack: a range is no number"),
    Case("a.m.", "am", "fail", "attack: an abbreviation is no word"),
    Case("Vitamin", "Vitamin A", "fail", "attack: a letter at the end is no article"),
    Case("vitamin", "Vitamin A", "pass", "as the official script would have it", SQUAD),
    Case("-5", "5", "pass", "as the official script would have it", SQUAD),
    Case("4²", "42", "fail", "attack: a power is no digit"),
    Case("\uff30aris", "Paris", "pass", "full-width letters"),
    Case("Hauptstrasse", "Hauptstra\u00dfe", "pass", "sharp s"),
    Case("Rock \u2018n\u2019 Roll", "Rock 'n' Roll", "pass", "curly quotes"),
    Case("\u00bd", "1/2", "pass", "a fraction in one character"),
    Case("Paris", [], "unjudged", "no alias"),
)


@verifier
def alias(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Compare the answer with every alias."""
    forms = _forms(_aliases(task.truth, params.policy), params.policy)
    answer = extract(rollout, task, params)
    if isinstance(answer, NoAnswer):
        return failed(answer.reason, detail=answer.detail)
    shown = {"found": answer.text[:200], "span": answer.span, "truth": next(iter(forms.values()))}
    if refused := hidden(answer.text, allowed="".join(forms.values())):
        return failed(refused.reason, detail=refused.detail, **shown)
    if len(answer.text) > LONGEST:
        return failed("qa.too_long", detail=f"{len(answer.text)} characters", **shown)
    start, end = unwrap(rollout.text, answer.start, answer.end - (answer.text[-1] == "."))  # "**Paris**." is "Paris"
    form = _FORMS[params.policy](_TEXT.sub(r"\1", rollout.text[start:end]))
    if form in forms:
        return passed("qa.match", found=rollout.text[start:end], span=[start, end], value=form, truth=forms[form])
    return failed("qa.different", value=form[:200], **shown) if form else failed("qa.empty", **shown)


def _aliases(truth: Any, policy: str) -> tuple[str, ...]:
    """The accepted names that a truth holds."""
    names: list[Any] = []
    if isinstance(truth, dict):
        fields = {str(name).lower().replace("_", ""): value for name, value in truth.items()}
        names = [name for field in _FIELDS for name in _listed(fields.get(field))]
        if policy == "triviaqa" or not names:
            names += [name for field in _NORMALISED for name in _listed(fields.get(field))]
    else:
        names = _listed(truth)
    texts = tuple(dict.fromkeys(name for name in names if isinstance(name, str)))
    if not texts:
        raise TruthError(
            f"the truth must be a text, a list of texts, or an object with `aliases`; it is {brief(truth)}"
        )
    return texts


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []


@lru_cache(maxsize=1024)
def _forms(aliases: tuple[str, ...], policy: str) -> dict[str, str]:
    """Normal form -> alias. An alias of which nothing is left is nobody's name."""
    forms = {_FORMS[policy](name): name for name in reversed(aliases)}
    forms.pop("", None)
    if not forms:
        raise TruthError(f"nothing is left of {brief(aliases[0])} under the policy '{policy}'")
    return dict(reversed(forms.items()))
