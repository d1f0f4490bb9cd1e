"""The pool's faces: each rollout once, in any order, with a deadline, with bounds, and a clean end."""

import asyncio
import threading
import time
import warnings

import msgspec
import pytest

import referee
from referee.core.types import Rollout, Task, passed
from referee.engine.build import build
from referee.engine.scored import Submission, key_of
from referee.pool.base import Done
from referee.pool.host import Host
from referee.pool.judge import Judge
from referee.pool.memory import MemoryQueue
from referee.pool.metrics import Metrics
from referee.pool.pool import Pool, PoolClosed
from referee.pool.post import Post
from referee.pool.redis import RedisQueue

PACK = referee.RulePack.load("r1-zero-math")
RIGHT, WRONG = "<think>x</think> \\boxed{2}", "<think>x</think> \\boxed{3}"


def work(count=3, size=2, run="r"):
    return [
        Submission.of(PACK, [RIGHT, WRONG][:size], "2", "1 + 1", group=f"g{number}", run=run, step=4)
        for number in range(count)
    ]


def places(scored):
    return [(one.group, one.index) for one in scored]


EXPECTED = [("g0", 0), ("g0", 1), ("g1", 0), ("g1", 1), ("g2", 0), ("g2", 1)]


class Book:
    """A keeper in memory, as strict as a ledger."""

    def __init__(self):
        self.rows, self.sources, self.full = {}, [], False

    def keep(self, scored):
        if self.full:
            raise OSError(28, "No space left on device")
        for one in scored:
            self.rows.setdefault(one.key, one)

    def learn(self, source):
        self.sources.append(source)


@pytest.fixture(params=["here", "local"])
def pool(request):
    with Pool(request.param, workers=2) as opened:
        yield opened


def test_scores_come_in_the_order_of_the_submissions(pool):
    found = pool.score(work())
    assert places(found) == EXPECTED
    assert [one.score for one in found] == [PACK.score(text, "2", "1 + 1") for text in (RIGHT, WRONG)] * 3
    assert [(one.run, one.step, one.build) for one in found] == [("r", 4, build().id)] * 6
    assert found[3].key == key_of(work()[1], 1, PACK.digest, build().id)
    assert pool.score([]) == []
    assert pool.statistics().in_flight == 0


def test_scores_stream_into_a_loop_and_an_event_loop(pool):
    async def gathered(source):
        return [one async for one in pool.stream(source)]

    async def given():
        for one in work():
            await asyncio.sleep(0)
            yield one

    assert sorted(places(pool.stream(work()))) == EXPECTED
    assert sorted(places(asyncio.run(gathered(work())))) == EXPECTED
    assert sorted(places(asyncio.run(gathered(given())))) == EXPECTED
    assert pool.statistics().drained == 18


def test_what_one_thread_submits_another_drains(pool):
    producer = threading.Thread(target=pool.submit, args=work(30))
    producer.start()
    found = []
    while len(found) < 60:
        found += pool.drain(7, wait_s=60)
    producer.join()
    assert len(set(places(found))) == 60
    assert pool.drain() == []


def test_two_streams_get_their_own(pool):
    found = {}

    def run(name):
        found[name] = places(pool.stream(work(run=name)))

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found["a"]) == sorted(found["b"]) == EXPECTED


def test_a_submission_may_be_empty(pool):
    assert places(pool.score([*work(1), msgspec.structs.replace(work(2)[1], rollouts=())])) == EXPECTED[:2]


def test_an_async_iterable_needs_async_for():
    async def given():
        yield work()[0]

    with Pool("here") as pool, pytest.raises(TypeError, match="use `async for`"):
        list(pool.stream(given()))


def test_a_faulty_pack_or_place_is_said_at_once():
    rule = msgspec.structs.replace(PACK.spec.rules[1], verifier="math.nubmer")
    spec = msgspec.structs.replace(PACK.spec, rules=(rule,))
    with Pool("here") as pool, pytest.raises(referee.PackError, match=r"math\.number"):
        pool.submit(msgspec.structs.replace(work()[0], pack=spec))
    with pytest.raises(referee.UnknownName, match="did you mean 'local'"):
        Pool("locla")


def test_the_same_work_twice_is_done_once():
    with Pool(MemoryQueue()) as pool:
        pool.submit(*work(1))
        pool.submit(*work(1))
        assert pool.statistics().in_flight == 2
        assert pool.queue.depth().waiting == 1
        other = msgspec.structs.replace(work(1)[0], rollouts=(Rollout(text="x"), Rollout(text=WRONG)))
        with pytest.raises(referee.UsageError, match="rollout 0 of group 'g0' in run 'r' is in flight with another"):
            pool.submit(other)
        judge_all(pool.queue)
        assert places(pool.drain(wait_s=60)) + places(pool.drain(wait_s=60) if pool._inbox.left else []) == EXPECTED[:2]


def judge_all(queue, judge=None):
    for lease in queue.lease("w", 100, 60):
        queue.acknowledge([Done(lease, (judge or Judge("w"))(lease.submission))])


def settled(pool, name, count):
    """Wait for the collector."""
    end = time.monotonic() + 60
    while getattr(pool.statistics(), name) < count:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_straggler_is_masked_and_its_score_still_kept():
    book = Book()
    with Pool(MemoryQueue(), keeper=book) as pool:
        found = pool.score(work(1), deadline_s=0.01)
        assert [one.score.reward for one in found] == [None, None]
        assert {verdict.reason for verdict in found[0].score.verdicts.values()} == {"infra.deadline"}
        assert not book.rows
        judge_all(pool.queue)
        settled(pool, "late", 2)
        assert pool.drain(wait_s=0) == []
        assert [row.score.reward for row in book.rows.values()] == [1.1, 0.1]
        assert [one.key for one in found] == list(book.rows)
        statistics = pool.statistics()
        assert (statistics.masked, statistics.drained, statistics.in_flight) == (2, 2, 0)
        assert (statistics.duplicates, statistics.alarms) == (0, 0)


def test_the_deadline_of_an_event_loop():
    async def late():
        return [one async for one in pool.stream(work(), deadline_s=0.01)]

    with Pool(MemoryQueue()) as pool:
        assert sorted(places(asyncio.run(late()))) == EXPECTED


def test_what_comes_twice_counts_once_and_another_score_is_an_alarm():
    def other(submission):
        judged = Judge("x")(submission)
        score = msgspec.structs.replace(judged[0].score, reward=0.5)
        return [msgspec.structs.replace(judged[0], score=score), *judged[1:]]

    def lost(submission):
        return Judge("y").unjudged(submission, [0, 1], "infra.worker_lost")

    with Pool(MemoryQueue()) as pool:
        pool.submit(*work(1))
        (lease,) = pool.queue.lease("w", 1, 60)
        pool.queue.acknowledge([Done(lease, Judge("w")(lease.submission))])
        pool.queue.acknowledge([Done(lease, Judge("w")(lease.submission))])
        pool.queue.acknowledge([Done(lease, lost(lease.submission))])
        settled(pool, "duplicates", 4)
        assert pool.statistics().alarms == 0
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            pool.queue.acknowledge([Done(lease, other(lease.submission))])
            settled(pool, "duplicates", 6)
            while not pool.alarms:
                time.sleep(0.005)
        assert pool.statistics().alarms == 1
        assert "judged twice, and not alike: 1.1 by w, 0.5 by x" in str(said[0].message)
        ((first, worker, second),) = pool.alarms
        assert (first.reward, worker, second.score.reward) == (1.1, "w", 0.5)
        assert [one.score.reward for one in pool.drain(wait_s=60)] == [1.1, 0.1]


def test_scores_come_out_when_they_are_safe():
    book = Book()
    with Pool("here", keeper=book) as pool:
        for one in pool.stream(work()):
            assert book.rows[one.key] == one
    assert book.sources == [build(), PACK.spec]


def test_a_full_ledger_is_said_and_nothing_is_lost():
    book = Book()
    book.full = True
    with Pool("here", keeper=book) as pool:
        pool.submit(*work(1))
        with pytest.raises(referee.RefereeError, match=r"cannot be kept, and wait in the queue: OSError.*No space"):
            pool.drain()
        book.full = False
        found = []
        while len(found) < 2:
            try:
                found += pool.drain(wait_s=60)
            except referee.RefereeError:
                time.sleep(0.01)
        assert places(found) == EXPECTED[:2]
        assert len(book.rows) == 2


def test_scores_that_cannot_be_kept_at_the_end_are_said():
    book = Book()
    book.full = True
    pool = Pool("here", keeper=book)
    pool.submit(*work(1))
    with pytest.raises(referee.RefereeError):
        pool.drain()
    with pytest.warns(referee.RefereeWarning, match="not every score could be kept: OSError"):
        pool.close()


def test_a_producer_waits_for_room():
    taken = []

    def given():
        for one in work(50):
            taken.append(one.group)
            yield one

    with Pool("here", in_flight=4) as pool:
        stream = iter(pool.stream(given()))
        first = next(stream)
        assert first.group == "g0"
        assert len(taken) <= 4
        assert len([first, *stream]) == 100


def test_who_submits_without_draining_is_told():
    with Pool(MemoryQueue(), in_flight=4) as pool:
        with pytest.raises(referee.UsageError, match=r"4 rollouts are in flight.*drain\(\) while you submit"):
            pool.submit(*work(3), wait_s=0.01)
        big = Submission.of(PACK, [RIGHT] * 9, "2", group="big")
    with Pool("here", in_flight=4) as pool:  # a submission larger than the bound goes alone
        assert len(pool.score([*work(1), big, *work(1, run="s")])) == 13


def test_leaving_a_loop_gives_up_the_rest():
    with Pool("here") as pool:
        for one in pool.stream(work(20)):
            assert one.group == "g0"
            break
        del one
        settled(pool, "submitted", 1)
        assert pool.statistics().in_flight == 0
        assert len(pool.score(work(20))) == 40

    async def leave(pool):
        async for _ in pool.stream(work(20)):
            break

    async def cancelled(pool):
        task = asyncio.ensure_future(leave(pool))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pool.statistics().in_flight

    with Pool(MemoryQueue()) as pool:
        assert asyncio.run(cancelled(pool)) == 0


def test_who_waits_is_told_that_the_pool_was_closed():
    pool = Pool(MemoryQueue())
    pool.submit(*work(1))
    closer = threading.Timer(0.05, pool.close)
    closer.start()
    with pytest.raises(PoolClosed, match="2 rollouts had not been judged"):
        pool.drain()
    closer.join()
    pool.close()
    with pytest.raises(PoolClosed):
        pool.submit(*work(1))


def test_closing_keeps_what_was_judged():
    book = Book()
    pool = Pool(MemoryQueue(), keeper=book)
    pool.submit(*work(2))
    (lease,) = pool.queue.lease("w", 1, 60)
    pool.queue.acknowledge([Done(lease, Judge("w")(lease.submission))])
    pool.close()
    assert [row.group for row in book.rows.values()] == ["g0", "g0"]


def test_an_async_pool_ends_with_its_block():
    async def run():
        async with Pool("here") as pool:
            return [one.group async for one in pool.stream(work(1))]

    assert asyncio.run(run()) == ["g0", "g0"]


def test_a_crash_of_the_producer_is_the_consumers():
    async def broken():
        yield work()[0]
        raise OSError("no more rollouts")

    async def run(pool):
        async for _ in pool.stream(broken()):
            pass

    with Pool("here") as pool:
        with pytest.raises(OSError, match="no more rollouts"):
            asyncio.run(run(pool))
        assert pool.statistics().in_flight == 0


def test_memory_does_not_hold_what_was_taken():
    with Pool("here") as pool:
        for round_ in range(3):
            pool.score(work(10, run=str(round_)))
        assert not pool._orders._orders
        assert not pool._inbox.rows
        assert not pool.queue._leased
        assert pool.queue.depth().results == 0


def test_a_score_says_who_judged_and_how_long():
    with Pool("here") as pool:
        (one,) = pool.score([Submission.of(PACK, [RIGHT], "2", group="g")])
    assert one.worker == "here"
    assert one.delivery == 1
    assert 0 < one.seconds < 60
    assert 0 <= one.waited < 60
    assert one.task == Task(truth="2")
    assert passed("x").status == "pass"


class Far(MemoryQueue):
    """Goes away for a while, as a server does."""

    gone = False

    def submit(self, submissions, wait_s):
        if self.gone:
            raise ConnectionError("nobody there")
        return super().submit(submissions, wait_s)


def test_submissions_to_a_far_queue_go_out_in_order_and_in_batches():
    queue = Far(waiting=3)
    post = Post(queue)
    groups = []
    for one in work(20):
        post.put(one)
    while len(groups) < 20:
        groups += [lease.submission.group for lease in queue.lease("w", 8, 60)]
    assert groups == [f"g{number}" for number in range(20)]
    queue.gone = True
    post.put(work(1)[0])
    end = time.monotonic() + 60
    while not post.fault:
        assert time.monotonic() < end
        time.sleep(0.005)
    assert post.fault == "ConnectionError: nobody there"
    queue.gone = False
    assert [lease.submission.group for lease in queue.lease("w", 8, 60)] == ["g0"]
    post.put(work(2)[1])
    post.close()
    assert [lease.submission.group for lease in queue.lease("w", 8, 0)] == ["g1"]


def test_a_pool_over_redis_is_the_same_pool(redis_server):
    queue = RedisQueue(redis_server.url)
    with Pool(RedisQueue(redis_server.url)) as pool, Host(queue, workers=1):
        found = pool.score(work())
        assert places(found) == EXPECTED
        assert [one.score.reward for one in found] == [1.1, 0.1] * 3
    queue.close()


def test_the_numbers_of_a_pool():
    book = Book()
    with Pool("here", keeper=book, metrics=Metrics()) as pool:
        pool.score(work(3))
        pool.score([Submission.of(PACK, [RIGHT] * 4, "2", group="silent")])
        pool.gauges.refresh()
        numbers = pool.gauges.metrics.snapshot()
    assert numbers['reward_score_total{rule="answer",verdict="pass"}'] == 3 + 4
    assert numbers['reward_score_total{rule="answer",verdict="fail"}'] == 3
    assert (numbers["reward_groups_total"], numbers['reward_groups_silent_total{kind="all_right"}']) == (4, 1)
    assert numbers["reward_value_count"] == 10
    assert numbers["reward_ledger_commit_seconds_count"] >= 2
    assert numbers["reward_gpu_wait_seconds_count"] >= 2
    assert numbers["reward_queue_depth"] == 0
    with Pool(MemoryQueue()) as pool:
        pool.score(work(1), deadline_s=0.01)
        assert pool.gauges.metrics.value("reward_masked_total") == 2
