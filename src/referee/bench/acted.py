"""How fast answers are acted out: simulators, and queries asked of SQLite.

Whole verdicts, extraction and reading included, each of another answer: simulators for each second of CPU time on one
core, queries for each second that passes, since SQLite works in a process of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from referee.bench.judge import Figure
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.verifiers import find

_COUNT: Final = 1000
_SUDOKU: Final = [[(3 * row + row // 3 + column) % 9 + 1 for column in range(9)] for row in range(9)]
_LIFT: Final = {
    "domain": "(define (domain lift) (:predicates (up ?x) (held ?x) (free)) (:action take :parameters (?x)"
    " :precondition (free) :effect (and (held ?x) (not (free)))) (:action raise :parameters (?x)"
    " :precondition (held ?x) :effect (and (up ?x) (free) (not (held ?x)))))",
    "problem": "(define (problem two) (:domain lift) (:objects a b c) (:init (free))"
    " (:goal (and (up a) (up b) (up c))))",
}
_TOWNS: Final = {
    "script": "CREATE TABLE town(name TEXT, people INT);"
    "INSERT INTO town VALUES ('Ulm', 126000), ('Bonn', 336000), ('Lyon', 522000)"
}

Item = tuple[str, Any]


def _countdown(number: int) -> Item:
    truth = {"simulator": "countdown", "state": {"numbers": [number + 3, 5, 10, 7], "target": 5 * (number + 3) + 3}}
    return f"5 * {number + 3} + 10 - 7", truth


def _sudoku(number: int) -> Item:
    puzzle = [
        [0 if (row + column + number) % 3 else cell for column, cell in enumerate(line)]
        for row, line in enumerate(_SUDOKU)
    ]
    return "\n".join(" ".join(map(str, line)) for line in _SUDOKU), {"simulator": "sudoku", "state": {"grid": puzzle}}


def _maze(number: int) -> Item:
    grid = ["S......", "######.", ".......", ".######", ".......", "######.", "......G"]
    way = "RL" * (number % 5) + "RRRRRRDDLLLLLLDDRRRRRRDD"
    return way, {"simulator": "maze", "state": {"grid": grid}}


def _plan(number: int) -> Item:
    order = "abc"[number % 3 :] + "abc"[: number % 3]
    return "\n".join(f"(take {one})\n(raise {one})" for one in order), {"simulator": "pddl", "state": _LIFT}


def _query(number: int) -> Item:
    truth = {"sql": "SELECT count(*) FROM town WHERE people > 200000", "databases": [_TOWNS]}
    return f"SELECT sum(people > 200000) FROM town WHERE people > {number}", truth  # noqa: S608  a number of ours


def measure(rounds: int) -> Iterator[Figure]:
    """All figures, as they come."""
    for make in (_countdown, _sudoku, _maze, _plan):
        rate = _rate("simulate.final_state", make, time.process_time, rounds)
        name = f"simulate.final_state, {make.__name__.strip('_')}"
        yield Figure(name=name, value=rate, unit="checks/s", note="one core, CPU time, each another answer")
    rate = _rate("sql.result", _query, time.perf_counter, rounds)
    yield Figure(
        name="sql.result", value=rate, unit="checks/s", note="elapsed time; right answers, asked up to four times"
    )


def _rate(verifier_id: str, make: Callable[[int], Item], clock: Callable[[], float], rounds: int) -> float:
    """Verdicts a second, the best of the rounds; every answer is right, or it would measure something else."""
    verifier, best = find(verifier_id), 0.0
    params = verifier.params({})
    for turn in range(rounds):
        items = [make(number) for number in range(turn * _COUNT, (turn + 1) * _COUNT)]
        pairs = [(Rollout(text=text), Task(truth=truth)) for text, truth in items]
        begun = clock()
        verdicts = [judge(verifier, rollout, task, params) for rollout, task in pairs]
        best = max(best, _COUNT / (clock() - begun))
        wrong = next((one for one in verdicts if one.status != "pass"), None)
        if wrong is not None:
            raise RuntimeError(f"{verifier_id} should pass its measurement: {wrong}")
    return best
