"""Labelled cases through judges in processes of their own."""

import json

import pytest
from click.testing import CliRunner

from referee.bench import math
from referee.bench.math import Labelled, Tally, load, tallies
from referee.cli.bench import command
from referee.core.errors import UsageError

CASES = [("1/2", "0.5", True), ("x+1", "1+x", True), ("2", "3", False), ("7", "7 dwarfs", True)]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cases.jsonl"
    rows = [{"gold": gold, "pred": pred, "expected": expected, "source": "here"} for gold, pred, expected in CASES]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


def test_one_tally_for_each_judge(file):
    cases = load([file])
    assert load([file.parent]) == cases
    found, *problems = tallies(cases, ["nosuch", "nosuch.module:judge"], 60)
    assert found.judge == "referee"
    assert found.verdicts == [True, True, False, False]
    assert found.wrong(cases, accepted=True) == []
    assert [case.pred for case in found.wrong(cases, accepted=False)] == ["7 dwarfs"]
    assert found.rate > 0
    assert 0 < found.median_us <= found.percentile(1)
    assert [problem.split(":")[0] for problem in problems] == ["nosuch", "nosuch.module"]


def test_a_peer_that_hangs_or_raises_is_named(file, monkeypatch, tmp_path):
    peer = tmp_path / "some_peer.py"
    peer.write_text("import time\ndef hang(gold, pred): time.sleep(60)\ndef fail(gold, pred): raise ValueError('no')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cases = load([file])
    assert list(tallies(cases, ["some_peer:hang"], 3))[1] == "some_peer:hang: no verdicts within 3 s"
    assert list(tallies(cases, ["some_peer:fail"], 60))[1] == "some_peer:fail: ValueError: no"


def test_the_command(file):
    result = CliRunner().invoke(command, ["math", str(file), "--peers", "nosuch"])
    assert result.exit_code == 0, result.output
    assert "75.00%" in result.output
    assert "falsely refused (1)" in result.output
    assert "7 dwarfs" in result.output
    lines = CliRunner().invoke(command, ["math", str(file), "--json"]).output.splitlines()
    assert json.loads(lines[0])["judge"] == "referee"


def test_cases_of_the_catalogue_and_files_that_are_none(tmp_path):
    assert len(load([])) > 30
    (tmp_path / "bad.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="gold"):
        load([tmp_path / "bad.jsonl"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no cases"):
        load([tmp_path / "empty"])


def test_figures():
    tally = Tally(judge="one", version="1", verdicts=[True, False, None], seconds=[1e-6, 3e-6, 2e-6], cpu_s=2.0)
    cases = [Labelled(gold="", pred="", expected=expected) for expected in (False, True, True)]
    assert tally.rate == 1.5
    assert round(tally.median_us, 9) == 2
    assert round(tally.percentile(1), 9) == 3
    assert len(tally.wrong(cases, accepted=True)) == 1
    assert len(tally.wrong(cases, accepted=False)) == 2
    assert math.WARM > 0
