"""Plans, said otherwise: numbered, with commas, in a fence, with an equals sign."""

from __future__ import annotations

from collections.abc import Mapping

from referee.core.types import Task
from referee.redteam.families.simulate import actions, moves
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample


def _simulator(task: Task) -> str:
    return str(task.truth.get("simulator")) if isinstance(task.truth, Mapping) else ""


@rewrite("R.plan.layout", "one action a line, or in a fence", on="simulate", channel="whole answer")
def layout(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if moves(task):
        yield gold.say("\n".join(actions(gold.bare)))
        yield gold.say("```\n" + "\n".join(actions(gold.bare)) + "\n```")


@rewrite("R.plan.expression", "spaces, other signs, the value behind it", on="simulate")
def expression(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _simulator(task) == "countdown":
        yield gold.say(gold.bare.replace(" ", ""))
        yield gold.say(gold.bare.replace("*", "×"))
        yield gold.say(f"{gold.bare} = {task.truth['state']['target']}")
        yield gold.say(f"({gold.bare})")


@rewrite("R.plan.grid", "the grid as JSON, with spaces, without", on="simulate")
def grid(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _simulator(task) == "sudoku":
        rows = [line.split() for line in gold.bare.split("\n")]
        yield gold.say("[" + ",".join("[" + ",".join(row) + "]" for row in rows) + "]")
        yield gold.say("\n".join("  ".join(row) for row in rows))
