"""Filters, pages, histograms and facets as questions to an index."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

from referee.serve.faults import Fault
from referee.serve.index import Index
from referee.serve.ledger_records import (
    Bin,
    Counting,
    Facets,
    Filters,
    Histogram,
    Listing,
    Range,
    Row,
    RowPage,
    RuleFacet,
)

SEARCHED: Final = 20_000  # texts that one search looks through, and characters
SEARCHED_CHARACTERS: Final = 1 << 28
FEW: Final = 24  # different values that have a bar each
_COLUMNS: Final = {"reward": "reward", "length": "length", "tokens": "tokens", "seconds": "seconds"}
_ROW: Final = "seq, run, step, grp, place, task, reward, length, tokens, seconds, opening"


class Where:
    """The condition that a filter stands for, and its values."""

    def __init__(self, index: Index, asked: Filters) -> None:
        self._terms: list[str] = []
        self.values: list[Any] = []
        self.searched: int | None = None
        for column, value in (("run", asked.run), ("grp", asked.group), ("task", asked.task)):
            if value is not None:
                self._add(f"rollouts.{column} = ?", value)
        if asked.step:
            self._add(f"rollouts.step IN ({_marks(asked.step)})", *asked.step)
        for column in ("step", *_COLUMNS):
            self._between(column, getattr(asked, f"{column}_from"), getattr(asked, f"{column}_to"))
        if asked.masked is not None:
            self._add("rollouts.reward IS NULL" if asked.masked else "rollouts.reward IS NOT NULL")
        self._verdict(asked)
        if asked.text:
            self._search(index, asked.text)

    @property
    def clause(self) -> str:
        """From WHERE on, or nothing."""
        return f"WHERE {' AND '.join(self._terms)}" if self._terms else ""

    def _add(self, term: str, *values: Any) -> None:
        self._terms.append(term)
        self.values += values

    def _between(self, column: str, low: float | None, high: float | None) -> None:
        if low is not None:
            self._add(f"rollouts.{column} >= ?", low)
        if high is not None:
            self._add(f"rollouts.{column} < ?", high)

    def _verdict(self, asked: Filters) -> None:
        terms: list[str] = []
        values: list[Any] = []
        for column, given in (("rule", asked.rule), ("status", asked.status), ("reason", asked.reason)):
            if given:
                terms.append(f"{column} IN ({_marks(given)})")
                values += given
        if asked.tag:
            terms.append(f"tag AND reason IN ({_marks(asked.tag)})")
            values += asked.tag
        for sign, bound in ((">=", asked.score_from), ("<", asked.score_to)):
            if bound is not None:
                terms.append(f"score {sign} ?")
                values.append(bound)
        if terms:
            self._add(
                f"EXISTS (SELECT 1 FROM verdicts WHERE verdicts.seq = rollouts.seq AND {' AND '.join(terms)})", *values
            )

    def _search(self, index: Index, text: str) -> None:
        """Look through the texts of what the filter leaves, the newest first, and keep what holds the text."""
        room = SEARCHED_CHARACTERS
        numbers: list[int] = []
        question = f"SELECT seq, length FROM rollouts {self.clause} ORDER BY seq DESC LIMIT {SEARCHED}"
        for seq, length in index.store.execute(question, self.values):
            room -= length
            if room < 0:
                break
            numbers.append(seq)
        self.searched = len(numbers)
        numbers.reverse()
        holding = [(one.seq,) for one in index.reader.entries(numbers) if text in one.scored.rollout.text]
        index.store.execute("DELETE FROM found")
        index.store.executemany("INSERT INTO found VALUES (?)", holding)
        self._add("rollouts.seq IN (SELECT seq FROM found)")


def listing(index: Index, asked: Listing) -> RowPage:
    """A page of rollouts."""
    where = Where(index, asked)
    total = index.store.execute(f"SELECT COUNT(*) FROM rollouts {where.clause}", where.values).fetchone()[0]
    column, down = asked.order.removeprefix("-"), asked.order.startswith("-")
    way = "DESC" if down else "ASC"
    start = asked.after or 0
    order = f"{column} {way}, seq {way}" if column != "seq" else f"seq {way}"
    rows = index.store.execute(
        f"SELECT {_ROW} FROM rollouts {where.clause} ORDER BY {order} LIMIT ? OFFSET ?",
        (*where.values, asked.limit, start),
    ).fetchall()
    return RowPage(
        total=total,
        next=start + len(rows) if start + len(rows) < total and rows else None,
        rollouts=tuple(_rows(index, rows)),
        indexed=index.indexed,
        entries=index.entries,
        searched=where.searched,
    )


def _rows(index: Index, rows: list[tuple[Any, ...]]) -> list[Row]:
    numbers = [row[0] for row in rows]
    said: dict[int, list[tuple[str, Any, str, int]]] = defaultdict(list)
    question = f"SELECT seq, rule, status, reason, tag FROM verdicts WHERE seq IN ({_marks(numbers)})"
    for seq, rule, status, reason, tag in index.store.execute(question, numbers):
        said[seq].append((rule, status, reason, tag))
    return [
        Row(
            seq=seq,
            run=run,
            step=step,
            group=group,
            index=place,
            task=task,
            reward=reward,
            characters=length,
            tokens=tokens,
            seconds=seconds,
            statuses={rule: status for rule, status, _, _ in said[seq]},
            reasons={rule: reason for rule, _, reason, _ in said[seq]},
            tags=tuple(dict.fromkeys(reason for _, _, reason, tag in said[seq] if tag)),
            opening=opening,
        )
        for seq, run, step, group, place, task, reward, length, tokens, seconds, opening in rows
    ]


def histogram(index: Index, asked: Counting) -> Histogram:
    """How a measure is distributed over the rollouts that a filter leaves."""
    where = Where(index, asked)
    source, values = f"rollouts {where.clause}", list(where.values)
    column: str = asked.of
    if asked.of == "score":
        if len(asked.rule) != 1:
            raise Fault(422, "of=score needs exactly one rule=NAME", "$.rule")
        source = f"rollouts JOIN verdicts ON verdicts.seq = rollouts.seq AND verdicts.rule = ? {where.clause}"
        values, column = [asked.rule[0], *values], "verdicts.score"
    ask = index.store.execute
    total, have, low, high = ask(
        f"SELECT COUNT(*), COUNT({column}), MIN({column}), MAX({column}) FROM {source}", values
    ).fetchone()
    bins: list[Bin] = []
    if have:
        found = ask(f"SELECT {column}, COUNT(*) FROM {source} GROUP BY 1 ORDER BY 1 LIMIT {FEW + 2}", values).fetchall()
        known = [row for row in found if row[0] is not None]
        if len(known) <= FEW:
            bins = [_bin(asked.of, value, value, count, last=True) for value, count in known]
        else:
            bar = f"SELECT MIN(CAST(({column} - ?) / ? AS INTEGER), ?), COUNT(*) FROM {source} GROUP BY 1"
            bins = _equal(asked, low, high, lambda width: dict(ask(bar, (low, width, asked.bins - 1, *values))))
    return Histogram(
        of=asked.of, total=total, masked=total - have, bins=tuple(bins), indexed=index.indexed, entries=index.entries
    )


def _equal(asked: Counting, low: float, high: float, counts: Callable[[float], dict[int, int]]) -> list[Bin]:
    """Bars of equal width."""
    width, last = (high - low) / asked.bins, asked.bins - 1
    edges = [low + width * place for place in range(asked.bins)] + [high]
    rows = counts(width)
    return [_bin(asked.of, edges[at], edges[at + 1], rows.get(at, 0), last=at == last) for at in range(asked.bins)]


def _bin(of: str, start: float, end: float, count: int, *, last: bool) -> Bin:
    above = math.nextafter(end, math.inf) if last else end
    if of in {"length", "tokens"}:
        start_said, above_said = str(math.ceil(start)), str(math.floor(end) + 1 if last else math.ceil(end))
    else:
        start_said, above_said = repr(float(start)), repr(float(above))
    return Bin(from_=start, to=end, count=count, filter={f"{of}_from": start_said, f"{of}_to": above_said})


def facets(index: Index, asked: Filters) -> Facets:
    """Counts by rule, status, reason and tag, and the ranges of steps and lengths."""
    where = Where(index, asked)
    ask = index.store.execute
    clause = where.clause
    within = f"seq IN (SELECT seq FROM rollouts {clause})" if clause else "1"
    rules: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    question = f"SELECT rule, status, reason, COUNT(*) FROM verdicts WHERE {within} GROUP BY rule, status, reason"
    for rule, status, reason, count in ask(question, where.values):
        statuses, reasons = rules.setdefault(rule, ({}, {}))
        statuses[status] = statuses.get(status, 0) + count
        reasons[reason] = reasons.get(reason, 0) + count
    tagged = f"SELECT reason, COUNT(DISTINCT seq) FROM verdicts WHERE tag AND {within} GROUP BY reason"
    tags = dict(ask(tagged, where.values).fetchall())
    total, first, last, steps, short, long = ask(
        f"SELECT COUNT(*), MIN(step), MAX(step), COUNT(DISTINCT step), MIN(length), MAX(length) FROM rollouts {clause}",
        where.values,
    ).fetchone()
    return Facets(
        total=total,
        rules=tuple(RuleFacet(rule=rule, statuses=one, reasons=two) for rule, (one, two) in sorted(rules.items())),
        tags=tags,
        steps=Range(first=first, last=last, count=steps),
        lengths=Range(first=short, last=long, count=total),
        indexed=index.indexed,
        entries=index.entries,
    )


def _marks(values: Any) -> str:
    return ", ".join("?" * len(values))
