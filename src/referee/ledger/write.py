"""The writer of a ledger: many producers hand scored rollouts in, one thread commits them in groups.

What is handed in waits until the commit before it is done. Where that one served several producers, it waits for their
company too: up to `batch` entries, for as long as that commit took and at most `wait_s`. All that waits is committed at
once, so a lone producer waits for nobody, and many of them on a slow disk share its syncs. `keep` returns, and the
future of `send` is done, when the entries are on the disk. Nothing depends on the wall clock: a batch notes it for
people.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from referee.core.errors import InfrastructureError, UsageError
from referee.core.types import Record
from referee.engine.build import Build, build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, written
from referee.ledger.commit import Committer, Kept
from referee.ledger.rows import Prepared, prepared
from referee.packs.spec import PackSpec

BATCH = 256  # entries that are worth a commit of their own
WAIT_S = 0.020
_MOST = 4096  # entries of one commit; what one call hands in is never split
Texts = Literal["inside", "beside"]


class Figures(Record, frozen=True, kw_only=True):
    """What a writer has done since it opened.

    entries: kept. duplicates: handed in again, with the same score. retried: handed in again after the infrastructure
    had failed, or failing now; the first stays. alarms: handed in again with another score. waiting: handed in and not
    yet on the disk. commit_seconds: of the last commit, and its entries as commit_entries.
    """

    entries: int
    duplicates: int
    retried: int
    alarms: int
    batches: int
    waiting: int
    commit_seconds: float
    commit_entries: int


class _Item(NamedTuple):
    rows: list[Prepared]
    done: Future[None]


class Ledger:
    """A ledger open for writing: a `Keeper`. One process writes it; any number read it at any time.

    path: of the file, made when there is none; its roots stand beside it in `PATH.roots`. texts: where the rollouts'
    texts are kept, `inside` or `beside` it in Parquet, a file for each step in `PATH.texts/`. recovered: what the
    opening found, a sentence each; empty when the last writer closed it. Raises `UsageError` for a file that is no
    ledger or that another process writes, `InfrastructureError` for one that is damaged.
    """

    def __init__(
        self, path: str | Path, *, texts: Texts = "inside", batch: int = BATCH, wait_s: float = WAIT_S
    ) -> None:
        if texts not in ("inside", "beside"):
            raise UsageError(f"texts are kept 'inside' or 'beside' the ledger, not {texts!r}")
        self.path = Path(path).resolve()  # its roots and its lock stand beside the file itself
        self._committer = Committer(self.path, beside=texts == "beside")
        self.recovered = self._committer.recovered
        self._batch, self._wait_s = batch, wait_s
        self._process = os.getpid()
        self._waiting: list[_Item] = []
        self._count = 0  # of the entries that wait
        self._under_way = 0
        self._took = (0.0, 0)
        self._company = False
        self._known: set[bytes] = set()
        self._totals = Kept()
        self._batches = 0
        self._lock = threading.Condition()
        self._closing = False
        self.learn(build())
        self._thread = threading.Thread(target=self._run, name="referee-ledger", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def keep(self, scored: Sequence[Scored]) -> None:
        """Returns when all of them are safe on the disk. When it raises, hand them in again: none is kept twice."""
        self.send(scored).result()

    def send(self, scored: Sequence[Scored]) -> Future[None]:
        """`keep` without waiting: the future is done when they are safe.

        It fails with `InfrastructureError` when the disk is full or the file cannot be written; the ledger goes on, and
        what failed can be handed in again. Raises `UsageError` when the ledger is closed.
        """
        if os.getpid() != self._process:
            raise UsageError(f"'{self.path}' was opened before this process was forked; open the ledger here instead")
        item = _Item(prepared(scored), Future())
        item.done.set_running_or_notify_cancel()
        with self._lock:
            if self._closing:
                raise UsageError(f"'{self.path}' is closed; open it again to keep more")
            self._waiting.append(item)
            self._count += len(item.rows)
            self._lock.notify()
        return item.done

    def learn(self, source: PackSpec | RulePack | Build) -> None:
        """Keep a pack, or the fingerprint of a judge, as a whole, at the latest with the next entries."""
        name = written(source.spec if isinstance(source, RulePack) else source)
        if name in self._known:
            return
        if isinstance(source, Build):
            self._committer.learn("builds", source.id, written(source).decode())
        else:
            pack = source if isinstance(source, RulePack) else RulePack(source)
            self._committer.learn("packs", pack.digest, written(pack.identity).decode())
        self._known.add(name)

    def learn_pack(self, digest: str, identity: dict[str, Any]) -> None:
        """Keep a pack that another ledger kept, also one that cannot be compiled here; see `RulePack.identity`."""
        content = written(identity)
        if hashlib.sha256(content).hexdigest() != digest:
            raise UsageError(f"that pack is not the one with the digest {digest[:12]}")
        self._committer.learn("packs", digest, content.decode())

    def figures(self) -> Figures:
        """What has been done so far."""
        with self._lock:
            seconds, count = self._took
            return Figures(
                **self._totals._asdict(),
                batches=self._batches,
                waiting=self._count + self._under_way,
                commit_seconds=seconds,
                commit_entries=count,
            )

    def close(self) -> None:
        """Commit what waits, seal what texts are left, and close the file. Safe to call twice."""
        with self._lock:
            closed, self._closing = self._closing, True
            self._lock.notify()
        if closed or os.getpid() != self._process:
            return
        atexit.unregister(self.close)
        self._thread.join()
        self._committer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self) -> None:
        """The life of the writer's thread."""
        while items := self._gathered():
            rows = [row for item in items for row in item.rows]
            started = time.perf_counter()
            try:
                kept = self._committer.commit(rows)
            except (InfrastructureError, sqlite3.Error, ValueError, TypeError, OverflowError) as error:
                self._noted(Kept(), self._took)
                for item in items:
                    item.done.set_exception(error)
                continue
            self._noted(kept, (time.perf_counter() - started, len(rows)))
            for item in items:
                item.done.set_result(None)
            self._committer.tidy()

    def _noted(self, kept: Kept, took: tuple[float, int]) -> None:
        with self._lock:
            self._under_way = 0
            self._totals = self._totals.plus(kept)
            self._batches += kept.entries > 0
            self._took = took

    def _gathered(self) -> list[_Item]:
        """What the next commit takes; nothing when the ledger is closed and all is written."""
        with self._lock:
            while not self._waiting and not self._closing:
                self._lock.wait()
            until = time.monotonic() + (min(self._wait_s, self._took[0]) if self._company else 0.0)
            while self._count < self._batch and not self._closing and (left := until - time.monotonic()) > 0:
                self._lock.wait(left)
            items: list[_Item] = []
            size = 0
            while self._waiting and (not items or size + len(self._waiting[0].rows) <= _MOST):
                items.append(self._waiting.pop(0))
                size += len(items[-1].rows)
            self._count -= size
            self._under_way = size
            self._company = len(items) > 1
            return items
