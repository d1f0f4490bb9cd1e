"""Service times, lengths and steps out of a real ledger, and out of rollouts that are judged now."""

from __future__ import annotations

import json

import msgspec
import pytest

from referee.core.errors import UsageError
from referee.core.types import Rollout, Task, failed
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, key_of
from referee.ledger.write import Ledger
from referee.plan.measured import from_file, from_ledger
from referee.plan.plan import make
from referee.plan.setting import Sampler, Setting

PACK = RulePack.load({"name": "numbers", "rules": [{"name": "answer", "verifier": "math.number"}]})


def kept(path, *, steps=2, prompts=3, group=4, tokens=40, seconds=0.2, run="r", late=()):
    """A ledger of so many rollouts; those in `late` ran into their limit of 1.5 s."""
    count = 0
    with Ledger(path) as ledger:
        ledger.learn(PACK.spec)
        for step in range(steps):
            for prompt in range(prompts):
                texts = tuple(Rollout(text=f"\\boxed{{{place}}}", tokens=tokens) for place in range(group))
                work = Submission(
                    run=run, group=f"{step} {prompt}", task=Task(truth="1"), rollouts=texts, pack=PACK.spec, step=step
                )
                found = []
                for index, rollout in enumerate(texts):
                    score = PACK.score_rollout(rollout, work.task)
                    if count in late:
                        score = msgspec.structs.replace(score, verdicts={"answer": failed("limit.cpu")})
                    found.append(
                        Scored(
                            key=key_of(work, index, PACK.digest, build().id), run=run, group=work.group, index=index,
                            rollout=rollout, task=work.task, score=score, build=build().id, step=step,
                            seconds=1.5 if count in late else seconds,
                        )
                    )  # fmt: skip
                    count += 1
                ledger.keep(found)
    return path


def test_a_ledger_gives_work_lengths_and_steps(tmp_path):
    found = from_ledger(kept(tmp_path / "run.ledger", late={0, 5, 7})).setting
    assert (found.sampler.prompts, found.sampler.group) == (3, 4)
    assert (found.tokens.mean, found.tokens.most, found.tokens.samples[0]) == (40.0, 40, 40.0)
    (work,) = found.work
    assert (work.name, work.timeouts, work.limit_s) == ("numbers", 3 / 24, 1.5)
    assert work.samples == (0.2,) * 21
    plan = make(found)
    assert plan.max_s == pytest.approx(1.5, abs=0.001)
    assert plan.rollouts == 12


def test_what_was_not_counted_is_said(tmp_path):
    found = from_ledger(kept(tmp_path / "run.ledger", tokens=None))
    assert "4 characters are taken for one" in found.notes[0]
    assert found.setting.tokens.mean == 9 / 4


def test_one_run_of_several(tmp_path):
    kept(tmp_path / "run.ledger")
    kept(tmp_path / "run.ledger", run="other", seconds=0.5)
    assert from_ledger(tmp_path / "run.ledger", "other").setting.work[0].seconds == 0.5
    with pytest.raises(UsageError, match="there is no run 'othr'; did you mean 'other'"):
        from_ledger(tmp_path / "run.ledger", "othr")


def test_the_rest_of_the_setting_stays(tmp_path):
    base = Setting(sampler=Sampler(gpus=64), target=0.2)
    found = from_ledger(kept(tmp_path / "run.ledger"), base=base).setting
    assert (found.sampler.gpus, found.target) == (64, 0.2)


def test_scores_that_nobody_timed_are_refused(tmp_path):
    with pytest.raises(UsageError, match="were not timed"):
        from_ledger(kept(tmp_path / "run.ledger", seconds=0.0))


def test_an_empty_ledger_is_refused(tmp_path):
    with Ledger(tmp_path / "run.ledger"):
        pass
    with pytest.raises(UsageError, match="holds no scores yet"):
        from_ledger(tmp_path / "run.ledger")


def test_rollouts_of_a_file_are_judged_here(tmp_path):
    path = tmp_path / "rollouts.jsonl"
    rows = [{"completion": f"\\boxed{{{n}}}", "truth": "1", "tokens": 10 + n} for n in range(20)]
    path.write_text("no row\n" + "\n".join(map(json.dumps, rows)))
    found = from_file(path, "gsm8k", seconds=600.0)
    (work,) = found.setting.work
    assert work.name == "gsm8k"
    assert len(work.samples) == 20
    assert all(work.samples)
    assert (found.setting.tokens.samples[0], found.setting.tokens.most) == (10.0, 29)
    assert "20 rollouts judged by one worker" in found.notes[0]


def test_a_file_without_rollouts_is_refused(tmp_path):
    path = tmp_path / "rollouts.jsonl"
    path.write_text("no row\n")
    with pytest.raises(UsageError, match=r"no rollout of .* could be judged with the pack 'gsm8k'"):
        from_file(path, "gsm8k")
