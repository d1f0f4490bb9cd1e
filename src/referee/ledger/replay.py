"""The scores of a ledger, computed again: the same to the bit, or row, rule and versions of each difference.

Worker processes judge; what they need comes from the ledger alone: rollout, task, and the pack as a whole. A rollout
that our own machinery failed to judge, then or now, is told apart from one whose score differs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from referee.core.errors import UsageError
from referee.core.types import Record, Score, Verdict
from referee.data.plain import dumps
from referee.engine.build import Build, build
from referee.engine.score import PackSource, RulePack, as_pack
from referee.engine.scored import without
from referee.engine.workers import cores
from referee.ledger.again import CHUNK, judged
from referee.ledger.read import Reader
from referee.ledger.rows import Entry, by_infrastructure
from referee.packs.load import load
from referee.packs.spec import PackSpec

_FEW = 512  # below this many, processes cost more than they save
NAMED = 1000  # differences that are named; more are counted

Progress = Callable[[int, int], None]


class Difference(Record, frozen=True, kw_only=True):
    """One rule of one entry that says something else now. `then`, `now`: None when the rule was or is not there."""

    entry: int
    key: str
    run: str
    group: str
    index: int
    rule: str
    then: Verdict | None
    now: Verdict | None
    reward_then: float | None
    reward_now: float | None


class RuleChange(Record, frozen=True, kw_only=True):
    """One rule over all entries. versions: of its verifiers, then and now. mean: of the scores that were judged."""

    name: str
    versions_then: dict[str, int]
    versions_now: dict[str, int]
    mean_then: float | None
    mean_now: float | None
    changed: int
    moves: dict[str, int]  # "fail > pass" and the like


class Replay(Record, frozen=True, kw_only=True):
    """What a replay found.

    entries: computed again. identical: to the bit; with another pack: status, score and reason of each rule, and the
    reward. infrastructure: unjudged by our fault, then or now. changed: with
    another verdict or reward; of those, raised and lowered: with a higher or a lower reward, remasked: with a reward
    only then or only now. skipped: their pack is not kept here, or cannot be compiled any more; `notes` say why.
    builds: what differs between the builds that scored and this one, "name: then > now".
    """

    entries: int
    identical: int
    infrastructure: int
    changed: int
    raised: int
    lowered: int
    remasked: int
    skipped: int
    mean_then: float | None
    mean_now: float | None
    rules: tuple[RuleChange, ...]
    differences: tuple[Difference, ...]
    builds: tuple[str, ...]
    notes: tuple[str, ...]
    other: str = ""

    @property
    def same(self) -> bool:
        """Whether every score was computed again, and is what it was."""
        return not self.changed and not self.skipped


def replay(
    path: str | Path,
    *,
    sample: int | None = None,
    other: PackSource | RulePack | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Compute the scores of a ledger again, all or a random `sample`.

    `other`: a pack to judge with instead of the one that scored, to see what would have changed. `workers`: processes
    (default: one per core; 1 judges in this process). Raises `UsageError` for what is no ledger.
    """
    with Reader(path) as reader:
        return _Run(reader, as_pack(other) if other is not None else None).go(sample, workers, progress)


_COUNTS = ("entries", "identical", "infrastructure", "changed", "raised", "lowered", "remasked", "skipped")


class _Rule:
    """The tally of one rule."""

    def __init__(self) -> None:
        self.then: list[float] = [0.0, 0.0]  # judged, sum of scores
        self.now: list[float] = [0.0, 0.0]
        self.changed = 0
        self.moves: dict[str, int] = {}
        self.versions: tuple[dict[str, int], dict[str, int]] = ({}, {})


class _Run:
    """One replay."""

    def __init__(self, reader: Reader, other: RulePack | None) -> None:
        self.reader = reader
        self.other = other
        self.packs: dict[str, RulePack | None] = {}
        self.rules: dict[str, _Rule] = {}
        self.differences: list[Difference] = []
        self.notes: list[str] = []
        self.builds: dict[str, int] = {}
        self.count = dict.fromkeys(_COUNTS, 0)
        self.rewards = ([0.0, 0.0], [0.0, 0.0])

    def go(self, sample: int | None, workers: int | None, progress: Progress | None) -> Replay:
        total = len(self.reader)
        numbers: Sequence[int] | None = None
        if sample is not None and sample < total:
            numbers = sorted(random.sample(range(1, total + 1), sample))
            total = sample
        entries = self._known(self.reader.entries(numbers))
        count = workers or (cores() if total >= _FEW else 1)
        for done, (entry, score) in enumerate(judged(entries, self._spec, count), 1):
            self._compare(entry, score)
            if progress is not None and done % CHUNK == 0:
                progress(done, total)
        return self._report()

    def _known(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The entries whose pack can be had."""
        for entry in entries:
            self.builds[entry.scored.build] = self.builds.get(entry.scored.build, 0) + 1
            if self._pack(entry.scored.score.pack) is None:
                self.count["skipped"] += 1
            else:
                yield entry

    def _pack(self, digest: str) -> RulePack | None:
        """The pack to judge with what was scored with the pack of that digest."""
        if digest not in self.packs:
            kept = self.reader.pack(digest)
            self.packs[digest] = self.other or self._compiled(digest, kept)
            self._versions(kept, self.packs[digest])
        return self.packs[digest]

    def _spec(self, entry: Entry) -> PackSpec:
        found = self.packs[entry.scored.score.pack]
        assert found is not None
        return found.spec

    def _compiled(self, digest: str, kept: dict[str, Any] | None) -> RulePack | None:
        if kept is None:
            self.notes.append(f"the pack {digest[:12]} is not kept in '{self.reader.path}'; name one with --pack")
            return None
        try:
            return RulePack(load(kept["pack"]))
        except UsageError as error:
            self.notes.append(f"the pack {digest[:12]} ('{kept['pack'].get('name')}') can no longer be used: {error}")
            return None

    def _versions(self, kept: dict[str, Any] | None, now: RulePack | None) -> None:
        for place, identity in enumerate((kept, now.identity if now else None)):
            for rule in (identity or {"pack": {"rules": ()}})["pack"]["rules"]:
                names = [part["verifier"] for part in rule["parts"]] or [rule["verifier"]]
                versions = {name: (identity or {})["verifiers"][name] for name in names}
                self.rules.setdefault(rule["name"], _Rule()).versions[place].update(versions)

    def _compare(self, entry: Entry, score: Score | None) -> None:
        then = entry.scored.score
        now = then if score is None else score
        self.count["entries"] += 1
        for place, reward in enumerate((then.reward, now.reward)):
            if reward is not None:
                self.rewards[place][0] += 1
                self.rewards[place][1] += reward
        failed = score is not None and (by_infrastructure(then) or by_infrastructure(now))
        rules = [name for name in {**then.verdicts, **now.verdicts} if not self._alike(then, now, name)]
        same = score is None or (self.other is not None and not rules and then.reward == now.reward)
        self.count["identical" if same else "infrastructure" if failed else "changed"] += 1
        for name in {**then.verdicts, **now.verdicts}:
            self._rule(name, then.verdicts.get(name), now.verdicts.get(name), changed=name in rules)
        if not same and not failed:
            if then.reward is None or now.reward is None:
                self.count["remasked"] += then.reward is not now.reward
            elif then.reward != now.reward:
                self.count["raised" if now.reward > then.reward else "lowered"] += 1
            self._differ(entry, now, rules)

    def _alike(self, then: Score, now: Score, name: str) -> bool:
        """Whether a rule says the same; with another pack, which may find and show it elsewhere, not to the bit."""
        was, here = then.verdicts.get(name), now.verdicts.get(name)
        if self.other is None or was is None or here is None:
            return was is here or _alike(was, here)
        return (was.status, was.score, was.reason) == (here.status, here.score, here.reason)

    def _rule(self, name: str, then: Verdict | None, now: Verdict | None, *, changed: bool) -> None:
        rule = self.rules.setdefault(name, _Rule())
        for sums, verdict in ((rule.then, then), (rule.now, now)):
            if verdict is not None and verdict.score is not None:
                sums[0] += 1
                sums[1] += verdict.score
        if changed:
            rule.changed += 1
            move = f"{then.status if then else 'absent'} > {now.status if now else 'absent'}"
            rule.moves[move] = rule.moves.get(move, 0) + 1

    def _differ(self, entry: Entry, now: Score, rules: list[str]) -> None:
        scored, then = entry.scored, entry.scored.score
        for name in (rules or [""])[: max(NAMED - len(self.differences), 0)]:
            self.differences.append(
                Difference(
                    entry=entry.seq,
                    key=scored.key,
                    run=scored.run,
                    group=scored.group,
                    index=scored.index,
                    rule=name,  # empty: the rules say the same and the reward differs, as with other weights
                    then=then.verdicts.get(name),
                    now=now.verdicts.get(name),
                    reward_then=then.reward,
                    reward_now=now.reward,
                )
            )

    def _report(self) -> Replay:
        rules = tuple(
            RuleChange(
                name=name,
                versions_then=rule.versions[0],
                versions_now=rule.versions[1],
                mean_then=_mean(rule.then),
                mean_now=_mean(rule.now),
                changed=rule.changed,
                moves=rule.moves,
            )
            for name, rule in self.rules.items()
        )
        return Replay(
            **self.count,
            mean_then=_mean(self.rewards[0]),
            mean_now=_mean(self.rewards[1]),
            rules=rules,
            differences=tuple(self.differences),
            builds=tuple(self._builds()),
            notes=tuple(self.notes),
            other=self.other.name if self.other else "",
        )

    def _builds(self) -> Iterator[str]:
        here = build()
        for name, count in self.builds.items():
            if name == here.id:
                continue
            then = self.reader.build(name)
            if then is None:
                yield f"build {name} ({count:,} entries): nothing is known of it"
                continue
            changes = ", ".join(f"{part} {was} > {now}" for part, was, now in _changes(then, here))
            yield f"build {name} ({count:,} entries): {changes}"


def _alike(then: Verdict | None, now: Verdict | None) -> bool:
    """Whether two verdicts say the same, to the bit; how a run went is no part of it."""
    if then is None or now is None:
        return then is now
    return dumps(_plain(then)) == dumps(_plain(now))


def _plain(verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(
        msgspec.structs.replace(verdict, evidence=without(verdict.evidence)), order="sorted"
    )
    return found


def _mean(sums: list[float]) -> float | None:
    return sums[1] / sums[0] if sums[0] else None


def _changes(then: Build, now: Build) -> Iterator[tuple[str, str, str]]:
    """What differs between two builds: its name, then and now."""
    for name in ("referee", "python", "unicode"):
        if getattr(then, name) != getattr(now, name):
            yield name, getattr(then, name), getattr(now, name)
    if then.source != now.source:
        yield "source", then.source[:8], now.source[:8]
    for name in sorted({*then.libraries, *now.libraries}):
        was, here = then.libraries.get(name, "none"), now.libraries.get(name, "none")
        if was != here:
            yield name, was, here
