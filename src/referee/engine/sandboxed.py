"""The runner that verifiers get when nobody brings one: this process's sandbox, opened when the first job comes."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from referee.core.errors import InfrastructureError, UsageError
from referee.core.jobs import Job, Outcome
from referee.core.types import Rollout, Score, Task

if TYPE_CHECKING:
    from referee.sandbox.pool import Sandbox, Statistics

TIER, REQUIRE, SLOTS = "REFEREE_SANDBOX", "REFEREE_SANDBOX_REQUIRE", "REFEREE_SANDBOX_SLOTS"

_LOCK = threading.Lock()


class _Held:
    """The sandbox of this process, and how it is to be opened."""

    def __init__(self) -> None:
        self.sandbox: Sandbox | None = None
        self.process = 0
        self.fault = ""


_HELD = _Held()


def use_sandbox(tier: str = "strongest", *, require: str = "kernel", slots: int | None = None) -> None:
    """Choose the sandbox of this process and of the workers that it starts later.

    `tier`: `strongest` (the default), `kernel`, `namespaces`, or `none`, which isolates nothing; `require`: what
    `strongest` may not fall below; `slots`: programs at once (default: one per core). Raises `UsageError` when that
    cannot be had here; what was in use before is closed.
    """
    from referee.sandbox.tiers import choose

    choose(tier, require)
    close_sandbox()
    os.environ[TIER], os.environ[REQUIRE] = tier, require  # worker processes inherit the choice
    if slots is None:
        os.environ.pop(SLOTS, None)
    else:
        os.environ[SLOTS] = str(slots)


def close_sandbox() -> None:
    """End this process's jails; the next job opens them again."""
    with _LOCK:
        if _HELD.sandbox is not None and _HELD.process == os.getpid():
            _HELD.sandbox.close()
        _HELD.sandbox, _HELD.fault = None, ""


def run(jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
    """The default runner. Raises `InfrastructureError` when no sandbox can be had."""
    return sandbox().run(jobs)


def sandbox() -> Sandbox:
    """The sandbox of this process; a forked child opens its own."""
    held = _HELD.sandbox
    if held is not None and _HELD.process == os.getpid():
        return held
    with _LOCK:
        if _HELD.sandbox is None or _HELD.process != os.getpid():
            _HELD.sandbox = _open()
            _HELD.process = os.getpid()
        return _HELD.sandbox


def slots() -> int:
    """How many programs may run at once."""
    return sandbox().slots


def together(score: Callable[[Rollout, Task], Score], items: Sequence[tuple[Rollout, Task]]) -> list[Score]:
    """`score(*item)` for each, in order, as many at once as the sandbox has slots."""
    try:
        count = min(slots(), len(items))
    except InfrastructureError:
        count = 1  # each verdict says what is wrong
    if count == 1:
        return [score(*item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count, thread_name_prefix="referee-score") as threads:
        return list(threads.map(lambda item: score(*item), items))


def statistics() -> Statistics | None:
    """What this process's sandbox has done; None when nothing was ever run."""
    held = _HELD.sandbox
    return None if held is None else held.statistics()


def _open() -> Sandbox:
    from referee.sandbox.pool import Sandbox

    if _HELD.fault:
        raise InfrastructureError(_HELD.fault, "infra.no_sandbox")
    given = os.environ.get(SLOTS, "")
    try:
        made = Sandbox(
            os.environ.get(TIER, "strongest"),
            require=os.environ.get(REQUIRE, "kernel"),
            slots=int(given) if given.isdigit() and int(given) else None,
        )
    except UsageError as error:
        _HELD.fault = str(error)
        raise InfrastructureError(_HELD.fault, "infra.no_sandbox") from error
    atexit.register(made.close)
    return made
