"""BFCL's gold answers pass in every form, and fail when one argument is changed."""

from __future__ import annotations

import json
import zipfile
from collections import Counter

import pytest
from click.testing import CliRunner

from referee.bench import tools
from referee.bench.bfcl import (
    BROKEN,
    FORMS,
    MULTI_TURN,
    OTHERS,
    PYTHON,
    REFUSALS,
    TOOLBOXES,
    Gold,
    alternatives,
    answer,
    golds,
    mutations,
    turns,
)
from referee.bench.judge import Figure
from referee.bench.tools import REFUSAL, passes
from referee.cli.bench import command
from referee.core.errors import InputError

DOC = {
    "name": "f",
    "parameters": {
        "type": "dict",
        "properties": {"a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "dict"}},
        "required": ["a"],
    },
}
ROW = Gold("simple_python_0", [DOC], [{"f": {"a": [1, 2], "b": ["x", ""], "c": [{"k": ["v", "w"], "o": [""]}]}}])


@pytest.fixture(scope="module")
def rows():
    """All 2,501 rows with a key."""
    try:
        return golds(None, PYTHON + OTHERS)
    except InputError as error:
        pytest.skip(str(error))


def test_an_answer_is_what_is_allowed_first():
    assert answer(ROW) == [("f", {"a": 1, "c": {"k": "v"}})]
    assert [calls[0][1] for calls in alternatives(ROW)] == [
        {"a": 2, "c": {"k": "v"}},
        {"a": 1, "c": {"k": "v"}, "b": "x"},
    ]


def test_mutations_say_what_the_key_allows():
    made = {(mutation.what, json.dumps(mutation.calls[0][1])): mutation.allowed for mutation in mutations(ROW)}
    assert made["plus one", '{"a": 2, "c": {"k": "v"}}']  # 2 is allowed as well
    assert not made["minus one", '{"a": 0, "c": {"k": "v"}}']
    assert not made["dropped", '{"c": {"k": "v"}}']
    assert not made["a key less", '{"a": 1, "c": {}}']
    assert sum(made.values()) == 1


def test_every_gold_answer_passes_in_every_form(rows):
    assert len(rows) == 2501
    for form, write in FORMS.items():
        wrong = [gold.id for gold in rows if not passes(gold, write(answer(gold)))]
        assert sorted(wrong) == sorted(BROKEN), form


def test_the_turns_of_conversations_are_replayed_one_by_one(rows):
    found = turns(None)
    assert len(found) == 2924
    assert sum(len(turn.calls) for turn in found) == 4625
    assert [(figure.value, figure.unit) for figure in tools._in_turns(found)] == [(2924, "pass")] * 2


def test_the_four_keys_that_nobody_can_meet_judge_nobody(rows):
    assert {gold.id: passes(gold, FORMS["json"](answer(gold))) for gold in rows if gold.id in BROKEN} == dict.fromkeys(
        BROKEN
    )


def test_every_answer_with_one_argument_changed_fails(rows):
    counts: Counter[bool] = Counter()
    for gold in rows:
        if gold.id in BROKEN:
            continue
        whole = FORMS["hermes"](answer(gold))
        for mutation in mutations(gold):
            text = FORMS["hermes"](mutation.calls)
            if text != whole:
                counts[mutation.allowed] += 1
                assert passes(gold, text) is mutation.allowed, (gold.id, mutation.what)
    assert counts[False] > 80_000


def test_of_a_row_that_asks_for_no_call_only_a_clean_text_passes(rows):
    found = golds(None, REFUSALS)
    assert len(found) == 1124
    for gold in found:
        name = gold.tools[0]["name"] if gold.tools else "f"
        assert passes(gold, REFUSAL) is True
        for text in (
            f"[{name}()]",
            f"[{name}(",
            f'{{"name": "{name}", "arguments": {{',
            f'<tool_call>{{"name": "{name}"',
        ):
            assert passes(gold, text) is False, text


@pytest.fixture
def wheel(tmp_path):
    """A wheel with one row in each category."""
    path = tmp_path / "bfcl.whl"
    with zipfile.ZipFile(path, "w") as file:
        for category in PYTHON + OTHERS + REFUSALS:
            row = {"id": "simple_python_0", "function": [DOC]}
            key = {"id": "simple_python_0", "ground_truth": ROW.calls}
            file.writestr(f"bfcl_eval/data/BFCL_v4_{category}.json", json.dumps(row) + "\n")
            file.writestr(f"bfcl_eval/data/possible_answer/BFCL_v4_{category}.json", json.dumps(key) + "\n")
        for category in MULTI_TURN:
            row = {"id": f"{category}_0", "ground_truth": [["f(1)", "f(a=2)"], []]}
            file.writestr(f"bfcl_eval/data/possible_answer/BFCL_v4_{category}.json", json.dumps(row) + "\n")
        for name in TOOLBOXES[1:]:
            file.writestr(f"bfcl_eval/data/multi_turn_func_doc/{name}.json", json.dumps(DOC | {"name": name}) + "\n")
        file.writestr(f"bfcl_eval/data/multi_turn_func_doc/{TOOLBOXES[0]}.json", json.dumps(DOC) + "\n")
    return path


def test_the_figures(wheel, monkeypatch):
    monkeypatch.setattr(tools, "SIZE", 400)
    figures = {figure.name: figure for figure in tools.measure(wheel, 1)}
    assert figures["gold, Python, hermes"] == Figure(
        name="gold, Python, hermes", value=8, unit="pass", note="of 8; 0 not judged"
    )
    assert figures["gold, multi-turn, as published"].value == figures["gold, multi-turn, hermes"].value == 4
    spoilt = figures["one argument changed, hermes"]
    assert spoilt.note.startswith(f"of {spoilt.value:,.0f} that")
    assert "wrong" not in spoilt.note
    assert figures["no call is right: a clean text"].value == 2
    assert figures["no call is right: a call"].value == figures["no call is right: a broken call"].value == 0
    assert figures["one tool, one call, pythonic"].value > 0


def test_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(tools, "measure", lambda data, rounds: [Figure(name="gold", value=1.0, unit="pass")])
    done = CliRunner().invoke(command, ["tools", "--json"])
    assert json.loads(done.stdout)["name"] == "gold"
    with pytest.raises(InputError, match="BFCL_v4_simple_python"):
        golds(tmp_path, PYTHON)
