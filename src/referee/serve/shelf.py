"""The ledgers that a service shows: read by one thread, beside the event loop, and never written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from referee.core.errors import RefereeError, UnknownName, UsageError
from referee.core.types import Score
from referee.engine.score import RulePack
from referee.group.advantage import grpo
from referee.ledger.rows import Entry
from referee.packs.load import load
from referee.packs.spec import PackSpec
from referee.serve import explain
from referee.serve.curves import Points
from referee.serve.explain import Words
from referee.serve.faults import Fault
from referee.serve.index import Index, shown
from referee.serve.ledger_records import EntryTold, LedgerPage, LedgerRow, PackNamed, PackSeen, RunTold
from referee.serve.watch import Alarms

T = TypeVar("T")
LOOK_S = 0.4  # for which an answer waits for the index to catch up
FILL_S = 0.05  # for which it is filled at a time, while nobody asks


class Shown:
    """One ledger."""

    def __init__(self, name: str, path: Path, words: Words) -> None:
        self.id, self.path, self.words = name, path, words
        self.index = Index(path)
        self.points = Points(self.index)
        self.alarms = Alarms(path)
        self._packs: dict[str, RulePack | None] = {}

    def row(self) -> LedgerRow:
        """The ledger in the list."""
        known = self.index.reader.overview()
        return LedgerRow(id=self.id, name=self.path.name, entries=known.entries, runs=_runs(known.runs))

    def page(self) -> LedgerPage:
        """The ledger."""
        known = self.index.reader.overview()
        packs = (
            PackSeen(digest=digest, name=self.named(digest), entries=count) for digest, count in known.packs.items()
        )
        return LedgerPage(
            id=self.id,
            name=self.path.name,
            entries=known.entries,
            indexed=self.index.indexed,
            judged=known.judged,
            mean=known.mean,
            batches=known.batches,
            tasks=known.tasks,
            closed=known.closed,
            alarms=known.alarms,
            runs=_runs(known.runs),
            packs=tuple(packs),
            builds=known.builds,
        )

    def entry(self, number: int) -> Entry:
        """An entry as kept. Raises `Fault` 404."""
        found = list(self.index.reader.entries([number])) if 0 < number <= len(self.index.reader) else []
        if not found:
            raise Fault(404, f"the ledger '{self.id}' has no entry {number}; it has {len(self.index.reader):,}")
        return found[0]

    def told(self, entry: Entry) -> EntryTold:
        """An entry with what each rule said."""
        scored = entry.scored
        rewards = self.index.store.execute(
            "SELECT seq, reward FROM rollouts WHERE run = ? AND grp = ? AND pack = ? ORDER BY place",
            (shown(scored.run), shown(scored.group), scored.score.pack),
        ).fetchall()
        advantages = dict(zip((seq for seq, _ in rewards), grpo([reward for _, reward in rewards]), strict=True))
        return EntryTold(
            seq=entry.seq,
            key=scored.key,
            run=shown(scored.run),
            step=scored.step,
            group=shown(scored.group),
            index=scored.index,
            task=scored.task,
            rollout=scored.rollout,
            reward=scored.score.reward,
            advantage=advantages.get(entry.seq) if scored.score.judged else None,
            pack=PackNamed(digest=scored.score.pack, name=self.named(scored.score.pack)),
            build=scored.build,
            seconds=scored.seconds,
            waited=scored.waited,
            worker=scored.worker,
            delivery=scored.delivery,
            rules=explain.rules(self.spec(scored.score.pack), scored.score, self.words),
        )

    def scores(self, entries: Sequence[Entry]) -> list[Score]:
        """The scores of entries that one pack judged: the first one's."""
        pack = entries[0].scored.score.pack
        return [entry.scored.score for entry in entries if entry.scored.score.pack == pack]

    def pack(self, digest: str) -> RulePack | None:
        """A pack as kept, compiled; None when it is not kept, or can no longer be used."""
        if digest not in self._packs:
            kept = self.index.reader.pack(digest)
            try:
                self._packs[digest] = RulePack(load(kept["pack"])) if kept is not None else None
            except UsageError:
                self._packs[digest] = None
        return self._packs[digest]

    def spec(self, digest: str) -> PackSpec | None:
        """What a pack says, as kept."""
        found = self.pack(digest)
        return found.spec if found is not None else None

    def named(self, digest: str) -> str:
        """The name of a pack; empty when it is not kept."""
        kept = self.index.reader.pack(digest)
        return str(kept["pack"].get("name", "")) if kept is not None else ""

    def newest_pack(self, run: str) -> PackSpec | None:
        """What judged a run last."""
        row = self.index.store.execute(
            "SELECT pack FROM rollouts WHERE run = ? ORDER BY seq DESC LIMIT 1", (run,)
        ).fetchone()
        return self.spec(row[0]) if row is not None else None


class Shelf:
    """All ledgers of a service. Raises `RefereeError` for one that cannot be read."""

    def __init__(self, paths: Sequence[Path], words: Words) -> None:
        self._ledgers: dict[str, Shown] = {}
        for path in paths:
            name = path.name.removesuffix(path.suffix) or path.name
            name = name if name not in self._ledgers else f"{name}-{len(self._ledgers) + 1}"
            self._ledgers[name] = Shown(name, path, words)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="referee-ledgers")
        self._closed = False

    async def __call__(self, ledger: str, work: Callable[[Shown], T]) -> T:
        """What `work` makes of a ledger, in the ledgers' thread. Raises `UnknownName`."""
        import asyncio

        if ledger not in self._ledgers:
            hint = "GET /v1/ledgers lists them." if self._ledgers else "`referee serve --ledger PATH` shows one."
            raise UnknownName("ledger", ledger[:80], self._ledgers, hint)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._asked, self._ledgers[ledger], work)

    async def rows(self) -> tuple[LedgerRow, ...]:
        """The list."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(self._thread, self._rows)

    def open(self) -> None:
        """Begin to read."""
        if self._ledgers:
            self._thread.submit(self._fill)

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self._thread.shutdown()
        for one in self._ledgers.values():
            one.alarms.close()
            one.index.close()

    def _asked(self, ledger: Shown, work: Callable[[Shown], Any]) -> Any:
        ledger.index.catch_up(LOOK_S)
        return work(ledger)

    def _rows(self) -> tuple[LedgerRow, ...]:
        found: list[LedgerRow] = []
        for one in self._ledgers.values():
            try:
                found.append(one.row())
            except RefereeError as error:
                found.append(LedgerRow(id=one.id, name=one.path.name, entries=0, runs=(), fault=str(error)))
        return tuple(found)

    def _fill(self) -> None:
        """A little of the first that is not read, and then whoever asked meanwhile."""
        if not self._closed and not all(one.index.catch_up(FILL_S) for one in self._ledgers.values()):
            self._thread.submit(self._fill)


def _runs(runs: Sequence[tuple[str, int, int | None, int | None, float | None]]) -> tuple[RunTold, ...]:
    return tuple(
        RunTold(run=shown(run), entries=entries, first_step=first, last_step=last, mean=mean)
        for run, entries, first, last, mean in runs
    )
