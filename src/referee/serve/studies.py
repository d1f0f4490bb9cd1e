"""The planner and the hack lab."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec

from referee.core.types import Record
from referee.plan.answer import Plan
from referee.plan.measured import Measured
from referee.plan.presets import PRESETS, Preset
from referee.plan.setting import Setting
from referee.serve.house import House
from referee.serve.records import Pack, Written
from referee.serve.wire import convert


class Presets(Record, frozen=True, kw_only=True):
    """Rules of thumb in use, each as a setting in which it comes out."""

    presets: tuple[Preset, ...]


class MeasuredQuery(Record, frozen=True, kw_only=True):
    """A run of the ledger; all of them when absent."""

    run: str | None = None


class HackQuery(Record, frozen=True, kw_only=True):
    """pack: only what applies to it."""

    pack: str | None = None


class Hack(msgspec.Struct, frozen=True, kw_only=True):
    """A hack, which must earn no more than an honest wrong answer, or a rewrite, which must earn what gold earns."""

    id: str
    family: str
    name: str
    mechanism: str
    source: str
    fix: str
    direction: Literal["hack", "rewrite"]


class Hacks(Record, frozen=True, kw_only=True):
    """All hacks and rewrites, or those that apply to a pack."""

    hacks: tuple[Hack, ...]


class HackTask(Record, frozen=True, kw_only=True):
    """A task of one's own. gold: an answer that the pack pays in full; wrong: one that it does not."""

    prompt: str | None = None
    truth: Any = None
    gold: str | None = None
    wrong: str | None = None


class HackTry(Record, frozen=True, kw_only=True):
    """A hack on a pack. index: which of the bundled tasks, when no task is given."""

    pack: Pack
    hack: str
    task: HackTask | None = None
    index: int = 0
    seed: int = 0


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """A text and what it earns."""

    text: str
    reward: float


class HackRollout(msgspec.Struct, frozen=True, kw_only=True):
    """One rollout of a hack. above_wrong: what it earns beyond the honest wrong answer. rule: the one that leaks."""

    text: str
    reward: float | None
    above_wrong: float | None
    share_of_gold: float | None
    unjudged: bool
    verdict: Literal["holds", "leak", "unjudged", "lost"]
    rule: str | None
    advantage: float
    contributions: dict[str, float]
    verdicts: dict[str, str]


class HackTried(Hack, frozen=True, kw_only=True):
    """What came of a hack, beside gold and an honest wrong answer."""

    task: dict[str, Any]
    gold: Baseline
    wrong: Baseline
    rollouts: tuple[HackRollout, ...]
    leaks: int


async def presets(_: House) -> Presets:
    """Settings to begin with: rules of thumb, and when they hold."""
    return Presets(presets=tuple(PRESETS.values()))


async def plan(house: House, asked: Setting) -> Plan:
    """How many cores judge for a sampler without letting GPUs wait."""
    return convert(await house.studies("plan", asked), Plan, "$")


async def measured(house: House, ledger: str, asked: MeasuredQuery) -> Measured:
    """The setting that a ledger's scores were made in, to plan from."""
    path = await house.ledgers(ledger, lambda one: str(one.path))
    return convert(await house.studies("measured", path, asked.run), Measured, "$")


async def hacks(house: House, asked: HackQuery) -> Hacks:
    """The hacks of the lab."""
    pack = None if asked.pack is None else _plain(house, asked.pack)
    return convert({"hacks": await house.studies("hacks", pack)}, Hacks, "$")


async def tried(house: House, asked: HackTry) -> HackTried:
    """One hack on one task: what it earns beside gold and an honest wrong answer."""
    pack = await asyncio.to_thread(_plain, house, asked.pack)
    return convert(await house.studies("try", pack, asked.task, asked.hack, asked.seed, asked.index), HackTried, "$")


def _plain(house: House, asked: str | Written) -> Any:
    """A pack as plain data, which any process compiles."""
    return msgspec.to_builtins(house.packs.of(asked).spec)
