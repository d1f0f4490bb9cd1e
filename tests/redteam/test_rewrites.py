"""Every rewrite is a pure function of its arguments, makes something, and keeps all that gold earns."""

from __future__ import annotations

import os
import re

import pytest
from ground import ground, skip_where_nothing_runs

from referee.redteam.hack import Mutator, rewrites
from referee.redteam.target import EPSILON

LONG = bool(os.environ.get("REFEREE_LONG"))
NAMES = [one.id for one in rewrites()]


def texts(one: Mutator, programs: bool = False) -> list[str]:
    return [
        rollout.text
        for target, cases in ground(programs)
        if one.applies(target.form)
        for case in cases
        for rollout in one(case.task, case.gold, case.wrong, 0)
    ]


def lost(one: Mutator, programs: bool) -> list[tuple[str, str, float | None]]:
    found = []
    for target, cases in ground(programs):
        for case in cases if one.applies(target.form) else ():
            made = one(case.task, case.gold, case.wrong, 0)
            pays = target.pay([(rollout, case.task) for rollout in made])
            found += [
                (target.name, rollout.text, pay.reward)
                for rollout, pay in zip(made, pays, strict=True)
                if pay.reward is None or pay.reward < case.full - EPSILON
            ]
    return found


def test_there_are_many_for_every_family():
    assert len(rewrites()) >= 50
    assert {one.id.split(".")[1] for one in rewrites()} >= {
        "math",
        "choice",
        "qa",
        "text",
        "json",
        "xml",
        "tools",
        "code",
        "sql",
        "instruct",
        "language",
        "place",
    }


@pytest.mark.parametrize("one", rewrites(), ids=NAMES)
def test_it_makes_something_else_and_the_same_every_time(one: Mutator):
    assert re.fullmatch(r"R\.[a-z]+\.[a-z_]+", one.id)
    assert one.mechanism
    skip_where_nothing_runs(one)
    made = texts(one) or texts(one, programs=True)
    assert made
    assert made == (texts(one) or texts(one, programs=True))
    golds = {case.gold.text for programs in (False, True) for _, cases in ground(programs) for case in cases}
    assert set(made) - golds


@pytest.mark.parametrize("one", rewrites(), ids=NAMES)
def test_it_keeps_the_full_pay(one: Mutator):
    gone = lost(one, programs=False)
    assert not gone, gone[:3]


def test_programs_keep_the_full_pay():
    gone = [(one.id, *what) for one in rewrites() if one.family == "programs" for what in lost(one, programs=True)]
    assert not gone, gone[:3]


LITERAL = {
    "R.math.fraction": (r"\frac{3}{8}", {"3/8", r"\frac{3}{8}", r"\dfrac{3}{8}", r"\tfrac{3}{8}", "0.375"}),
    "R.math.product": ("(x-2)(x-3)", {"(x-3)(x-2)", r"(x-2) \cdot (x-3)"}),
    "R.math.minus": ("-15", {"\u221215"}),
    "R.math.digits": ("42", {"٤٢", "४२", "４２"}),
}


@pytest.mark.parametrize("name", LITERAL)
def test_some_in_full(name: str):
    bare, said = LITERAL[name]
    one = next(one for one in rewrites() if one.id == name)
    _, cases = next(found for found in ground() if found[0].name == "r1-zero-math")
    case = next(found for found in cases if found.gold.bare == bare)
    made = {rollout.text for rollout in one(case.task, case.gold, case.wrong, 0)}
    assert made == {case.gold.say(text) for text in said}
