"""What a hack is, where it applies, and that the files are found."""

from __future__ import annotations

import pytest

from referee.core.types import Rollout, Task
from referee.packs.load import bundled, load
from referee.redteam.forms import form_of
from referee.redteam.hack import hack, hacks, rewrites
from referee.redteam.sample import Form, Sample

BOX = Form(
    "math", "math.answer", "boxed", "\\boxed{", "}", "So ", thinks=True, beside=("math.answer", "format.think_answer")
)
PLAIN = Form("json", "json.schema", "whole")


def test_a_sample_takes_a_completion_apart():
    gold = Sample("42", BOX, thinking="Hm.")
    assert gold.text == "<think>Hm.</think>\nSo \\boxed{42}"
    assert gold.marked == "\\boxed{42}"
    assert gold.say("17") == "<think>Hm.</think>\nSo \\boxed{17}"
    assert gold.put("nothing") == "<think>Hm.</think>\nnothing"
    assert gold.think("") == "<think></think>\nSo \\boxed{42}"
    assert Sample("{}", PLAIN).text == "{}"


@pytest.mark.parametrize(
    ("given", "form", "expected"),
    [
        ({}, PLAIN, True),
        ({"on": "math qa"}, BOX, True),
        ({"on": "math"}, PLAIN, False),
        ({"on": "json.schema"}, PLAIN, True),
        ({"on": "json.value"}, PLAIN, False),
        ({"channel": "line"}, BOX, False),
        ({"thinking": True}, PLAIN, False),
        ({"beside": "format"}, BOX, True),
        ({"beside": "shape.repetition"}, BOX, False),
    ],
)
def test_where_a_hack_applies(given: dict[str, str], form: Form, expected: bool):
    one = hack("Z01", "a trick", source="here", fix="none", **given)(lambda task, gold, wrong, seed: ["x"])
    assert one.applies(form) is expected


def test_texts_become_rollouts():
    one = hack("Z01", "a trick", source="here", fix="none")(
        lambda task, gold, wrong, seed: ["x", Rollout(text="y", finish="length")]
    )
    made = one(Task(), Sample("1", PLAIN), Sample("2", PLAIN), 0)
    assert [rollout.text for rollout in made] == ["x", "y"]
    assert made[1].finish == "length"


def test_ids_are_in_order_and_once_only():
    for found in (hacks(), rewrites()):
        ids = [one.id for one in found]
        assert ids == sorted(set(ids))


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_pack_has_a_form(name: str):
    form = form_of(load(name))
    assert form.family in form.verifier
    assert form.mark("x") in form.frame(form.mark("x"))


def test_answer_tags_go_around_the_mark_where_the_structure_wants_them():
    pack = {
        "name": "tags",
        "answer": "a",
        "rules": [
            {"name": "f", "verifier": "format.think_answer"},
            {"name": "a", "verifier": "math.number", "params": {"channel": "boxed"}},
        ],
    }
    form = form_of(load(pack))
    assert form.frame(form.mark("4"), "Hm.") == "<think>Hm.</think>\n<answer>\\boxed{4}</answer>"
