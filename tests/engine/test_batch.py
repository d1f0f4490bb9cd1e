"""Many completions: the same scores on one core, on several, beside an event loop, and when a worker is killed."""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.core.errors import UsageError
from referee.data.plain import pack as pack_bytes
from referee.engine import batch
from referee.engine.workers import WorkerLost, Workers

PACK = {"name": "p", "rules": [{"name": "answer", "verifier": "math.number", "weight": 0.5}]}


def rollouts(count: int) -> tuple[list[str], list[str]]:
    return [f"So it is \\boxed{{{i % 7}}}" for i in range(count)], [str(i % 5) for i in range(count)]


def expected(count: int) -> list[float]:
    return [0.5 if i % 7 == i % 5 else 0.0 for i in range(count)]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_scores_come_in_order_whoever_made_them(workers: int) -> None:
    completions, truths = rollouts(2000)
    scores = referee.score_batch(PACK, completions, truths, workers=workers)
    assert [score.reward for score in scores] == expected(2000)
    assert scores[1] == referee.RulePack.load(PACK).score(completions[1], truths[1])


def test_the_event_loop_stays_free() -> None:
    completions, truths = rollouts(1000)

    async def both() -> tuple[list[referee.Score], int]:
        ticks = 0
        scoring = asyncio.create_task(referee.score_batch_async(PACK, completions, truths, workers=2))
        while not scoring.done():
            await asyncio.sleep(0)
            ticks += 1
        return scoring.result(), ticks

    scores, ticks = asyncio.run(both())
    assert [score.reward for score in scores] == expected(1000)
    assert ticks > 1


def test_threads_share_the_workers() -> None:
    completions, truths = rollouts(1000)
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(referee.score_batch(PACK, completions, truths, workers=2)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[score.reward for score in scores] for scores in results] == [expected(1000)] * 3


@pytest.mark.parametrize(
    ("completions", "truths", "words"),
    [
        ("x", ["x"], "got one: str"),
        (["x"], "x", "got one string"),
        (["x", "y"], ["x"], "each of the 2 completions, got 1"),
    ],
)
def test_a_batch_that_does_not_line_up_is_refused(completions: Any, truths: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        referee.score_batch(PACK, completions, truths)


def kill_on_poison(request: bytes) -> bytes:
    """In a worker: scores as usual, but a request that says "poison" kills the process, as a segfault would."""
    if b"poison" in request:
        os.kill(os.getpid(), signal.SIGKILL)
    return batch.answer(request)


def test_a_rollout_that_kills_its_worker_is_unjudged_and_costs_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    here = str(Path(__file__).parent)
    monkeypatch.syspath_prepend(here)
    completions, truths = rollouts(1000)
    completions[300] = "poison"
    with Workers(2, "test_batch:kill_on_poison") as crew:
        monkeypatch.setattr(batch, "_crew", lambda *_: crew)
        scores = referee.score_batch(PACK, completions, truths, workers=2)
    assert scores[300].reward is None
    assert scores[300].verdicts["answer"].reason == "infra.worker_lost"
    assert [s.reward for s in scores[:300]] == expected(1000)[:300]
    assert [s.reward for s in scores[301:]] == expected(1000)[301:]


def test_a_killed_worker_is_replaced_and_none_is_left_behind() -> None:
    crew = Workers(1, "referee.engine.batch:answer")
    request = pack_bytes((referee.RulePack.load(PACK).spec, []))
    assert crew.ask(request) == pack_bytes([])
    (first,) = crew.crew.pids()
    os.kill(first, signal.SIGKILL)
    assert crew.insist(request) == pack_bytes([])
    (second,) = crew.crew.pids()
    assert second != first
    crew.close()
    for pid in (first, second):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(WorkerLost):
        crew.ask(request)


def die_twice(request: bytes) -> bytes:
    """In a worker: dies for the first two requests, as if somebody killed it from outside."""
    counter = Path(os.environ["DEATHS"])
    deaths = len(counter.read_bytes()) if counter.exists() else 0
    if deaths < 2:
        counter.write_bytes(b"x" * (deaths + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return request


def test_a_worker_killed_from_outside_costs_no_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setenv("DEATHS", str(tmp_path / "deaths"))
    with Workers(1, "test_batch:die_twice") as crew:
        assert crew.insist(b"x") == b"x"


def test_a_file_in_the_working_folder_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('a data folder ran code')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [path for path in sys.path if path])
    with Workers(1, "referee.engine.batch:answer") as crew:
        assert crew.ask(pack_bytes((referee.RulePack.load(PACK).spec, []))) == pack_bytes([])
