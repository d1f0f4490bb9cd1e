"""`referee worker` as a process, with a ledger and metrics."""

from __future__ import annotations

import importlib.util
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec
from click.testing import CliRunner

from referee.cli.main import main
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission
from referee.ledger.read import Reader
from referee.pool.redis import RedisQueue

_PLACE = Path(__file__).parent.parent / "pool" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("redis_for_worker_tests", _PLACE)
_HELP = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_HELP)
redis_servers = _HELP.redis_servers


def test_a_worker_serves_a_run_until_it_is_told_to_stop(redis_servers, tmp_path):
    server = redis_servers()
    ledger, lines = tmp_path / "run.ledger", tmp_path / "metrics.jsonl"
    argv = ["--redis", server.url, "--run", "run1", "--workers", "1", "--name", "w", "--ledger", str(ledger)]
    process = subprocess.Popen(
        [sys.executable, "-m", "referee", "worker", *argv, "--metrics", "0", "--metrics-file", str(lines)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    spec = RulePack.load("r1-zero-math").spec
    rollouts = (Rollout(text="<think>x</think> \\boxed{2}"), Rollout(text="no"))
    try:
        url = re.fullmatch(r"metrics at (http\S+)\n", process.stderr.readline())[1]
        assert process.stderr.readline() == "w works for run 'run1' on 1 processes; Ctrl-C to stop\n"
        with RedisQueue(server.url, "run1") as queue:
            queue.submit([Submission(run="r", group="g", task=Task(truth="2"), rollouts=rollouts, pack=spec)], 1.0)
            scored, until = [], time.monotonic() + 60
            while len(scored) < 2 and time.monotonic() < until:
                scored += queue.drain(9, 0.5)
        assert [one.score.reward for one in scored] == [1.1, 0.0]
        shown = CliRunner().invoke(main, ["queue", server.url]).output
        assert re.search(r"^run1 +w ", shown, re.MULTILINE)
        text = urllib.request.urlopen(url, timeout=10).read().decode()
        assert 'reward_score_total{rule="answer",verdict="pass"} 1.0' in text
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stderr.close()
    assert process.returncode == 0
    assert [entry.scored.score.reward for entry in Reader(ledger).entries()] == [1.1, 0.0]
    assert msgspec.json.decode(lines.read_bytes().splitlines()[-1])["reward_groups_total"] == 1


def test_a_server_that_is_not_there_is_said_waited_for_and_no_reason_to_stay(tmp_path):
    argv = ["--redis", "redis://127.0.0.1:1", "--workers", "1", "--name", "w"]
    process = subprocess.Popen(
        [sys.executable, "-m", "referee", "worker", *argv], stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        said = [process.stderr.readline(), process.stderr.readline()]
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert "Redis at 127.0.0.1:1 does not serve" in "".join(said)
        assert process.returncode == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_a_wrong_password_ends_a_worker_with_one_sentence(redis_servers):
    server = redis_servers("--requirepass", "sesame")
    done = CliRunner().invoke(main, ["worker", "--redis", f"redis://:wrong@127.0.0.1:{server.port}"])
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "refuses the password" in done.output


def test_a_wrong_url_is_one_sentence():
    done = CliRunner().invoke(main, ["worker", "--redis", "nowhere"])
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "is no URL of Redis" in done.output
