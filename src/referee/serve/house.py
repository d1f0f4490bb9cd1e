"""Everything that routes share: packs, the desk, ledgers, words. Opened when the service starts."""

from __future__ import annotations

from referee.core.version import VERSION
from referee.serve.apart import Studies
from referee.serve.desk import Desk, opened
from referee.serve.explain import Words
from referee.serve.faults import Fault
from referee.serve.packs import Packs
from referee.serve.records import Health
from referee.serve.settings import Settings
from referee.serve.shelf import Shelf


class House:
    """Made before the service listens, so that a wrong pack or ledger is said at once; `open` starts the workers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.packs = Packs(settings.packs, settings.limits.pack_bytes)
        self.words = Words(settings.words)
        self.ledgers = Shelf(settings.ledgers, self.words)
        self.studies = Studies()
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """Where rollouts are judged, while the service is open."""
        assert self._desk is not None
        return self._desk

    def open(self) -> None:
        """Start what judges, unless it was. Raises `RefereeError` when nobody can."""
        if self._desk is not None:
            return
        self._desk = opened(self.settings.where, self.settings.workers, self.settings.limits)
        self.ledgers.open()

    def close(self) -> None:
        """End what judges. All that was accepted has been answered."""
        if self._desk is not None:
            self._desk.stopping = True
            self._desk.pool.close()
        self.studies.close()
        self.ledgers.close()

    def health(self) -> Health:
        """How it stands. Raises `Fault` 503 while nobody can judge."""
        desk = self.desk
        if desk.pool.fault:
            raise Fault(503, f"nobody can judge: {desk.pool.fault}")
        return Health(
            status="stopping" if desk.stopping else "ok",
            version=VERSION,
            in_flight=desk.in_flight,
            capacity=self.settings.limits.in_flight,
        )
