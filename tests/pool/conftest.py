"""A real redis-server on a free port, and a verifier that misbehaves as its rollout says, for whoever asks."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import referee
from referee.core.types import Rollout, Task
from referee.engine.scored import Submission

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


# What a bug in a library, met by an attacker's text, would do to a worker.
POISON = '''"""Does what the rollout says, and passes when it says ok.

## What it checks
## Truth
## Parameters
## When it cannot judge
## Known gaps
## Sources
"""
import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from referee.core.types import failed, passed
from referee.core.verifier import Parameters, verifier

class Params(Parameters, frozen=True, kw_only=True):
    """None."""

CASES = ()
HELD = []

def segfault():
    ctypes.string_at(0)

def loop():
    while True:
        pass

def wait():
    time.sleep(3600)

def allocate():
    held = bytearray(b"x") * (8 << 30)

def output():
    line = "x" * (1 << 20)
    for _ in range(1 << 10):
        sys.stdout.write(line)

def quit():
    os._exit(3)

def stop():
    os.kill(os.getpid(), signal.SIGSTOP)

def children():
    os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "3600")
    os._exit(4)

def evidence():
    return "x" * (32 << 20)

def crash():
    raise ValueError("a bug")

def fickle():
    return os.getpid()

@verifier
def act(rollout, task, params):
    """Acts."""
    what, _, where = rollout.text.partition(" ")
    if what == "ok":
        return passed("x.ok")
    if what == "once":
        path, what = Path(where.split()[0]), where.split()[1]
        if path.exists():
            return passed("x.ok")
        path.touch()
    if what == "pause":
        time.sleep(float(where))
        return passed("x.ok")
    if what == "grow":
        HELD.append(b"x" * (int(where) << 20))
        return passed("x.ok")
    if what == "pid":
        return passed("x.ok", pid=os.getpid(), nice=os.nice(0), cores=sorted(os.sched_getaffinity(0)),
            threads=os.environ["OMP_NUM_THREADS"], gpu=os.environ["CUDA_VISIBLE_DEVICES"])
    if what in globals():
        said = globals()[what]()
        return passed("x.ok", said=said)
    return failed("x.no")
'''


@pytest.fixture(scope="module")
def poison(tmp_path_factory):
    """A pack of one rule, whose verifier comes from a plugin that is installed while a module's tests run."""
    site = tmp_path_factory.mktemp("site")
    (site / "poison" / "x").mkdir(parents=True)
    (site / "poison" / "__init__.py").touch()
    (site / "poison" / "x" / "__init__.py").touch()
    (site / "poison" / "x" / "act.py").write_text(POISON)
    info = site / "poison-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[referee.verifiers]\npoison = poison\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        yield referee.RulePack.load({"name": "poison", "rules": [{"name": "act", "verifier": "poison/x.act"}]})


@pytest.fixture
def group(poison):
    """A submission of texts that the misbehaving verifier reads."""

    def made(name, *texts, **changes):
        fields = {"run": "r", "group": name, "task": Task(truth="t"), "pack": poison.spec}
        return Submission(rollouts=tuple(Rollout(text=text) for text in texts), **(fields | changes))

    return made
