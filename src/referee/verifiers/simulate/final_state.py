"""The actions of the answer lead from the initial state of the task to its goal.

## What it checks
The answer is read into actions by the task's simulator, and they are taken one by one; the state at the end decides. A
goal that is passed on the way and left again is not reached. An action that is not allowed ends the matter, unless
`illegal` says otherwise. States are hashed; the hash of the final one is in the evidence and is the same on every
machine.

| simulator | what it is | state |
|---|---|---|
| `countdown` | make a number from numbers | `{"numbers": [2, 5, 10], "target": 20}` |
| `sudoku` | fill a grid (also Latin squares) | `{"grid": [[5, 3, 0, ...], ...]}` |
| `maze`, `sokoban`, `sliding` | walk, push, slide | `{"grid": ...}` |
| `pddl` | a plan | `{"domain": TEXT, "problem": TEXT}` |
| `gym` | Gymnasium's toy texts, by seed | `{"env": "FrozenLake-v1", "seed": 7}` |
| `chess` | moves to mate, or to a position | `{"fen": FEN, "goal": "mate"}` |

Their files under `referee/simulators/` say what a state may hold and how answers are read. No answer is evaluated as
code.

| reason | meaning |
|---|---|
| `simulate.reached` | the final state is the goal |
| `simulate.missed` | it is not |
| `simulate.illegal` | an action is not allowed where it stands |
| `simulate.unreadable` | the answer is no list of actions |
| `simulate.too_many` | more actions than `steps` |
| `answer.*`, `think.*` | there is no answer on the channel, or too many |

## Truth
`{"simulator": "countdown", "state": {...}}`. A `goal` beside the state is put into it.

## Parameters
What happens to actions that are not allowed, how many there may be, whether progress is worth something, and where the
answer stands.

## When it cannot judge
There is no such simulator (`truth.simulator`), its state cannot be read (`truth.unreadable`), nothing can reach the
goal as far as the simulator can tell (`truth.unsatisfiable`), the goal is reached already (`truth.trivial`), a
library is missing (`infra.extra`).

## Known gaps
Progress is a share of what was missing at first and is no distance: a plan may lose by it before it wins.

## Sources
Countdown in the form of TinyZero; PDDL 2.2 (Edelkamp and Hoffmann 2004); Gymnasium (Towers et al. 2024, arXiv
2407.17032).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from msgspec import Meta

from referee.core.errors import TruthError
from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import Case, verifier
from referee.simulators.base import Unread
from referee.simulators.drive import Run, run, simulator
from referee.text.channel import Extraction, NoAnswer, extract

_FENCE = re.compile(r"\A```[A-Za-z]*\n(.*)\n```\Z", re.DOTALL)
SHOWN = 200


class Params(Extraction, frozen=True, kw_only=True):
    """illegal: what an action does that is not allowed: the answer fails ("fail"), the actions end there ("stop"), or \
it is left out ("skip").
    steps: how many actions may be taken.
    progress: how much of the score a goal that is not reached can earn, by the share of it that was met; 0 is none.
    """

    illegal: Literal["fail", "stop", "skip"] = "fail"
    steps: Annotated[int, Meta(ge=1, le=100_000)] = 10_000
    progress: Annotated[float, Meta(ge=0, lt=1)] = 0.0


TWENTY = {"simulator": "countdown", "state": {"numbers": [2, 5, 10], "target": 20}}
THREES = {"simulator": "countdown", "state": {"numbers": [3, 3, 8, 8], "target": 24}}
SUDOKU = {"simulator": "sudoku", "state": {"grid": [[1, 0, 3, 0], [0, 4, 0, 2], [2, 0, 4, 0], [0, 3, 0, 1]]}}
HALL = {"simulator": "maze", "state": {"grid": "#####\n#S..#\n#.#G#\n#####"}}
YARD = {"simulator": "sokoban", "state": {"grid": "#######\n#@$ . #\n#######"}}
TRAY = {"simulator": "sliding", "state": {"grid": [[1, 2, 3], [4, 5, 6], [0, 7, 8]]}}
BLOCKS = {
    "simulator": "pddl",
    "state": {
        "domain": "(define (domain lift) (:predicates (up ?x) (held ?x) (free)) (:action take :parameters (?x)"
        " :precondition (free) :effect (and (held ?x) (not (free)))) (:action raise :parameters (?x)"
        " :precondition (held ?x) :effect (and (up ?x) (free) (not (held ?x)))))",
        "problem": "(define (problem two) (:domain lift) (:objects a b) (:init (free)) (:goal (and (up a) (up b))))",
    },
}
CASES = (
    Case("(10 / 5) * 2", TWENTY, "fail", "it makes 4", reason="simulate.missed"),
    Case("10 + 5 * 2", TWENTY, "pass", reason="simulate.reached"),
    Case("<answer>5 * 2 + 10 = 20</answer>", TWENTY, "pass", "", {"channel": "answer"}),
    Case("\\boxed{2 \\times 5 + 10}", TWENTY, "pass"),
    Case("2 * 5 = 10\n10 + 10 = 20", TWENTY, "pass", "step by step"),
    Case("8 / (3 - 8 / 3)", THREES, "pass", "exact fractions"),
    Case("8 / (3 - 2.6667)", THREES, "fail", reason="simulate.unreadable"),
    Case("10 * 2", TWENTY, "fail", "attack: a number is left out", reason="simulate.missed"),
    Case("5 * 2 + 5 + 5", TWENTY, "fail", "attack: a number three times", reason="simulate.illegal"),
    Case("20", TWENTY, "fail", "attack: the target itself", reason="simulate.illegal"),
    Case("2**5 - 10 - 2", TWENTY, "fail", "attack: a power", reason="simulate.unreadable"),
    Case("10 // 5 * 2", TWENTY, "fail", "attack: whole division", reason="simulate.unreadable"),
    Case("25 - 10 / 2", TWENTY, "fail", "attack: digits put together", reason="simulate.illegal"),
    Case("5 * 2 + 10 = 20 + 0 * 7", TWENTY, "fail", "attack: another equation", reason="simulate.unreadable"),
    Case("__import__('os').getpid()", TWENTY, "fail", "attack: code", reason="simulate.unreadable"),
    Case("10 / (5 - 5) + 2", TWENTY, "fail", "divides by zero", reason="simulate.illegal"),
    Case("1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1", SUDOKU, "pass"),
    Case("[[1,2,3,4],[3,4,1,2],[2,1,4,3],[4,3,2,1]]", SUDOKU, "pass"),
    Case("1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 1 2", SUDOKU, "fail", "a given number changed", reason="simulate.illegal"),
    Case("1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 0 1", SUDOKU, "fail", "an empty cell", reason="simulate.missed"),
    Case("1 1 3 1\n1 4 1 2\n2 1 4 1\n1 3 1 1", SUDOKU, "fail", "attack: ones", reason="simulate.missed"),
    Case("right, right, down", HALL, "pass"),
    Case("RRD", HALL, "pass"),
    Case("RR", HALL, "fail", reason="simulate.missed"),
    Case("RR", HALL, "partial", "", {"progress": 0.5}),
    Case("RRDU", HALL, "fail", "attack: the goal is passed and left", reason="simulate.missed"),
    Case("RRRD", HALL, "fail", "through a wall", reason="simulate.illegal"),
    Case("RRRD", HALL, "pass", "", {"illegal": "skip"}),
    Case("RL" * 60 + "RRD", HALL, "fail", "attack: every way", {"steps": 100}, "simulate.too_many"),
    Case("R R", YARD, "pass"),
    Case("R R R", YARD, "fail", "pushed too far", reason="simulate.missed"),
    Case("7 8", TRAY, "pass"),
    Case("8", TRAY, "fail", "not beside the gap", reason="simulate.illegal"),
    Case("```\n(take a)\n(raise a)\n(take b)\n(raise b)\n```", BLOCKS, "pass"),
    Case("1. take(a)\n2. raise(a)\n3. take(b)\n4. raise(b)", BLOCKS, "pass"),
    Case("(take a)\n(raise a)", BLOCKS, "fail", reason="simulate.missed"),
    Case("(raise a)\n(raise b)", BLOCKS, "fail", "attack: what cannot be done", reason="simulate.illegal"),
    Case("(up a) (up b)", BLOCKS, "fail", "attack: the goal itself", reason="simulate.illegal"),
    Case("up", {"simulator": "chess2", "state": {}}, "unjudged", reason="truth.simulator"),
    Case("R", {"simulator": "sokoban", "state": {"grid": "@*"}}, "unjudged", reason="truth.trivial"),
    Case("R", {"simulator": "maze", "state": {"grid": "S#G"}}, "unjudged", reason="truth.unsatisfiable"),
    Case("1", {"simulator": "countdown", "state": {"numbers": "1"}}, "unjudged", reason="truth.unreadable"),
)


@verifier(version=2)
def final_state(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Judge one completion."""
    truth = task.truth
    if not isinstance(truth, dict) or "simulator" not in truth:
        raise TruthError('a truth is {"simulator": NAME, "state": STATE}')
    one = simulator(truth["simulator"])
    found = extract(rollout, task, params)
    if isinstance(found, NoAnswer):
        return failed(found.reason, **({"detail": found.detail} if found.detail else {}))
    fence = _FENCE.match(found.text)
    text, start = (fence[1], found.start + fence.start(1)) if fence else (found.text, found.start)
    done = run(one, truth["simulator"], _state(truth), text, illegal=params.illegal, steps=params.steps)
    if isinstance(done, Unread):
        at = min(start + done.at, found.end)
        return failed(done.reason, detail=done.detail[:SHOWN], span=[at, found.end])
    return _verdict(done, params, {"span": [found.start, found.end], "state": done.hash, "actions": done.actions})


def _state(truth: dict[str, Any]) -> Any:
    """The initial state, with the goal that stands beside it."""
    state = truth.get("state")
    return {**state, "goal": truth["goal"]} if isinstance(state, dict) and "goal" in truth else state


def _verdict(done: Run, params: Params, evidence: dict[str, Any]) -> Verdict:
    if done.illegal is not None:
        index, detail = done.illegal
        evidence = {**evidence, "illegal": index, "detail": f"action {index + 1}: {detail}"[:SHOWN]}
        if params.illegal == "fail":
            return failed("simulate.illegal", **evidence)
    if done.late:
        return failed("simulate.too_many", **evidence)
    if done.judged.reached:
        return passed("simulate.reached", **evidence)
    evidence = {"detail": done.judged.detail[:SHOWN], **evidence}
    earned = params.progress * min(1.0, max(0.0, done.judged.progress))
    return graded(earned, "simulate.missed", **evidence) if earned else failed("simulate.missed", **evidence)
