"""The workers of a machine on a shared queue."""

from __future__ import annotations

import time

import msgspec
import pytest

from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Submission, essence
from referee.ledger.read import Reader
from referee.ledger.write import Ledger
from referee.pool.host import Host, Said, said
from referee.pool.memory import MemoryQueue
from referee.pool.pool import Pool
from referee.pool.redis import RedisQueue

PACK = RulePack.load("r1-zero-math")
TEXTS = ("<think>x</think> \\boxed{2}", "no", "\ud800")


def work(count, start=0):
    rollouts = tuple(Rollout(text=text) for text in TEXTS)
    groups = (f"g{start + n}" for n in range(count))
    return [
        Submission(run="r", group=group, task=Task(truth="2"), rollouts=rollouts, pack=PACK.spec) for group in groups
    ]


def drained(queue, count, seconds=60.0):
    found, until = [], time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        found += queue.drain(500, 0.2)
    return found


def right(scored):
    assert len({(one.group, one.index) for one in scored}) == len(scored)
    return all(essence(one.score) == essence(PACK.score_rollout(one.rollout, one.task)) for one in scored)


def test_a_host_judges_what_a_queue_holds_and_counts_it():
    queue = MemoryQueue()
    with Host(queue, workers=2, name="h") as host:
        queue.submit(work(50), 1.0)
        scored = drained(queue, 150)
        assert len(scored) == 150
        assert right(scored)
        assert {one.worker.rpartition("-")[0] for one in scored} == {"h"}
        host.refresh()
        line = msgspec.json.decode(said(host), type=Said)
        assert (line.processes, line.judged) == (2, 150)
        found = host.metrics.snapshot()
    assert found['reward_score_total{rule="answer",verdict="pass"}'] == 50
    assert found['reward_score_total{rule="answer",verdict="fail"}'] == 100
    assert found["reward_groups_total"] == 50
    assert found["reward_queue_depth"] == 0
    assert sum(value for name, value in found.items() if name.startswith("reward_workers{")) == 2


def test_two_hosts_share_a_queue_over_redis(redis_server):
    url = redis_server.url
    with RedisQueue(url, "run1") as queue, RedisQueue(url, "run1") as one, RedisQueue(url, "run1") as two:
        with Host(one, workers=1, name="one"), Host(two, workers=1, name="two"):
            queue.submit(work(4), 1.0)
            drained(queue, 12)  # both are up
            queue.submit(work(400, start=4), 1.0)
            scored = drained(queue, 1200)
        assert len(scored) == 1200
        assert right(scored)
        assert queue.depth().redelivered == 0


def test_a_host_that_closes_finishes_what_it_holds(redis_server):
    with RedisQueue(redis_server.url, "run1") as queue:
        with RedisQueue(redis_server.url, "run1") as used:
            host = Host(used, workers=1)
            queue.submit(work(200), 1.0)
            drained(queue, 1)
            host.close()
            host.close()
        assert queue.depth().leased == 0
        assert queue.depth().workers == {}


def test_what_cannot_be_handed_over_is_said_and_tried_again():
    class Full(MemoryQueue):
        fails = 3

        def acknowledge(self, done):
            if self.fails:
                self.fails -= 1
                raise OSError("no room")
            super().acknowledge(done)

    queue = Full()
    faults = set()
    with Host(queue, workers=1) as host:
        queue.submit(work(5), 1.0)
        until = time.monotonic() + 60
        scored = []
        while len(scored) < 15 and time.monotonic() < until:
            faults.add(host.fault)
            scored += queue.drain(500, 0.01)
        assert right(scored)
        assert len(scored) == 15
        assert host.fault == ""
    assert "what was judged cannot be handed over: no room" in faults


@pytest.mark.parametrize("slow", [False, True])
def test_a_host_takes_no_more_than_it_can_do_soon(slow):
    queue = MemoryQueue(waiting=10_000)
    with Host(queue, workers=1) as host:
        assert host._room() == 2
        host._mean_s = 2.0 if slow else 0.001
        assert host._room() == (1 if slow else 51)
        host._held = 0


def test_a_pool_over_redis_keeps_what_far_workers_judged_and_with_what(redis_server, tmp_path):
    url = f"{redis_server.url}#run1"
    with RedisQueue(url) as used, Host(used, workers=1), Ledger(tmp_path / "run.ledger") as ledger:
        with Pool(url, keeper=ledger) as pool:
            scored = pool.score(work(20))
        assert right(scored)
    assert Reader(tmp_path / "run.ledger").overview().builds == {build().id: 60}
