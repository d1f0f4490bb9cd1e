"""What the miniature model has read before any reward: sums and small programs, in every form, right and wrong.

A sum in full form thinks digit by digit and boxes the result:

    27+48=<think>7+8=15 2+4+1=7</think>\\boxed{75}

Most of what it reads has no such form, and in most of it something is wrong, so that a model which has learned it well
writes the form rarely and the right answer in it more rarely still. What is right is in there all the same: the rewards
only have to say which of its habits pays.
"""

from __future__ import annotations

import random
import re
import string
from typing import Any

HELD_OUT = 7  # every seventh problem is for measuring alone

_PIECES = (
    "<think>", "</think>", "\\boxed{", "}", "```python\n", "\n```", "def f(x):\n    return x", "f(x)=x",
)  # fmt: skip
SIGNS = ("<pad>", "<eos>", *_PIECES, *string.digits, *"+-*=? \n")

# How often a text has which form: full, thinking never closed, thinking only, no thinking.
_FORMS = {"full": 0.22, "unclosed": 0.24, "unboxed": 0.24, "plain": 0.30}
RIGHT = 0.45  # share of texts without a mistake


def tokenizer() -> Any:
    """Tags and code are tokens of their own, everything else is a token for each character."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordLevel({sign: place for place, sign in enumerate(SIGNS)}, unk_token="?"))
    pattern = "|".join(re.escape(piece) for piece in sorted(SIGNS, key=len, reverse=True))
    made.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "isolated")
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="?")


def sums() -> list[tuple[int, int]]:
    """All problems a+b of two digits each, shuffled in one fixed way."""
    found = [(a, b) for a in range(10, 100) for b in range(10, 100)]
    random.Random(0).shuffle(found)
    return found


def split(problems: list[Any]) -> tuple[list[Any], list[Any]]:
    """Those to learn from, and those that are held out."""
    return (
        [one for place, one in enumerate(problems) if place % HELD_OUT],
        [one for place, one in enumerate(problems) if not place % HELD_OUT],
    )


def sum_text(a: int, b: int, draw: random.Random) -> str:
    """One text about a sum, as the corpus has it."""
    shift = 0 if draw.random() < RIGHT else draw.choice([-10, -2, -1, 1, 2, 10])
    (form,) = draw.choices(list(_FORMS), list(_FORMS.values()))
    return f"{a}+{b}=" + _formed(form, _digits(a, b), str(a + b + shift))


def _digits(a: int, b: int) -> str:
    """The thinking: units, then tens with what is carried."""
    units = a % 10 + b % 10
    carried = "+1" if units > 9 else ""
    return f"{a % 10}+{b % 10}={units} {a // 10}+{b // 10}{carried}={a // 10 + b // 10 + units // 10}"


def _formed(form: str, thinking: str, answer: str) -> str:
    return {
        "full": f"<think>{thinking}</think>\\boxed{{{answer}}}",
        "unclosed": f"<think>{thinking}\\boxed{{{answer}}}",
        "unboxed": f"<think>{thinking}</think>{answer}",
        "plain": answer,
    }[form]


def functions() -> list[tuple[str, int]]:
    """All problems f(x)=x+c, x-c, x*c."""
    found = [(sign, c) for sign in "+-*" for c in range(2, 100)]
    random.Random(0).shuffle(found)
    return found


def function_text(sign: str, c: int, draw: random.Random) -> str:
    """One text about a function: as a program in a code block, or not, or another function's."""
    if draw.random() >= RIGHT:
        sign, wrong = draw.choice("+-*"), draw.randrange(2, 100)
    else:
        wrong = c
    program = f"```python\ndef f(x):\n    return x{sign}{wrong}\n```"
    (form,) = draw.choices(["full", "unclosed", "plain"], [0.25, 0.35, 0.40])
    asked = f"f(x)=x{sign}{c}?"
    return (
        asked
        + {
            "full": f"<think>x{sign}{c}</think>{program}",
            "unclosed": f"<think>x{sign}{c}{program}",
            "plain": program,
        }[form]
    )


def sum_task(a: int, b: int) -> dict[str, Any]:
    """A row of the data set of sums."""
    return {"prompt": f"{a}+{b}=", "truth": str(a + b)}


def function_task(sign: str, c: int) -> dict[str, Any]:
    """A row of the data set of functions: the truth is how it behaves."""
    behaves = {"+": lambda x: x + c, "-": lambda x: x - c, "*": lambda x: x * c}[sign]
    inputs = [0, 1, 7, 100, -3]
    tests = {"fn_name": "f", "inputs": [[x] for x in inputs], "outputs": [behaves(x) for x in inputs]}
    return {"prompt": f"f(x)=x{sign}{c}?", "truth": tests}
