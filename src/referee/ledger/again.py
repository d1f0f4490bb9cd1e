"""Entries judged again, in this process or in workers, which answer only with what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

import msgspec

from referee.core.types import Rollout, Score, Task, unjudged
from referee.data.plain import dumps, pack, unpack
from referee.engine.score import RulePack
from referee.engine.scored import mark
from referee.engine.workers import WorkerLost, Workers
from referee.ledger.rows import Entry
from referee.packs.spec import PackSpec

CHUNK = 128  # entries of one request

_Item = tuple[Rollout, Task, bytes]
_Request = list[tuple[PackSpec, list[_Item]]]
_Answer = list[Score | None]
_REQUEST: msgspec.msgpack.Decoder[_Request] = msgspec.msgpack.Decoder(_Request)
_ANSWER: msgspec.msgpack.Decoder[_Answer] = msgspec.msgpack.Decoder(_Answer)


def judged(
    entries: Iterator[Entry], spec: Callable[[Entry], PackSpec], workers: int
) -> Iterator[tuple[Entry, Score | None]]:
    """Each entry with its new score, by the pack that `spec` names for it; None stands for the same as before."""
    chunks = iter(lambda: list(islice(entries, CHUNK)), [])
    if workers <= 1:
        for chunk in chunks:
            yield from zip(chunk, _scores(_request(chunk, spec)), strict=True)
        return
    waiting: list[list[Entry]] = []  # sent, in order; as few as the crew reads ahead

    def requests() -> Iterator[bytes]:
        for chunk in chunks:
            waiting.append(chunk)
            yield pack(_request(chunk, spec))

    with Workers(workers, "referee.ledger.again:answer") as crew:
        for content in crew.map(requests(), lambda request, _: _one_by_one(crew, request)):
            found: _Answer = unpack(content, _ANSWER)
            yield from zip(waiting.pop(0), found, strict=True)


def answer(request: bytes) -> bytes:
    """In the worker: for each entry its new score, or None when that has the same mark.

    One after the other, for every worker has a sandbox of its own.
    """
    found: _Answer = []
    for spec, items in unpack(request, _REQUEST):
        judge = _judge(dumps(spec))
        found += [_new(judge.score_rollout(rollout, task), sign) for rollout, task, sign in items]
    return pack(found)


def _request(chunk: list[Entry], spec: Callable[[Entry], PackSpec]) -> _Request:
    """Runs of entries with the same pack, each with the mark that its score has."""
    found: _Request = []
    for entry in chunk:
        wanted, item = spec(entry), (entry.scored.rollout, entry.scored.task, entry.mark)
        if found and found[-1][0] is wanted:
            found[-1][1].append(item)
        else:
            found.append((wanted, [item]))
    return found


def _scores(request: _Request) -> _Answer:
    found: _Answer = []
    for spec, items in request:
        scores = _judge(dumps(spec)).score_rollouts([(rollout, task) for rollout, task, _ in items])
        found += [_new(score, sign) for score, (_, _, sign) in zip(scores, items, strict=True)]
    return found


def _new(score: Score, sign: bytes) -> Score | None:
    return None if mark(score) == sign else score


def _one_by_one(crew: Workers, request: bytes) -> bytes:
    """A request whose worker died, each entry alone: the one that kills its worker is unjudged."""
    found: _Answer = []
    for spec, items in unpack(request, _REQUEST):
        for item in items:
            try:
                alone: _Answer = unpack(crew.insist(pack([(spec, [item])])), _ANSWER)
                found += alone
            except WorkerLost as error:
                verdict = unjudged(error.reason, detail=str(error))
                found.append(_judge(dumps(spec)).score_verdicts(item[0], {rule.name: verdict for rule in spec.rules}))
    return pack(found)


@lru_cache(maxsize=64)
def _judge(spec: bytes) -> RulePack:
    return RulePack(msgspec.json.decode(spec, type=PackSpec))
