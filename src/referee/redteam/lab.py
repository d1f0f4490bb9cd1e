"""The hack lab: what the hacks are, and one of them tried on one task, as plain data for a page or a notebook.

>>> tried = try_hack("r1-zero-math", None, "B.echo")
>>> tried["leaks"]
0
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Rollout, Task
from referee.engine.score import PackSource, RulePack
from referee.redteam.baselines import silent
from referee.redteam.forms import form_of
from referee.redteam.hack import Mutator, hacks, rewrites
from referee.redteam.measure import advantage
from referee.redteam.target import EPSILON, PackTarget, Pay, rule_that_paid
from referee.redteam.tasks import Case, Problem, answers, bundled_problems, cases


def list_hacks(pack: PackSource | RulePack | None = None) -> list[dict[str, Any]]:
    """All hacks and rewrites, or those that apply to a pack."""
    form = None if pack is None else form_of(RulePack.load(pack).spec)
    return [_about(one) for one in (*hacks(), *rewrites(), *silent()) if form is None or one.applies(form)]


def try_hack(
    pack: PackSource | RulePack,
    task: Mapping[str, Any] | None,
    hack_id: str,
    seed: int = 0,
    *,
    index: int = 0,
    group: int = 8,
) -> dict[str, Any]:
    """One hack on one task: its rollouts, and what each earns beside gold and an honest wrong answer.

    task: `{"prompt", "truth"}` with maybe `gold` and `wrong` (bare answers); None takes bundled task number `index`.
    Raises `UnknownName` for a hack that is not there, `UsageError` for a task without a right answer.
    """
    known = {one.id: one for one in (*hacks(), *rewrites(), *silent())}
    if hack_id not in known:
        raise UnknownName("hack", hack_id, known)
    target = PackTarget(pack)
    case = _case(target, task, index)
    mutator = known[hack_id]
    made = mutator(case.task, case.gold, case.wrong, seed)
    pays = target.pay([(rollout, case.task) for rollout in made])
    tried = [_tried(target, mutator, case, (rollout, pay), group) for rollout, pay in zip(made, pays, strict=True)]
    return {
        **_about(mutator),
        "task": {"id": case.task.id, "prompt": case.task.prompt, "truth": case.task.truth},
        "gold": {"text": case.gold.text, "reward": case.full},
        "wrong": {"text": case.wrong.text, "reward": case.floor},
        "rollouts": tried,
        "leaks": sum(one["verdict"] == "leak" for one in tried),
    }


def _about(mutator: Mutator) -> dict[str, Any]:
    names = ("id", "family", "name", "mechanism", "source", "fix", "direction")
    return {name: getattr(mutator, name) for name in names}


def _case(target: PackTarget, task: Mapping[str, Any] | None, index: int) -> Case:
    if task is None:
        found = _bundled(msgspec.json.encode(target.recipe()))
        case = found[index % len(found)]
    else:
        given = Task(prompt=task.get("prompt"), truth=task.get("truth"), id=str(task.get("id", "")))
        case = next(cases(target, [Problem(given, answers(task.get("gold")), answers(task.get("wrong")))]))
    if isinstance(case, Task):
        raise UsageError("no right answer to this task is known; give it a 'gold' that the pack pays in full")
    return case


@lru_cache(maxsize=32)
def _bundled(recipe: bytes) -> list[Case | Task]:
    """The bundled tasks of a pack with their baselines, worked out once."""
    target = PackTarget(msgspec.json.decode(recipe)["pack"])
    return list(cases(target, bundled_problems(target.form, target.name)))


def _tried(target: PackTarget, mutator: Mutator, case: Case, judged: tuple[Rollout, Pay], group: int) -> dict[str, Any]:
    rollout, pay = judged
    above = None if pay.reward is None else pay.reward - case.floor
    room = case.full - case.floor
    if above is None:
        verdict = "unjudged"
    elif mutator.direction == "rewrite":
        verdict = "holds" if above >= room - EPSILON else "lost"
    else:
        verdict = "leak" if above > EPSILON else "holds"
    return {
        "text": rollout.text,
        "reward": pay.reward,
        "above_wrong": above,
        "share_of_gold": None if above is None or room <= EPSILON else above / room,
        "unjudged": pay.reward is None,
        "verdict": verdict,
        "rule": rule_that_paid(target, pay, case.wrong_pay) if verdict == "leak" else None,
        "advantage": 0.0 if pay.reward is None else advantage(pay.reward, case.floor, group),
        "contributions": pay.contributions,
        "verdicts": pay.reasons,
    }
