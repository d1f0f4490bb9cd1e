"""The parts of a completion whose language is asked for, and the language that is asked for."""

from __future__ import annotations

from typing import Literal, NamedTuple

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task
from referee.text.languages import identify, known
from referee.text.prose import prose
from referee.text.tags import content_end, final_segment, prompt_opens

Of = Literal["all", "thinking", "answer"]

SURE = 0.5  # a prompt's language is taken from it where it is at least so sure


class Part(NamedTuple):
    """One part of a completion, by its name and its offsets."""

    name: str
    start: int
    end: int


def parts(rollout: Rollout, task: Task, think: str, of: Of) -> list[Part] | str:
    """The parts that are asked for, or the reason why they cannot be told apart. A part that is absent is left out."""
    text = rollout.text
    opened = prompt_opens(task.prompt, think)
    start, problem = final_segment(text, think, opened=opened)
    if problem is not None and (of == "answer" or problem != "think.unclosed"):
        return problem
    final = len(text) if problem else start
    found = [Part("thinking", 0, final)] if final else []
    if problem is None:
        found.append(Part("answer", start, max(start, content_end(text))))
    return [part for part in found if of in ("all", part.name)]


def asked(task: Task, language: str) -> str:
    """The code of the language asked for. Raises `TruthError` where it is none, or the prompt does not say."""
    if language == "truth":
        truth = task.truth
        return known(truth.get("language") if isinstance(truth, dict) else truth)
    if language != "prompt":
        return known(language)
    found = identify(prose(task.prompt or ""))
    if found is None or found.score < SURE:
        raise TruthError("the prompt is too short to say which language is asked for; give `language` a code")
    return found.code
