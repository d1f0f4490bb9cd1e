"""The answer is the text of the truth, character by character.

## What it checks
The text of the channel equals the truth after what the parameters allow, and nothing else. Invisible and bidirectional
characters are refused unless the truth holds them too.

| reason | meaning |
|---|---|
| `text.equal`, `text.different` | equal; not equal (`offset`: the first difference) |
| `answer.*`, `think.*` | the channel holds no answer, or too many; an invisible character |

## Truth
A text.

## Parameters
On the channel `whole` (the default) the final segment is taken as it stands, without end-of-sequence tokens; the other
channels take off what only shows (`$...$`, `**...**`).

## When it cannot judge
The truth is not a text, or an empty one (`truth.unreadable`).

## Known gaps
No Unicode normalisation: composed and decomposed accents differ.

## Sources
None.
"""

from __future__ import annotations

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.text.channel import Channel, Extraction, NoAnswer, extract
from referee.text.tags import content_end, final_segment, prompt_opens
from referee.text.visible import hidden

EXCERPT = 200


class Params(Extraction, frozen=True, kw_only=True):
    """channel: where the answer stands (see `referee.text.channel`); by default the whole final segment.
    strip: whether white space around the text is ignored.
    fold_case: whether letter case is ignored.
    normalise_space: whether every run of white space counts as one space.
    """

    channel: Channel = "whole"
    strip: bool = True
    fold_case: bool = False
    normalise_space: bool = False


CASES = (
    Case("to be or not", "to be or not", "pass", reason="text.equal"),
    Case(" to be\n", "to be", "pass", "white space around is ignored"),
    Case(" to be", "to be", "fail", "unless it counts", {"strip": False}),
    Case("To Be", "to be", "fail", reason="text.different"),
    Case("To Be", "to be", "pass", "", {"fold_case": True}),
    Case("to \n be", "to be", "pass", "", {"normalise_space": True}),
    Case("to \n be", "to be", "fail"),
    Case("<think>Hm.</think>to be<|im_end|>", "to be", "pass", "after the thinking"),
    Case("Answer: to be", "to be", "pass", "", {"channel": "line"}),
    Case("to be to be", "to be", "fail", "attack: says it twice"),
    Case("to be, or perhaps not", "to be", "fail", "attack: begins with it"),
    Case("to\u200b be", "to be", "fail", "attack: an invisible character", reason="answer.invisible"),
    Case("eb ot\u202e", "eb ot", "fail", "attack: reordered on screen", reason="answer.bidi"),
    Case("to\u200bbe", "to\u200bbe", "pass", "the truth holds it too"),
    Case("", "", "unjudged", "an empty truth is no truth", reason="truth.unreadable"),
    Case("", "to be", "fail", "attack: silence", reason="answer.missing"),
    Case("5", 5, "unjudged", "a number is no text"),
)


@verifier
def exact(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Compare one text with the truth."""
    truth = task.truth
    if not isinstance(truth, str) or not truth:
        raise TruthError(f"the truth must be a text that is not empty; it is {brief(truth)}")
    found = _span(rollout, task, params)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    start, end = found
    text = rollout.text[start:end]
    shown = {"found": text[:EXCERPT], "span": [start, end], "truth": truth[:EXCERPT]}
    if refused := hidden(text, allowed=truth):
        return failed(refused.reason, detail=refused.detail, **shown)
    said, right = _form(text, params), _form(truth, params)
    if said == right:
        return passed("text.equal", **shown)
    return failed("text.different", offset=_difference(said, right), **shown)


def _span(rollout: Rollout, task: Task, params: Params) -> tuple[int, int] | NoAnswer:
    if params.channel != "whole":
        answer = extract(rollout, task, params)
        return answer if isinstance(answer, NoAnswer) else (answer.start, answer.end)
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return NoAnswer(problem)
    end = content_end(text) if params.strip else len(text)
    while params.strip and start < end and text[start].isspace():
        start += 1
    return (start, end) if start < end else NoAnswer("answer.missing", "the final segment is empty")


def _form(text: str, params: Params) -> str:
    if params.normalise_space:
        text = " ".join(text.split())
    if params.fold_case:
        text = text.casefold()
    return text.strip() if params.strip else text


def _difference(said: str, right: str) -> int:
    """The offset of the first character in which two different texts differ."""
    return next(
        (at for at, (one, other) in enumerate(zip(said, right, strict=False)) if one != other),
        min(len(said), len(right)),
    )
