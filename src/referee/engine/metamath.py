"""Metamath databases of this machine, each read once by a process: the runner of `MetamathJob`s.

The checker is our own and runs in this process: a proof is a list of labels, and the work that it asks for is bounded.
Databases lie where Debian's package `metamath-databases` puts them, or in the folder that `REFEREE_METAMATH` names.
"""

from __future__ import annotations

import os
import re
import threading
from functools import lru_cache
from pathlib import Path

from referee.core.jobs import MetamathJob, Outcome
from referee.proofs.metamath import Asked, BadDatabase, Database, verdict

FOLDER = "REFEREE_METAMATH"
DEBIAN = "/usr/share/metamath/databases"
_NAME = re.compile(r"[A-Za-z0-9_-]+\.mm\Z", re.ASCII)
_LOCK = threading.Lock()


def run(jobs: tuple[MetamathJob, ...]) -> tuple[Outcome, ...]:
    """The outcomes, in order."""
    return tuple(_outcome(job) for job in jobs)


def _outcome(job: MetamathJob) -> Outcome:
    place = Path(os.environ.get(FOLDER, DEBIAN), job.database)
    try:
        if not _NAME.match(job.database):
            raise BadDatabase(f"'{job.database[:60]}' is no name of a database, as set.mm is")
        with _LOCK:  # a large one is read once, not by each thread
            database = _read(str(place), place.stat().st_mtime_ns)[0]
        asked = Asked(job.name, job.statement, job.hypotheses, job.distinct)
        reason, words = verdict(database, asked, list(job.proof))
    except OSError as error:
        words = f"{place}: {error.strerror}. Install metamath-databases, or name a folder in {FOLDER}"
        return Outcome(status="infra", reason="infra.library", detail=words)
    except (BadDatabase, UnicodeDecodeError) as error:
        return Outcome(status="infra", reason="truth.database", detail=str(error))
    return Outcome(status="ok", stdout=reason.encode(), detail=words)


@lru_cache(maxsize=4)
def _read(place: str, changed: int) -> tuple[Database, int]:
    """A database and when its file was written: another time makes another database."""
    return Database(Path(place).read_text(encoding="ascii")), changed
