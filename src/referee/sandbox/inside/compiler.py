"""The compiler: a process beside the zygote that reads the requests, compiles them warm, and hands them on.

It has parsed many programs and no program is ever forked from it; a zygote, from which they are forked, has never seen
one. It has the walls of a run and two pipes. What a bug of the parser could reach is this process: when it dies, its
zygote dies with it, and the job is tried again with the compiler in the run.
"""

from __future__ import annotations

import gc
import marshal
from typing import Any, NoReturn

from referee.sandbox.inside import cell, post

_SCRIPTS = 64  # that are kept
_HUGE = 64_000  # characters of source above which the run compiles for itself


def serve() -> NoReturn:
    """Until the judge goes."""
    gc.enable()
    held: tuple[str, Any] = ("", b"")
    scripts = _Scripts()
    while True:
        operation, job = marshal.loads(post.receive(post.REQUESTS))
        if operation == "script":
            job["program"] = scripts(job)
            del job["test"], job["setup"]
            post.send(post.OUTBOX, marshal.dumps((operation, job), 2))
            continue
        code: Any = job["program"]
        if operation != "compile" and job["here"] and len(code) <= _HUGE:
            if held[0] != code:
                held = (code, compiled(code))
            code = held[1]
        job["program"] = code
        post.send(post.OUTBOX, marshal.dumps((operation, job), 2))


class _Scripts(dict[tuple[str, str, str], bytes]):
    """Test scripts, taken apart: those of a group of rollouts are the same."""

    def __call__(self, job: dict[str, Any]) -> bytes:
        key = (job["test"], job["setup"], job["form"])
        if key not in self:
            from referee.sandbox.inside import script  # there where test scripts are run

            if len(self) >= _SCRIPTS:
                del self[next(iter(self))]
            self[key] = script.prepared(job)
        return self[key]


def compiled(source: str) -> Any:
    """The code of a program as bytes, or the exception that it does not compile with, as the record of a run."""
    try:
        return marshal.dumps(compile(source, "solution.py", "exec", dont_inherit=True))
    except BaseException as error:
        return (cell.error_content(error),)
