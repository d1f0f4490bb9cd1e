"""Members whose hashes agree are seen before a set is made of them."""

from __future__ import annotations

import itertools

import pytest

from referee.core.hashes import ALIKE, crowded
from referee.programs.compare import Policy
from referee.programs.suite import Expect, Step
from referee.programs.views import holds
from referee.sandbox import values

SAME = [number * (2**61 - 1) for number in range(1, 4 * ALIKE)]
TUPLES = list(itertools.product((-1, -2), repeat=10))


@pytest.mark.parametrize("members", [SAME, TUPLES, [float(one) for one in SAME[:1]] + SAME])
def test_many_members_of_one_hash(members: list[object]):
    assert len({hash(one) for one in members}) < 4
    assert crowded(members)


@pytest.mark.parametrize(
    "members", [[], [1] * 10**5, list(range(10**5)), TUPLES[:ALIKE], [*"abc"] * 1000, [(1, 2)] * 1000, [True, 1, 1.0]]
)
def test_honest_members(members: list[object]):
    assert not crowded(members)


def test_neither_the_wall_nor_a_step_makes_such_a_set():
    packed = values.write(SAME)
    with pytest.raises(values.NotPlain, match="hashes agree"):
        values.read(b"<" + packed[1:])
    pairs = b"".join(values.write(one) + b"N" for one in SAME)
    with pytest.raises(values.NotPlain, match="hashes agree"):
        values.read(b"{" + pairs + b"0")
    for name, value in (("set", SAME), ("frozenset", TUPLES), ("dict", [(one, 1) for one in SAME])):
        assert not holds(Expect("!=", 0, (Step(name),)), value, Policy())
        assert holds(Expect("!=", 0, (Step(name),)), value[:ALIKE], Policy())
