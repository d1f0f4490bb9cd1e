"""`referee bench structure`: its parts measure what they say, and its texts stay hostile."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from referee.bench import structure
from referee.bench.hostile_texts import SIZE, texts
from referee.bench.judge import Figure
from referee.cli.bench import command
from referee.verifiers import find

for _library in ("fasttext", "jsonschema_rs", "lxml.etree"):
    pytest.importorskip(_library, reason=f"{_library} is not installed")


def test_the_family_is_whole():
    assert {"json.schema", "xml.value", "language.is", "tools.call"} <= set(structure.family())


def test_the_aims_on_the_lists_are_met():
    found = {figure.name: figure.value for figure in structure.accuracy()}
    assert found["language: phrases identified"] >= 95
    assert found["language: sentences identified"] == 100
    assert found["language: shares told apart"] >= 19


def test_hostile_texts_are_long_and_different():
    named = dict(texts())
    assert len(set(named.values())) == len(named) > 80
    assert max(map(len, named.values())) <= 600_000
    assert sum(len(text) > 0.9 * SIZE for text in named.values()) > 60


def test_hostile_names_the_worst(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(structure, "texts", lambda: iter([("a word", "a"), ("braces", "{" * 5_000)]))
    figure = structure.hostile(find("json.valid"), 1)
    assert (figure.name, figure.unit) == ("hostile: json.valid", "ms")
    assert "a word" in figure.note or "braces" in figure.note


def test_speed_has_a_figure_for_each_verifier(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(structure, "_BATCH", 20)
    names = [figure.name for figure in structure.speed(1)]
    assert {"json.schema", "xml.schema", "language.consistent", "tools.call", "peer: json.loads alone"} <= set(names)


def test_the_command_prints_what_is_measured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        structure, "measure", lambda rounds: iter([Figure(name="json.schema", value=rounds, unit="checks/s")])
    )
    result = CliRunner().invoke(command, ["structure", "--rounds", "2", "--json"])
    assert result.exit_code == 0
    assert '"name":"json.schema","value":2' in result.output.replace(" ", "")
