"""`/v1/score` and `/v1/explain`: completions in, the library's own scores and groups out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from referee.core.errors import UsageError
from referee.core.types import Group, Rollout, Task
from referee.engine.completion import as_rollout
from referee.engine.score import RulePack
from referee.engine.score import group as formed
from referee.serve import explain
from referee.serve.faults import Fault
from referee.serve.house import House
from referee.serve.packs import told
from referee.serve.records import (
    Asked,
    Completed,
    Completion,
    ExplainAnswer,
    ExplainRequest,
    Families,
    ScoreAnswer,
    ScoreRequest,
    Written,
)
from referee.serve.samples import FAMILIES
from referee.serve.wire import convert


async def score(house: House, asked: ScoreRequest) -> ScoreAnswer:
    """Score one completion, the completions of one task, or several such groups."""
    given = [name for name in ("completion", "completions", "groups") if getattr(asked, name) is not UNSET]
    if len(given) != 1:
        raise Fault(422, f"a request holds one of completion, completions and groups; this one has {given or 'none'}")
    if asked.groups is not UNSET:
        groups = [_group(house, one, f"$.groups[{index}].completions") for index, one in enumerate(asked.groups)]
    elif asked.completions is not UNSET:
        groups = [_group(house, asked, "$.completions")]
    else:
        assert asked.completion is not UNSET
        groups = [(_task(asked), (_rollout(house, asked.completion, "$.completion"),))]
    _counted(sum(len(rollouts) for _, rollouts in groups), house.settings.limits.rollouts)
    pack = await pack_of(house, asked.pack)
    scores = await house.desk.score(pack, groups)
    if given == ["completion"]:
        return ScoreAnswer(score=scores[0][0])
    made = tuple(
        formed(found, estimator=asked.estimator, task=task.id) for (task, _), found in zip(groups, scores, strict=True)
    )
    return ScoreAnswer(groups=made) if given == ["groups"] else ScoreAnswer(group=made[0])


async def explained(house: House, asked: ExplainRequest) -> ExplainAnswer:
    """Score the completions of one task, and say of each rule what it decided, why, where, and what it added."""
    _counted(len(asked.completions), house.settings.limits.explained)
    task = Task(truth=asked.truth, prompt=asked.prompt)
    rollouts = tuple(_rollout(house, one, f"$.completions[{index}]") for index, one in enumerate(asked.completions))
    pack = await pack_of(house, asked.pack)
    scores = (await house.desk.score(pack, [(task, rollouts)]))[0]
    group: Group = formed(scores, estimator=asked.estimator)
    return ExplainAnswer(
        pack=told(pack),
        estimator=asked.estimator,
        rollouts=tuple(
            explain.rollout(pack.spec, rollout, one, advantage, house.words)
            for rollout, one, advantage in zip(rollouts, scores, group.advantages, strict=True)
        ),
        group=explain.group(group),
    )


async def families(_: House) -> Families:
    """Families of tasks with rollouts to try."""
    return Families(families=FAMILIES)


async def pack_of(house: House, asked: str | Written) -> RulePack:
    """The pack of a request; a text is compiled beside the event loop."""
    if isinstance(asked, str):
        return house.packs.of(asked)
    return await asyncio.to_thread(house.packs.of, asked)


def _group(house: House, asked: Asked | ScoreRequest, path: str) -> tuple[Task, tuple[Rollout, ...]]:
    completions: Sequence[Completion] = asked.completions or ()
    if not completions:
        raise Fault(422, "a group needs at least one completion", path)
    return _task(asked), tuple(_rollout(house, one, f"{path}[{index}]") for index, one in enumerate(completions))


def _task(asked: Asked | ScoreRequest) -> Task:
    return Task(id=asked.task, truth=asked.truth, prompt=asked.prompt)


def _rollout(house: House, completion: Any, path: str) -> Rollout:
    """One completion in any of its forms."""
    longest = house.settings.limits.characters
    if isinstance(completion, str):
        rollout = Rollout(text=completion)
    elif isinstance(completion, dict) and "text" in completion:
        known = convert(completion, Completed, path)
        rollout = Rollout(text=known.text, id=known.id, tokens=known.tokens, finish=known.finish, meta=known.meta)
    else:
        try:
            rollout = as_rollout(completion)
        except UsageError as error:
            raise Fault(422, str(error), path) from None
    if len(rollout.text) > longest:
        raise Fault(413, f"a rollout may have {longest:,} characters; this one has {len(rollout.text):,}", path)
    return rollout


def _counted(count: int, most: int) -> None:
    if count > most:
        raise Fault(413, f"a request may hold {most:,} rollouts; this one holds {count:,}")
