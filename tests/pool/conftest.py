"""A real redis-server on a free port, for whoever asks."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = shutil.which("redis-server")


class RedisServer:
    """A server that can be killed and started again on the same port with the same data."""

    def __init__(self, folder: Path, *options: str, host: str = "127.0.0.1") -> None:
        with socket.socket() as probe:
            probe.bind((host, 0))
            self.port = probe.getsockname()[1]
        self.folder, self.options, self.host = folder, options, host
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}"

    def start(self) -> None:
        tls = any(option.startswith("--tls") for option in self.options)
        ports = ("--port", "0", "--tls-port", str(self.port)) if tls else ("--port", str(self.port))
        argv = [SERVER, *ports, "--bind", self.host, "--dir", str(self.folder), "--save", "", *self.options]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
                return
            assert self.process.poll() is None, "redis-server ended at once"
            time.sleep(0.01)
        self.kill()
        raise AssertionError("redis-server does not answer")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def cli(self, *command: str | bytes):
        import redis

        with redis.Redis(host=self.host, port=self.port, protocol=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*command)


@pytest.fixture(scope="session")
def _redis(tmp_path_factory) -> Iterator[RedisServer]:
    if SERVER is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def redis_server(_redis: RedisServer) -> RedisServer:
    """An empty server."""
    _redis.cli("FLUSHALL")
    return _redis


@pytest.fixture
def redis_servers(tmp_path) -> Iterator:
    """Makes servers of a test's own, with options: they are ended with it."""
    if SERVER is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    made: list[RedisServer] = []

    def make(*options: str) -> RedisServer:
        folder = tmp_path / f"redis{len(made)}"
        folder.mkdir()
        made.append(RedisServer(folder, *options))
        return made[-1]

    yield make
    for server in made:
        server.kill()
