"""One audit: the rows come through once, every detector looks at each, and what they ask is judged together.

    rows (64 at a time)  ->  completions that detectors ask about  ->  verdicts  ->  what each detector finds

Memory does not grow with the rows but for the index of prompts (a few hundred bytes a row, and the truths up to a
bound) and the findings.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

from referee.audit.detectors import detectors
from referee.audit.families import family
from referee.audit.finding import Cost, Detector, Example, Finding, Found, Report
from referee.audit.items import Item, Items
from referee.audit.judge import Judge
from referee.audit.prompts import Near, Prompts, Row
from referee.audit.second import seconds_for
from referee.audit.second.base import Second
from referee.core.errors import InputError, UnknownName
from referee.core.types import Task, Verdict
from referee.data.columns import Columns
from referee.data.read import Source
from referee.engine.score import PackSource, RulePack, as_pack

CHUNK: Final = 64
SHOWN: Final = 10  # examples of each finding
NEAREST: Final = 10_000  # pairs of near prompts that are looked at
_TIMED: Final = 200_000  # verdicts whose times are kept

Progress = Callable[[float | None, int], None]


def audit(
    source: str | Path,
    pack: PackSource | RulePack,
    *,
    columns: Columns | None = None,
    limit: int | None = None,
    second: int = 500,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Look for everything that can be wrong with the truths of a file of tasks, as the pack would judge by them.

    `second`: rows on which a second implementation, where one is installed, is asked for its opinion; 0 asks none.
    `only`: ids of detectors; all of them when empty. `progress` is told the fraction read (None when unknown) and the
    rows so far. Raises `UsageError` when the pack or the file is wrong, or holds no row.
    """
    compiled = as_pack(pack)
    return Study(Source(source), compiled, columns or Columns(), second, only).go(limit, progress)


class Study:
    """What the detectors of one audit share: the judge, the family, the index of prompts, and figures."""

    def __init__(self, source: Source, pack: RulePack, columns: Columns, second: int, only: Sequence[str]) -> None:
        self.source, self.pack = source, pack
        self.judge = Judge(pack)
        self.family = family(self.judge.family)
        self.prompts = Prompts()
        self.figures: dict[str, Any] = {}
        self.has_prompts = False
        self.seconds: list[Second] = seconds_for(self.judge, second) if second else []
        self._items = Items(source, columns)
        self._detectors = _chosen(only, self.judge.family)
        self._found: dict[str, list[Found]] = defaultdict(list)
        self._names: dict[int, str] = {}
        self._counts: Counter[str] = Counter()
        self._times: list[tuple[float, int]] = []
        self._rows = self._readable = self._checked = 0

    # What detectors ask.

    @cached_property
    def reads_truth(self) -> bool:
        """Whether the verifier looks at the truth at all: without one it cannot judge."""
        verdict = self.judge.judge([(self.family.completions("x", self.judge)[0], Task())])[0].verdict
        return verdict.status == "unjudged" and verdict.reason.startswith("truth.")

    def has_truth(self, item: Item) -> bool:
        """Whether the row has a truth that is worth looking at."""
        return not item.fault and self.reads_truth and not self.family.empty(item.truth)

    def answers(self, item: Item) -> Sequence[str]:
        """The truth as answers."""
        return self.family.answers(item, self.judge) if self.has_truth(item) else ()

    def golds(self, item: Item) -> list[str]:
        """Completions that give the truth as the answer; one of them should be right."""
        return [text for answer in self.answers(item) for text in self.family.completions(answer, self.judge)]

    def probe(self, item: Item) -> list[str]:
        """Completions that make the verifier read the truth, whatever it then says."""
        if not self.has_truth(item):
            return []
        golds = self.golds(item)
        return golds or self.family.completions("pass" if self.judge.family == "code" else "x", self.judge)[:1]

    def nonsense(self, item: Item) -> list[list[str]]:
        """For each of two answers that no task has, the completions that give it."""
        if not self.has_truth(item):
            return []
        several = self.family.nonsense(item, self.judge)
        return [self.family.completions(answer, self.judge)[:1] for answer in several]

    @cached_property
    def near(self) -> list[Near]:
        """Pairs of prompts that are nearly the same."""
        return list(islice(self.prompts.near(), NEAREST))

    def differ(self, rows: Sequence[Row]) -> bool:
        """Whether the truths of rows contradict each other, as far as that can be told."""
        first, *others = rows
        seen = {first.truth}
        for row in others:
            if row.truth in seen or row.content is None or first.content is None:
                continue
            seen.add(row.truth)
            if self.family.same(first.value(), row.value(), self.judge) is False:
                return True
        return False

    def agree(self, one: Row, other: Row) -> bool:
        """Whether two rows ask for the same, as far as that can be told."""
        if one.truth == other.truth or one.content is None or other.content is None:
            return one.truth == other.truth
        return self.family.same(one.value(), other.value(), self.judge) is True

    def count(self, what: str) -> None:
        """Note something that could not be looked at."""
        self._counts[what] += 1

    # The pass over the rows.

    def go(self, limit: int | None, progress: Progress | None) -> Report:
        """Do all of it."""
        started = time.perf_counter()
        items = islice(self._items, limit)
        try:
            while chunk := list(islice(items, CHUNK)):
                self._chunk(chunk)
                if progress is not None:
                    progress(self.source.fraction(), self._rows)
        finally:
            for second in self.seconds:
                second.close()
        if not self._rows:
            raise InputError(f"{self.source.name} holds no row")
        for detector in self._detectors:
            for found in detector.end(self):
                self._note(detector, found)
        return self._report(time.perf_counter() - started)

    def _chunk(self, chunk: list[Item]) -> None:
        for second in self.seconds:
            second.ask(chunk)
        asked: list[tuple[int, str]] = []
        for number, item in enumerate(chunk):
            self._rows += 1
            self._readable += not item.fault
            self._names[item.line] = item.id
            self.has_prompts = self.has_prompts or item.prompt is not None
            if item.prompt and not item.fault:
                self.prompts.add(item.line, self.family.question(item), self.family.said(item))
            wanted = dict.fromkeys(text for one in self._detectors for text in one.asks(item, self))
            asked += [(number, text) for text in wanted]
        judged = self.judge.judge([(text, chunk[number].task) for number, text in asked])
        verdicts: list[dict[str, Verdict]] = [{} for _ in chunk]
        for (number, text), one in zip(asked, judged, strict=True):
            verdicts[number][text] = one.verdict
            if len(self._times) < _TIMED:
                self._times.append((one.seconds, chunk[number].line))
        for item, known in zip(chunk, verdicts, strict=True):
            self._row(item, known)

    def _row(self, item: Item, judged: Mapping[str, Verdict]) -> None:
        golds = self.golds(item)
        self._checked += bool(golds)
        if self.has_truth(item) and not golds:
            self.count("rows whose truth cannot be written as an answer, or that have no reference solution")
        if any(one.status == "unjudged" and one.reason.startswith(("infra.", "verifier.")) for one in judged.values()):
            reasons = {one.reason for one in judged.values() if one.status == "unjudged"}
            self.count(f"rows with a question that could not be judged ({', '.join(sorted(reasons))})")
        for detector in self._detectors:
            for found in detector.row(item, judged, self):
                self._note(detector, found)

    def _note(self, detector: Detector, found: Found) -> None:
        self._found[detector.id].append(found)

    # The report.

    def _report(self, seconds: float) -> Report:
        findings = tuple(self._findings())
        lines = {
            found.line
            for one in self._detectors
            if one.drop
            for found in self._found.get(one.id, ())
            if found.drop and found.line
        }
        return Report(
            source=self.source.name,
            pack=self.pack.name,
            digest=self.pack.digest,
            verifier=self.judge.verifier,
            rows=self._rows,
            readable=self._readable,
            checked=self._checked,
            findings=findings,
            drop=tuple(sorted(lines)),
            figures=self.figures,
            cost=self._cost(),
            opinions=tuple(one.opinion() for one in self.seconds if one.pairs),
            missing=tuple(self._missing()),
            seconds=seconds,
        )

    def _findings(self) -> Iterator[Finding]:
        for detector in self._detectors:
            if found := self._found.get(detector.id):
                yield Finding(
                    id=detector.id,
                    level=detector.level,
                    means=detector.means,
                    fix=detector.fix,
                    count=len(found),
                    rows=tuple(sorted({one.line for one in found if one.line})),
                    drop=detector.drop,
                    examples=tuple(self._example(one) for one in found[:SHOWN]),
                )

    def _example(self, found: Found) -> Example:
        return Example(line=found.line, task=self._names.get(found.line, ""), detail=found.detail)

    def _cost(self) -> Cost | None:
        if not self._times:
            return None
        times = sorted(self._times)
        return Cost(
            verdicts=len(times),
            median_s=times[len(times) // 2][0],
            p99_s=times[min(int(len(times) * 0.99), len(times) - 1)][0],
            slowest_s=times[-1][0],
            slowest=times[-1][1],
        )

    def _missing(self) -> Iterable[str]:
        if not self.reads_truth:
            yield f"{self.judge.verifier} reads no truth, so no truth was looked at"
        if self.source.incomplete:
            yield self.source.incomplete
        yield from (f"{count:,} {what}" for what, count in self._counts.most_common())
        yield from (told for one in self.seconds if (told := one.told()))


def _chosen(only: Sequence[str], name: str) -> list[Detector]:
    known = detectors()
    for one in only:
        if one not in known:
            raise UnknownName("detector", one, known, f"The detectors are {', '.join(known)}.")
    return [
        one() for one in known.values() if (not only or one.id in only) and (not one.families or name in one.families)
    ]
