"""Service times and lengths as they were: from the scores of a ledger, or from rollouts judged here and now."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median, pstdev

import msgspec

from referee.core.errors import InputError, UsageError
from referee.core.types import Record
from referee.engine.scored import Scored, Submission
from referee.plan.setting import KINDS, SAMPLES, Sampler, Setting, Tokens, Work

NEWEST = 32_768  # entries of a ledger that are read
_TIMEOUTS = frozenset({"limit.cpu", "limit.wall", "infra.timeout"})
_CHARACTERS = 4.0  # of a token, where nobody counted


class Measured(Record, frozen=True, kw_only=True):
    """A setting with what was measured in it, and what to know about that."""

    setting: Setting
    notes: tuple[str, ...]


def from_ledger(path: str | Path, run: str | None = None, base: Setting | None = None) -> Measured:
    """The newest scores of a ledger, or of one run: a kind of work for each pack, lengths, and the size of a step.

    Raises `UsageError` for what is no ledger, holds nothing, or holds scores that nobody timed.
    """
    from referee.ledger.read import Reader

    with Reader(path) as reader:
        numbers = sorted(number for found in reader.steps(run).values() for number in found)[-NEWEST:]
        scored = [entry.scored for entry in reader.entries(numbers)]
        names = {digest: _name(reader.pack(digest), digest) for digest in {one.score.pack for one in scored}}
    if not scored:
        raise UsageError(f"'{path}' holds no scores yet; plan from a preset, or measure with --pack and a file")
    if not any(one.seconds for one in scored):
        raise UsageError(
            f"the scores in '{path}' were not timed one by one (`referee score` does not do that); measure with --pack "
            "and a file"
        )
    made, notes = _setting(scored, names, base or Setting())
    sampler, more = _step(scored, made)
    return Measured(setting=msgspec.structs.replace(made, sampler=sampler), notes=(*notes, *more))


def from_file(path: str | Path, pack: str, seconds: float = 10.0, base: Setting | None = None) -> Measured:
    """A short measurement: rollouts of a file, judged by one worker of this machine for so many seconds.

    Raises `UsageError` when the file or the pack cannot be used, or no rollout of it can.
    """
    from referee.engine.score import as_pack
    from referee.pool.pool import Pool

    spec = as_pack(pack).spec
    with Pool("local", workers=1, in_flight=16) as pool:
        scored = list(pool.stream(_submissions(path, pack, seconds)))
    timed = [one for one in scored if one.seconds]
    if not timed:
        raise UsageError(
            f"no rollout of '{path}' could be judged with the pack '{spec.name}'; look with `referee score`"
        )
    made, notes = _setting(timed, {one.score.pack: spec.name for one in timed}, base or Setting())
    first = (
        f"{len(timed):,} rollouts judged by one worker here; the machine may be shared, so they may take less elsewhere"
    )
    return Measured(setting=made, notes=(first, *notes))


def _submissions(path: str | Path, pack: str, seconds: float) -> Iterator[Submission]:
    """Each rollout of a file by itself, until the time is over. Rows that hold none are passed over."""
    from referee.data.read import Source
    from referee.engine.chunk import Config, Judge
    from referee.engine.score import as_pack

    judge = Judge(Config(spec=as_pack(pack).spec))
    until = time.monotonic() + seconds
    for line in Source(path).lines():
        try:
            entries = judge.read(line)
        except (InputError, UsageError, TypeError):
            continue
        for entry in entries:
            if time.monotonic() > until:
                return
            place = f"{entry.line} {entry.nth}"
            yield Submission(
                run="plan", group=place, task=entry.task, rollouts=(entry.rollout,), pack=judge.config.spec
            )


def _setting(scored: Sequence[Scored], names: dict[str, str], base: Setting) -> tuple[Setting, list[str]]:
    notes = []
    if not all(one.rollout.tokens for one in scored):
        notes.append(f"tokens were not counted in every rollout: there, {_CHARACTERS:g} characters are taken for one")
    lengths = [one.rollout.tokens or len(one.rollout.text) / _CHARACTERS for one in scored]
    longest = max(1, round(max(lengths)))
    tokens = Tokens(mean=max(fmean(lengths), 0.01), spread=_spread(lengths), most=longest, samples=_thin(lengths))
    by_pack = defaultdict(list)
    for one in scored:
        if one.seconds:
            by_pack[one.score.pack].append(one)
    kinds = sorted(by_pack.items(), key=lambda item: -len(item[1]))
    work = tuple(_work(names[digest], found) for digest, found in kinds[:KINDS])
    return msgspec.structs.replace(base, tokens=tokens, work=work), notes


def _work(name: str, scored: Sequence[Scored]) -> Work:
    late = [one.seconds for one in scored if _late(one)]
    within = [one.seconds for one in scored if not _late(one)] or late
    # Without time-outs nothing measured is cut.
    limit = fmean(late) if late else max(*within, Work().limit_s)
    return Work(
        name=name,
        share=len(scored),
        seconds=fmean(within),
        spread=_spread(within),
        timeouts=len(late) / len(scored),
        limit_s=limit,
        samples=_thin(within),
    )


def _late(scored: Scored) -> bool:
    return any(verdict.reason in _TIMEOUTS for verdict in scored.score.verdicts.values())


def _step(scored: Sequence[Scored], made: Setting) -> tuple[Sampler, list[str]]:
    """The sampler with the prompts and the group of a step, where the scores say what a step is."""
    groups: dict[tuple[str, int | None], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in scored:
        groups[one.run, one.step][one.group] += 1
    sizes = [size for found in groups.values() for size in found.values()]
    group = max(1, round(median(sizes)))
    sampler = msgspec.structs.replace(made.sampler, group=group)
    steps = [len(found) for (_, step), found in groups.items() if step is not None]
    if not steps:
        return sampler, ["the scores name no steps: the number of prompts of a step is the setting's"]
    return msgspec.structs.replace(sampler, prompts=max(1, round(median(steps)))), []


def _thin(values: Iterable[float]) -> tuple[float, ...]:
    """The values in order; of many, evenly spaced ones with the longest."""
    found = sorted(values)
    most = SAMPLES // 2
    if len(found) <= most:
        return tuple(found)
    return tuple(found[(place * (len(found) - 1)) // (most - 1)] for place in range(most))


def _spread(values: Sequence[float]) -> float:
    mean = fmean(values)
    return min(10.0, pstdev(values) / mean) if mean else 0.0


def _name(identity: dict[str, object] | None, digest: str) -> str:
    pack = (identity or {}).get("pack")
    return str(pack["name"]) if isinstance(pack, dict) else digest[:12]
