"""Scores computed again are the same to the bit; and when they are not, the row, the rule and the versions are said."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from referee.core.types import Rollout, Task, unjudged
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, key_of, mark
from referee.ledger.replay import replay
from referee.ledger.write import Ledger

from .conftest import PACK, changed, make

LONG = bool(os.environ.get("REFEREE_LEDGER_LONG"))
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "gsm8k_model_solutions.jsonl.gz"

MATH = RulePack.load("r1-zero-math")
TEXT = RulePack.load(
    {
        "name": "text",
        "rules": [
            {"name": "name", "verifier": "qa.alias"},
            {"name": "repeats", "verifier": "shape.repetition", "weight": 0.2, "role": "penalty"},
            {"name": "brief", "verifier": "shape.length", "weight": 0.1, "params": {"maximum": 60, "cache": 40}},
        ],
    }
)
CODE = RulePack.load({"name": "code", "rules": [{"name": "tests", "verifier": "code.python"}]})


def wrong(scored, **fields):
    """The scored rollout with another score under the same key, as a judge with a fault would have kept it."""
    return changed(scored, score=changed(scored.score, **fields))


def test_all_scores_are_the_same(path):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(make(40))
    found = replay(path)
    assert found.same
    assert (found.entries, found.identical, found.changed, found.skipped) == (40, 40, 0, 0)
    assert (found.differences, found.builds, found.notes) == ((), (), ())
    assert found.mean_then == found.mean_now


def test_a_sample_is_of_the_size_asked_for(path):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(make(40))
    assert replay(path, sample=7).entries == 7
    assert replay(path, sample=70).entries == 40


@pytest.mark.parametrize("workers", [1, 2])
def test_a_difference_names_the_row_the_rule_and_both_verdicts(path, workers):
    work = make(12)
    then = changed(work[4].score.verdicts["answer"], reason="math.equal.text")
    work[4] = wrong(work[4], verdicts={**work[4].score.verdicts, "answer": then})
    work[7] = wrong(work[7], reward=0.125)
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(work)
    found = replay(path, workers=workers)
    assert not found.same
    assert (found.identical, found.changed) == (10, 2)
    one, two = found.differences
    assert (one.entry, one.group, one.index, one.rule) == (5, "g1", 0, "answer")
    assert (one.then.reason, one.now.reason) == ("math.equal.text", "math.equal.number")
    assert (two.entry, two.rule, two.reward_then) == (8, "", 0.125)
    assert {rule.name: rule.changed for rule in found.rules} == {"answer": 1, "brief": 0}
    assert (
        found.rules[0].versions_then == found.rules[0].versions_now == {"math.number": 1} or found.rules[0].versions_now
    )


def test_what_the_machine_failed_to_judge_is_no_difference(path):
    good = make(2)
    lost = PACK.score_verdicts(good[0].rollout, dict.fromkeys(good[0].score.verdicts, unjudged("infra.worker_lost")))
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep([changed(good[0], score=lost), good[1]])
    found = replay(path)
    assert found.same
    assert (found.identical, found.infrastructure, found.changed) == (1, 1, 0)


def test_a_pack_that_is_not_kept_is_asked_for(path):
    with Ledger(path) as ledger:
        ledger.keep(make(3))
    found = replay(path)
    assert (found.skipped, found.same) == (3, False)
    assert "name one with --pack" in found.notes[0]
    assert replay(path, other=PACK).identical == 3


def test_a_pack_that_no_longer_compiles_is_said(path):
    with Ledger(path) as ledger:
        identity = {
            "pack": {
                **msgspec.to_builtins(PACK.spec),
                "rules": [{**msgspec.to_builtins(PACK.spec)["rules"][0], "verifier": "math.gone"}],
            },
            "verifiers": {"math.gone": 3},
        }
        from referee.core.digest import canonical, digest

        ledger._committer.learn("packs", digest(identity), canonical(identity).decode())
        ledger.keep([changed(one, score=changed(one.score, pack=digest(identity))) for one in make(2)])
    found = replay(path)
    assert found.skipped == 2
    assert "can no longer be used" in found.notes[0]
    assert "math.gone" in found.notes[0]


def test_another_pack_shows_what_would_have_changed(path):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(make(8))
    spec = msgspec.to_builtins(PACK.spec)
    spec["rules"][1]["params"] = {"maximum": 1000}
    found = replay(path, other=RulePack.load(spec))
    # Of each group of four the last has 27 words more than the limit of 40 allows; see `make`.
    assert found.other == "ledger-tests"
    brief = next(rule for rule in found.rules if rule.name == "brief")
    assert brief.changed == found.changed > 0
    assert set(brief.moves) <= {"fail > pass", "partial > pass"}
    assert found.mean_now > found.mean_then


def test_other_versions_and_builds_are_named(path):
    older = msgspec.structs.replace(build(), python="3.10.1", libraries={**build().libraries, "sympy": "1.0"})
    work = make(2, judge=older.id)
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.learn(older)
        ledger.keep(work)
        ledger.keep(make(4, judge="0123456789abcdef", group=2)[2:])
    said = replay(path).builds
    assert said[0].startswith(f"build {older.id} (2 entries): python 3.10.1 > ")
    assert "sympy 1.0 > " in said[0]
    assert "nothing is known of it" in said[1]


def mixed(count):
    """Rollouts of mathematics, texts and programs, most of them as models wrote them, others as attackers would."""
    texts = []
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt") as file:
            texts = [json.loads(line) for line in file]
    for number in range(count):
        kind = number % 20
        if kind == 0:  # programs take the longest
            body = (
                "return a + b",
                "return a - b",
                "return {a, b, 'x', (1, 2)}",
                "raise ValueError(a)",
                "return hash('x')",
            )[number // 20 % 5]
            text = f"```python\ndef add(a, b):\n    # {number}\n    {body}\n```"
            yield (
                CODE,
                text,
                Task(id=f"c{number}", truth={"entry_point": "add", "calls": [{"args": [1, 2], "expected": 3}]}),
            )
        elif kind % 3 == 1:
            text = ("Paris", "the city of  PARIS", "Lyon", "paris " * (number % 60), "Pa\u0301ris\u202e", "")[
                number % 6
            ]
            yield TEXT, text, Task(id=f"q{number}", truth=["Paris", "City of Paris"], prompt="Capital of France?")
        elif kind % 3 == 2 and texts:
            row = texts[number % len(texts)]
            said = str(next(value for value in row.values() if isinstance(value, str) and len(value) > 40))
            yield MATH, f"<think>{said}</think> \\boxed{{{number % 13}}}", Task(id=f"m{number}", truth=str(number % 11))
        else:
            answer = (
                f"\\frac{{{number}}}{{7}}",
                f"{number}/7",
                "\\sin^2 x + \\cos^2 x",
                f"{{1, {number}}}",
                "2^{10}",
                "\\sqrt{50}",
                "1,000",
            )[number % 7]
            truth = (
                f"\\frac{{{number}}}{{7}}",
                f"{number / 7:.6f}",
                "1",
                f"\\{{{number}, 1\\}}",
                "1024",
                "5\\sqrt{2}",
                "1000",
            )[number % 7]
            yield MATH, f"<think>n{number}</think> \\boxed{{{answer}}}", Task(id=f"m{number}", truth=truth)


OTHER_PROCESS = """
import sys, threading
from referee.ledger.replay import replay
found = []
work = threading.Thread(target=lambda: found.append(replay(sys.argv[1], workers=int(sys.argv[2]))))
work.start(); work.join()
print(found[0].entries, found[0].identical, found[0].changed, found[0].skipped, found[0].differences[:3])
"""
LOAD = "while True: sum(i * i for i in range(1000))"


def test_replay_is_bit_identical_elsewhere(path):
    """Another process, hash seed, locale, time zone, thread and worker count, and a machine that is busy."""
    count = 100_000 if LONG else 2_000
    batch = []
    with Ledger(path) as ledger:
        for pack in (MATH, TEXT, CODE):
            ledger.learn(pack)
        for number, (pack, text, task) in enumerate(mixed(count)):
            batch.append(
                (
                    pack,
                    Submission(
                        run="mixed",
                        group=f"g{number // 8}",
                        task=task,
                        rollouts=(Rollout(text=text),),
                        pack=pack.spec,
                        start=number % 8,
                    ),
                )
            )
            if len(batch) == 500 or number == count - 1:
                for chosen in (MATH, TEXT, CODE):
                    work = [one for pack, one in batch if pack is chosen]
                    scores = chosen.score_rollouts([(one.rollouts[0], one.task) for one in work])
                    ledger.keep(
                        [
                            Scored(
                                key=key_of(one, 0, chosen.digest, build().id),
                                run=one.run,
                                group=one.group,
                                index=one.start,
                                rollout=one.rollouts[0],
                                task=one.task,
                                score=score,
                                build=build().id,
                            )
                            for one, score in zip(work, scores, strict=True)
                        ]
                    )
                batch = []
    load = [subprocess.Popen([sys.executable, "-c", LOAD]) for _ in range(3)]
    try:
        for seed, locale, zone, threads, workers in (
            ("1", "C", "Asia/Kathmandu", "1", "2"),
            ("4242", "C.UTF-8", "America/St_Johns", "3", "1"),
        ):
            environment = {
                **os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": zone, "OMP_NUM_THREADS": threads,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONINTMAXSTRDIGITS": "0",
            }  # fmt: skip
            if LONG and workers == "1":
                continue
            done = subprocess.run(
                [sys.executable, "-c", OTHER_PROCESS, str(path), workers],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.stdout.startswith(f"{count} {count} 0 0 ()"), done.stdout + done.stderr
    finally:
        for process in load:
            process.kill()
            process.wait()


def test_a_mark_is_the_same_in_a_worker_and_here(path):
    for pack, text, task in mixed(40):
        score = pack.score_rollout(Rollout(text=text), task)
        again = msgspec.json.decode(msgspec.json.encode(score), type=type(score))
        assert mark(score) == mark(again)
