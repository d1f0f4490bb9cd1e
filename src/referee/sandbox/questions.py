"""One question to the process of queries, what it is asked and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from referee.core.jobs import CallResult, Outcome, QueryJob

_ANSWER: Final = 16 << 20  # bytes of the rows of one query
_DATABASE: Final = 512 << 20  # bytes of a database


class Late(Exception):
    """The process was ended. `why`: `cpu`, `wall`, `killed` by somebody else, or `crash`, which is its own doing."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Bad(Exception):
    """The database cannot be had; the message says why."""


class Question:
    """One job on its way: the key of its answer, and what came of it."""

    def __init__(self, job: QueryJob, digest: str, content: bytes | None) -> None:
        self.job, self.digest, self.content = job, digest, content
        self.opened = f"{digest} {job.variant}".strip()
        self.key = (self.opened, job.sql, job.rows, job.limits)
        self.tries = 0
        self.outcome: Outcome | None = None

    @property
    def message(self) -> tuple[Any, ...]:
        """What is sent."""
        allowed = self.job.limits
        limits = {"cpu_s": allowed.cpu_s, "memory_mb": allowed.memory_mb, "rows": self.job.rows, "bytes": _ANSWER}
        return "ask", self.opened, self.job.sql, limits

    def blame(self, why: str) -> None:
        """The process ended over this question: the second time it is over, and at once where CPU time ran out."""
        self.tries += 1
        if why == "cpu":
            detail = f"it used more than {self.job.limits.cpu_s:g} s of CPU time"
            self.outcome = Outcome(status="cpu", detail=detail)
        elif self.tries > 1 and why == "crash":
            self.outcome = Outcome(status="signal", detail="the process for queries ended over it, twice")
        elif self.tries > 1:
            what = "was not given the time that it needs" if why == "wall" else "was killed"
            detail = f"the process for queries {what}, twice"
            self.outcome = Outcome(status="infra", reason="infra.sandbox", detail=detail)


def read(path: Path) -> bytes:
    """The content of a database file. Raises `Bad`."""
    try:
        if path.stat().st_size > _DATABASE:
            raise Bad(f"{path.as_posix()!r} is larger than {_DATABASE >> 20} MB")
        log = Path(f"{path}-wal")
        if log.exists() and log.stat().st_size:
            raise Bad(f"{path.as_posix()!r} has a write-ahead log beside it: 'PRAGMA journal_mode=DELETE' ends it")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Bad(f"the database {path.as_posix()!r} cannot be read: {error}") from error


def bad(job: QueryJob, error: Bad) -> Outcome:
    """A database that cannot be had is the truth's fault; a variant that cannot is one less to ask."""
    if job.variant:
        return Outcome(status="raised", results=(CallResult(kind="raised", type="variant", message=str(error)),))
    return Outcome(status="infra", reason="truth.database", detail=str(error))


def outcome(reply: tuple[Any, ...], digest: str) -> Outcome:
    """What a reply says, as far as it has the shape of one."""
    match reply:
        case ("rows", list(names), list(rows), list(tables), float(spent)):
            value = {"names": names, "rows": rows, "tables": tables, "digest": digest}
            return Outcome(status="ok", results=(CallResult(kind="value", value=value),), cpu_s=spent)
        case ("stopped", "cpu" | "memory" | "output" as limit, list(), float(spent)):
            return Outcome(status=limit, cpu_s=spent)
        case ("error", str(kind), str(message), list(), float(spent)):
            result = CallResult(kind="raised", type=kind, message=message)
            return Outcome(status="raised", results=(result,), cpu_s=spent)
    raise Late("crash")
