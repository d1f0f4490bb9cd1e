"""Answers in a given form: one of three phrases, two responses, the request repeated first."""

from __future__ import annotations

import re
from itertools import islice

from referee.instructions.kinds import Asked, Judged, Nothing, Word, kept, kind, missed, no, yes
from referee.instructions.response import Response, seen
from referee.instructions.words import fold, words

OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
LOOKED_AT = 100  # places of an option; who says it more often says nothing else

_SIX = re.compile(r"(?<!\*)\*{6}(?!\*)")
_SENTENCE_START = re.compile(r"\n|[.!?][ \t]")
_OPTION = re.compile("|".join(map(re.escape, OPTIONS)))
_NEGATED = re.compile(
    r"\b(?:not|never|no|nor|neither|cannot|without|wrong|false|instead|rather|than|unless|whether|if)\b|n['’]t\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:response|answer|option|version|joke|alternative|reply)s?\s*(?:\d+|[a-z]|one|two)?\s*[:.)-]\s*|\d+[:.)]\s*"
)
_HAS_WORD = re.compile(r"[^\W_]")


class Repeated(Asked, frozen=True, kw_only=True):
    """prompt_to_repeat: the request."""

    prompt_to_repeat: Word


@kind(
    "detectable_format:constrained_response",
    Nothing,
    yes("My answer is yes."),
    yes('**"My answer is maybe."** It depends.', "an explanation is allowed"),
    no("Yes."),
    no("my answer is yes", "not the phrase"),
    no("I would not say: My answer is yes.", "attack: denied"),
    no("My answer is yes. My answer is no.", "attack: two of them"),
    no("It is not true that My answer is yes.", "attack: in a sentence"),
)
def constrained_response(response: Response, _asked: Nothing) -> Judged:
    """Exactly one of "My answer is yes.", "My answer is no." and "My answer is maybe." is given, as a sentence."""
    text = response.text
    found = {match[0] for match in _OPTION.finditer(text)}
    if len(found) != 1:
        return missed(f"{len(found)} of the options" if found else "none of the options")
    for match in islice(_OPTION.finditer(text), LOOKED_AT):
        lead = _SENTENCE_START.split(text[max(0, match.start() - 400) : match.start()])[-1]
        lead = lead.strip(" \t*_\"'“”‘’>#-")
        if lead and not (lead.endswith(":") and not _NEGATED.search(lead)):
            return missed(f"the option stands within a sentence: {lead[-60:]!r}")
    return kept(min(found))


@kind(
    "combination:two_responses",
    Nothing,
    yes("Joy.\n******\nSorrow."),
    no("Joy."),
    no("Joy.\n******\nJoy!", "attack: the same but for a mark"),
    no("Response 1: Joy.\n******\nResponse 2: joy", "attack: the same but for a label"),
    no("Joy.\n*******\nSorrow.", "seven asterisks"),
    no("Joy.\n******\nSorrow.\n******\nPain.", "three responses"),
    no("Joy.\n******\n...", "attack: an empty one"),
)
def two_responses(response: Response, _asked: Nothing) -> Judged:
    """Two responses that differ in their words, with six asterisks between them."""
    parts = _SIX.split(response.text)
    parts = [part for at, part in enumerate(parts) if part.strip() or at not in {0, len(parts) - 1}]
    if len(parts) != 2 or not all(_HAS_WORD.search(part) for part in parts):
        return missed(f"{len(parts):,} responses; 2 asked for, each with a word")
    one, other = (words(_LABEL.sub("", fold(part).strip(), count=1)) for part in parts)
    return Judged(one != other, "two responses" if one != other else "the two have the same words")


@kind(
    "combination:repeat_prompt",
    Repeated,
    yes("Write a haiku.\n\nOld pond...", prompt_to_repeat="Write a haiku."),
    no("Old pond...", prompt_to_repeat="Write a haiku."),
    no("Write a haiku.", "attack: no answer", prompt_to_repeat="Write a haiku."),
    no("write a HAIKU.\n\nOld pond...", "not word for word", prompt_to_repeat="Write a haiku."),
    no('"Write a haiku."\n\nOld pond...', "a mark before it", prompt_to_repeat="Write a haiku."),
    no("Write a haiku.s Old pond...", "another word", prompt_to_repeat="Write a haiku.s a"),
)
def repeat_prompt(response: Response, asked: Repeated) -> Judged:
    """The response begins with the request, word for word and with nothing before it, and an answer follows."""
    request = seen(asked.prompt_to_repeat).split()
    pattern = r"\s+".join(map(re.escape, request)) + (r"(?![^\W_])" if request[-1][-1].isalnum() else "")
    repeated = re.match(pattern, response.stripped)
    if repeated is None:
        return missed(f"it begins with {response.stripped[:60]!r}")
    answered = _HAS_WORD.search(response.stripped, repeated.end()) is not None
    return Judged(answered, "the request and an answer" if answered else "no answer follows the request")
