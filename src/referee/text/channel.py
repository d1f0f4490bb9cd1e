r"""Channels: where in a completion the answer stands.

A reward reads one channel and has no fallback: a policy that may choose where to be read from gets two tries. The
channel is looked for in the final segment only, after the thinking (`referee.text.tags.final_segment`).

| channel | the answer is |
|---|---|
| `boxed` | the content of `\boxed{...}` |
| `answer` | the content of `<answer>...</answer>` |
| `line` | what follows `####`, `A:`, `Answer:` or "the answer is", up to the end of the sentence; a final segment \
that is a single line without such a mark is the answer line itself |
| `whole` | the whole final segment |
| `auto` | the first of the above that the segment uses; for measurements and interactive use |

`take` says what happens when the channel holds several answers: `last` takes the last, `only` refuses
(`answer.ambiguous`), `agree` allows up to three mentions of the same text.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from referee.core.types import Rollout, Task
from referee.core.verifier import Parameters
from referee.text.boxed import MACRO, boxes
from referee.text.closing import closing, is_prose
from referee.text.tags import content_end, final_segment, prompt_opens, scan

Channel = Literal["auto", "boxed", "answer", "line", "whole"]
Take = Literal["last", "only", "agree"]

MAX_AGREEING = 3  # one in the reasoning, one in the conclusion, one on the final line; a thousand is spam

# Every part is bounded, so the search is linear. "####" and "A:" count at the start of a line only.
_MARKER = re.compile(
    r"^[ \t]{0,8}####"
    r"|^[ \t>*_]{0,8}a[*_]{0,2}:"
    r"|(?<!wrong )(?<!incorrect )\banswer[*_]{0,2}"
    r"(?:[ \t]{1,4}is\b(?:[ \t]{1,4}(?:therefore|thus|hence|then|simply|indeed)\b,?)?[ \t]{0,4}:?|[ \t]{0,4}[:=：])",  # noqa: RUF001 - full-width colon
    re.IGNORECASE | re.MULTILINE,
)
# The stop of an initial ("J. K. Rowling", "U.S. Army") or of a title ends no sentence.
_SENTENCE_END = re.compile(
    r"\n|(?<![^A-Za-z0-9][A-Z])(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSt)(?<!\bMt)(?<!\bFt)\.(?=\s)"
)
_LAYERS = 6
_PAIRS = (
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("***", "***"),
    ("**", "**"),
    ("*", "*"),
    ("__", "__"),
    ("_", "_"),
    ("`", "`"),
    ("<answer>", "</answer>"),
)


class Extraction(Parameters, frozen=True, kw_only=True):
    """channel: where the answer stands (see `referee.text.channel`).
    take: which answer counts when the channel holds several: the last, only one, or up to three that agree.
    think: name of the thinking tag; the answer is read after its last closing tag.
    """

    channel: Channel = "auto"
    take: Take = "last"
    think: str = "think"


class Answer(NamedTuple):
    """One extracted answer: its text and its offsets in the completion."""

    text: str
    start: int
    end: int
    channel: str

    @property
    def span(self) -> list[int]:
        """[start, end), for evidence."""
        return [self.start, self.end]


class NoAnswer(NamedTuple):
    """Why there is no answer to judge. The rollout's own doing, so the verdict is `fail` with this reason."""

    reason: str
    detail: str = ""


def extract(rollout: Rollout, task: Task, params: Extraction, *, prose: bool = False) -> Answer | NoAnswer:
    """The one answer of a rollout on its channel, or the reason why there is none.

    `prose`: on `auto`, where nothing marks the answer, what the text ends with (`referee.text.closing`).
    """
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return NoAnswer(problem)
    channel = params.channel
    if channel == "auto":
        channel = _used(text, start)
    found = _FINDERS[channel](text, start)
    if isinstance(found, NoAnswer):
        return found
    if not found:
        return NoAnswer("answer.missing", f"no {_NAMES[channel]} in the final segment")
    if len(found) > 1 and params.take != "last":
        if params.take == "agree" and len(found) > MAX_AGREEING:
            return NoAnswer("answer.repeated", f"an answer is given {len(found)} times")
        if params.take == "only" or len({text[begin:stop].strip() for begin, stop in found}) > 1:
            return NoAnswer("answer.ambiguous", f"{len(found)} answers where one is allowed")
    span = found[-1]
    if prose and params.channel == "auto" and channel in {"line", "whole"} and is_prose(text[slice(*span)]):
        span = closing(text, *span) or span
    begin, stop = unwrap(text, *span)
    if begin == stop:
        return NoAnswer("answer.empty")
    return Answer(text[begin:stop], begin, stop, channel)


def unwrap(text: str, start: int, end: int) -> tuple[int, int]:
    r"""The span without white space and pairs that only show: `$...$`, `\(...\)`, `**...**`, backticks, answer tags.

    A whole `\boxed{...}` around the rest counts as such a pair. Bounded: at most six layers are removed.
    """
    for _ in range(_LAYERS):
        start, end = _stripped(text, start, end)
        inner = _inside(text, start, end)
        if inner is None:
            break
        start, end = inner
    return start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    segment = text[start:end]
    start += len(segment) - len(segment.lstrip())
    return start, start + len(segment.strip())


def _inside(text: str, start: int, end: int) -> tuple[int, int] | None:
    for left, right in _PAIRS:
        if text.startswith(left, start) and text.endswith(right, start, end):
            inner = start + len(left), end - len(right)
            if inner[0] <= inner[1] and left not in text[inner[0] : inner[1]]:
                return inner
    if text.startswith(MACRO, start):
        closed = boxes(text, start, end).closed
        if len(closed) == 1 and closed[0].outer == start and closed[0].end == end - 1:
            return closed[0].start, closed[0].end
    return None


def _used(text: str, start: int) -> Channel:
    if text.find(MACRO, start) >= 0:
        return "boxed"
    if text.find("<answer>", start) >= 0:
        return "answer"
    return "line" if _MARKER.search(text, start) else "whole"


Spans = list[tuple[int, int]]


def _boxed(text: str, start: int) -> Spans | NoAnswer:
    found, unclosed = boxes(text, start)
    if found and found[-1].nested:
        return NoAnswer("answer.nested", "a box within a box")
    if unclosed:
        return NoAnswer("answer.unclosed", "a box is opened and never closed")
    return [(box.start, box.end) for box in found]


def _answer(text: str, start: int) -> Spans | NoAnswer:
    spans: Spans = []
    opened: int | None = None
    for tag in scan(text, ("answer",), start):
        if tag.closing == (opened is None):
            return NoAnswer("answer.nested" if opened else "answer.unclosed", "the answer tags do not pair up")
        if opened is not None:
            spans.append((opened, tag.start))
        opened = None if tag.closing else tag.end
    return NoAnswer("answer.unclosed", "<answer> is never closed") if opened is not None else spans


def _line(text: str, start: int) -> Spans:
    spans: Spans = []
    limit = content_end(text)
    stop = start
    for match in _MARKER.finditer(text, start, limit):
        begin = match.end()
        while begin < limit and text[begin].isspace():  # "Answer:" may stand on a line of its own
            begin += 1
        if spans and match.start() <= spans[-1][0]:  # "The final answer is: answer: 4" is one mention
            spans.pop()
        if spans:
            spans[-1] = (spans[-1][0], min(spans[-1][1], match.start()))
        if stop <= begin:  # otherwise the sentence that ends at `stop` holds this mention too
            sentence = _SENTENCE_END.search(text, begin, limit)
            stop = sentence.start() if sentence else limit
        spans.append((begin, stop))
    if not spans:
        begin, stop = _stripped(text, start, limit)
        spans = [(begin, stop)] if begin < stop and text.find("\n", begin, stop) < 0 else []
    few = spans[-MAX_AGREEING - 1 :]  # more than these are refused or left unread
    return spans[: -len(few)] + [_without_half_emphasis(text, *span) for span in few]


def _without_half_emphasis(text: str, start: int, end: int) -> tuple[int, int]:
    """`**Answer: 7**` and `**Answer:** 7` leave half a pair of asterisks around the answer; so does a full stop."""
    for mark in (".", "**", "__", "."):
        if text.endswith(mark, start, end) and (mark == "." or text.count(mark, start, end) % 2):
            end -= len(mark)
        elif mark != "." and text.startswith(mark, start, end) and text.count(mark, start, end) % 2:
            start += len(mark)
    return start, end


def _whole(text: str, start: int) -> Spans:
    end = content_end(text)
    return [(start, end)] if text[start:end].strip() else []


_FINDERS = {"boxed": _boxed, "answer": _answer, "line": _line, "whole": _whole}
_NAMES = {"auto": "answer", "boxed": "\\boxed{}", "answer": "<answer>", "line": "answer line", "whole": "text"}
