r"""The completion is `<think>...</think>`, then `<answer>...</answer>`, in exactly this order.

## What it checks
Each tag stands exactly once and in its place, the thinking and the answer hold visible text, and nothing but white
space and end-of-sequence tokens stands outside the blocks. The tags are read in one pass; the first fault in reading
order gives the reason, then text outside the blocks, then blocks that are empty or too short.

| reason | what is wrong |
|---|---|
| `format.no_think_open`, `format.no_think_close` | the thinking is never opened, never closed |
| `format.think_nested`, `format.think_repeated` | an opening tag inside the thinking, after the thinking |
| `format.think_empty`, `format.think_too_short` | no visible character in the thinking, fewer than `min_thinking` |
| `format.no_answer` | nothing after the thinking is an answer |
| `format.answer_before_think`, `format.answer_in_think` | an answer tag before the thinking, inside the thinking |
| `format.answer_nested`, `format.answer_repeated` | a second opening answer tag (or box) inside the answer, after it |
| `format.answer_unclosed` | the answer tag or the box is never closed |
| `format.answer_empty`, `format.answer_too_short` | no visible character in the answer, fewer than `min_answer` |
| `format.text_before`, `format.text_between`, `format.text_after` | text outside the blocks, in strict mode |
| `format.stray_tag` | a closing tag that closes nothing, or an answer tag where `answer` allows none |

## Truth
Not read; any value is fine.

## Parameters
With `answer = "box"` or `"tag_or_box"` the text after the thinking may be prose around a closed `\boxed{}`.

## When it cannot judge
Never: every text either has the structure or has not.

## Known gaps
Visible characters are counted, not understood: thinking of eight dots has length eight. A thinking that quotes a tag
literally fails, because nobody can tell a quotation from a second block.

## Sources
DeepSeek-R1 (arXiv 2501.12948), section 2.2, for the template and the format reward.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Parameters, verifier
from referee.text.boxed import boxes
from referee.text.tags import content_end, prompt_opens, scan
from referee.text.visible import shows
from referee.verifiers.format._think_answer_cases import CASES

__all__ = ["CASES", "Params", "think_answer"]

EXCERPT = 80


class Params(Parameters, frozen=True, kw_only=True):
    """outer: "strict": only white space and end-of-sequence tokens outside the blocks; "lenient": any text there.
    opened: whether the prompt already holds the opening tag: "yes", "no", or "auto", which looks at the prompt.
    answer: what the answer is: one answer "tag", a closed "box" after the thinking, "tag_or_box", or any "text".
    min_thinking: least number of visible characters in the thinking.
    min_answer: least number of visible characters in the answer.
    fold_case: whether upper-case tags count.
    think: name of the thinking tag.
    answer_tag: name of the answer tag.
    """

    outer: Literal["strict", "lenient"] = "strict"
    opened: Literal["auto", "yes", "no"] = "auto"
    answer: Literal["tag", "box", "tag_or_box", "text"] = "tag"
    min_thinking: Annotated[int, Meta(ge=0)] = 1
    min_answer: Annotated[int, Meta(ge=0)] = 1
    fold_case: bool = False
    think: str = "think"
    answer_tag: str = "answer"

    def __post_init__(self) -> None:
        for field in ("think", "answer_tag"):
            value = getattr(self, field)
            if not value or value != value.strip("<>/ ") or (self.fold_case and value != value.lower()):
                raise ValueError(
                    f"`{field}` is the bare name of a tag, in lower case when case is folded, not {value!r}"
                )
        if self.think == self.answer_tag:
            raise ValueError(f"`think` and `answer_tag` are both {self.think!r}")


class Fault(NamedTuple):
    """Why the structure does not hold, and where."""

    reason: str
    start: int
    end: int


class Blocks(NamedTuple):
    """Offsets of the four tags in order, start and end of each; the answer tags are absent where it is not tagged."""

    tag: int
    think_start: int
    think_end: int
    think_after: int
    answer_tag: int = -1
    answer_start: int = -1
    answer_end: int = -1
    answer_after: int = -1


# state -> ((think, closing?) -> next state, or a reason). The key is (whether it is the thinking tag, closing).
_STEPS: dict[str, dict[tuple[bool, bool], str]] = {
    "start": {
        (True, False): "thinking",
        (True, True): "format.no_think_open",
        (False, False): "format.answer_before_think",
        (False, True): "format.stray_tag",
    },
    "thinking": {
        (True, False): "format.think_nested",
        (True, True): "between",
        (False, False): "format.answer_in_think",
        (False, True): "format.answer_in_think",
    },
    "between": {
        (True, False): "format.think_repeated",
        (True, True): "format.stray_tag",
        (False, False): "answer",
        (False, True): "format.stray_tag",
    },
    "answer": {
        (True, False): "format.think_repeated",
        (True, True): "format.stray_tag",
        (False, False): "format.answer_nested",
        (False, True): "end",
    },
    "end": {
        (True, False): "format.think_repeated",
        (True, True): "format.stray_tag",
        (False, False): "format.answer_repeated",
        (False, True): "format.stray_tag",
    },
}
_ENDS = {
    "start": "format.no_think_open",
    "thinking": "format.no_think_close",
    "answer": "format.answer_unclosed",
}


@verifier
def think_answer(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Judge the structure of one completion."""
    text = rollout.text
    opened = params.opened == "yes" or (params.opened == "auto" and prompt_opens(task.prompt, params.think))
    blocks = _walk(text, params, opened=opened)
    if isinstance(blocks, Fault):
        return _failed(text, blocks)
    fault = _outside(text, params, blocks) or _thinking(text, params, blocks)
    if fault is not None:
        return _failed(text, fault)
    answer = _answer(text, params, blocks)
    if isinstance(answer, Fault):
        return _failed(text, answer)
    start, end = answer
    found = text[start : min(end, start + EXCERPT)]
    return passed("format.ok", found=found, span=[start, end], thinking=[blocks.think_start, blocks.think_end])


def _failed(text: str, fault: Fault) -> Verdict:
    start, end = fault.start, fault.end
    return failed(fault.reason, found=text[start : min(end, start + EXCERPT)], span=[start, end])


def _walk(text: str, params: Params, *, opened: bool) -> Blocks | Fault:
    """Follow the tags through the states; the first that does not fit is the fault."""
    state = "thinking" if opened else "start"
    marks = [0, 0] if opened else []
    names = (params.think,) if params.answer == "text" else (params.think, params.answer_tag)
    for name, closing, start, end in scan(text, names, fold_case=params.fold_case):
        thinking = name == params.think
        if not thinking and name != params.answer_tag:
            continue  # a look-alike letter that case folding let through
        step = _STEPS[state][thinking, closing]
        if step == "answer" and params.answer == "box":
            step = "format.stray_tag"
        elif step == "format.think_nested" and opened and marks == [0, 0] and not text[:start].strip():
            marks = [start, end]  # a model whose prompt opened the thinking may say the tag again, as its first word
            continue
        if "." in step:
            return Fault(_precise(step, text[start:], params), start, end)
        state = step
        marks += (start, end)
    if reason := _ENDS.get(state):
        return Fault(reason, marks[-1] if marks else 0, len(text))
    if state == "between" and params.answer == "tag":
        return Fault("format.no_answer", marks[-1], len(text))
    return Blocks(*marks)


def _precise(reason: str, rest: str, params: Params) -> str:
    """A misplaced answer tag is the lesser fault when the thinking tag that should stand there never comes."""
    if params.fold_case:
        rest = rest.lower()
    if reason == "format.answer_in_think" and f"</{params.think}>" not in rest:
        return "format.no_think_close"
    if reason == "format.answer_before_think" and f"<{params.think}>" not in rest:
        return "format.no_think_open"
    return reason


def _outside(text: str, params: Params, blocks: Blocks) -> Fault | None:
    """Text before, between and after the blocks, where only white space may stand."""
    if params.outer == "lenient":
        return None
    if text[: blocks.tag].strip():
        return Fault("format.text_before", 0, blocks.tag)
    if blocks.answer_start < 0:
        return None  # the answer is the text after the thinking
    if text[blocks.think_after : blocks.answer_tag].strip():
        return Fault("format.text_between", blocks.think_after, blocks.answer_tag)
    end = content_end(text)
    return Fault("format.text_after", blocks.answer_after, end) if end > blocks.answer_after else None


def _thinking(text: str, params: Params, blocks: Blocks) -> Fault | None:
    start, end = blocks.think_start, blocks.think_end
    if shows(text, params.min_thinking, start, end):
        return None
    return Fault("format.think_too_short" if shows(text, 1, start, end) else "format.think_empty", start, end)


def _answer(text: str, params: Params, blocks: Blocks) -> tuple[int, int] | Fault:
    """The span of the answer, or what is wrong with it."""
    if blocks.answer_start >= 0:
        start, end = blocks.answer_start, blocks.answer_end
    elif params.answer == "text":
        start, end = _without_tags(text, params, blocks.think_after, content_end(text))
    else:
        found, unclosed = boxes(text, blocks.think_after)
        if unclosed or not found:
            return Fault("format.answer_unclosed" if unclosed else "format.no_answer", blocks.think_after, len(text))
        start, end = found[-1].start, found[-1].end
        if found[-1].nested:
            return Fault("format.answer_nested", start, end)
    if shows(text, params.min_answer, start, end):
        return start, end
    return Fault("format.answer_too_short" if shows(text, 1, start, end) else "format.answer_empty", start, end)


def _without_tags(text: str, params: Params, start: int, end: int) -> tuple[int, int]:
    """Answer tags around a text answer are allowed and no part of it."""
    while start < end and text[start].isspace():
        start += 1
    opening, closing = f"<{params.answer_tag}>", f"</{params.answer_tag}>"
    if text.startswith(opening, start, end) and text.endswith(closing, start + len(opening), end):
        return start + len(opening), end - len(closing)
    return start, max(start, end)
