"""Where the answer is read from, and every way to have none. One channel, one answer, after the thinking."""

import pytest

from referee.core.types import Rollout, Task
from referee.text.channel import Answer, Channel, Extraction, NoAnswer, Take, extract


def read(text: str, channel: Channel = "auto", take: Take = "last", prompt: str | None = None) -> str:
    """The answer, or the reason in angle brackets."""
    found = extract(Rollout(text=text), Task(prompt=prompt), Extraction(channel=channel, take=take))
    if isinstance(found, NoAnswer):
        return f"<{found.reason}>"
    assert text[found.start : found.end] == found.text
    assert found.span == [found.start, found.end]
    return found.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"<think>\boxed{1}</think> \boxed{2}", "2"),
        (r"\boxed{1} no, \boxed{2}", "2"),
        (r"\boxed{$2$}", "2"),
        (r"\boxed{ \frac{1}{2} }", r"\frac{1}{2}"),
        ("2", "<answer.missing>"),
        (r"\boxed{}", "<answer.empty>"),
        (r"\boxed{2", "<answer.unclosed>"),
        (r"\boxed{\boxed{1} 2}", "<answer.nested>"),
        (r"<think>\boxed{2}", "<think.unclosed>"),
        (r"<think>\boxed{2}</think> two", "<answer.missing>"),
        (r"<think>a</think>\boxed{1}</think>\boxed{2}", "<think.stray_close>"),
    ],
)
def test_boxed(text: str, answer: str) -> None:
    assert read(text, "boxed") == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<answer>2</answer>", "2"),
        ("<answer>\n 2 \n</answer>", "2"),
        (r"<answer>\boxed{2}</answer>", "2"),
        ("<answer>1</answer><answer>2</answer>", "2"),
        ("<answer></answer>", "<answer.empty>"),
        ("<answer>2", "<answer.unclosed>"),
        ("2</answer>", "<answer.unclosed>"),
        ("<answer><answer>2</answer></answer>", "<answer.nested>"),
        ("2", "<answer.missing>"),
    ],
)
def test_answer_tags(text: str, answer: str) -> None:
    assert read(text, "answer") == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("work\n#### 1,234", "1,234"),
        ("work\nA: 26", "26"),
        ("The answer is 7.", "7"),
        ("The answer is 3.5. It was hard.", "3.5"),
        ("the final answer is: **7**.", "7"),
        ("**Answer:** $18$", "18"),
        ("**Answer: 7**", "7"),
        ("Answer:\n\n42", "42"),
        (r"The answer is \boxed{42}.", "42"),
        ("The final answer is: answer: 4", "4"),
        ("The answer is J. K. Rowling. She lives.", "J. K. Rowling"),
        ("The answer is Dr. Seuss. He lived.", "Dr. Seuss"),
        ("So the answer is therefore *42*.", "42"),
        ("The wrong answer is 41.\nThe right answer is 42.", "42"),
        ("The answer is **Paris**.<|im_end|>\n</s>", "Paris"),
        ("Paris", "Paris"),
        ("<think>Rome?</think>\n<answer>Paris</answer>", "Paris"),
        ("two\nlines", "<answer.missing>"),
        ("The answer is", "<answer.empty>"),
        ("banana: 4\nand 5", "<answer.missing>"),
    ],
)
def test_lines(text: str, answer: str) -> None:
    assert read(text, "line") == answer


@pytest.mark.parametrize(
    ("text", "channel", "only", "agree"),
    [
        (r"\boxed{1} \boxed{2}", "boxed", "<answer.ambiguous>", "<answer.ambiguous>"),
        (r"\boxed{2} \boxed{2}", "boxed", "<answer.ambiguous>", "2"),
        (r"\boxed{2} " * 1000, "boxed", "<answer.ambiguous>", "<answer.repeated>"),
        ("The answer is 2.\n#### 2", "line", "<answer.ambiguous>", "2"),
        ("The answer is 1.\n#### 2", "line", "<answer.ambiguous>", "<answer.ambiguous>"),
        ("#### 2", "line", "2", "2"),
        ("Answer: 1, answer: 2", "line", "<answer.ambiguous>", "<answer.ambiguous>"),
        ("The answer is X. The answer is Y.", "line", "<answer.ambiguous>", "<answer.ambiguous>"),
    ],
)
def test_several_answers(text: str, channel: Channel, only: str, agree: str) -> None:
    assert read(text, channel, "only") == only
    assert read(text, channel, "agree") == agree


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("#### 1\n\\boxed{2}", "boxed"),
        ("the answer is 1 <answer>2</answer>", "answer"),
        ("#### 2", "line"),
        ("2", "whole"),
        (" $2$ <|endoftext|>", "whole"),
    ],
)
def test_auto_takes_the_first_channel_that_is_used(text: str, channel: str) -> None:
    found = extract(Rollout(text=text), Task(), Extraction())
    assert isinstance(found, Answer)
    assert (found.text, found.channel) == ("2", channel)


def test_the_prompt_may_open_the_thinking() -> None:
    assert read("hm </think> 2", "whole", prompt="Solve.\n<think>\n") == "2"
    assert read("2", "whole", prompt="Solve.\n<think>\n") == "<think.unclosed>"


@pytest.mark.parametrize(
    "wall",
    [
        "answer: ",
        "answer: **",
        "answer:\n",
        "the answer is ",
        "<answer>",
        "</answer>",
        "#### \n",
        "a:\n",
        "*",
        "$",
        "`",
        " ",
        "\\boxed{$",
    ],
)
def test_a_wall_of_marks_ends(wall: str) -> None:
    for channel in ("auto", "boxed", "answer", "line", "whole"):
        read(wall * 100_000, channel, "agree")  # type: ignore[arg-type]
