"""The runner that nobody has to bring: opened when the first job comes, shared, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from referee.core.errors import UsageError
from referee.core.jobs import Call, CallJob, Flow
from referee.core.types import Rollout, Task, failed, passed
from referee.core.verifier import Verifier
from referee.engine import sandboxed
from referee.engine.drive import judge, judge_async
from referee.sandbox import tiers


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (sandboxed.TIER, sandboxed.REQUIRE, sandboxed.SLOTS):
        monkeypatch.setenv(name, "")  # so that the end of the test takes back what `use_sandbox` writes
        monkeypatch.delenv(name)
    sandboxed.close_sandbox()
    yield
    sandboxed.close_sandbox()


def doubled() -> Verifier:
    def check(rollout: Rollout, task: Task, params: Any) -> Flow:
        (outcome,) = yield (CallJob(program=rollout.text, entry="f", calls=(Call(args=(task.truth,)),)),)
        right = outcome.results[0].kind == "value" and outcome.results[0].value == task.truth * 2
        return passed("test.right", tier=outcome.tier) if right else failed("test.wrong", tier=outcome.tier)

    return Verifier(check, 1)


RIGHT, WRONG = Rollout(text="def f(x): return x * 2"), Rollout(text="def f(x): return x * 3")


def need() -> None:
    try:
        tiers.choose()
    except UsageError as error:
        pytest.skip(str(error))


def test_the_default_runner_judges() -> None:
    need()
    assert sandboxed.statistics() is None
    assert judge(doubled(), RIGHT, Task(truth=4), None).status == "pass"
    assert judge(doubled(), WRONG, Task(truth=4), None).status == "fail"
    assert asyncio.run(judge_async(doubled(), RIGHT, Task(truth=5), None)).status == "pass"
    statistics = sandboxed.statistics()
    assert statistics is not None
    assert statistics.jobs == 3


def test_many_at_once_keep_their_order() -> None:
    need()
    items = [(RIGHT if number % 3 else WRONG, Task(truth=number)) for number in range(30)]
    found = sandboxed.together(lambda rollout, task: judge(doubled(), rollout, task, None), items)  # type: ignore[arg-type,return-value]
    assert [one.status for one in found] == ["pass" if number % 3 or not number else "fail" for number in range(30)]  # type: ignore[attr-defined]


def test_the_tier_can_be_chosen() -> None:
    need()
    sandboxed.use_sandbox("kernel", slots=1)
    assert judge(doubled(), RIGHT, Task(truth=4), None).evidence == {"tier": "kernel"}
    assert sandboxed.slots() == 1
    with pytest.raises(UsageError):
        sandboxed.use_sandbox("kernal")


def test_a_sandbox_that_cannot_be_had_is_unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(tier: str, require: str) -> None:
        raise UsageError("not here")

    monkeypatch.setattr(tiers, "choose", none)
    verdict = judge(doubled(), RIGHT, Task(truth=4), None)
    assert (verdict.status, verdict.reason) == ("unjudged", "infra.no_sandbox")
    assert sandboxed.together(lambda *_: 1, [(RIGHT, Task()), (RIGHT, Task())]) == [1, 1]  # type: ignore[comparison-overlap,arg-type,return-value]
