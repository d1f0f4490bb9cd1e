"""Worker processes: one that is stopped costs time and no score."""

import os
import signal
import time
from pathlib import Path

import pytest

from referee.core.errors import InfrastructureError
from referee.engine import workers
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
    return b"%d" % len(request)


@pytest.fixture
def one(monkeypatch):
    """One worker, which is up, and patience for half a second from now on, but not with a new worker."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    with Workers(1, "test_workers:length") as crew:
        assert crew.ask(b"abc") == b"3"
        patience = [0.5]
        monkeypatch.setattr(workers, "allowance", lambda size: patience.pop() if patience else 60.0)
        yield crew


def stop(crew):
    os.kill(crew._all[0]._process.pid, signal.SIGSTOP)


@pytest.mark.parametrize("size", [10, 1 << 20])  # a long request does not even fit into the pipe
def test_a_worker_that_is_stopped_is_lost_and_replaced(one, size):
    stop(one)
    with pytest.raises(WorkerLost, match="did not answer within 0 seconds"):
        one.ask(b"x" * size)
    assert one.ask(b"x" * size) == b"%d" % size


def test_who_insists_gets_the_answer_of_another_worker(one):
    stop(one)
    assert one.insist(b"abcd") == b"4"


def test_a_worker_that_is_stopped_does_not_keep_the_others_from_ending(one):
    stop(one)
    started = time.monotonic()
    one.close()
    assert time.monotonic() - started < 30


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
    patience = [2.0, 60.0]  # until the workers are up; then the chunk; then each rollout alone
    monkeypatch.setattr(workers, "allowance", lambda size: patience.pop() if patience else 60.0)
    summary = score_file("rows.jsonl", {"name": "k", "rules": [{"name": "a", "verifier": "pause/x.stop"}]}, workers=2)
    assert (tmp_path / "stopped").exists()
    assert (summary.rollouts, summary.unjudged, summary.mean_reward) == (3, 0, 1.0)


def test_a_lost_worker_is_our_fault():
    assert issubclass(WorkerLost, InfrastructureError)
    assert WorkerLost(-9).reason == WorkerLost(-9, 122.0).reason == "infra.worker_lost"
    assert str(WorkerLost(-9, 122.0)) == "a worker process did not answer within 122 seconds while scoring"
