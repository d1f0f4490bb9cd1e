"""`/v1/ledgers`: runs, rollouts, histograms, groups, differences, replays and curves."""

from __future__ import annotations

import msgspec

from referee.core.types import Score, Verdict
from referee.engine.build import Build, build
from referee.engine.score import RulePack
from referee.engine.score import group as formed
from referee.engine.scored import mark
from referee.ledger.rows import Entry, by_infrastructure
from referee.serve import curves as curved
from referee.serve import explain, questions
from referee.serve.changes import changes
from referee.serve.faults import Fault
from referee.serve.house import House
from referee.serve.ledger_records import (
    Counting,
    Curves,
    CurvesQuery,
    Difference,
    EntryTold,
    Facets,
    Filters,
    GroupPage,
    GroupQuery,
    Histogram,
    LedgerList,
    LedgerPage,
    Listing,
    Nothing,
    Outcome,
    Replayed,
    RowPage,
    RuleThen,
    Said,
    Two,
)
from referee.serve.shelf import Shown

WATCH_S = 0.5  # for which an answer waits for alarms
SHOWN = 64  # entries of a group side by side


async def ledgers(house: House) -> LedgerList:
    """The ledgers that the service was given, with their runs."""
    return LedgerList(ledgers=await house.ledgers.rows())


async def ledger(house: House, name: str) -> LedgerPage:
    """One ledger: what it holds."""
    return await house.ledgers(name, Shown.page)


async def rollouts(house: House, name: str, asked: Listing) -> RowPage:
    """Rollouts by filter, page by page."""
    return await house.ledgers(name, lambda one: questions.listing(one.index, asked))


async def histogram(house: House, name: str, asked: Counting) -> Histogram:
    """How rewards, lengths, tokens, seconds or a rule's scores are distributed."""
    return await house.ledgers(name, lambda one: questions.histogram(one.index, asked))


async def facets(house: House, name: str, asked: Filters) -> Facets:
    """What there is to filter by."""
    return await house.ledgers(name, lambda one: questions.facets(one.index, asked))


async def entry(house: House, name: str, number: str) -> EntryTold:
    """One entry: text, task, and what each rule said."""
    return await house.ledgers(name, lambda one: one.told(one.entry(_number(number))))


async def group(house: House, name: str, asked: GroupQuery) -> GroupPage:
    """The rollouts of one group, side by side."""
    return await house.ledgers(name, lambda one: _group(one, asked))


async def difference(house: House, name: str, asked: Two) -> Difference:
    """Two entries: where their texts and their verdicts differ."""
    return await house.ledgers(name, lambda one: _difference(one, asked))


async def replay(house: House, name: str, number: str, _: Nothing) -> Replayed:
    """The score of an entry, computed again from what the ledger holds."""
    kept, pack, then = await house.ledgers(name, lambda one: _kept(one, _number(number)))
    if pack is None:
        said = f"the pack {kept.scored.score.pack[:12]} is not kept here, or can no longer be used"
        return _replayed(kept.scored.score, None, "no_pack", said, ())
    now = (await house.desk.score(pack, [(kept.scored.task, (kept.scored.rollout,))]))[0][0]
    was = kept.scored.score
    builds = _builds(then)
    if mark(now) == kept.mark:
        return _replayed(was, now, "equal", "recomputed now: equal", builds)
    if by_infrastructure(was) or by_infrastructure(now):
        return _replayed(was, now, "infrastructure", "the machinery failed then or now, so nothing is told", builds)
    return _replayed(was, now, "differs", "recomputed now: it differs", builds)


async def curves(house: House, name: str, asked: CurvesQuery) -> Curves:
    """A run step by step, with alarms; ask again with `after` for what is new."""
    return await house.ledgers(name, lambda one: _curves(one, asked))


def _number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise Fault(404, f"an entry goes by its number; got {given[:40]!r}")
    return int(given)


def _group(one: Shown, asked: GroupQuery) -> GroupPage:
    rows = one.index.store.execute(
        "SELECT seq FROM rollouts WHERE run = ? AND grp = ? ORDER BY place, seq", (asked.run, asked.group)
    ).fetchall()
    if not rows:
        raise Fault(404, f"there is no group '{asked.group[:80]}' in a run '{asked.run[:80]}'")
    places = {seq: at for at, (seq,) in enumerate(rows)}
    entries = sorted(one.index.reader.entries([seq for (seq,) in rows[:SHOWN]]), key=lambda entry: places[entry.seq])
    first = entries[0].scored
    return GroupPage(
        run=asked.run,
        group=asked.group,
        step=first.step,
        task=first.task,
        entries=tuple(one.told(entry) for entry in entries),
        told=explain.group(formed(one.scores(entries))),
        more=len(rows) - len(entries),
    )


def _difference(one: Shown, asked: Two) -> Difference:
    left, right = one.entry(asked.one), one.entry(asked.other)
    pieces, coarse = changes(left.scored.rollout.text, right.scored.rollout.text)
    return Difference(
        one=one.told(left),
        other=one.told(right),
        changes=pieces,
        coarse=coarse,
        rules=_rules(left.scored.score, right.scored.score),
    )


def _kept(one: Shown, number: int) -> tuple[Entry, RulePack | None, Build | None]:
    found = one.entry(number)
    return found, one.pack(found.scored.score.pack), one.index.reader.build(found.scored.build)


def _curves(one: Shown, asked: CurvesQuery) -> Curves:
    one.points.refresh()
    run = asked.run if asked.run is not None else next(iter(one.points.runs()), "")
    return curved.curves(one.index, one.points, one.newest_pack(run), one.alarms.look(WATCH_S), asked)


def _replayed(then: Score, now: Score | None, kind: Outcome, words: str, builds: tuple[str, ...]) -> Replayed:
    return Replayed(
        same=kind == "equal",
        kind=kind,
        words=words,
        reward_then=then.reward,
        reward_now=now.reward if now is not None else None,
        rules=_rules(then, now) if now is not None else (),
        builds=builds,
    )


def _rules(one: Score, other: Score) -> tuple[RuleThen, ...]:
    return tuple(
        _rule(name, one.verdicts.get(name), other.verdicts.get(name)) for name in {**one.verdicts, **other.verdicts}
    )


def _rule(name: str, one: Verdict | None, other: Verdict | None) -> RuleThen:
    left, right = _said(one), _said(other)
    return RuleThen(rule=name, one=left, other=right, same=left == right)


def _said(verdict: Verdict | None) -> Said | None:
    return None if verdict is None else Said(status=verdict.status, score=verdict.score, reason=verdict.reason)


def _builds(then: Build | None) -> tuple[str, ...]:
    """What differs between the judge of then and this one."""
    if then is None:
        return ()
    was, now = msgspec.to_builtins(then), msgspec.to_builtins(build())
    libraries = {**was.pop("libraries"), **now.pop("libraries")}
    found = [f"{name}: {was[name][:12]} > {now[name][:12]}" for name in was if was[name] != now[name]]
    for name in libraries:
        one, other = then.libraries.get(name, "-"), build().libraries.get(name, "-")
        if one != other:
            found.append(f"{name}: {one} > {other}")
    return tuple(found)
