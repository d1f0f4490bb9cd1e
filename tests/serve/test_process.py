"""`referee serve` as a process: it starts in one sentence, answers what it accepted when it is stopped, and may be
killed at any time without anything being scored wrongly."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

import referee
from referee.bench.processes import Server
from referee.cli.main import main
from referee.engine.score import as_pack

RIGHT = "<think>The roots are 2 and 3.</think> <answer>\\boxed{2}</answer>"
WRONG = "<think>The roots are 2 and 3.</think> <answer>\\boxed{3}</answer>"
LONG = bool(os.environ.get("REFEREE_SERVE_LONG"))
SLOW = '[[rules]]\nverifier = "code.stdio"\nparams = { cpu_s = 1.0, wall_s = 100.0 }\n'


def post(port, path, body, timeout=180):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_it_says_where_it_is_and_how_to_build_the_page(process, tmp_path):
    started = process()
    assert f"referee serves {started.url}" in started.said()
    assert post(started.port, "/v1/score", {"pack": "gsm8k", "completion": "#### 18", "truth": "18"})[0] == 200
    assert started.stop() == 0
    assert "Traceback" not in started.said()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "REFEREE_TOKEN"),
        (["--pack", "gsm8"], "did you mean 'gsm8k'"),
        (["--ledger", "nothing.ledger"], "there is no ledger"),
        (["--token-file", "nothing"], "cannot be read"),
        (["--pool", "somewhere"], "there is no place for a pool"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(capsys, monkeypatch, tmp_path, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REFEREE_TOKEN", raising=False)
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--port", "0", *arguments])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert sentence in said


def test_a_port_that_is_taken_is_said(process, capsys):
    started = process()
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--port", str(started.port)])
    assert stopped.value.code == 2
    assert "choose another with --port" in capsys.readouterr().err


def test_what_was_accepted_is_answered_when_it_is_stopped(process):
    started = process()
    asked = {
        "pack": {"text": SLOW},
        "completions": ["```python\nwhile True: pass\n```"],
        "truth": {"inputs": ["1"], "outputs": ["1"]},
    }
    answers = []
    thread = threading.Thread(target=lambda: answers.append(post(started.port, "/v1/score", asked)))
    thread.start()
    while thread.is_alive():
        if get(started.port, "/healthz")["in_flight"]:
            break
        time.sleep(0.01)
    assert started.stop() == 0
    thread.join()
    status, group = answers[0]
    assert status == 200
    reasons = {verdict["reason"] for score in group["group"]["scores"] for verdict in score["verdicts"].values()}
    assert reasons <= {"limit.cpu", "infra.no_sandbox"}


class Clients:
    """Connections that ask all the time, each one again when it broke."""

    def __init__(self, started, connections):
        self.started = started
        self.answered = 0
        self.wrong = []
        self._expected = {n: score_of(n) for n in range(12)}
        self._over = threading.Event()
        self._news = threading.Condition()
        self._threads = [threading.Thread(target=self._ask, args=(seed,)) for seed in range(connections)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more):
        """Until so many more were answered."""
        with self._news:
            wanted = self.answered + more
            assert self._news.wait_for(lambda: self.answered >= wanted or self.wrong, 300)

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, n):
        while not self._over.is_set():
            n += 1
            try:
                status, body = post(self.started.port, "/v1/score", request_of(n % 12))
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)  # killed, or not there yet
                continue
            right = body["group"]["rewards"] == self._expected[n % 12] if status == 200 else status in {429, 503}
            with self._news:
                self.answered += status == 200
                if not right:
                    self.wrong.append((n % 12, status, body))
                self._news.notify_all()
            if status != 200:
                time.sleep(0.05)


def test_nothing_is_scored_wrongly_when_it_is_killed_and_started_again(process):
    """64 connections; in the middle of it the service is killed, and another takes its place at the same port."""
    started = process("--in-flight", "512")
    clients = Clients(started, 64)
    try:
        clients.wait_for(100)
        time.sleep(30 if LONG else 0)
        started.kill()
        started.start()
        clients.wait_for(100)
        time.sleep(30 if LONG else 0)
    finally:
        clients.stop()
    assert clients.wrong == []
    assert clients.answered >= 200


def request_of(n):
    """Groups that differ in what is right, so that a mixed-up answer shows."""
    texts = [RIGHT if (n >> bit) & 1 else WRONG for bit in range(4)]
    return {"pack": "r1-zero-math", "completions": texts, "truth": "2"}


def score_of(n):
    asked = request_of(n)
    return list(referee.score_group(as_pack(asked["pack"]), asked["completions"], truth=asked["truth"]).rewards)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_what_was_left_in_redis_is_nobodys_answer(process, tmp_path):
    """A service that judges over Redis and is started again takes no score of its former life for an answer."""
    pytest.importorskip("redis", reason="redis is not installed: pip install 'referee[redis]'")
    with Server() as server:
        started = process("--pool", server.url)
        waiting = threading.Thread(target=lambda: lost(lambda: post(started.port, "/v1/score", request_of(5))))
        waiting.start()  # nobody judges yet, so it stays in the queue
        while not get(started.port, "/healthz")["in_flight"]:
            time.sleep(0.01)
        started.kill()
        waiting.join()
        started.start()
        log = (tmp_path / "worker.log").open("wb")
        command = [sys.executable, "-m", "referee", "worker", "--redis", server.url, "--workers", "1"]
        worker = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            for n in (3, 4, 6):
                status, body = post(started.port, "/v1/score", request_of(n))
                assert (status, body["group"]["rewards"]) == (200, score_of(n))
        finally:
            worker.terminate()
            worker.wait(120)
            log.close()


def lost(work):
    """Something whose other end is killed."""
    with suppress(OSError, http.client.HTTPException):
        work()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()
