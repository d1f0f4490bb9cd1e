"""Values as they are shown in evidence: the same in every process."""

import os
import subprocess
import sys

import pytest

from referee.programs.plan import shown

ODD = "{1, 'b', (1, 2), frozenset({'x', 'y'}), frozenset({'y', 'z'}), None, 2.5, 'a'}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({3, 1, 20}, "{1, 3, 20}"),
        (set(), "set()"),
        (frozenset("ba"), "frozenset({'a', 'b'})"),
        ([{"b", "a", 1}], "[{'a', 'b', 1}]"),
        (set(range(20)), "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, ...}"),
    ],
)
def test_sets_are_written_in_an_order_of_their_own(value, text):
    assert shown(value) == text


def test_the_order_does_not_depend_on_the_hash_seed():
    code = f"from referee.programs.plan import shown; print(shown({ODD}))"
    said = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2", "3", "4")
    }  # fmt: skip
    assert len(said) == 1
