"""The same rollouts judged again: in other orders, threads and processes, under another hash seed, locale and load.

`python -m referee.redteam.again` reads a target's recipe and rollouts from standard input and prints what they earn.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from referee.core.errors import InfrastructureError
from referee.core.types import Rollout, Task
from referee.redteam.measure import Tally
from referee.redteam.target import Item, Pay, Target
from referee.redteam.tasks import Case

WORLDS = (
    ("hash seed 1", {"PYTHONHASHSEED": "1"}, 0),
    (
        "hash seed 77, Turkish locale, Kolkata",
        {"PYTHONHASHSEED": "77", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kolkata"},
        0,
    ),
    ("a busy machine", {"PYTHONHASHSEED": "0"}, 3),
)
PATIENCE = 300.0
_BUSY = "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end: pass"


class Asked(msgspec.Struct):
    """What another process is asked: how to make the target, and what to judge."""

    recipe: dict[str, Any]
    items: list[tuple[Rollout, Task]]


def again(target: Target, cases: Sequence[Case], items: Sequence[tuple[Case, Rollout]]) -> Iterator[Tally]:
    """One tally for each way to judge again; what earned something else there is a leak of it."""
    chosen = [
        (case, rollout) for case in cases for rollout in (Rollout(text=case.gold.text), Rollout(text=case.wrong.text))
    ]
    chosen += items
    asked = [(rollout, case.task) for case, rollout in chosen]
    first = target.pay(asked)
    yield _compared("D.again", "the same call twice", chosen, first, target.pay(asked))
    yield _compared("D.order", "in reverse order", chosen, first, target.pay(asked[::-1])[::-1])
    with ThreadPoolExecutor(4) as threads:
        pays = list(threads.map(lambda item: target.pay([item])[0], asked))
    yield _compared("D.thread", "in threads", chosen, first, pays)
    for number, (name, setting, load) in enumerate(WORLDS):
        pays = _elsewhere(target, asked, setting, load)
        yield _compared(f"D.process{number}", f"in another process: {name}", chosen, first, pays)


def _compared(
    id_: str, how: str, chosen: Sequence[tuple[Case, Rollout]], first: Sequence[Pay], then: Sequence[Pay]
) -> Tally:
    tally = Tally(
        id_, "determinism", "determinism", how, "the same rollout earns something else when judged again",
        "open-instruct: another score in a thread; verl #5635", "budgets in work, not in seconds; no clock",
    )  # fmt: skip
    for (case, rollout), one, other in zip(chosen, first, then, strict=True):
        tally.tried += 1
        if one.signature != other.signature:
            tally.leaks += 1
            if tally.best is None:
                tally.best = (case, rollout, other)
                tally.note = f"{one.reward} {one.reasons} and then {other.reward} {other.reasons}"
    return tally


def _elsewhere(target: Target, items: Sequence[Item], setting: dict[str, str], load: int) -> list[Pay]:
    busy = [subprocess.Popen([sys.executable, "-I", "-c", _BUSY]) for _ in range(load)]
    try:
        asked = msgspec.json.encode(Asked(target.recipe(), [(Rollout(text=one.text), task) for one, task in items]))
        done = subprocess.run(
            [sys.executable, "-m", "referee.redteam.again"],
            input=asked,
            capture_output=True,
            timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one), **setting},
            check=False,
        )
    finally:
        for one in busy:
            one.kill()
            one.wait()
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise InfrastructureError(f"judging in another process failed: {last}", "infra.process")
    return msgspec.json.decode(done.stdout, type=list[Pay])


def main() -> None:
    """Judge what standard input holds."""
    from referee.redteam.made import made

    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    out = os.dup(1)  # a reward may print
    os.dup2(2, 1)
    pays = made(asked.recipe).pay(asked.items)
    with os.fdopen(out, "wb") as file:
        file.write(msgspec.json.encode(pays))


if __name__ == "__main__":
    main()
