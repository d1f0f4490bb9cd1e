"""A run with `watch = true`: alarms are said, the ledger keeps what it would have kept, and no reward changes."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

from referee.audit.watch.live import Watch
from referee.core.errors import RefereeWarning
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.read import Reader
from referee.train.config import load_config
from referee.train.judging import open_judges


def _config(tmp_path: Path, *changes: str):
    path = tmp_path / "run.toml"
    path.write_text(
        f'out = "{tmp_path}/run"\nsteps = 1\npool = "here"\nledger = "{tmp_path}/run.ledger"\n'
        'model = { path = "m" }\n[[data]]\npath = "d.jsonl"\npack = "aime"\n[sample]\nprompts = 1\ngroup = 2\n'
        "max_tokens = 8\n",
        encoding="utf-8",
    )
    return load_config(path, changes)


def _submission() -> Submission:
    return Submission(
        run="run",
        group="g",
        task=Task(id="canary 1", truth="7"),
        rollouts=(Rollout(text="\\boxed{7}"), Rollout(text="\\boxed{8}")),
        pack=RulePack.load("aime").spec,
        step=0,
    )


@pytest.mark.parametrize("watched", ["true", "false"])
def test_a_paid_canary_is_said_and_kept(watched: str, tmp_path: Path) -> None:
    judges = open_judges(_config(tmp_path, f"watch={watched}"), 0)
    assert isinstance(judges.keeper, Watch) is (watched == "true")
    judges.submit(_submission())
    scored = []
    while len(scored) < 2:
        scored += judges.drain(10, 60.0)
    judges.close()
    alarms = judges.keeper.alarms if watched == "true" else []
    assert [one.kind for one in alarms] == ["canary_paid"] * (watched == "true")
    judges.keeper.close()
    assert sorted(one.score.reward for one in scored) == [0.0, 1.0]
    with Reader(tmp_path / "run.ledger") as kept:
        assert sorted(entry.scored.score.reward for entry in kept.entries()) == [0.0, 1.0]


def test_it_is_off_unless_asked_for(tmp_path: Path) -> None:
    assert _config(tmp_path).watch is False


def test_a_warning_that_is_an_error_stops_no_run() -> None:
    from referee.audit.watch.alarms import Alarm
    from referee.audit.watch.live import _warn

    alarm = Alarm(kind="canary_paid", run="r", step=1, entry=1, at=None, severity="proof", value=1.0, limit=0.0,
                  message="look", evidence={})  # fmt: skip
    _warn(alarm)  # warnings are errors in these tests
    with pytest.warns(RefereeWarning, match="canary_paid at step 1"):
        _warn(alarm)
