"""Score a file: cut it into chunks of whole groups, have them judged on all cores, write what comes back, add it up.

The parent splits lines and reads which task a row belongs to; everything else is the workers' (`engine.chunk`). Memory
does not grow with the number of rows. The output is the same to the byte for any number of workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from referee.core.errors import InfrastructureError, InputError
from referee.data.columns import Columns, existing, has, listed
from referee.data.plain import loads_object
from referee.data.read import Line, Source
from referee.data.rows import RowReader
from referee.engine import write
from referee.engine.chunk import Answer, Config, Judge, Request, decode, encode, kept, one_by_one
from referee.engine.groups import LARGEST, Grouper, Grouping, chunks
from referee.engine.score import PackSource, RulePack, as_pack
from referee.engine.scored import Keeper
from referee.engine.summary import Summary, Total
from referee.engine.workers import WorkerLost, Workers, cores
from referee.group.advantage import estimator as advantages_by

SMALL = 1 << 19  # bytes; a smaller file is judged before worker processes would have started
FAULTS = 5  # rejected rows named in the summary

Progress = Callable[[float | None, int], None]


def score_file(
    source: str | Path,
    pack: PackSource | RulePack,
    *,
    out: str | Path | None = None,
    columns: Columns | None = None,
    grouping: Grouping = "adjacent",
    estimator: str = "grpo",
    workers: int | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
    keeper: Keeper | None = None,
    run: str = "",
) -> Summary:
    """Score every rollout of a file (`-`: standard input) and write one line for each to `out`.

    Rows that cannot be read go to `FILE.rejected.jsonl` and stop nothing. `out` is JSON lines, compressed when the name
    ends in `.gz`, Parquet when it ends in `.parquet`, standard output when it is `-`, nothing when None. `workers`:
    processes (default: one per core; 1 scores in this process). `progress` is told the fraction read (None when
    unknown) and the rollouts scored so far. `keeper`: a ledger that keeps every score, under the name `run` (default:
    the file's); groups are named by file and line, so that a file scored twice is kept once. Ctrl-C keeps what was
    written under `OUT.partial` and returns a summary with `interrupted`. A row may be 64 MiB long. Raises `UsageError`
    when pack, file or columns are wrong or another run writes to `out`, `InfrastructureError` when `out` or the ledger
    cannot be written.
    """
    config = Config(
        spec=as_pack(pack).spec,
        columns=columns or Columns(),
        grouping=grouping,
        estimator=estimator,
        lines=out is not None,
        compress=str(out).endswith(".gz"),
        run=(run or Path(source).name) if keeper is not None else "",
        place=Path(source).name,
    )
    return _Run(Source(source), as_pack(pack), config, out, limit=limit, keeper=keeper).go(workers, progress)


class _Run:
    """One run over one file."""

    def __init__(
        self,
        source: Source,
        pack: RulePack,
        config: Config,
        out: str | Path | None,
        *,
        limit: int | None,
        keeper: Keeper | None,
    ) -> None:
        advantages_by(config.estimator)
        self.keeper = keeper
        if keeper is not None:
            keeper.learn(config.spec)
        self.source = source
        self.pack = pack
        self.config = config
        self.out = out
        self.limit = limit
        rejects, note = write.beside(source, "rejected.jsonl")
        self.elsewhere = note
        if out is not None and str(out) != "-":
            write.check(Path(out), source, rejects)
        self.rejects = write.Rejects(rejects, source.name)
        self.judge = Judge(config)
        self.grouper = Grouper(RowReader(config.columns), config.grouping)
        self.total = Total()
        self.cut = 0
        self.alone = 0
        self.columns: list[str] = []  # of the first row
        self.blind = False  # the first row has no column of truths
        self.faults: list[str] = []

    def go(self, workers: int | None, progress: Progress | None) -> Summary:
        """Do all of it."""
        started = time.perf_counter()
        count = self._workers(workers)
        writer = write.writer(self.out, self.config.spec)
        self.rejects.clear()
        try:
            with ExitStack() as stack:
                for answer in self._answers(count, stack):
                    if self.keeper is not None:
                        self.keeper.keep(kept(answer))
                    writer.write(answer.content)
                    self._note(answer)
                    if progress is not None:
                        progress(self.source.fraction(), self.total.tally.rollouts)
            out = writer.finish() if self.total.tally.rollouts else writer.abandon()
            interrupted = False
        except KeyboardInterrupt:
            out, interrupted = writer.abandon(), True
        except InfrastructureError as error:
            raise self._broken(error, writer.abandon()) from None
        except BaseException:
            writer.abandon()
            raise
        finally:
            rejected_to = self.rejects.close()
        return self._summary(time.perf_counter() - started, count, out, rejected_to, interrupted)

    def _broken(self, error: InfrastructureError, written: str | None) -> InfrastructureError:
        """The error, and what became of the verdicts until then."""
        count = self.total.tally.rollouts
        if not count:
            return error
        where = f"; their verdicts are in '{written}'" if written else "; no verdicts were kept"
        if self.out is None or written == "-":
            where = ""
        return InfrastructureError(f"{error}; the run stopped after {count:,} rollouts{where}", error.reason)

    def _workers(self, wanted: int | None) -> int:
        if wanted is not None:
            return max(wanted, 1)
        return 1 if self.source.regular and self.source.size < SMALL else cores()

    def _answers(self, count: int, stack: ExitStack) -> Iterator[Answer]:
        lines = self.source.lines(self.config.columns)
        stack.callback(lines.close)
        chunked = chunks(self.grouper.groups(self._checked(islice(lines, self.limit))))
        stack.callback(chunked.close)  # before the lines that it reads
        if count == 1 or self.pack.runner is not None:
            return map(self.judge.chunk, chunked)
        crew = stack.enter_context(Workers(count, "referee.engine.chunk:answer"))
        config = msgspec.msgpack.encode(self.config)
        try:
            crew.ask(encode(Request(config, [])))
        except WorkerLost as error:
            raise InfrastructureError(
                f"the scoring processes do not start ({error}); --workers 1 needs none"
            ) from error
        requests = (encode(Request(config, groups)) for groups in chunked)
        return map(decode, crew.map(requests, lambda request, _: one_by_one(self.judge, request, crew.insist)))

    def _checked(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines; the first that can be read must have the columns that are needed."""
        lines = iter(lines)
        for line in lines:
            try:
                row = loads_object(line.raw)
            except InputError:
                yield line
                continue
            self.columns = self.source.columns or existing(row)
            self.config.columns.check(row, self.columns)
            self.blind = not any(has(row, name) for name in self.config.columns.names("truth"))
            del row  # it may be long, and the rest of the file comes through here
            yield line
            break
        yield from lines

    def _note(self, answer: Answer) -> None:
        self.total.add(answer.tally)
        self.cut += answer.cut
        self.alone += answer.alone
        for line in sorted(answer.rejected):
            self.rejects.add(line)
            if len(self.faults) < FAULTS:
                self.faults.append(f"{self.source.name}:{line.number}: {line.fault}")

    def _summary(
        self, seconds: float, workers: int, out: str | None, rejected_to: str | None, interrupted: bool
    ) -> Summary:
        figures: dict[str, Any] = self.total.figures(self.config.spec)
        return Summary(
            source=self.source.name,
            pack=self.config.spec.name,
            digest=self.pack.digest,
            out=out,
            rejected_to=rejected_to,
            rejected=self.rejects.count,
            workers=workers,
            seconds=seconds,
            rollouts_per_second=figures["rollouts"] / seconds if seconds else 0.0,
            notes=tuple(self._notes()),
            faults=tuple(self.faults),
            fault=self._fault(figures),
            interrupted=interrupted,
            **figures,
        )

    def _fault(self, figures: dict[str, Any]) -> str:
        """What to do when the file broke off or no rollout could be judged; else empty."""
        if self.source.incomplete:
            return self.source.incomplete
        count, spec = figures["rollouts"], self.config.spec
        if not count or count not in (figures["masked"], figures["unjudged"]):
            return ""
        reasons = [reason for rule in figures["rules"] for status, reason, _ in rule.reasons if status == "unjudged"]
        if self.blind and any(reason.startswith("truth.") for reason in reasons):
            return (
                f"every rollout is unjudged, for no column holds the truth: the columns are {listed(self.columns)}; "
                "name the one that does: --map truth=COLUMN"
            )
        place = "FILE:LINE" if self.source.stdin else f"{self.source.name}:1"
        return (
            f"every rollout is unjudged ({', '.join(dict.fromkeys(reasons))}): is '{spec.name}' the pack for this "
            f"file? `referee explain {place} --pack {self.pack.source}` shows what it reads"
        )

    def _notes(self) -> Iterator[str]:
        """What the user should know, one sentence each."""
        grouper, cut = self.grouper, self.grouper.cut + self.cut
        if self.rejects.count and self.elsewhere:
            yield self.elsewhere
        if grouper.returned:
            yield (
                f"{_count(grouper.returned, 'group')} of a task that had a group before, further up in the file: "
                "sort the file by task, or use --group task."
            )
        if self.alone and grouper.grouping != "none":
            yield (
                f"{_count(self.alone, 'row')} with neither a task nor a prompt, each a group by itself: "
                "name the column with --map task=COLUMN or --map prompt=COLUMN."
            )
        if cut:
            yield f"{_count(cut, 'group')} longer than {LARGEST:,} rollouts, cut there."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
