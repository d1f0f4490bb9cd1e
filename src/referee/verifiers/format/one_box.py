r"""The final segment holds exactly one `\boxed{}`: closed, not nested, not empty.

## What it checks
After the thinking there is one box and no second, and no box is opened without being closed. What stands in the box is
no concern of this rule.

| reason | what is wrong |
|---|---|
| `format.no_box`, `format.several_boxes` | none, more than one |
| `format.box_nested`, `format.box_unclosed` | a box within a box, a box that is never closed |
| `format.box_empty` | nothing visible in the box |
| `think.unclosed`, `think.nested`, `think.stray_close` | there is no final segment to look at |

## Truth
Not read; any value is fine.

## Parameters
None but the name of the thinking tag.

## When it cannot judge
Never.

## Known gaps
`\boxed 7` and the words `\boxed notation` count as a box around the next word, as TeX reads them. Boxes inside the
thinking are not counted. `\fbox` and other frames are no boxes.

## Sources
The convention of the MATH data set (Hendrycks et al., arXiv 2103.03874).
"""

from __future__ import annotations

from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, Parameters, verifier
from referee.text.boxed import boxes
from referee.text.tags import final_segment, prompt_opens
from referee.text.visible import shows

EXCERPT = 80


class Params(Parameters, frozen=True, kw_only=True):
    """think: name of the thinking tag; boxes are counted after its last closing tag."""

    think: str = "think"


CASES = (
    Case(r"So \boxed{2}.", None, "pass", reason="format.ok"),
    Case(r"<think>Maybe \boxed{3}?</think> So \boxed{\frac{1}{2}}.", None, "pass", "boxes in the thinking are free"),
    Case(r"Maybe \boxed{3}?</think> So \boxed{2}.", None, "pass", "the prompt opened the thinking"),
    Case("So 2.", None, "fail", "no box", reason="format.no_box"),
    Case("", None, "fail", "nothing at all", reason="format.no_box"),
    Case(r"<think>So \boxed{2}.</think> Done.", None, "fail", "only in the thinking", reason="format.no_box"),
    Case(r"\boxed{2} or \boxed{3}", None, "fail", "attack: two answers", reason="format.several_boxes"),
    Case(r"\boxed{2}" * 1000, None, "fail", "attack: the answer a thousand times", reason="format.several_boxes"),
    Case(r"\boxed{\boxed{2}}", None, "fail", "attack: a box in a box", reason="format.box_nested"),
    Case(r"\boxed{2} \boxed{3", None, "fail", "attack: a second answer left open", reason="format.box_unclosed"),
    Case(r"\boxed{", None, "fail", "cut off", reason="format.box_unclosed"),
    Case("\\boxed{\u200b}", None, "fail", "attack: nothing that can be seen", reason="format.box_empty"),
    Case(r"<think>So \boxed{2}.", None, "fail", "the thinking never ends", reason="think.unclosed"),
    Case(r"\fbox{2}", None, "fail", "another frame", reason="format.no_box"),
)


@verifier
def one_box(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Count the boxes of the final segment."""
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return failed(problem, span=[start, len(text)])
    closed, unclosed = boxes(text, start)
    if unclosed or not closed:
        return failed("format.box_unclosed" if unclosed else "format.no_box", span=[start, len(text)])
    box = closed[-1]
    evidence = {"found": text[box.start : min(box.end, box.start + EXCERPT)], "span": [box.start, box.end]}
    if len(closed) > 1:
        return failed("format.several_boxes", count=len(closed), **evidence)
    if box.nested:
        return failed("format.box_nested", **evidence)
    if not shows(text, 1, box.start, box.end):
        return failed("format.box_empty", **evidence)
    return passed("format.ok", **evidence)
