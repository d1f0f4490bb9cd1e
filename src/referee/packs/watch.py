"""A pack file that may change while a run uses it: a weight goes from 0.1 to 0.05 and nobody restarts.

`Watched.latest()` is called between groups. It costs one `stat` while the file stays as it is. A changed file that does
not load keeps the last good pack in force, and `fault` says why, so that a half-written edit never stops a run.
"""

from __future__ import annotations

from pathlib import Path

from referee.core.errors import RefereeError
from referee.packs.load import load, locate
from referee.packs.spec import PackSpec


class Watched:
    """The newest good version of a pack file."""

    def __init__(self, source: str | Path) -> None:
        self.path = locate(source)
        self.fault: RefereeError | None = None
        self._stamp = self._look()
        self._spec = load(self.path)

    def latest(self) -> PackSpec:
        """The pack as the file says now, or the last version that was good (then `fault` is set)."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._spec = load(self.path)
                self.fault = None
            except (RefereeError, OSError) as error:
                self.fault = error if isinstance(error, RefereeError) else RefereeError(str(error))
        return self._spec

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except OSError:  # replaced by rename at this moment, or gone: the last good version stays in force
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
