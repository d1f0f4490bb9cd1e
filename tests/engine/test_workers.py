"""Worker processes: one that is stopped costs time and no score."""

import os
import signal
import time
from pathlib import Path

import pytest

from referee.core.errors import InfrastructureError
from referee.engine import crew, workers
from referee.engine.run import score_file
from referee.engine.workers import WorkerLost, Workers

STOPS = '''"""Stops its process the first time, as a person might.

## What it checks
## Truth
## Parameters
## When it cannot judge
## Known gaps
## Sources
"""
import os
import signal
from pathlib import Path
from referee.core.types import failed, passed
from referee.core.verifier import Parameters, verifier

class Params(Parameters, frozen=True, kw_only=True):
    """None."""

CASES = ()

@verifier
def stop(rollout, task, params):
    """Stops."""
    if "stop" in rollout.text and not Path("stopped").exists():
        Path("stopped").touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    return passed("x.yes")
'''


def length(request):
    """In the worker."""
    if request == b"wait":
        time.sleep(3600)
    return b"%d" % len(request)


@pytest.fixture
def one(monkeypatch):
    """One worker, which is up, and little patience with those that are stopped."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setattr(crew, "_SILENT_S", 0.2)
    with Workers(1, "test_workers:length") as workers:
        assert workers.ask(b"abc") == b"3"
        yield workers


def stop(workers):
    os.kill(workers.crew.pids()[0], signal.SIGSTOP)


@pytest.mark.parametrize("size", [10, 1 << 20])  # a long request does not even fit into the pipe
def test_a_worker_that_is_stopped_is_lost_and_replaced(one, size):
    stop(one)
    with pytest.raises(WorkerLost, match="someone stopped it with a signal"):
        one.ask(b"x" * size)
    assert one.ask(b"x" * size) == b"%d" % size


def test_a_worker_that_does_not_answer_is_lost_and_replaced(one, monkeypatch):
    monkeypatch.setattr(crew, "_START_S", 0.3)
    monkeypatch.setattr(workers, "allowance", lambda size: 0.3)
    with pytest.raises(WorkerLost, match="it took more than 0 s"):
        one.ask(b"wait")
    monkeypatch.undo()
    assert one.ask(b"x") == b"1"


def test_who_insists_gets_the_answer_of_another_worker(one):
    stop(one)
    assert one.insist(b"abcd") == b"4"


def test_a_worker_that_is_stopped_does_not_keep_the_others_from_ending(one):
    stop(one)
    (pid,) = one.crew.pids()
    one.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_allowance_is_far_beyond_what_a_request_takes():
    assert workers.allowance(0) == 120
    assert workers.allowance(1 << 19) == 120 + 512


def test_a_worker_that_is_stopped_costs_no_score(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site" / "pause" / "x").mkdir(parents=True)
    (tmp_path / "site" / "pause" / "__init__.py").touch()
    (tmp_path / "site" / "pause" / "x" / "__init__.py").touch()
    (tmp_path / "site" / "pause" / "x" / "stop.py").write_text(STOPS)
    (tmp_path / "site" / "pause-1.dist-info").mkdir()
    (tmp_path / "site" / "pause-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: pause\nVersion: 1\n"
    )
    (tmp_path / "site" / "pause-1.dist-info" / "entry_points.txt").write_text("[referee.verifiers]\npause = pause\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    (tmp_path / "rows.jsonl").write_text("".join(f'{{"completion": "{text}"}}\n' for text in ("a", "stop", "b")))
    monkeypatch.setattr(crew, "_SILENT_S", 0.2)
    summary = score_file("rows.jsonl", {"name": "k", "rules": [{"name": "a", "verifier": "pause/x.stop"}]}, workers=2)
    assert (tmp_path / "stopped").exists()
    assert (summary.rollouts, summary.unjudged, summary.mean_reward) == (3, 0, 1.0)


def test_a_lost_worker_is_our_fault():
    assert issubclass(WorkerLost, InfrastructureError)
    lost = WorkerLost("it ended with SIGKILL")
    assert lost.reason == "infra.worker_lost"
    assert str(lost) == "a worker process was lost while scoring: it ended with SIGKILL"
