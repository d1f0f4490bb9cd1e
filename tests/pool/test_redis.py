"""The queue over a real Redis server: what every queue promises, and what only a network can do to it."""

from __future__ import annotations

import subprocess
import time

import msgspec
import pytest

import referee
from referee.core.errors import InfrastructureError, MissingExtra, RefereeWarning, UsageError
from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.scored import Submission
from referee.pool import redis_watch
from referee.pool.base import Done
from referee.pool.judge import Judge
from referee.pool.redis import RedisQueue
from referee.pool.redis_link import Link
from referee.pool.redis_wire import Keys, Work

PACK = referee.RulePack.load("r1-zero-math")
RIGHT, WRONG = "<think>x</think> \\boxed{2}", "no"


def submission(group="g", *texts, **changes) -> Submission:
    fields = {"run": "r", "group": group, "task": Task(truth="2", prompt="1 + 1"), "pack": PACK.spec}
    return Submission(rollouts=tuple(Rollout(text=text) for text in texts or (RIGHT, WRONG)), **(fields | changes))


def done(lease, **options) -> Done:
    return Done(lease, Judge("w")(lease.submission, delivery=lease.delivery, waited=lease.waited), **options)


@pytest.fixture
def queue(redis_server):
    with RedisQueue(redis_server.url, "run1", timeout_s=2.0, patience_s=5.0) as made:
        yield made


def drained(queue, count, seconds=10.0):
    """So many scored rollouts, as they come."""
    found, until = [], time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        found += queue.drain(100, 0.2)
    return found


def test_what_is_submitted_is_leased_acknowledged_and_drained(queue):
    assert queue.submit([submission("a"), submission("b")], 0) == 2
    (first,) = queue.lease("w", 1, 0)
    assert (first.submission, first.delivery) == (submission("a"), 1)
    assert first.waited >= 0
    depth = queue.depth()
    assert (depth.waiting, depth.leased, depth.results) == (1, 1, 0)
    assert list(depth.workers) == ["w"]
    queue.acknowledge([done(first)])
    assert queue.depth().results == 1
    kept = []
    found = queue.drain(10, 1, kept.extend)
    assert [(one.group, one.index, one.score.reward, one.worker) for one in found] == [
        ("a", 0, 1.1, "w"),
        ("a", 1, 0.0, "w"),
    ]
    assert kept == found
    assert queue.drain(10, 0) == []
    assert (queue.depth().waiting, queue.depth().leased, queue.depth().results) == (1, 0, 0)


def test_packs_that_are_equal_arrive_as_one_object(queue):
    queue.submit([submission("a"), submission("b")], 0)
    first, second = queue.lease("w", 2, 0)
    assert first.submission.pack is second.submission.pack


def test_nothing_is_left_on_the_server_once_it_is_drained(queue, redis_server):
    queue.submit([submission(str(n)) for n in range(300)], 0)
    while leases := queue.lease("w", 64, 0):
        queue.acknowledge([done(lease) for lease in leases])
    assert len(drained(queue, 600)) == 600
    queue.close()
    left = {key.decode() for key in redis_server.cli("KEYS", "*")}
    assert redis_server.cli("XLEN", queue.keys.work) == 0
    assert redis_server.cli("XINFO", "GROUPS", queue.keys.work)[0][5] == 0  # nothing pending
    assert left <= {queue.keys.work, queue.keys.builds}


@pytest.mark.parametrize("text", ["\ud800 half a character", "\x00", "é" * 1000, ""])
def test_any_text_arrives_as_it_was(queue, text):
    queue.submit([submission("a", text, task=Task(truth=10**400))], 0)
    (lease,) = queue.lease("w", 1, 0)
    assert lease.submission.rollouts[0].text == text
    queue.acknowledge([done(lease)])
    assert queue.drain(1, 1)[0].rollout.text == text


def test_a_full_queue_takes_what_it_has_room_for_and_drained_scores_make_room(redis_server):
    with RedisQueue(redis_server.url, "run1", capacity=3) as queue:
        work = [submission(str(n)) for n in range(5)]
        assert queue.submit(work, 0) == 3
        assert queue.submit(work[3:], 0.05) == 0
        (lease,) = queue.lease("w", 1, 0)
        queue.acknowledge([done(lease)])
        assert queue.submit(work[3:], 0) == 0  # a stalled trainer is no reason to fill the server
        assert len(drained(queue, 2)) == 2
        assert queue.submit(work[3:], 0) == 1


def test_the_bytes_in_flight_are_bounded_too(redis_server):
    with RedisQueue(redis_server.url, "run1", most_bytes=5_000) as queue:
        assert queue.submit([submission(str(n), "x" * 2_000) for n in range(9)], 0) in {2, 3}


def test_what_is_not_kept_stays(queue):
    queue.submit([submission("a")], 0)
    queue.acknowledge([done(queue.lease("w", 1, 0)[0])])

    def full(_):
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        queue.drain(1, 1, full)
    assert queue.depth().results == 1
    assert [one.index for one in queue.drain(10, 0)] == [0, 1]


def test_scores_come_in_parts_and_the_lease_ends_with_the_last(queue):
    queue.submit([submission("a", "one", "two", "three")], 0)
    (lease,) = queue.lease("w", 1, 0)
    judged = Judge("w")(lease.submission)
    queue.acknowledge([Done(lease, judged[:2], last=False)])
    assert [one.index for one in queue.drain(10, 1)] == [0, 1]
    assert queue.depth().leased == 1
    queue.acknowledge([Done(lease, judged[2:])])
    assert [one.index for one in queue.drain(10, 1)] == [2]
    assert queue.depth().leased == 0


def test_a_submission_without_rollouts_ends(queue):
    queue.submit([msgspec.structs.replace(submission("a"), rollouts=())], 0)
    queue.acknowledge([Done(queue.lease("w", 1, 0)[0], ())])
    assert queue.drain(10, 0.3) == []
    assert (queue.depth().leased, queue.depth().results) == (0, 0)


def test_two_runs_and_two_submitters_do_not_see_each_other(redis_server):
    with (
        RedisQueue(redis_server.url, "run1", name="rank0") as zero,
        RedisQueue(redis_server.url, "run1", name="rank1") as one,
        RedisQueue(redis_server.url, "run2") as other,
    ):
        zero.submit([submission("zero")], 0)
        one.submit([submission("one")], 0)
        assert other.lease("w", 9, 0) == []
        other_leases = zero.lease("w", 9, 0)  # any process of the run may work for all of them
        zero.acknowledge([done(lease) for lease in other_leases])
        assert {scored.group for scored in drained(one, 2)} == {"one"}
        assert {scored.group for scored in drained(zero, 2)} == {"zero"}


class Clock:
    """Time as the workers of a test see it."""

    def __init__(self, monkeypatch):
        self.skew = 0.0
        real = time.monotonic
        monkeypatch.setattr("referee.pool.redis_work.time.monotonic", lambda: real() + self.skew)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def silent(queue, clock, seconds=20.0):
    """Two looks, `seconds` apart, of a worker that watches."""
    queue.sweep()
    clock.skew += seconds
    return queue.sweep()


def test_the_work_of_a_silent_worker_is_handed_out_again_one_at_a_time(redis_server, clock):
    with RedisQueue(redis_server.url, "run1") as dead, RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission(group) for group in "abc"], 0)
        assert len(dead.lease("dead", 2, 0)) == 2
        queue.beat("live")
        assert silent(queue, clock) == 2
        (first,) = queue.lease("live", 9, 0)
        assert (first.submission.group, first.delivery) == ("a", 2)
        (fresh,) = queue.lease("live", 9, 0)  # beside a suspect only what is above suspicion
        assert (fresh.submission.group, fresh.delivery) == ("c", 1)
        assert queue.lease("live", 9, 0) == []
        queue.acknowledge([done(first), done(fresh)])
        (second,) = queue.lease("live", 9, 0)
        assert (second.submission.group, second.delivery) == ("b", 2)
        queue.acknowledge([done(second)])
        assert queue.lease("live", 9, 0) == []
        depth = queue.depth()
        assert (depth.redelivered, depth.leased, list(depth.workers)) == (2, 0, ["live"])
        assert sorted((one.group, one.delivery) for one in drained(queue, 6)) == sorted(
            [("a", 2), ("a", 2), ("b", 2), ("b", 2), ("c", 1), ("c", 1)]
        )


def test_a_worker_that_beats_keeps_what_it_has(redis_server, clock):
    with RedisQueue(redis_server.url, "run1") as slow, RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission("a")], 0)
        slow.lease("slow", 1, 0)
        for _ in range(5):
            queue.sweep()
            clock.skew += 20
            slow.beat("slow")
            assert queue.sweep() == 0
        assert queue.lease("live", 1, 0) == []


def test_a_worker_that_comes_back_to_life_in_time_keeps_what_it_has(redis_server, clock):
    with RedisQueue(redis_server.url, "run1") as zombie, RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission("a")], 0)
        zombie.lease("zombie", 1, 0)
        assert silent(queue, clock) == 1
        zombie.beat("zombie")  # between the look and the claim
        assert queue.lease("live", 1, 0) == []


def test_a_zombie_that_finishes_late_is_counted_and_not_heard_twice(redis_server, clock):
    with RedisQueue(redis_server.url, "run1") as zombie, RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission("a")], 0)
        (old,) = zombie.lease("zombie", 1, 0)
        assert silent(queue, clock) == 1
        (lease,) = queue.lease("live", 1, 0)
        queue.acknowledge([done(lease)])
        assert len(queue.drain(10, 1)) == 2
        zombie.acknowledge([done(old)])
        assert queue.drain(10, 0.2) == []
        assert queue.metrics.value("reward_duplicates_total") == 2
        assert queue.metrics.value("reward_replay_mismatch_total") == 0
        assert queue.depth().results == 0


def test_a_duplicate_that_says_something_else_is_an_alarm(redis_server, clock):
    with RedisQueue(redis_server.url, "run1") as zombie, RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission("a")], 0)
        (old,) = zombie.lease("zombie", 1, 0)
        silent(queue, clock)
        (lease,) = queue.lease("live", 1, 0)
        queue.acknowledge([done(lease)])
        queue.drain(10, 1)
        right, wrong = done(old).judged
        swapped = msgspec.structs.replace(wrong, score=right.score)
        zombie.acknowledge([Done(old, [swapped])])
        with pytest.warns(RefereeWarning, match="judged twice with different verdicts"):
            queue.drain(10, 0.2)
        assert queue.metrics.value("reward_replay_mismatch_total") == 1


def test_a_worker_that_leaves_gives_back_at_once(redis_server):
    with RedisQueue(redis_server.url, "run1") as queue:
        queue.submit([submission("a")], 0)
        with RedisQueue(redis_server.url, "run1") as leaving:
            leaving.lease("leaving", 1, 0)
        assert queue.sweep() == 1
        assert queue.lease("live", 1, 0)[0].submission.group == "a"


def test_what_loses_worker_after_worker_is_a_dead_letter_with_evidence(redis_server, clock):
    with RedisQueue(redis_server.url, "run1", deliveries=2) as queue:
        queue.submit([submission("poison"), submission("good")], 0)
        for name in ("w1", "w2"):
            with RedisQueue(redis_server.url, "run1", deliveries=2) as dies:
                dies.sweep()
                assert [lease.submission.group for lease in dies.lease(name, 1, 0)] == ["poison"]
        queue.sweep()
        leases = queue.lease("w3", 9, 0)  # gives the poison up, and goes on
        leases += queue.lease("w3", 9, 0)
        queue.acknowledge([done(lease) for lease in leases])
        found = drained(queue, 4)
        poison = [one for one in found if one.group == "poison"]
        assert [(one.index, one.score.reward, one.score.verdicts["answer"].reason) for one in poison] == [
            (0, None, "infra.dead_letter"),
            (1, None, "infra.dead_letter"),
        ]
        assert (
            "2 workers were lost while they held it; the last was w2"
            in poison[0].score.verdicts["answer"].evidence["detail"]
        )
        assert [one.score.reward for one in found if one.group == "good"] == [1.1, 0.0]
        (letter,) = redis_watch.dead_letters(queue.link, queue.keys, 10)
        assert (letter.letter.workers, letter.letter.deliveries) == (("w1", "w2"), 2)
        assert letter.submission == submission("poison")
        assert queue.depth().dead == 1
        assert redis_server.cli("HLEN", queue.keys.faults) == 0


def test_a_message_of_another_version_is_refused_aloud(queue, redis_server):
    queue.submit([submission("a")], 0)
    ((entry, (_, message)),) = redis_server.cli("XRANGE", queue.keys.work, "-", "+")
    work = msgspec.msgpack.decode(message, type=Work)
    work.version = 99
    redis_server.cli("XADD", queue.keys.work, "*", "m", msgspec.msgpack.encode(work))
    redis_server.cli("XDEL", queue.keys.work, entry)
    assert queue.lease("w", 9, 0) == []
    first, second = drained(queue, 2)
    assert first.score.verdicts["answer"].reason == "infra.message"
    assert "version 99 of the protocol, this process 1" in first.score.verdicts["answer"].evidence["detail"]
    assert (first.index, second.index) == (0, 1)
    assert queue.depth().dead == 1


def test_rubbish_in_the_stream_stops_nobody(queue, redis_server):
    queue.submit([], 0)
    redis_server.cli("XADD", queue.keys.work, "*", "m", b"\xff\x00 rubbish")
    queue.submit([submission("a")], 0)
    (lease,) = queue.lease("w", 9, 0)
    assert lease.submission.group == "a"
    assert redis_watch.dead_letters(queue.link, queue.keys, 10)[0].submission is None


def test_a_submitter_that_comes_back_is_told_what_became_of_its_work(redis_server):
    first = RedisQueue(redis_server.url, "run1", name="rank0")
    first.submit([submission("a"), submission("b")], 0)
    first.link.close()  # it dies
    with RedisQueue(redis_server.url, "run1", name="rank0") as second:
        second.acknowledge([done(lease) for lease in second.lease("w", 9, 0)])
        assert sorted((one.group, one.index) for one in drained(second, 4)) == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
        assert second.depth().results == 0
        assert redis_server.cli("XLEN", second.keys.work) == 0


def test_a_server_that_lost_everything_is_given_it_again(redis_servers):
    server = redis_servers()
    with RedisQueue(server.url, "run1", timeout_s=2.0) as queue:
        queue.submit([submission(str(n)) for n in range(20)], 0)
        held = queue.lease("w", 5, 0)
        queue.acknowledge([done(lease) for lease in held[:2]])
        server.kill()
        server.start()
        found = queue.drain(100, 0.1)
        while leases := queue.lease("w", 64, 0.1):
            queue.acknowledge([done(lease) for lease in leases])
        found += drained(queue, 40 - len(found))
        assert sorted({(int(one.group), one.index) for one in found}) == [(n, i) for n in range(20) for i in (0, 1)]
        assert len(found) == 40


def test_a_part_that_a_lost_server_took_along_is_judged_again(redis_servers):
    server = redis_servers()
    with RedisQueue(server.url, "run1", timeout_s=2.0) as queue:
        queue.submit([submission("a", "one", "two", RIGHT)], 0)
        (old,) = queue.lease("w", 1, 0)
        judged = done(old).judged
        queue.acknowledge([Done(old, judged[:2], last=False)])  # nobody has read it
        server.kill()
        server.start()
        queue.acknowledge([Done(old, judged[2:])])
        found = queue.drain(9, 0.5)
        while leases := queue.lease("w", 9, 0.2):
            queue.acknowledge([done(lease) for lease in leases])
        found += drained(queue, 3 - len(found))
        assert sorted(one.index for one in found) == [0, 1, 2]
        assert queue.drain(9, 0.2) == []
        assert queue.depth().results == 0
        assert server.cli("XLEN", queue.keys.work) == 0


def test_a_worker_that_says_it_is_over_too_soon_is_not_believed(queue, redis_server):
    queue.submit([submission("a", "one", "two", RIGHT)], 0)
    (lease,) = queue.lease("w", 1, 0)
    queue.acknowledge([Done(lease, done(lease).judged[:1])])
    found = queue.drain(9, 1)
    assert queue.drain(9, 0.1) == []
    (again,) = queue.lease("w", 1, 1)
    queue.acknowledge([done(again)])
    found += drained(queue, 2)
    assert sorted(one.index for one in found) == [0, 1, 2]
    assert (queue.depth().results, redis_server.cli("XLEN", queue.keys.work)) == (0, 0)


def test_an_answer_that_was_lost_on_the_way_is_found_again(queue):
    queue.submit([submission("a")], 0)
    queue.beat("w")
    queue.link.pipe([("XREADGROUP", "GROUP", "judges", "w", "STREAMS", queue.keys.work, ">")])  # never heard of
    assert queue.lease("w", 9, 0) == []
    queue._broken()
    (lease,) = queue.lease("w", 9, 0)
    assert (lease.submission.group, lease.delivery) == ("a", 1)  # that was no loss of a worker
    queue.acknowledge([done(lease)])
    assert queue.lease("w", 9, 0) == []
    assert len(queue.drain(9, 1)) == 2


def test_a_ledger_beside_the_worker_is_told_before_the_queue(redis_server):
    kept, learned = [], []

    class Ledger:
        keep = staticmethod(kept.extend)
        learn = staticmethod(learned.append)

    with RedisQueue(redis_server.url, "run1", keeper=Ledger()) as queue:
        queue.submit([submission("a")], 0)
        queue.acknowledge([done(lease) for lease in queue.lease("w", 1, 0)])
        assert [one.score.reward for one in kept] == [1.1, 0.0]

        assert learned == [PACK.spec]

        def full(_):
            raise OSError("no room")

        Ledger.keep = staticmethod(full)
        queue.submit([submission("b")], 0)
        lease = queue.lease("w", 1, 0)[0]
        with pytest.raises(OSError, match="no room"):
            queue.acknowledge([done(lease)])
        assert queue.depth().leased == 1


def test_a_keeper_learns_what_the_workers_judge_with(queue):
    learned = []
    queue.learns(learned.append)
    queue.submit([submission("a"), submission("b")], 0)
    queue.acknowledge([done(lease) for lease in queue.lease("w", 9, 0)])
    scored = drained(queue, 4)
    assert [one.id for one in learned] == [scored[0].build]
    assert learned == [build()]


def test_the_password_is_asked_for_and_never_shown(redis_servers, monkeypatch):
    server = redis_servers("--requirepass", "sesame")
    url = f"redis://:wrong@127.0.0.1:{server.port}"
    with pytest.raises(UsageError, match="refuses the password") as caught:
        RedisQueue(url).depth()
    assert "wrong" not in str(caught.value)
    monkeypatch.setenv("REFEREE_REDIS_PASSWORD", "sesame")
    with RedisQueue(server.url) as queue:
        assert queue.submit([submission("a")], 0) == 1


def test_nobody_there_is_one_sentence(monkeypatch):
    queue = RedisQueue("redis://user:secret@127.0.0.1:1/0", patience_s=0.1)
    with pytest.raises(
        InfrastructureError, match=r"Redis at 127.0.0.1:1/?0? has not served for 0.1 s .*is it running"
    ) as caught:
        queue.submit([submission("a")], 0)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: RedisQueue("localhost:6379"), "is no URL of Redis; give one like redis://"),
        (lambda: RedisQueue("redis://h", "a b"), "a run is named with"),
        (lambda: RedisQueue("redis://h#a b"), "a run is named with"),
        (lambda: RedisQueue("redis://h", name="{x}"), "a submitter is named with"),
        (lambda: RedisQueue("redis://h", capacity=0), "capacity and deliveries start at 1"),
    ],
)
def test_what_cannot_be_used_is_refused(make, words):
    with pytest.raises(UsageError, match=words):
        make()


def test_without_redis_py_the_message_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtra, match=r"pip install 'referee\[redis\]'"):
        RedisQueue("redis://h")


def test_over_tls(redis_servers, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl cannot make a certificate here")
    options = ("--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-auth-clients", "no")
    port = redis_servers(*options).port
    with RedisQueue(f"rediss://127.0.0.1:{port}?ssl_ca_certs={certificate}", patience_s=10) as queue:
        assert queue.submit([submission("a")], 0) == 1
        queue.acknowledge([done(lease) for lease in queue.lease("w", 1, 0)])
        assert len(queue.drain(9, 1)) == 2
    with (
        pytest.raises(InfrastructureError, match="has not served"),
        RedisQueue(f"rediss://127.0.0.1:{port}", patience_s=0.1) as stranger,
    ):
        stranger.submit([submission("a")], 0)


def test_who_may_not_watch_looks_at_every_tenth_sweep(redis_server, monkeypatch):
    monkeypatch.setattr("referee.pool.redis_work.WATCHERS", 1)
    with RedisQueue(redis_server.url, "run1") as first, RedisQueue(redis_server.url, "run1") as second:
        first.beat("a")
        first.lease("a", 1, 0)
        second.lease("b", 1, 0)
        for queue in (first, second):
            queue.sweep()
        looks = []
        real = second.link.pipe
        monkeypatch.setattr(second.link, "pipe", lambda commands, **given: looks.append(1) or real(commands, **given))
        for _ in range(20):
            second.sweep()
        assert len(looks) == 2


def test_runs_and_workers_are_listed(redis_server):
    link = Link(redis_server.url)
    assert redis_watch.runs(link) == []
    with RedisQueue(redis_server.url, "run1", info=lambda: '{"processes": 2, "version": "9", "news": true}') as queue:
        queue.submit([submission("a")], 0)
        queue.lease("w", 1, 0)
        assert redis_watch.runs(link) == ["run1"]
        state = redis_watch.state(link, Keys("run1"))
        (worker,) = state.workers
        assert (worker.name, worker.processes, worker.version) == ("w", 2, "9")
        assert 0 <= worker.silent_s < 60
        assert state.queue.leased == 1
    link.close()


def test_a_pool_says_at_once_that_nobody_is_there(monkeypatch, redis_servers):
    monkeypatch.setattr("referee.pool.open._REACH_S", 0.1)
    with pytest.raises(InfrastructureError, match="is it running, and is the URL right"):
        referee.Pool("redis://127.0.0.1:1")
    server = redis_servers("--requirepass", "sesame")
    with pytest.raises(UsageError, match="refuses the password"):
        referee.Pool(server.url)
