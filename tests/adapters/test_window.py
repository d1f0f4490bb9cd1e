"""Single calls that arrive together are scored together, and none is the worse for its neighbours."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from referee.adapters import window
from referee.adapters.judge import Judge
from referee.adapters.window import Window
from referee.core.errors import UsageError

PACK = {"name": "p", "rules": [{"name": "answer", "verifier": "math.number"}]}


def scored(calls: list[tuple[Any, ...]], made: Window) -> list[Any]:
    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(made.score(*call) for call in calls), return_exceptions=True)

    return asyncio.run(all_of_them())


def test_calls_that_arrive_together_are_one_batch() -> None:
    made = Window(Judge(PACK), 0.05)
    calls = [(f"\\boxed{{{number}}}", str(number % 3)) for number in range(6)]
    assert [score.reward for score in scored(calls, made)] == [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    assert made.batches == 1
    assert [score.reward for score in scored(calls[:1], made)] == [1.0]
    assert made.batches == 2


def test_a_full_window_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "LARGEST", 4)
    made = Window(Judge(PACK), 3600.0)
    assert len(scored([("4", "4")] * 8, made)) == 8
    assert made.batches == 2


def test_a_wrong_call_fails_alone() -> None:
    made = Window(Judge(PACK), 0.05)
    right, wrong, late = scored([("4", "4"), (None, "4"), ("5", "4")], made)
    assert (right.reward, late.reward) == (1.0, 0.0)
    assert isinstance(wrong, UsageError)
    assert made.batches == 1 + 3


def test_a_caller_that_has_gone_disturbs_nobody() -> None:
    made = Window(Judge(PACK), 0.05)

    async def two() -> Any:
        gone = asyncio.ensure_future(made.score("4", "4"))
        stays = asyncio.ensure_future(made.score("5", "5"))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(two()).reward == 1.0


def test_what_breaks_a_batch_reaches_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(PACK)

    def broken(*_: Any) -> Any:
        raise MemoryError("full")

    monkeypatch.setattr(judge, "scores_async", lambda *_: asyncio.to_thread(broken))
    found = scored([("4", "4"), ("5", "5")], Window(judge, 0.01))
    assert [type(one) for one in found] == [MemoryError, MemoryError]
