"""Run the list against a tier: every attack, and after each an honest rollout that must not notice."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from referee.core.jobs import Tier
from referee.core.types import Record
from referee.sandbox.attacks import channel, files, processes, surface
from referee.sandbox.attacks.attack import Attack, Target
from referee.sandbox.attacks.scenarios import honest
from referee.sandbox.pool import Sandbox

ATTACKS: tuple[Attack, ...] = (*processes.ATTACKS, *files.ATTACKS, *surface.ATTACKS, *channel.ATTACKS)


# Where there are no walls the others would succeed, and some of them change the machine.
HARMLESS = frozenset({16, 23, 24, 27, 31, 33, 54, 55, 58, 60, 63, 70, 71, 72})


class Finding(Record, frozen=True, kw_only=True):
    """What came of one attack on one tier. `stated`: no tier promises to stop it, and the words say so."""

    number: int
    title: str
    tier: Tier
    result: Literal["safe", "ESCAPED", "stated"]
    words: str = ""
    seconds: float = 0.0


def attack(sandbox: Sandbox, numbers: Iterable[int] = ()) -> Iterator[Finding]:
    """The findings, as they come. `numbers`: only these of the list."""
    wanted = set(numbers)
    with tempfile.TemporaryDirectory(prefix="referee-attack-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103  so that only the jail can be what keeps a program out
        canary = Path(folder, "canary.txt")
        secret = secrets.token_hex(16)
        canary.write_text(secret)
        canary.chmod(0o666)
        target = Target(os.getpid(), str(canary), secret)
        for one in ATTACKS:
            if not wanted or one.number in wanted:
                yield _finding(sandbox, one, target, canary)


def _finding(sandbox: Sandbox, one: Attack, target: Target, canary: Path) -> Finding:
    if one.stated:
        return Finding(number=one.number, title=one.title, tier=sandbox.tier, result="stated", words=one.stated)
    if sandbox.tier == "none" and one.number not in HARMLESS:
        words = "not tried where there are no walls: it would succeed"
        return Finding(number=one.number, title=one.title, tier=sandbox.tier, result="stated", words=words)
    started = time.monotonic()
    if one.scenario is not None:
        fault = one.scenario(sandbox, target)
    else:
        (outcome,) = sandbox.run((one.job(target),))
        fault = one.judge(outcome, target)
    fault = fault or honest(sandbox, 10_000 + one.number)
    if canary.read_text() != target.secret:
        fault = "a file of ours was changed"
    return Finding(
        number=one.number,
        title=one.title,
        tier=sandbox.tier,
        result="ESCAPED" if fault else "safe",
        words=fault,
        seconds=time.monotonic() - started,
    )
