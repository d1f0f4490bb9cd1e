"""What breaks is replaced, what is asked for is never weakened, and threads, forks and repeats share one sandbox."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from referee.core.errors import UnknownName, UsageError
from referee.core.jobs import Call, CallJob, Limits, Outcome, RunJob
from referee.sandbox import tiers
from referee.sandbox.pool import Sandbox
from referee.sandbox.slot import Slot


def job(number: int, program: str = "def f(x): return x * 2") -> CallJob:
    return CallJob(program=f"{program}\n# {number}", entry="f", calls=(Call(args=(number,)),))


def right(outcome: Outcome, number: int) -> bool:
    return outcome.status == "ok" and outcome.results[0].value == number * 2


def test_a_zygote_that_is_killed_is_replaced(best: Sandbox) -> None:
    slot = best.take()
    best.give(slot)
    lost = best.statistics().lost
    os.kill(slot.pid, signal.SIGKILL)
    assert all(right(best.run((job(number),))[0], number) for number in range(100, 104))
    assert best.statistics().lost == lost + 1


def test_zygotes_that_died_while_idle_cost_no_job(best: Sandbox) -> None:
    slots = [best.take() for _ in range(3)]
    for slot in slots:
        best.give(slot)
        os.kill(slot.pid, signal.SIGKILL)
    for slot in slots:
        os.waitid(os.P_PID, slot.pid, os.WEXITED | os.WNOWAIT)
    assert right(best.run((job(104),))[0], 104)


def test_a_zygote_that_talks_nonsense_is_replaced(best: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = best.take()
    best.give(slot)
    replies = (("ran", [1]), ("ran", []), 7, ("what", b""), ("ran", [("odd", 1, 1, 1, 0, 0, b"", b"", b"")]))
    for number, reply in enumerate(replies, 900):
        monkeypatch.setattr(type(slot), "receive", lambda self, patience, reply=reply: reply)
        outcome = best.run((job(number),))[0]
        assert outcome.status == "infra", reply
        monkeypatch.undo()
    assert right(best.run((job(200),))[0], 200)


def test_a_sandbox_that_cannot_start_is_infra(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(slots=1) as sandbox:
        monkeypatch.setattr("referee.sandbox.slot._MAIN", Path("/no/such/file"))
        outcome = sandbox.run((job(1),))[0]
    assert (outcome.status, outcome.reason) == ("infra", "infra.sandbox")


def test_never_weaker_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tiers, "probe", lambda tier: tiers.Availability(tier, usable=tier in {"none", "kernel"}, reason="not here")
    )
    assert tiers.choose() == "kernel"
    for asked in ("namespaces", "bubblewrap", "oci"):
        with pytest.raises(UsageError, match=asked):
            tiers.choose(asked)
    with pytest.raises(UsageError, match="namespaces"):
        tiers.choose("strongest", "namespaces")
    with pytest.raises(UsageError, match="weaker"):
        tiers.choose("kernel", "namespaces")
    with pytest.raises(UnknownName, match="did you mean 'kernel'"):
        tiers.choose("kernal")


def test_no_walls_only_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "probe", lambda tier: tiers.Availability(tier, usable=tier == "none", reason="not here"))
    with pytest.raises(UsageError, match="by name only"):
        tiers.choose()
    assert tiers.choose("none") == "none"


def test_a_tier_that_leaks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe runs at the walls: a zygote without any does not pass for one with."""
    start = tiers.start
    monkeypatch.setattr(tiers, "start", lambda tier, **more: start("none", **more))
    tiers.probe.cache_clear()
    try:
        found = tiers.probe("kernel")
        assert not found.usable
        assert "could" in found.reason
    finally:
        monkeypatch.undo()
        tiers.probe.cache_clear()


def test_identical_jobs_run_once(best: Sandbox) -> None:
    before = best.statistics()
    outcomes = best.run((job(300),) * 16)
    again = best.run((job(300),))
    after = best.statistics()
    assert all(right(outcome, 300) for outcome in (*outcomes, *again))
    assert (after.jobs - before.jobs, after.cached - before.cached) == (17, 16)


@pytest.mark.parametrize(
    "program",
    [
        "def f(x): return [[] for _ in range(50_000)]",
        "def f(x): return 'a' * 100_000",
    ],
)
def test_what_is_kept_for_the_next_in_the_group_is_small(program: str) -> None:
    with Sandbox("none", slots=1) as sandbox:
        job = CallJob(program=program, entry="f", calls=(Call(args=(1,)),))
        for _ in range(2):
            assert sandbox.run((job,))[0].results[0].kind == "value"
        assert sandbox.statistics().cached == 0


def test_another_argument_type_is_another_job(best: Sandbox) -> None:
    program = "def f(x): return repr(x)"
    jobs = tuple(
        CallJob(program=program, entry="f", calls=(Call(args=(one,)),)) for one in (1, True, 1.0, "1", (1,), [1])
    )
    assert [outcome.results[0].value for outcome in best.run(jobs)] == ["1", "True", "1.0", "'1'", "(1,)", "[1]"]


def test_threads_share_it(best: Sandbox) -> None:
    wrong: list[int] = []

    def work(first: int) -> None:
        wrong.extend(number for number in range(first, first + 25) if not right(best.run((job(number),))[0], number))

    threads = [threading.Thread(target=work, args=(1000 * one,)) for one in range(1, 5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_a_forked_child_starts_its_own_zygotes(best: Sandbox) -> None:
    assert right(best.run((job(400),))[0], 400)
    pid = os.fork()
    if not pid:
        os._exit(0 if right(best.run((job(401),))[0], 401) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert right(best.run((job(402),))[0], 402)


def test_the_trainers_secrets_do_not_reach_a_zygote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SECRET", "xyzzy")
    readable, writable = os.pipe()
    os.set_inheritable(writable, True)  # noqa: FBT003
    with Sandbox(slots=1) as sandbox:
        program = "import os\ndef f(x):\n    try: os.write(x, b'!')\n    except OSError: return repr(dict(os.environ))"
        outcome = sandbox.run((CallJob(program=program, entry="f", calls=(Call(args=(writable,)),)),))[0]
    os.close(readable)
    os.close(writable)
    assert "xyzzy" not in repr(outcome)
    assert outcome.results[0].value is not None


def test_files_of_a_task_always_have_room(best: Sandbox) -> None:
    if best.tier == "kernel":
        pytest.skip("a scratch directory needs the tier 'namespaces'")
    outcome = best.run((RunJob(program="print(1)", files={"a": b"x" * (3 << 20)}, limits=Limits(scratch_mb=1)),))[0]
    assert (outcome.status, outcome.runs[0].stdout) == ("ok", b"1\n")


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_zygote_that_is_killed_at_work(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, deaths: int) -> None:
    """Once is made good; a second time is said, and is no verdict."""
    left = deaths
    send = Slot.send

    def sent(self: Slot, message: Any) -> None:
        nonlocal left
        dies = message[0] == "calls" and left > 0
        if dies:
            os.kill(self.pid, signal.SIGSTOP)  # it has the job, and no time to answer
        send(self, message)
        if dies:
            left -= 1
            os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(Slot, "send", sent)
    outcome = sandbox.run((job(500 + deaths),))[0]
    if deaths == 1:
        assert right(outcome, 501), outcome
    else:
        assert (outcome.status, outcome.reason) == ("infra", "infra.sandbox")
        assert "ended with -9" in outcome.detail


def test_no_zygote_is_left_when_it_is_closed() -> None:
    sandbox = Sandbox(slots=2)
    sandbox.run(tuple(job(number) for number in range(10)))
    slots = [slot for some in sandbox._idle.values() for slot in some]
    assert slots
    sandbox.close()
    sandbox.close()
    assert all(slot._process.returncode is not None for slot in slots)
