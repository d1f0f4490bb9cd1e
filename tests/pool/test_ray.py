"""Workers as Ray actors, on a real Ray of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from referee.core.errors import MissingExtra
from referee.core.types import Rollout, Task
from referee.engine.score import RulePack
from referee.engine.scored import Submission, essence
from referee.pool.pool import Pool
from referee.pool.redis import RedisQueue

PACK = RulePack.load("r1-zero-math")
TEXTS = ("<think>x</think> \\boxed{2}", "no", "\ud800")


def work(count):
    rollouts = tuple(Rollout(text=text) for text in TEXTS)
    return [
        Submission(run="r", group=f"g{n}", task=Task(truth="2"), rollouts=rollouts, pack=PACK.spec)
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'referee[ray]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        yield ray
        ray.shutdown()


def right(scored):
    assert len({(one.group, one.index) for one in scored}) == len(scored)
    return all(essence(one.score) == essence(PACK.score_rollout(one.rollout, one.task)) for one in scored)


@pytest.mark.filterwarnings("default")
def test_actors_judge_inside_a_ray_job_that_is_there(ray):
    with Pool("ray", workers=2) as pool:
        scored = pool.score(work(40))
        assert len(scored) == 120
        assert right(scored)
        assert pool.statistics().workers.judged == 120
    assert ray.is_initialized()  # it was not ours to end


@pytest.mark.filterwarnings("default")
def test_an_actor_that_is_killed_costs_no_score(ray):
    with Pool("ray", workers=1) as pool:
        pool.score(work(1))
        (first,) = pool._workforce._actors
        stream = iter(pool.stream(work(300)))
        scored = [next(stream)]
        ray.kill(first, no_restart=False)
        scored += stream
        assert len(scored) == 900
        assert right(scored)


@pytest.mark.filterwarnings("default")
def test_actors_drain_a_redis_queue(ray, redis_server):
    from referee.pool.ray import place

    with RedisQueue(redis_server.url, "run1") as queue, place(f"{redis_server.url}#run1", 2) as placed:
        submissions = work(60)
        assert queue.submit(submissions, 1) == 60
        scored, until = [], time.monotonic() + 60
        while len(scored) < 180 and time.monotonic() < until:
            scored += queue.drain(500, 0.5)
        assert len(scored) == 180
        assert right(scored)
        assert placed.judged() == 180
        assert len(queue.depth().workers) == 2


def test_without_ray_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"pip install 'referee\[ray\]'"):
        Pool("ray")


def test_ray_is_not_loaded_by_others():
    program = "import referee.pool.redis, referee.pool.pool, sys; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
