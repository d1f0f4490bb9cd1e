"""`referee watch`: what it prints and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from referee.cli.main import main
from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored
from referee.ledger.write import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two steps of 64 rollouts; in the second every group is silent, and a canary is paid."""
    pack = RulePack.load("aime")
    path = tmp_path / "run.ledger"
    with Ledger(path) as kept:
        kept.learn(pack.spec)
        scored = []
        for number in range(128):
            step, group, index = number // 64, number // 4, number % 4
            truth = str(100 + group)
            said = truth if index < (2 if step == 0 else 4) else str(900 - number)
            rollout, task = Rollout(text=f"\\boxed{{{said}}}"), Task(id=f"t{group}", truth=truth)
            if number == 127:
                task = Task(id="canary 1", truth=truth)
            scored.append(
                Scored(
                    key=f"{number:064x}", run="run", group=f"g{group}", index=index, rollout=rollout, task=task,
                    score=pack.score_rollout(rollout, task), build=build().id, step=step,
                )
            )  # fmt: skip
        kept.keep(scored)
    return path


def _run(*given: str) -> Result:
    return CliRunner().invoke(main, ["watch", *given])


def test_alarms_and_the_last_steps_are_shown(ledger: Path) -> None:
    result = _run(str(ledger))
    assert result.exit_code == 0
    for told in ("step 1 of run run: canary_paid [proof]", "entries 128", "silent_groups", "2 alarms"):
        assert told in result.output


def test_what_was_computed_again_is_counted(ledger: Path) -> None:
    assert "2 alarms, 5 scores computed again" in _run(str(ledger), "--replay", "5").stderr
    assert "computed again" not in _run(str(ledger)).stderr


def test_the_exit_code_is_1_when_asked_for(ledger: Path) -> None:
    assert _run(str(ledger), "--fail").exit_code == 1
    assert _run(str(ledger), "--fail", "--run", "run").exit_code == 1


def test_json_has_alarms_steps_and_tags(ledger: Path) -> None:
    report = json.loads(_run(str(ledger), "--json", "--replay", "5").stdout)
    assert [one["kind"] for one in report["alarms"]] == ["canary_paid", "silent_groups"]
    assert [one["rollouts"] for one in report["steps"]] == [64, 64]
    assert report["runs"] == ["run"]
    assert report["tags"] == {}


def test_following_tells_alarms_as_they_come(ledger: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "referee", "watch", str(ledger), "--follow", "--every", "0.1", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.kill()
    assert (first["kind"], first["entry"], first["step"]) == ("canary_paid", 128, 1)


def test_what_is_no_ledger_is_one_sentence(tmp_path: Path) -> None:
    result = _run(str(tmp_path / "none.ledger"))
    assert result.exit_code == 2
    assert "there is no ledger" in result.output
