"""A process for studies: a plan or a hack takes seconds of processor time, and holds nobody up there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from referee.core.errors import RefereeError
from referee.data.plain import dumps, loads
from referee.engine.crew import Unit
from referee.engine.workers import WorkerLost, Workers
from referee.serve.faults import Fault, as_fault

if TYPE_CHECKING:
    from referee.plan.answer import Plan
    from referee.plan.measured import Measured

LONGEST_S = 30.0  # of processor time
WAITING = 8  # studies that may wait for the process; more are refused


class _Process(Workers):
    """One process, in which a study ends when its time is over."""

    def _put(self, request: bytes) -> Future[bytes]:
        answer: Future[bytes] = Future()
        self._waiting.append(Unit(request, answer, cpu_s=LONGEST_S, wall_s=8 * LONGEST_S))
        self.crew.wake()
        return answer


class Studies:
    """The process, which is started when it is first asked."""

    def __init__(self) -> None:
        self._workers: _Process | None = None
        self._lock = threading.Lock()
        self._waiting = 0

    async def __call__(self, what: str, *given: Any) -> Any:
        """What `what` makes of what is given. Raises `Fault`."""
        if self._waiting >= WAITING:
            raise Fault(429, f"{WAITING} studies are waiting; ask again")
        self._waiting += 1
        try:
            answer = loads(await asyncio.to_thread(self._ask, dumps([what, *given])))
        finally:
            self._waiting -= 1
        if "fault" in answer:
            raise Fault(*answer["fault"])
        return answer["found"]

    def close(self) -> None:
        """End it."""
        if self._workers is not None:
            self._workers.close()

    def _ask(self, request: bytes) -> bytes:
        with self._lock:
            if self._workers is None:
                self._workers = _Process(1, f"{__name__}:answer")
        try:
            return self._workers.ask(request)
        except WorkerLost as error:
            raise Fault(503, f"{error}; a study may take {LONGEST_S:g} s of processor time") from None


def answer(request: bytes) -> bytes:
    """In the process: what is found, or the fault."""
    what, *given = loads(request)
    try:
        return dumps({"found": _WORK[what](*given)})
    except RefereeError as error:
        fault = as_fault(error)
        return dumps({"fault": [fault.status, str(error), fault.path]})
    except ArithmeticError as error:  # numbers at the edge of what a float holds
        return dumps({"fault": [422, f"this cannot be computed: {error}", "$"]})


def _plan(asked: dict[str, Any]) -> Plan:
    from referee.plan.plan import make
    from referee.plan.setting import setting

    return make(setting(asked))


def _measured(path: str, run: str | None) -> Measured:
    from referee.plan.measured import from_ledger

    return from_ledger(Path(path), run)


def _hacks(pack: dict[str, Any] | None) -> list[dict[str, Any]]:
    from referee.redteam.lab import list_hacks

    return list_hacks(pack)


def _try(pack: dict[str, Any], task: dict[str, Any] | None, hack: str, seed: int, index: int) -> dict[str, Any]:
    from referee.redteam.lab import try_hack

    given = None if task is None else {name: value for name, value in task.items() if value is not None}
    return try_hack(pack, given, hack, seed, index=index)


_WORK: dict[str, Callable[..., Any]] = {"plan": _plan, "measured": _measured, "hacks": _hacks, "try": _try}
