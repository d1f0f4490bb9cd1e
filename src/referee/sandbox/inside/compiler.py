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

_HUGE = 64_000  # characters of source above which the run compiles for itself


def serve() -> NoReturn:
    """Until the judge goes."""
    gc.enable()
    held: tuple[str, Any] = ("", b"")
    while True:
        operation, job = marshal.loads(post.receive(post.REQUESTS))
        code: Any = job.get("program", "")
        if operation not in {"compile", "script"} and job["here"] and len(code) <= _HUGE:
            if held[0] != code:
                held = (code, compiled(code))
            code = held[1]
        job["program"] = code
        post.send(post.OUTBOX, marshal.dumps((operation, job), 2))


def compiled(source: str) -> Any:
    """The code of a program as bytes, or the exception that it does not compile with, as the record of a run."""
    try:
        return marshal.dumps(compile(source, "solution.py", "exec", dont_inherit=True))
    except BaseException as error:
        return (cell.error_content(error),)
