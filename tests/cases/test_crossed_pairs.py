"""The answer of one problem is never accepted for another's, unless both are equal by a check that shares no code.

5,000 pairs in the normal run; `REFEREE_CROSSED_PAIRS=100000` runs as many as it says.
"""

import gzip
import json
import os
import random
import re
from fractions import Fraction
from pathlib import Path

import pytest

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task
from referee.verifiers import find

SHARED = Path(__file__).resolve().parents[3] / "shared"
CASES = SHARED / "cases" / "math"
SETS = {
    "realistic": CASES / "realistic.jsonl",
    "rewritten": CASES / "rewritten.jsonl",
    "math500": SHARED / "data" / "math500.jsonl.gz",
}
PAIRS = int(os.environ.get("REFEREE_CROSSED_PAIRS", "5000"))

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the labelled cases are not beside the project")


def answers(path):
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.splitlines()]
    return sorted({row["gold"] if "gold" in row else row["answer"] for row in rows})


_FRACTION = re.compile(r"\\[dt]?frac(?:\{([^{}]+)\}|(\d))(?:\{([^{}]+)\}|(\d))")


def value(text):
    """The number that a text is, as (rational, power of pi), by rules of this file only; None when it is no number."""
    text = re.sub(
        r"\\(?:text|mbox|mathrm)\s*\{[^{}]*\}(?:\^\{?\d\}?)?|,?\\!|\\[ ,;]|[\s$~]|\\\$|\{,\}|(?<=\d),(?=\d{3})",
        "",
        text,
    )
    text = re.sub(r"^[a-zA-Z]=", "", text)
    degrees = re.search(r"\^\{?\\circ\}?$", text)
    if degrees:
        number = value(text[: degrees.start()])
        return number and (number[0] / 180, 1)
    if text.endswith("%"):
        number = value(text.rstrip("%\\"))
        return number and (number[0] / 100, number[1])
    if mixed := re.fullmatch(r"(\d+)(\\[dt]?frac.*)", text):
        part = value(mixed[2])
        return part and (int(mixed[1]) + part[0], part[1])
    turns = text.count("\\pi")
    text = text.replace("\\pi", "1" if re.search(r"(?<!\d)\\pi", text) else "").rstrip("*")
    text = _FRACTION.sub(lambda m: f"({m[1] or m[2]})/({m[3] or m[4]})", text).replace("(", "").replace(")", "")
    above, _, below = text.partition("/")
    try:
        return Fraction(above) / Fraction(below or 1), turns
    except (ValueError, ZeroDivisionError):
        return None


def known_equal(one, two):
    """Equal as numbers, whether or not a unit or a degree sign is written; or equal lists of texts."""
    first, second = value(one), value(two)
    if first is not None and second is not None:
        bare = [value(re.sub(r"\^\{?\\circ\}?", "", text)) for text in (one, two)]
        return first == second or bare[0] == bare[1]
    texts = [
        sorted(re.sub(r"\s|\\left|\\right|\\[ ,!]|\$", "", text).replace("dfrac", "frac").split(","))
        for text in (one, two)
    ]
    return texts[0] == texts[1]


def pairs(name, count):
    found = answers(SETS[name])
    draw = random.Random(f"crossed {name}")
    for _ in range(count):
        yield draw.sample(found, 2)


@pytest.mark.parametrize("name", SETS)
def test_no_answer_of_another_problem_is_accepted(name):
    verifier = find("math.answer")
    params = verifier.params({})
    accepted = []
    for truth, answer in pairs(name, PAIRS // len(SETS) + 1):
        try:
            verdict = verifier(Rollout(text=f"\\boxed{{{answer}}}"), Task(truth=truth), params)
        except TruthError:
            continue
        if verdict.status == "pass" and not known_equal(truth, answer):
            accepted.append((truth, answer, verdict.reason))
    assert accepted == []


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("0.7", r"\frac{7}{10}", True),
        (r"15\mbox{ cm}^2", "15", True),
        (r"\frac{\pi}{2}", r"90^\circ", True),
        (r"\$675", "675", True),
        ("20\\%", "0.2", True),
        (r"1\frac{1}{4}", "1.25", True),
        ("7", "8", False),
        (r"\frac{\pi}{2}", r"\frac{1}{2}", False),
        ("(1,2)", "(2,1)", False),
        ("x+1", "x+2", False),
    ],
)
def test_the_independent_check(one, two, expected):
    assert known_equal(one, two) is expected
