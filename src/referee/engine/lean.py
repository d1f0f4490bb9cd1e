"""A Lean REPL, as a program or behind a URL: the runner of `LeanJob`s.

`REFEREE_LEAN` names it: the address of a server with Kimina's protocol (`http://host:8000`), or a command line, as
`lake env repl` in a project with Mathlib; without it, a program `repl` on PATH. A REPL is kept, its imports loaded
once, and ended when it is late or has served its time. There is no sandbox around it.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shlex
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from referee.core.jobs import CallResult, LeanJob, Outcome

NAMED = "REFEREE_LEAN"
MISSING = f"there is no Lean REPL here: put one on PATH as 'repl', or name a command or a Kimina server in {NAMED}"
_LIFE = 200  # commands after which a REPL is replaced: it keeps every environment
_LARGEST = 32 << 20
_LOADING_S = 300.0  # for the imports


class Late(Exception):
    """The REPL did not answer in time."""


class Broken(Exception):
    """The REPL ended, or said what is no reply."""


class Repl:
    """One REPL process, and the environments of the imports that it has loaded."""

    def __init__(self, command: list[str]) -> None:
        self.commands = 0
        self.loaded: dict[str, int] = {}
        self.held = b""
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        except OSError as error:
            raise Broken(f"{command[0]}: {error.strerror}") from error

    def run(self, header: str, body: str, wall_s: float) -> Any:
        """The reply to a text behind the imports of a header. Raises `Late`, `Broken`."""
        details: dict[str, Any] = {}
        if header:
            if header not in self.loaded:
                reply = self.ask({"cmd": header}, _LOADING_S)
                if not isinstance(reply.get("env"), int) or any(
                    one.get("severity") == "error" for one in reply.get("messages") or []
                ):
                    return {**reply, "header": True}
                self.loaded[header] = reply["env"]
            details["env"] = self.loaded[header]
        return self.ask({"cmd": body, **details}, wall_s)

    def ask(self, message: dict[str, Any], wall_s: float) -> dict[str, Any]:
        """One command and its reply: JSON over several lines, ended by an empty one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.commands += 1
        until = time.monotonic() + wall_s
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n\n")
        except OSError as error:
            raise Broken("the REPL has ended") from error
        while (reply := self._whole()) is None:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Late
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            if not part or len(self.held) > _LARGEST:
                raise Broken("the REPL has ended, or says too much")
            self.held += part
        return reply

    def _whole(self) -> dict[str, Any] | None:
        text = self.held.lstrip()
        end = text.find(b"\n\n")
        if end < 0:
            return None
        self.held = text[end + 2 :]
        try:
            found = json.loads(text[:end])
        except ValueError as error:
            raise Broken("the REPL said what is no JSON") from error
        if not isinstance(found, dict):
            raise Broken("the REPL said what is no object")
        return found

    def close(self) -> None:
        """End it. Safe to call twice."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class _Held:
    """The REPL of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.repl: Repl | None = None
        self.owner = 0
        self.command: list[str] = []

    def run(self, command: list[str], job: LeanJob) -> Any:
        with self.lock:
            repl = self.repl
            if repl is None or self.owner != os.getpid() or self.command != command or repl.commands >= _LIFE:
                if repl is not None and self.owner == os.getpid():
                    repl.close()
                repl = self.repl = Repl(command)
                self.owner, self.command = os.getpid(), command
            try:
                return repl.run(job.header, job.body, job.limits.wall_s)
            except BaseException:
                self.repl = None
                repl.close()
                raise

    def close(self) -> None:
        """End the REPL of this process."""
        if self.repl is not None and self.owner == os.getpid():
            self.repl.close()
        self.repl = None


_HELD = _Held()
atexit.register(_HELD.close)


def run(jobs: tuple[LeanJob, ...]) -> tuple[Outcome, ...]:
    """The outcomes, in order."""
    return tuple(_outcome(job) for job in jobs)


def close() -> None:
    """End the REPL that is kept; the next job starts another."""
    _HELD.close()


def _outcome(job: LeanJob) -> Outcome:
    named = os.environ.get(NAMED, "")
    try:
        if named.startswith(("http://", "https://")):
            reply = _asked(named, job)
        else:
            command = shlex.split(named) or [found for found in (shutil.which("repl"),) if found]
            if not command:
                return Outcome(status="infra", reason="infra.toolchain", detail=MISSING)
            reply = _HELD.run(command, job)
    except Late:
        return Outcome(status="wall", detail=f"no answer within {job.limits.wall_s:g} s")
    except (Broken, OSError, ValueError) as error:
        return Outcome(status="infra", reason="infra.toolchain", detail=f"the Lean REPL failed: {error}")
    return Outcome(status="ok", results=(CallResult(kind="value", value=reply),))


def _asked(url: str, job: LeanJob) -> Any:
    """The reply of a server with Kimina's protocol to one snippet. Raises `Late`, `OSError`, `ValueError`."""
    code = f"{job.header}\n{job.body}"
    asked = {"snippets": [{"id": "1", "code": code}], "timeout": int(job.limits.wall_s), "reuse": True}
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("LEAN_SERVER_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(f"{url.rstrip('/')}/api/check", json.dumps(asked).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=job.limits.wall_s + _LOADING_S) as answer:  # noqa: S310
        found = json.loads(answer.read(_LARGEST))
    try:
        (result,) = found["results"]
        if "timed out" in (result.get("error") or ""):
            raise Late
        if result.get("error") or not isinstance(result.get("response"), dict):
            raise ValueError(str(result.get("error"))[:200])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a reply of another shape") from error
    return result["response"]
