"""`referee queue` on a real server."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.pool.redis import RedisQueue

_PLACE = Path(__file__).parent.parent / "pool" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("redis_for_queue_tests", _PLACE)
_HELP = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_HELP)
redis_servers = _HELP.redis_servers


def run(*argv):
    return CliRunner().invoke(main, ["queue", *argv])


@pytest.fixture
def server(redis_servers):
    return redis_servers()


def submission(group="g"):
    spec = RulePack.load("r1-zero-math").spec
    rollouts = (Rollout(text="a \x1b[31m red\u202e trap", id="first"),)
    return Submission(run="r", group=group, task=Task(truth="2"), rollouts=rollouts, pack=spec)


def test_an_empty_server_is_said(server):
    done = run(server.url)
    assert (done.exit_code, done.output) == (
        0,
        f"no queue at 127.0.0.1:{server.port}; the first submission or worker makes one\n",
    )


def test_depth_and_workers_are_shown(server):
    with RedisQueue(server.url, "run1", info=lambda: '{"processes": 3}') as queue:
        queue.submit([submission(str(n)) for n in range(5)], 0)
        queue.lease("host-1", 2, 0)
        shown = run(server.url).output.splitlines()
        assert shown[0].split() == ["run", "waiting", "oldest", "leased", "undrained", "redelivered", "dead", "workers"]
        assert shown[1].split()[:2] == ["run1", "3"]
        assert shown[1].split()[4:] == ["2", "0", "0", "0", "1"]
        assert shown[4].split()[:2] == ["run1", "host-1"]
        assert shown[4].split()[4:] == ["3", "0", "0"]
        state = msgspec.json.decode(run(f"{server.url}#run1", "--json").output)
        assert (state["run"], state["queue"]["waiting"], state["workers"][0]["name"]) == ("run1", 3, "host-1")


def test_dead_letters_are_shown_harmless(server):
    with RedisQueue(server.url, "run1", deliveries=1) as queue:
        queue.submit([submission("poison")], 0)
        with RedisQueue(server.url, "run1") as dies:
            dies.lease("w1", 1, 0)
        queue.sweep()
        assert queue.lease("w2", 1, 0) == []
    shown = run(server.url, "--dead", "5").output
    assert "infra.dead_letter  group 'poison', 1 rollouts" in shown
    assert "lost: w1" in shown
    assert "rollout first: a \\x1b[31m red\\u202e trap" in shown
    assert "\x1b" not in shown
    assert msgspec.json.decode(run(server.url, "--dead", "5", "--json").output)["dead"]["letter"]["workers"] == ["w1"]


def test_an_unknown_run_offers_the_nearest(server):
    with RedisQueue(server.url, "run1") as queue:
        queue.submit([submission()], 0)
    done = run(server.url, "--run", "rum1")
    assert done.exit_code == 2
    assert "there is no run with a queue 'rum1'; did you mean 'run1'?" in done.output


def test_a_wrong_url_is_one_sentence():
    done = run("localhost")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "is no URL of Redis" in done.output
