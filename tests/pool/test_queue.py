"""What every queue promises; the one of this process."""

import threading

import msgspec
import pytest

import referee
from referee.core.types import Rollout, Task
from referee.engine.scored import Submission, key_of
from referee.pool import wire
from referee.pool.base import Done
from referee.pool.judge import Judge
from referee.pool.memory import MemoryQueue

PACK = referee.RulePack.load("r1-zero-math")


def submission(group="g", *texts, **changes):
    fields = {"run": "r", "group": group, "task": Task(truth="2", prompt="1 + 1"), "pack": PACK.spec}
    rollouts = tuple(Rollout(text=text) for text in texts or ("<think>x</think> \\boxed{2}", "no"))
    return Submission(rollouts=rollouts, **(fields | changes))


def done(lease, **options):
    return Done(lease, Judge("w")(lease.submission, delivery=lease.delivery, waited=lease.waited), **options)


def test_what_is_submitted_is_leased_acknowledged_and_drained():
    queue = MemoryQueue()
    assert queue.submit([submission("a"), submission("b")], 0) == 2
    (first,) = queue.lease("w", 1, 0)
    assert (first.submission.group, first.delivery) == ("a", 1)
    assert (queue.depth().waiting, queue.depth().leased) == (1, 1)
    queue.acknowledge([done(first)])
    kept = []
    found = queue.drain(10, 0, kept.extend)
    assert [(one.group, one.index, one.score.reward, one.worker, one.delivery) for one in found] == [
        ("a", 0, 1.1, "w", 1),
        ("a", 1, 0.0, "w", 1),
    ]
    assert kept == found
    assert found[1].key == key_of(first.submission, 1, PACK.digest, found[1].build)
    assert queue.drain(10, 0) == []
    assert queue.depth().leased == 0


def test_a_full_queue_takes_what_it_has_room_for():
    queue = MemoryQueue(waiting=2)
    work = [submission(str(n)) for n in range(5)]
    assert queue.submit(work, 0) == 2
    assert queue.submit(work[2:], 0) == 0
    taken = []
    producer = threading.Thread(target=lambda: taken.append(queue.submit(work[2:], 60)))
    producer.start()
    order = []
    while len(order) < 5:
        order += [lease.submission.group for lease in queue.lease("w", 1, 60)]
    producer.join()
    assert (order, taken) == (["0", "1", "2", "3", "4"], [3])


def test_what_is_not_kept_stays():
    queue = MemoryQueue()
    queue.submit([submission("a")], 0)
    queue.acknowledge([done(queue.lease("w", 1, 0)[0])])

    def full(_):
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        queue.drain(1, 0, full)
    assert [one.index for one in queue.drain(10, 0)] == [0, 1]


def test_the_work_of_a_silent_worker_is_handed_out_again_first():
    queue = MemoryQueue(lease_s=0.0)
    queue.submit([submission("a"), submission("b"), submission("c")], 0)
    queue.lease("silent", 2, 0)
    assert queue.sweep() == 2
    again = queue.lease("other", 3, 0)
    assert [(lease.submission.group, lease.delivery) for lease in again] == [("a", 2), ("b", 2), ("c", 1)]
    assert queue.depth().redelivered == 2


def test_a_worker_that_beats_keeps_its_leases():
    queue = MemoryQueue(lease_s=3600)
    queue.submit([submission("a")], 0)
    queue.lease("w", 1, 0)
    queue.beat("w")
    assert queue.sweep() == 0
    assert list(queue.depth().workers) == ["w"]


def test_a_lease_may_be_acknowledged_in_parts():
    queue = MemoryQueue()
    queue.submit([submission("a")], 0)
    (lease,) = queue.lease("w", 1, 0)
    judge = Judge("w")
    queue.acknowledge([Done(lease, judge(lease.submission, only=[1]), last=False)])
    assert (queue.depth().leased, [one.index for one in queue.drain(9, 0)]) == (1, [1])
    queue.acknowledge([Done(lease, judge(lease.submission, only=[0]))])
    assert (queue.depth().leased, [one.index for one in queue.drain(9, 0)]) == (0, [0])


@pytest.mark.parametrize("text", ["plain", "é", "\ud800 half", "\0"])
@pytest.mark.parametrize("truth", ["2", 10**400, {"b": [1.5, None], "a": True}])
def test_a_submission_crosses_the_wire_unchanged(text, truth):
    work = submission("g", text, task=Task(truth=truth, id="t", meta={"source": "x"}), step=7, start=3)
    there = wire.read(wire.write(work))
    assert there == work
    assert there.pack is wire.read(wire.write(work)).pack
    judged = Judge("w")(there)
    assert wire.read_judged(wire.write_judged(judged)) == judged


def test_a_judge_tells_when_each_rollout_begins():
    begun = []
    work = submission("g", "a", "b", "c", start=5)
    judged = Judge("w")(work, waited=1.0, begins=begun.append)
    assert begun == [0, 1, 2] == [one.index for one in judged]
    assert judged[0].waited == 1.0 <= judged[1].waited <= judged[2].waited
    assert [one.key for one in judged] == [key_of(work, n, PACK.digest, judged[0].build) for n in range(3)]


def test_a_rollout_that_cannot_be_judged_is_masked_under_the_same_key():
    judge = Judge("w")
    work = submission("g")
    (lost,) = judge.unjudged(work, [1], "infra.deadline", detail="late")
    assert lost.key == judge(work)[1].key
    assert lost.score.reward is None
    assert {verdict.reason for verdict in lost.score.verdicts.values()} == {"infra.deadline"}


def test_a_pack_that_does_not_exist_is_the_callers_mistake():
    spec = msgspec.structs.replace(
        PACK.spec, rules=(msgspec.structs.replace(PACK.spec.rules[0], parts=(), verifier="math.nubmer"),)
    )
    with pytest.raises(referee.PackError, match=r"math\.number"):
        Judge()(submission("g", pack=spec))
