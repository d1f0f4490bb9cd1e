"""Answers that prose ends with, for the channel `auto` of verifiers that ask for it."""

import pytest

from referee.core.types import Rollout, Task
from referee.text.channel import Extraction, extract
from referee.text.closing import closing, is_prose


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"Therefore $x \geq 5$ is the solution.", r"x \geq 5"),
        ("We find that the total is $12$ in all, that is 12.", "12"),
        ("the answers are 9 chickens and 10 rabbits", "9 chickens and 10 rabbits"),
        ("So the cost of the delivery is $29.00.", "$29.00"),
        ("Answer $ 9 $", " 9 "),
        (r"Answer \[ \n 9 \n \]", r" \n 9 \n "),
        ("因此，数学作业比阅读作业多 **3页**。", "3"),
        ("La probabilité est de **25%**.", "25%"),
        ("The largest $n$ is 34.", "34"),
        ("It is 2/3. <|im_start|>user 4", "2/3"),
        ("Answer $ \n 9 \n $", None),
        ("There is no number in here at all.", None),
        (r"Correct, \frac{63}{400} but nothing", None),
    ],
)
def test_closing(text, answer):
    span = closing(text, 0, len(text))
    assert (text[slice(*span)] if span else None) == answer


@pytest.mark.parametrize(
    "text",
    ["42", "5 dollars", "x = 1 or x = 2", r"$x=1$ or $x=2$", "$f(x)=x$ for all $x$", "$28$ percent", "Max: 1, Min: 2"],
)
def test_answers_are_no_prose(text):
    assert not is_prose(text)


def test_only_on_auto_and_only_when_asked():
    rollout, task = Rollout(text="So we see that it must be $5$ then."), Task(truth="5")
    assert extract(rollout, task, Extraction(), prose=True).text == "5"
    assert extract(rollout, task, Extraction()).text == rollout.text
    assert extract(rollout, task, Extraction(channel="whole"), prose=True).text == rollout.text
    boxed = Rollout(text="So \\boxed{4}, or rather $5$.")
    assert extract(boxed, task, Extraction(), prose=True).text == "4"
