"""Keys and essences: what makes two pieces of work, and two scores, the same."""

import subprocess
import sys

import msgspec
import pytest

import referee
from referee.core.digest import digest
from referee.core.types import Rollout, Task, failed, passed
from referee.engine.build import build
from referee.engine.scored import Submission, essence, key_of, mark, same, written

PACK = referee.RulePack.load("r1-zero-math")


def submission(*texts, **changes):
    fields = {"run": "r", "group": "g", "task": Task(truth="2"), "pack": PACK.spec}
    return Submission(rollouts=tuple(Rollout(text=text) for text in texts), **(fields | changes))


def test_a_key_stands_for_the_place_and_the_content():
    work = submission("a", "a")
    keys = {key_of(work, 0, PACK.digest, "b"), key_of(work, 1, PACK.digest, "b")}
    assert len(keys) == 2
    assert key_of(submission("a", start=1), 0, PACK.digest, "b") in keys
    for other in (
        submission("b"),
        submission("a", run="s"),
        submission("a", group="h"),
        submission("a", task=Task(truth="3")),
    ):
        assert key_of(other, 0, PACK.digest, "b") not in keys
    assert key_of(work, 0, "other pack", "b") not in keys
    assert key_of(work, 0, PACK.digest, "other build") not in keys


def test_a_key_is_the_same_in_another_process_and_another_order_of_keys():
    code = (
        "from referee.core.types import *; from referee.engine.scored import *; import referee;"
        "p = referee.RulePack.load('r1-zero-math');"
        "w = Submission(run='r', group='g', task=Task(truth={'b': 1, 'a': 2}), rollouts=(Rollout(text='x'),), pack=p.spec);"
        "print(key_of(w, 0, p.digest, 'b'))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == key_of(submission("x", task=Task(truth={"a": 2, "b": 1})), 0, PACK.digest, "b")


@pytest.mark.parametrize("text", ["\ud800", "", "\0", "é" * 1000])
def test_every_text_has_a_key(text):
    assert len(key_of(submission(text), 0, PACK.digest, "b")) == 64


def test_how_a_run_went_is_no_part_of_a_score():
    score = PACK.score("<think>x</think> \\boxed{2}", truth="2")
    slow = msgspec.structs.replace(score, verdicts={**score.verdicts, "answer": passed("a", usage={"cpu_s": 1.0}, x=1)})
    fast = msgspec.structs.replace(score, verdicts={**score.verdicts, "answer": passed("a", usage={"cpu_s": 2.0}, x=1)})
    other = msgspec.structs.replace(score, verdicts={**score.verdicts, "answer": failed("a", x=1)})
    assert same(slow, fast)
    assert essence(slow)["verdicts"]["answer"]["evidence"] == {"x": 1}
    assert not same(slow, other)
    assert not same(slow, msgspec.structs.replace(fast, reward=0.5))


def test_a_build_names_what_a_score_can_depend_on():
    here = build()
    assert here.referee == referee.__version__
    assert len(here.source) == 64
    assert here.libraries["msgspec"] == msgspec.__version__
    assert len(here.id) == 16
    changed = msgspec.structs.replace(here, unicode="0.0.0")
    assert changed.id != here.id


def test_a_mark_is_what_equal_scores_share_whatever_the_order_and_the_version():
    score = PACK.score("<think>x</think> \\boxed{2}", truth="2")
    turned = msgspec.structs.replace(score, verdicts=dict(reversed(score.verdicts.items())), pack="of another version")
    assert mark(score) == mark(turned)
    assert mark(score) != mark(msgspec.structs.replace(score, reward=0.5))
    assert len(mark(score)) == 32


def test_what_json_cannot_hold_has_canonical_bytes_too():
    assert written({"b": "\ud800", "a": 10**5000}) == written({"a": 10**5000, "b": "\ud800"})
    assert written({"b": 1, "a": 2}) == b'{"a":2,"b":1}'


def test_the_identity_of_a_pack_is_what_its_digest_is_taken_of():
    assert digest(PACK.identity) == PACK.digest
    assert PACK.identity["verifiers"]["math.answer"] >= 1
