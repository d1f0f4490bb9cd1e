"""Many completions at once: on all cores, and beside an event loop."""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from referee.core.errors import UsageError
from referee.core.types import Rollout, Score, Task, unjudged
from referee.data.plain import pack as pack_bytes
from referee.data.plain import unpack
from referee.engine.completion import Completion, as_rollouts, as_truth
from referee.engine.score import PackSource, RulePack, as_pack
from referee.engine.workers import WorkerLost, Workers, cores
from referee.packs.spec import PackSpec

_CHUNK = 64  # rollouts a request: the pipe costs under a microsecond each
_WORTH_IT = 512  # below this many rollouts the worker processes cost more than they save

_WORTH_IT_RUNNING = 256  # the same, where rules run programs

_Item = tuple[Rollout, Task]
_Request = tuple[PackSpec, list[_Item]]

_REQUEST = msgspec.msgpack.Decoder(_Request)
_SCORES = msgspec.msgpack.Decoder(list[Score])


def score_batch(
    pack: PackSource | RulePack,
    completions: Sequence[Completion],
    truths: Sequence[Any] | None = None,
    prompts: Sequence[str | None] | None = None,
    *,
    workers: int | None = None,
) -> list[Score]:
    """The scores of N completions, in order. `truths` and `prompts`: one for each completion.

    `workers` processes share the work (default: one per core); small batches are scored in this process.
    """
    compiled = as_pack(pack)
    compiled.refresh()
    items = _items(completions, truths, prompts)
    count = cores() if workers is None else workers
    worth_it = _WORTH_IT_RUNNING if compiled.runs_jobs else _WORTH_IT
    if count <= 1 or len(items) < worth_it or compiled.runner is not None:
        return compiled.score_rollouts(items)
    spec = compiled.spec
    requests = (pack_bytes((spec, items[at : at + _CHUNK])) for at in range(0, len(items), _CHUNK))
    crew = _crew(count, os.getpid())
    return [score for answer in crew.map(requests, _one_by_one(crew)) for score in unpack(answer, _SCORES)]


async def score_batch_async(
    pack: PackSource | RulePack,
    completions: Sequence[Completion],
    truths: Sequence[Any] | None = None,
    prompts: Sequence[str | None] | None = None,
    *,
    workers: int | None = None,
) -> list[Score]:
    """`score_batch` beside an event loop, which stays free."""
    return await asyncio.to_thread(score_batch, pack, completions, truths, prompts, workers=workers)


def _items(
    completions: Sequence[Completion], truths: Sequence[Any] | None, prompts: Sequence[str | None] | None
) -> list[_Item]:
    rollouts = as_rollouts(completions)
    count = len(rollouts)
    for name, given in (("truths", truths), ("prompts", prompts)):
        if given is not None and (isinstance(given, str) or len(given) != count):
            size = "one string" if isinstance(given, str) else f"{len(given)} of them"
            raise UsageError(f"{name} must hold one entry for each of the {count} completions, got {size}")
    plain = [None] * count if truths is None else [as_truth(truth) for truth in truths]
    asked = [None] * count if prompts is None else prompts
    return [
        (rollout, Task(truth=truth, prompt=prompt))
        for rollout, truth, prompt in zip(rollouts, plain, asked, strict=True)
    ]


def answer(request: bytes) -> bytes:
    """In the worker: the scores of one request."""
    spec, items = unpack(request, _REQUEST)
    pack = _compiled(msgspec.json.encode(spec))
    return pack_bytes([pack.score_rollout(*item) for item in items])


@lru_cache(maxsize=64)
def _compiled(spec: bytes) -> RulePack:
    return RulePack(msgspec.json.decode(spec, type=PackSpec))


@lru_cache(maxsize=4)
def _crew(count: int, process: int) -> Workers:
    """This process's workers; a forked child, which has another `process`, starts its own."""
    crew = Workers(count, "referee.engine.batch:answer")
    atexit.register(lambda: crew.close() if os.getpid() == process else None)
    return crew


def _one_by_one(crew: Workers) -> Callable[[bytes, WorkerLost], bytes]:
    """A rollout that kills its worker is `unjudged`; the others of its request are scored again alone."""

    def again(request: bytes, _: WorkerLost) -> bytes:
        spec, items = unpack(request, _REQUEST)
        scores: list[Score] = []
        for item in items:
            try:
                alone: list[Score] = unpack(crew.insist(pack_bytes((spec, [item]))), _SCORES)
                scores += alone
            except WorkerLost as error:
                scores.append(_lost(spec, item[0], error))
        return pack_bytes(scores)

    return again


def _lost(spec: PackSpec, rollout: Rollout, error: WorkerLost) -> Score:
    pack = _compiled(msgspec.json.encode(spec))
    verdict = unjudged(error.reason, detail=str(error))
    return pack.score_verdicts(rollout, {rule.name: verdict for rule in spec.rules})
