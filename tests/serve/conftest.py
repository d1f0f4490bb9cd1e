"""A real service on a free port of the loopback, in a thread, with one worker process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="starlette is not installed: pip install 'referee[serve]'")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'referee[serve]'")
httpx = pytest.importorskip("httpx", reason="httpx, the tests' client, is not installed")

from referee.cli.words import WORDS  # noqa: E402
from referee.serve.app import application  # noqa: E402
from referee.serve.run import bound, server, url  # noqa: E402
from referee.serve.settings import Settings  # noqa: E402

START_S = 120.0  # a busy machine


@contextmanager
def service(**given) -> Iterator[str]:
    """The address of a service that is open."""
    settings = Settings(**{"port": 0, "workers": 1, "words": WORDS, **given})
    ready = threading.Event()
    with bound(settings) as listening:
        running = server(application(settings), ready.set)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(START_S), "the service did not start"
        try:
            yield url(settings, listening)
        finally:
            running.should_exit = True
            thread.join(START_S)
            assert not thread.is_alive(), "the service did not stop"


class Process:
    """`referee serve` as a process of its own, on a port that stays the same when it is started again."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._arguments, self._log, self.port = arguments, log, 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REFEREE_")}
        command = [sys.executable, "-m", "referee", "serve", "--port", str(self.port), "--workers", "1"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen([*command, *self._arguments], stderr=log, stdout=log, env=environment)
        until = time.monotonic() + START_S
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+) ", self.said())):
            assert self.process.poll() is None, f"the service did not start: {self.said()}"
            assert time.monotonic() < until, f"the service did not start in time: {self.said()}"
            time.sleep(0.02)
        self.port = int(found[1])

    def said(self) -> str:
        """What it wrote."""
        return self._log.read_text(errors="replace")

    def stop(self) -> int:
        """As a supervisor stops it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_S)

    def kill(self) -> None:
        """At once."""
        self.process.kill()
        self.process.wait(START_S)


@pytest.fixture
def process(tmp_path) -> Iterator[Callable[..., Process]]:
    """`process("--pack", "gsm8k")` starts `referee serve`; it ends with the test."""
    made: list[Process] = []

    def started(*arguments: str) -> Process:
        made.append(Process(tmp_path / f"serve-{len(made)}.log", *arguments))
        return made[-1]

    yield started
    for one in made:
        if one.process.poll() is None:
            one.kill()


@pytest.fixture(scope="session")
def serving():
    """`with serving(ledgers=...) as address`: a service of one's own."""
    return service


@pytest.fixture(scope="session")
def served() -> Iterator[httpx.Client]:
    """A client of a service with what it comes with."""
    with service() as address, httpx.Client(base_url=address, timeout=START_S) as client:
        yield client


@pytest.fixture
def open_service() -> Iterator[Callable[..., httpx.Client]]:
    """A client of a service of one's own: `open_service(token=...)`."""
    with ExitStack() as stack:

        def opened(**given) -> httpx.Client:
            address = stack.enter_context(service(**given))
            return stack.enter_context(httpx.Client(base_url=address, timeout=START_S))

        yield opened
