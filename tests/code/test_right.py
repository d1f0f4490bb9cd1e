"""Right programs, as people and models write them, are not refused: input read in every way, lazy results, classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import referee

TRUTHS: dict[str, Any] = {
    "SQUARE": {"entry_point": "f", "calls": [{"args": [3], "expected": 9}, {"args": [4], "expected": 16}]},
    "LIST": {"entry_point": "f", "calls": [{"args": [3], "expected": [0, 1, 2]}]},
    "SUM": {"inputs": ["3\n1 2 3\n", "1\n5\n"], "outputs": ["6\n", "5\n"]},
}


class Right(NamedTuple):
    name: str
    verifier: str
    truth: Any
    params: dict[str, Any]
    program: str


def read() -> list[Right]:
    found = []
    for part in (Path(__file__).parent / "right.txt").read_text(encoding="utf-8").split("\n#### ")[1:]:
        name, head, program = part.split("\n", 2)
        verifier, _, truth = head.partition(" ")
        params = {}
        if program.startswith("params "):
            line, _, program = program.partition("\n")
            params = json.loads(line.removeprefix("params "))
        found.append(Right(name, verifier, TRUTHS.get(truth) or json.loads(truth), params, program))
    return found


PROGRAMS = read()


def test_there_are_many_of_each_form():
    assert len({one.name for one in PROGRAMS}) == len(PROGRAMS) >= 150
    assert (
        min(sum(one.verifier == name for one in PROGRAMS) for name in ("code.python", "code.stdio", "code.tests")) > 8
    )


@pytest.mark.parametrize("one", PROGRAMS, ids=[one.name.replace(" ", "-") for one in PROGRAMS])
def test_it_is_paid_in_full(one: Right):
    verdict = referee.verify(one.verifier, one.program, truth=one.truth, **one.params)
    if verdict.reason == "infra.no_sandbox":
        pytest.skip(f"no sandbox can be had here: {verdict.evidence.get('detail')}")
    assert (verdict.status, verdict.score) == ("pass", 1.0), verdict


@pytest.mark.parametrize("mark", ["\ufeff", "\r\n", "\n\n\n"])
def test_marks_and_line_ends_of_files_do_not_matter(mark: str):
    program = mark + "def f(n):\r\n\treturn n * n\r\n"
    assert referee.verify("code.python", program, truth=TRUTHS["SQUARE"]).score in (1.0, None)
    assert referee.verify("code.python", f"```python\n{program}```", truth=TRUTHS["SQUARE"]).score in (1.0, None)


def test_integers_of_many_digits_are_exact():
    truth = {"entry_point": "f", "calls": [{"args": [10_000], "expected": 3**10_000}]}
    assert referee.verify("code.python", "def f(n): return 3 ** n", truth=truth).score in (1.0, None)
    assert referee.verify("code.python", "def f(n): return 3 ** n + 1", truth=truth).score in (0.0, None)
