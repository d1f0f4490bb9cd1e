import sys
import types

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from referee.core.errors import UsageError
from referee.train.metrics import JsonLines, Terminal, open_sinks


def test_a_line_for_each_step_and_steps_done_again_replace_theirs(tmp_path):
    path = tmp_path / "metrics.jsonl"
    first = JsonLines(path)
    for step in range(3):
        first.log(step, {"reward": step / 2})
    first.close()
    with path.open("a") as file:
        file.write('{"step":3,"rew')  # cut off by a kill
    again = JsonLines(path, start=2)
    again.log(2, {"reward": 7.0})
    again.close()
    assert path.read_text() == '{"step":0,"reward":0.0}\n{"step":1,"reward":0.5}\n{"step":2,"reward":7.0}\n'


def test_tensorboard_reads_what_was_written(tmp_path):
    sinks = open_sinks(tmp_path, ["tensorboard"], {}, 2, 0)
    for step in range(2):
        sinks.log(step, {"rule/format": step / 4})
    sinks.close()
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(one.step, one.value) for one in events.Scalars("rule/format")] == [(0, 0.0), (1, 0.25)]


@pytest.mark.parametrize("name", ["wandb", "trackio"])
def test_hosted_services_get_every_step(name, tmp_path, monkeypatch):
    """Neither is installed: what is checked is that their three documented functions are called as documented."""
    calls = []
    module = types.SimpleNamespace(
        init=lambda **named: calls.append(("init", named)),
        log=lambda values, step: calls.append(("log", values, step)),
        finish=lambda: calls.append(("finish",)),
    )
    monkeypatch.setitem(sys.modules, name, module)
    sinks = open_sinks(tmp_path / "r7", [name], {"steps": 1}, 1, 0) if (tmp_path / "r7").mkdir() is None else None
    sinks.log(0, {"reward": 1.0})
    sinks.close()
    named = {"project": "referee", "name": "r7", "config": {"steps": 1}}
    assert calls == [("init", named), ("log", {"reward": 1.0}, 0), ("finish",)]


def test_a_service_that_is_not_installed_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trackio", None)
    with pytest.raises(UsageError, match="log to trackio: pip install trackio"):
        open_sinks(tmp_path, ["trackio"], {}, 1, 0)


def test_the_terminal_says_what_matters(capsys):
    sink = Terminal(steps=9, start=0)
    sink.log(0, {"reward": 0.5, "rule/format": 0.25, "lr": 1.0})
    sink.close()
    assert capsys.readouterr().err == "step 1/9  reward 0.5  rule/format 0.250\n"
