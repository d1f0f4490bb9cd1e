"""Computer algebra in a child process that can be killed: the runner of `AlgebraJob`s.

One child for each process that asks, started at the first question in a fresh interpreter (never forked from the
caller), kept, and replaced when it was killed. A question has `DEADLINE_S` from the moment a ready child takes it up;
the time that sympy needs to load does not count. No signals, no alarm: it works in any thread, in asyncio (through a
thread), and in spawned and forked processes. sympy is never imported here.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

from referee.core.jobs import AlgebraJob, Outcome

DEADLINE_S = 0.25
START_S = 60.0  # until sympy is loaded
MISSING = "computer algebra needs sympy: pip install 'referee[math]'"
_SCRIPT = Path(__file__).with_name("algebra_child.py")


class Algebra:
    """A runner: jobs in, outcomes out, one question at a time."""

    def __init__(self, deadline_s: float = DEADLINE_S, script: Path = _SCRIPT) -> None:
        self.deadline_s = deadline_s
        self.script = script
        self.lock = threading.Lock()
        self.owner = os.getpid()
        self.child: subprocess.Popen[bytes] | None = None
        self.inherited: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.version = ""
        self.kills = 0

    def __call__(self, jobs: tuple[AlgebraJob, ...]) -> tuple[Outcome, ...]:
        return tuple(self.run(job) for job in jobs)

    def run(self, job: AlgebraJob) -> Outcome:
        """The outcome of one question."""
        if self.owner != os.getpid():  # a fork: the child and the lock belong to the parent
            self.inherited, self.child, self.ready = self.child, None, False
            self.lock, self.owner = threading.Lock(), os.getpid()
        with self.lock:
            if not self.ready and (problem := self.start()):
                return Outcome(status="infra", detail=problem)
            return self.ask(job)

    def start(self) -> str:
        """Have a child that is ready; a text says why there is none."""
        if self.child is None:
            self.spawn()
        word = self.line(START_S)
        if word.startswith("ready"):
            self.ready, self.version = True, word[6:]
            return ""
        self.kill()
        return MISSING if word == "missing" else "the process for computer algebra did not start"

    def spawn(self) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", str(self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def ask(self, job: AlgebraJob) -> Outcome:
        child = self.child
        assert child is not None
        assert child.stdin is not None
        started = time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps([job.left, job.right]).encode() + b"\n")
        word = self.line(self.deadline_s)
        spent = time.monotonic() - started
        if word in {"equal", "different", "undecided"}:
            return Outcome(status="ok", code=0, stdout=word.encode(), wall_s=spent)
        died = child.poll() is not None
        self.kill()
        self.spawn()  # loads while others are judged
        if word == "memory":
            return Outcome(status="memory", wall_s=spent, detail="computer algebra ran out of memory")
        if died:
            return Outcome(status="cpu", wall_s=spent, detail="computer algebra ran past its limits")
        return Outcome(status="wall", wall_s=spent, detail=f"computer algebra took more than {self.deadline_s:g} s")

    def line(self, seconds: float) -> str:
        """The child's next line, or nothing when it has not come in time or will not come."""
        child = self.child
        assert child is not None
        assert child.stdout is not None
        until, found = time.monotonic() + seconds, b""
        poller = select.poll()
        poller.register(child.stdout, select.POLLIN)
        while not found.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                return ""
            part = child.stdout.read(200)
            if not part:
                return ""
            found += part
        return found.decode("ascii", "replace").strip()

    def kill(self) -> None:
        """End the child, if there is one."""
        child, self.child, self.ready = self.child, None, False
        if child is None:
            return
        self.kills += 1
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    def close(self) -> None:
        """End the child; the next question starts another."""
        if self.owner == os.getpid():
            with self.lock:
                self.kill()


run = Algebra()
atexit.register(run.close)
