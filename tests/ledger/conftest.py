"""Work for ledgers: scored rollouts, right and wrong ones in turn."""

import msgspec
import pytest

from referee.core.types import Rollout, Task
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, key_of

PACK = RulePack.load(
    {
        "name": "ledger-tests",
        "rules": [
            {"name": "answer", "verifier": "math.number"},
            {"name": "brief", "verifier": "shape.length", "weight": 0.5, "params": {"maximum": 40}},
        ],
    }
)


def make(count, *, group=4, texts=None, run="r", step=None, pack=PACK, judge=None):
    """`count` scored rollouts in groups; `step`: of all of them, or a function of the group's number."""
    found = []
    for number in range(count):
        place, index = divmod(number, group)
        text = texts[number] if texts else f"It is \\boxed{{{place + index % 2}}}." + " So." * (index * 9)
        task = Task(id=f"t{place}", truth=str(place), prompt=f"What is {place}?")
        at = step(place) if callable(step) else step
        work = Submission(
            run=run, group=f"g{place}", task=task, rollouts=(Rollout(text=text),), pack=pack.spec, start=index
        )
        key = key_of(work, 0, pack.digest, judge or build().id)
        score = pack.score_rollout(work.rollouts[0], task)
        found.append(
            Scored(
                key=key, run=run, group=work.group, index=index, rollout=work.rollouts[0], task=task, score=score,
                build=judge or build().id, step=at, seconds=0.001, worker="w1",
            )
        )  # fmt: skip
    return found


def changed(scored, **fields):
    return msgspec.structs.replace(scored, **fields)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ledger"
