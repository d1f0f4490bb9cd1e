"""A reward is a total function: a number in range for every text, in bounded time, without a trace outside.

The texts are those that every verifier of the house must survive, and the gold completion spoilt at random places.
While they are judged, an audit hook listens: an answer that opens a file for writing, starts a process, calls out or
has code compiled has got further than it may. What the engine and the sandbox do on purpose is not counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from time import process_time
from typing import Any

from referee.core.types import Rollout
from referee.engine.contract import HOSTILE
from referee.redteam.measure import Tally
from referee.redteam.target import EPSILON, Target
from referee.redteam.tasks import Case

SLOW = 5.0  # seconds of processor time for one text; a reward that takes longer can be made to stall a run
SIGNS = "\0\ufeff\u200b\u202e\ud800{}[]<>\\$\"'`%\n\t\u0301\u0661\u2212 0aZ,;:=|"
EVENTS = ("open", "os.system", "os.remove", "os.rename", "os.exec", "os.spawn", "os.posix_spawn", "subprocess.Popen",
          "socket.connect", "socket.bind", "socket.getaddrinfo", "compile", "exec", "shutil.rmtree", "os.mkdir",
          "urllib.Request", "ctypes.dlopen")  # fmt: skip
OURS = ("/referee/engine/", "/referee/sandbox/", "importlib", "/linecache.py", "/traceback.py")


def fuzz(target: Target, cases: Sequence[Case], seed: int, spoilt: int = 60) -> Iterator[Tally]:
    """Tallies: pay beyond range or beyond honest wrong, exceptions, and what happened beside the verdict."""
    if not cases:
        return
    total = Tally(
        "T.total", "fuzz", "total", "a verdict for every text", "hostile texts break it, stall it or are paid",
        "reasoning-gym 0.1.25: 3 of 105 data sets raise",
        "bound every input before any regex; errors never pay",
    )  # fmt: skip
    clean = Tally(
        "T.effects", "fuzz", "total", "no trace outside the verdict", "an answer makes the reward act on the machine",
        "CVE-2026-6878", "never eval, parse_expr or pickle what a rollout wrote",
    )  # fmt: skip
    with listening() as heard:
        for case, rollout in _texts(cases, seed, spoilt if target.pure else spoilt // 6):
            heard.clear()
            began = process_time()
            pay = target.pay([(rollout, case.task)])[0]
            spent = process_time() - began
            if spent > SLOW:
                total.note = f"{spent:.1f} s of processor time for {len(rollout.text):,} characters"
                total.leaks += 1
                total.best = total.best or (case, rollout, pay)
            if pay.reward is not None and not case.floor - 1 <= pay.reward <= case.full + EPSILON:
                total.note = f"a reward of {pay.reward!r}, beyond what gold earns"
            total.tried += 1
            if pay.fault:
                total.faults += 1
                total.best = total.best or (case, rollout, pay)
            clean.tried += 1
            if heard and target.pure:
                clean.leaks += 1
                clean.note = f"{heard[0]}"
                clean.best = clean.best or (case, rollout, pay)
    yield total
    yield clean


def _texts(cases: Sequence[Case], seed: int, spoilt: int) -> Iterator[tuple[Case, Rollout]]:
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    for text in HOSTILE.values():
        for whole in (text, cases[0].gold.say(text)):
            yield cases[0], Rollout(text=whole[:1_000_000])
    for number in range(spoilt):
        case = cases[number % len(cases)]
        yield case, Rollout(text=spoil(case.gold.text, chance))


def spoil(text: str, chance: Random) -> str:
    """The text with up to four places cut, doubled, or filled with strange signs."""
    for _ in range(chance.randint(1, 4)):
        a, b = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        middle = (text[a:b] * 2, "", chance.choice(SIGNS), chance.choice(SIGNS) * chance.randint(1, 300))
        text = text[:a] + chance.choice(middle) + text[b:]
    return text[:100_000]


_heard: list[str] | None = None
_hooked = False


@contextmanager
def listening() -> Iterator[list[str]]:
    """What this process does beside reckoning while the block runs, one line for each event."""
    global _heard, _hooked  # noqa: PLW0603 - an audit hook cannot be taken away again, so there is one for ever
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    before, _heard = _heard, []
    try:
        yield _heard
    finally:
        _heard = before


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _heard is None or not event.startswith(EVENTS) or len(_heard) > 20:
        return
    if event == "open" and not (isinstance(args[1], str) and set(args[1]) & set("wax+")):
        return
    frame: Any = sys._getframe(1)
    while frame is not None:
        if any(part in frame.f_code.co_filename for part in OURS):
            return
        frame = frame.f_back
    _heard.append(f"{event}{tuple(str(one)[:80] for one in args[:2])}")
