"""Completions to measure with: seeded, about 2 kB each, some right, some wrong, some broken."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

SIZE = 2000
GROUP = 8
BOX = "<answer>\\boxed{{{}}}</answer>"
LINE = "#### {}"

_SENTENCES = (
    "First we write down what is given and what is asked.",
    "There are {a} boxes with {b} apples each, so we multiply {a} by {b}.",
    "That makes {a} * {b} = {c} apples before any of them are eaten.",
    "Let x be the number that remains; then x + {a} = {b} and x = {b} - {a}.",
    "We check the result by putting it back: $x^2 - {a}x + {b} = 0$ holds.",
    "Wait, the second condition also says that the total is below {c}.",
    "Dividing both sides by {a} gives \\frac{{{c}}}{{{a}}}, which is what we want.",
    "So the amount per day is ${b}, and per week it is 7 times as much.",
)


def rows(count: int, ending: str = BOX, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Rollouts as rows: `GROUP` to a task. `ending`: how the answer is said."""
    rng = random.Random(seed)  # noqa: S311 - nothing here is secret
    truth = 0
    for number in range(count):
        if number % GROUP == 0:
            truth = rng.randrange(1, 10_000)
        task = number // GROUP
        yield {
            "task_id": f"bench-{task}",
            "prompt": f"Problem {task}: how many apples are there? Put the answer in \\boxed{{}}.",
            "completion": completion(rng, truth, ending),
            "truth": str(truth),
        }


def completion(rng: random.Random, truth: int, ending: str) -> str:
    """One completion: half are right, one in ten has no answer."""
    thinking = ""
    while len(thinking) < SIZE - 120:
        a, b = rng.randrange(2, 100), rng.randrange(2, 1000)
        thinking += rng.choice(_SENTENCES).format(a=a, b=b, c=a * b) + rng.choice((" ", "\n"))
    answer = truth if rng.random() < 0.5 else rng.randrange(1, 10_000)
    if rng.random() < 0.1:
        return f"<think>{thinking}</think> I am not sure about this one."
    return f"<think>{thinking}</think>\n{ending.format(answer)}"
