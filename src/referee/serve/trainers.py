"""The routes that trainers call: the adapters' own handlers, whose rollouts are judged by the pool.

A handler is a plain function from JSON to JSON that asks its pack for scores in between. It is called twice: the first
time the pack notes what it is asked for and breaks off; when that was judged, the second time, it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from referee.adapters import nemo_gym, openrlhf, slime
from referee.adapters.judge import Handler, Routes
from referee.core.errors import UsageError
from referee.core.types import Rollout, Score, Task
from referee.engine.score import RulePack
from referee.serve.faults import Fault
from referee.serve.house import House

_Items = Sequence[tuple[Rollout, Task]]
_ANSWERS: ContextVar[Sequence[Score] | None] = ContextVar("answers", default=None)

FACES: tuple[Callable[[RulePack], Routes], ...] = (openrlhf.routes, slime.routes, nemo_gym.routes)


class Wanted(Exception):
    """What a handler wants judged before it can answer."""

    def __init__(self, items: _Items) -> None:
        super().__init__()
        self.items = items


class Relayed(RulePack):
    """A pack that judges nothing itself: it asks, or has been told."""

    def __init__(self, pack: RulePack) -> None:
        super().__init__(pack.spec, source=pack.source)
        self._pack = pack

    def refresh(self) -> None:
        """As the watched file says now."""
        self._pack.refresh()
        self._version = self._pack._version

    def score_rollout(self, rollout: Rollout, task: Task) -> Score:
        return self.score_rollouts([(rollout, task)])[0]

    def score_rollouts(self, items: _Items) -> list[Score]:
        told = _ANSWERS.get()
        if told is None:
            raise Wanted(items)
        return list(told)


class Faces:
    """The handlers of each pack, made when they are first asked for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made: dict[str, Routes] = {}

    def paths(self) -> list[tuple[str, str]]:
        """Method and path of every handler."""
        return list(self._routes(self._house.packs.default))

    async def answer(self, pack: str, method: str, path: str, request: Any) -> Any:
        """What the handler at `path` answers. Raises `Fault` for what it cannot read, and when time ran out."""
        handler: Handler = self._routes(pack)[method, path]
        if not isinstance(request, Mapping):
            raise Fault(422, "the request is a JSON object")
        try:
            return _asked(handler, request)
        except Wanted as wanted:
            items = wanted.items
        limits = self._house.settings.limits
        if len(items) > limits.rollouts:
            raise Fault(413, f"a request may hold {limits.rollouts:,} rollouts; this one holds {len(items):,}")
        if any(len(rollout.text) > limits.characters for rollout, _ in items):
            raise Fault(413, f"a rollout may have {limits.characters:,} characters")
        scores = await self._judged(pack, items)
        token = _ANSWERS.set(scores)
        try:
            return _asked(handler, request)
        finally:
            _ANSWERS.reset(token)

    async def _judged(self, pack: str, items: _Items) -> list[Score]:
        found = await self._house.desk.score(self._house.packs.find(pack), [(task, (one,)) for one, task in items])
        scores = [group[0] for group in found]
        if any(verdict.reason == "infra.deadline" for score in scores for verdict in score.verdicts.values()):
            seconds = self._house.settings.limits.seconds
            raise Fault(503, f"not everything was judged within {seconds:g} s; ask again")  # 0 would be a lie
        return scores

    def _routes(self, pack: str) -> Routes:
        if (made := self._made.get(pack)) is None:
            relayed = Relayed(self._house.packs.find(pack))
            made = self._made[pack] = {name: act for face in FACES for name, act in face(relayed).items()}
        return made


def _asked(handler: Handler, request: Mapping[str, Any]) -> Any:
    try:
        return handler(request)
    except UsageError as error:
        raise Fault(422, str(error)) from None
