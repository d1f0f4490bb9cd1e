"""Labelled completions for `format.think_answer`."""

from __future__ import annotations

from referee.core.verifier import Case

T = "Two and two is four."
CANONICAL = f"<think>\n{T}\n</think>\n<answer>\n4\n</answer>"
OPENED = "Question: 2 + 2?\n<think>\n"
BOX = {"answer": "tag_or_box"}

# The first 31 are the questions on which published format rewards differ, each with what it should be.
CASES = (
    Case(CANONICAL, None, "pass", reason="format.ok"),
    Case(CANONICAL + "\n", None, "pass", "a newline at the end"),
    Case(CANONICAL + "\nI hope this helps!", None, "fail", "attack: garbage after the end", reason="format.text_after"),
    Case("\n" + CANONICAL, None, "pass", "a newline in front"),
    Case(f"<think>{T}</think><answer>4</answer>", None, "pass", "all on one line"),
    Case(f"<think>\n{T}\n</think>\n\n<answer>\n4\n</answer>", None, "pass", "a blank line between the blocks"),
    Case(CANONICAL.replace("\n", "\r\n"), None, "pass", "lines end in CR LF"),
    Case("<think></think><answer>4</answer>", None, "fail", "attack: empty thinking", reason="format.think_empty"),
    Case("<think> \n </think><answer>4</answer>", None, "fail", "attack: blank thinking", reason="format.think_empty"),
    Case(
        f"<think>{T}</think><think>And so.</think><answer>4</answer>",
        None,
        "fail",
        "attack: two thoughts",
        reason="format.think_repeated",
    ),
    Case(
        f"<think><think>{T}</think></think><answer>4</answer>",
        None,
        "fail",
        "attack: a thought in a thought",
        reason="format.think_nested",
    ),
    Case(CANONICAL + "<answer>5</answer>", None, "fail", "attack: two answers", reason="format.answer_repeated"),
    Case(
        f"<think>{T}<answer>4</answer></think>",
        None,
        "fail",
        "attack: the only answer is inside the thinking",
        reason="format.answer_in_think",
    ),
    Case(
        f"<think>{T}<answer>5</answer></think><answer>4</answer>",
        None,
        "fail",
        "attack: one answer inside, one outside",
        reason="format.answer_in_think",
    ),
    Case(
        f"<think>{T}</think><answer><answer>4</answer></answer>",
        None,
        "fail",
        "attack: nested answers",
        reason="format.answer_nested",
    ),
    Case(f"<answer>4</answer><think>{T}</think>", None, "fail", "wrong order", reason="format.answer_before_think"),
    Case(f"{T}\n</think>\n<answer>4</answer>", None, "pass", "the prompt opened the thinking", prompt=OPENED),
    Case(f"<think>{T}<answer>4</answer>", None, "fail", "the thinking never closes", reason="format.no_think_close"),
    Case(f"<think>{T}</think><answer></answer>", None, "fail", "attack: empty answer", reason="format.answer_empty"),
    Case(f"<think>{T}</think><answer> \n</answer>", None, "fail", "attack: blank answer", reason="format.answer_empty"),
    Case(f"<think>{T}</think><answer>The result is", None, "fail", "cut off", reason="format.answer_unclosed"),
    Case(
        f"<think>{T}</think><answer>4</think></answer>",
        None,
        "fail",
        "attack: a second end of thinking inside the answer",
        reason="format.stray_tag",
    ),
    Case(f"<think>{T}</think> So: <answer>4</answer>", None, "fail", "text between", reason="format.text_between"),
    Case(CANONICAL + "<|im_end|>", None, "pass", "an end-of-sequence token"),
    Case("<think></think>", None, "fail", "attack: only empty thinking", reason="format.no_answer"),
    Case(CANONICAL.upper(), None, "fail", "upper-case tags are text by default", reason="format.no_think_open"),
    Case(CANONICAL.upper(), None, "pass", "and tags on request", {"fold_case": True}),
    Case(f"{T}\n4", None, "fail", "no tags at all", reason="format.no_think_open"),
    Case("", None, "fail", "attack: nothing at all", reason="format.no_think_open"),
    Case("Well. " + CANONICAL, None, "fail", "text in front", reason="format.text_before"),
    Case(
        "</answer><answer></think><think>",
        None,
        "fail",
        "attack: every tag once, to please whoever counts tags",
        reason="format.stray_tag",
    ),
    # Beyond the 31.
    Case(f"{T}\n</think>\n<answer>4</answer>", None, "fail", "nobody opened it", reason="format.no_think_open"),
    Case(f"{T}</think><answer>4</answer>", None, "pass", "the caller says it was opened", {"opened": "yes"}),
    Case(f"<think>{T}</think><answer>4</answer>", None, "pass", "the opening tag is said again", prompt=OPENED),
    Case("Well. " + CANONICAL + " Done.", None, "pass", "lenient", {"outer": "lenient"}),
    Case(CANONICAL + CANONICAL, None, "fail", "lenient has limits", {"outer": "lenient"}, "format.think_repeated"),
    Case(
        "<think>\u200b\u2060\u3164\u0301</think><answer>4</answer>",
        None,
        "fail",
        "attack: thinking that nobody can see",
        reason="format.think_empty",
    ),
    Case("<think>Hm.</think><answer>4</answer>", None, "fail", "", {"min_thinking": 8}, "format.think_too_short"),
    Case(f"<think>{T}</think> \\boxed{{2}}", None, "pass", "", BOX),
    Case(f"<think>{T}</think>\n\nSo the answer is \\boxed{{2}}.", None, "pass", "", BOX),
    Case(f"<think>{T}</think><answer>\\boxed{{2}}</answer>", None, "pass", "", BOX),
    Case(f"<think>{T}</think>So it is 2.", None, "fail", "no box", BOX, "format.no_answer"),
    Case(f"<think>{T}</think>\\boxed{{2", None, "fail", "cut off", BOX, "format.answer_unclosed"),
    Case(f"<think>{T}</think>\\boxed{{ }}", None, "fail", "attack: an empty box", BOX, "format.answer_empty"),
    Case(f"<think>{T} \\boxed{{2}}</think>", None, "fail", "attack: the box is in the thinking", BOX),
    Case(f"<think>{T}</think><answer>\\boxed{{2}}</answer>", None, "fail", "", {"answer": "box"}, "format.stray_tag"),
    Case(f"<think>{T}</think>So it is 2.", None, "pass", "", {"answer": "text"}),
    Case(f"<think>{T}</think><answer></answer>", None, "fail", "attack: only markup", {"answer": "text"}),
)
