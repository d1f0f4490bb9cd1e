"""Words for messages."""

import subprocess
import sys

import pytest

from referee import verify
from referee.core.errors import brief

HUGE = 10**5000


def test_a_value_in_brief():
    assert brief("x" * 100) == "'" + "x" * 79
    assert brief([1, None]) == "[1, None]"
    assert brief("x" * 100, 5) == "'xxxx"


def test_what_python_does_not_write_out():
    assert brief(HUGE) == brief(-HUGE) == "an integer of 16,610 bits"
    assert brief([HUGE]) == "a value of type list that cannot be written out"
    endless = None
    for _ in range(100_000):
        endless = [endless]
    assert brief(endless) == "a value of type list that cannot be written out"


@pytest.mark.parametrize("limit", ["0", "640"])
def test_the_words_do_not_depend_on_the_limit_of_the_process(limit):
    code = "from referee.core.errors import brief; print(brief(10**250), brief(10**1000))"
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONINTMAXSTRDIGITS": limit}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1" + "0" * 79 + " an integer of 3,322 bits\n"


@pytest.mark.parametrize(
    ("verifier", "truth"),
    [
        ("choice.letter", HUGE),
        ("choice.letter", {"choices": HUGE, "answer": 1}),
        ("qa.alias", HUGE),
        ("text.exact", HUGE),
        ("text.pattern", HUGE),
        ("text.pattern", {"pattern": [HUGE]}),
    ],
    ids=["letter", "choices", "alias", "exact", "pattern", "pattern of an object"],
)
def test_a_truth_that_cannot_be_written_out_is_an_unreadable_truth_and_no_crash(verifier, truth):
    verdict = verify(verifier, "The answer is A.", truth=truth)
    assert (verdict.status, verdict.reason) == ("unjudged", "truth.unreadable")
    assert "integer of 16,610 bits" in verdict.evidence["detail"] or "cannot be written" in verdict.evidence["detail"]
