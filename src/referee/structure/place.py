"""Where in a completion a document stands: one place, declared, and no fallback.

| place | the document is |
|---|---|
| `auto` | the whole final segment; a fence around all of it is taken off |
| `whole` | the whole final segment as it stands |
| `fence` | the content of the only fenced block, or of the only one that names the language; prose around it is free |
| `answer` | the content of the only `<answer>...</answer>` |

The final segment is what follows the thinking (`referee.text.tags.final_segment`), without end-of-sequence tokens.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from referee.core.types import Rollout, Task
from referee.core.verifier import Parameters
from referee.text.channel import Extraction, NoAnswer, extract
from referee.text.fences import blocks
from referee.text.tags import content_end, final_segment, prompt_opens

Place = Literal["auto", "whole", "fence", "answer"]

MOST_BLOCKS = 2_000  # fenced ones, in whatever language
_SPACE = " \t\r\n"


class Placed(Parameters, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    """

    place: Place = "auto"
    think: str = "think"


class Found(NamedTuple):
    """The text of a document and its offsets in the completion."""

    text: str
    start: int
    end: int

    @property
    def span(self) -> list[int]:
        """[start, end), for evidence."""
        return [self.start, self.end]


def document(rollout: Rollout, task: Task, params: Placed, languages: tuple[str, ...]) -> Found | NoAnswer:
    """The text at the declared place, or why there is none. `languages`: what a fence around it may be called."""
    text = rollout.text
    if params.place == "answer":
        only = Extraction(channel="answer", take="only", think=params.think)
        answer = extract(rollout, task, only)
        return answer if isinstance(answer, NoAnswer) else _found(text, answer.start, answer.end)
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return NoAnswer(problem)
    end = content_end(text)
    while start < end and text[start] in _SPACE:
        start += 1
    if start >= end:
        return NoAnswer("answer.missing", "the final segment is empty")
    if params.place == "fence":
        return _fenced(text, start, end, languages)
    if params.place == "auto" and text.startswith(("```", "~~~"), start):
        return _around(text, start, end, languages)
    return _found(text, start, end)


def _fenced(text: str, start: int, end: int, languages: tuple[str, ...]) -> Found | NoAnswer:
    """The one block among any prose."""
    every = blocks(text, start, end, most=MOST_BLOCKS + 1)
    if len(every) > MOST_BLOCKS:
        return NoAnswer("answer.ambiguous", f"more than {MOST_BLOCKS:,} fenced blocks")
    named = [block for block in every if block.language in languages] or [b for b in every if not b.language]
    if not named:
        return NoAnswer("answer.missing", f"no fenced block of {languages[0]} in the final segment")
    if len(named) > 1:
        return NoAnswer("answer.ambiguous", f"{len(named)} fenced blocks where one is allowed")
    if not named[0].closed:
        return NoAnswer("answer.unclosed", "the fenced block never closes")
    return _found(text, named[0].start, named[0].end)


def _around(text: str, start: int, end: int, languages: tuple[str, ...]) -> Found | NoAnswer:
    """What one fence around the whole segment holds."""
    every = blocks(text, start, end, most=2)
    if len(every) != 1 or not every[0].closed or every[0].language not in ("", *languages):
        return _found(text, start, end)  # then the fence is part of what is no document
    block = every[0]
    after = text[block.end : end].strip(_SPACE)
    return _found(text, block.start, block.end) if not after.strip("`~") else _found(text, start, end)


def _found(text: str, start: int, end: int) -> Found:
    return Found(text[start:end], start, end)
