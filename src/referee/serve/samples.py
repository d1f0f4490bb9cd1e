"""Three families of tasks, each with a task and rollouts to try: right, wrong, and wrong in an instructive way."""

from __future__ import annotations

from typing import Final

from referee.serve.records import Family, Sample


def _rollouts(*rows: tuple[str, str, str, str]) -> tuple[Sample, ...]:
    return tuple(Sample(id=name, title=title, text=text, note=note) for name, title, text, note in rows)


_EXACT: Final = Family(
    id="exact",
    title="Exact match",
    about="A number is compared with the truth, after it was read whole.",
    pack="gsm8k",
    prompt="A box holds 12 trays of 24 eggs. 40 eggs break. How many are whole? End with #### and the number.",
    truth="248",
    rollouts=_rollouts(
        (
            "right",
            "Right",
            "12 trays of 24 eggs are 288 eggs. 288 - 40 = 248.\n#### 248",
            "The number after #### is the truth.",
        ),
        ("wrong", "Wrong", "12 trays of 24 eggs are 288 eggs. 288 - 40 = 258.\n#### 258", "A slip: 258 is not 248."),
        (
            "comma",
            "Written otherwise",
            "There are 288 eggs, of which 40 break.\n#### 248.0",
            "Another way to write the same number.",
        ),
        (
            "missing",
            "No answer",
            "12 times 24 is 288, and 40 of them break.",
            "Nothing follows ####, so nothing is guessed.",
        ),
        (
            "two",
            "Two answers",
            "It is 248, or 258 if none had broken.\n#### 248 or 258",
            "Who names two answers has not decided.",
        ),
    ),
)

_TWO: Final = "<answer>\\boxed{2}</answer>"
_FORMAT: Final = Family(
    id="format",
    title="Format and answer",
    about="A small reward for the form, a large one for the answer: R1-Zero's rules.",
    pack="r1-zero-math",
    prompt="Solve x^2 - 5x + 6 = 0. Put the smaller root in \\boxed{}.",
    truth="2",
    rollouts=_rollouts(
        (
            "right",
            "Right, perfect format",
            f"<think>Their product is 6 and their sum is 5, so they are 2 and 3. The smaller is 2.</think> {_TWO}",
            "Both rules pay: 1.10.",
        ),
        (
            "wrong",
            "Wrong, perfect format",
            "<think>It factors as (x - 2)(x - 3). I take the second factor.</think> <answer>\\boxed{3}</answer>",
            "Only the form pays: 1.10 falls to 0.10.",
        ),
        ("bare", "Right, no format", "The smaller root is 2.", "No box, no thinking: nothing can be read."),
        (
            "empty",
            "Right, empty thinking",
            "<think></think> <answer>\\boxed{2}</answer>",
            "The form is there, the thinking is not.",
        ),
        (
            "hedge",
            "Two boxes",
            "<think>One of them is smaller.</think> <answer>\\boxed{2} or \\boxed{3}</answer>",
            "Two answers are none.",
        ),
        (
            "same",
            "Right, in other words",
            f"<think>Try x = 2: 4 - 10 + 6 = 0. Try x = 1: 1 - 5 + 6 = 2, no. So it is 2.</think> {_TWO}",
            "Beside the first one the group is silent: equal rewards teach nothing.",
        ),
    ),
)

_THOUGHT: Final = "<think>The middle one of the sorted numbers.</think>\n"


def _program(*lines: str) -> str:
    return "\n".join((f"{_THOUGHT}```python", *lines, "```"))


_EXECUTION: Final = Family(
    id="execution",
    title="Execution",
    about="A program is run in the sandbox, and what it returns is compared outside of it.",
    pack="r1-zero-code",
    prompt="Write a function middle(numbers) that returns the median of a list of odd length.",
    truth={
        "entry_point": "middle",
        "calls": [
            {"args": [[3, 1, 2]], "expected": 2},
            {"args": [[5]], "expected": 5},
            {"args": [[4, 9, 4]], "expected": 4},
        ],
    },
    rollouts=_rollouts(
        (
            "right",
            "Right",
            _program("def middle(numbers):", "    return sorted(numbers)[len(numbers) // 2]"),
            "Every call returns what it should: 1.10.",
        ),
        (
            "wrong",
            "Forgot to sort",
            _program("def middle(numbers):", "    return numbers[len(numbers) // 2]"),
            "It runs and returns something else: 0.10, for the form alone.",
        ),
        (
            "forever",
            "Never ends",
            _program("def middle(numbers):", "    while True:", "        pass"),
            "Stopped when its processor time is over.",
        ),
        (
            "equal",
            "Equal to everything",
            _program(
                "class Any(int):",
                "    def __eq__(self, other):",
                "        return True",
                "",
                "",
                "def middle(numbers):",
                "    return Any(0)",
            ),
            "An attack that pays where values are compared in the program's own process.",
        ),
        (
            "exit",
            "Leaves before the tests",
            _program("import os", "", "", "def middle(numbers):", "    os._exit(0)"),
            "An exit code of 0 is no passed test.",
        ),
    ),
)

FAMILIES: Final = (_EXACT, _FORMAT, _EXECUTION)
