"""A maze: walk from the start to the goal, around the walls.

State: `{"grid": "#####\\n#S.G#\\n#####"}`: `#` a wall, `S` the start, `G` the goal, anything else free; `walls`,
`start` and `goal` name other signs. `"shortest": true` asks for a shortest way. An answer is a list of steps: `right,
right`, `RR`, `→→`, `["right", "right"]`. A step into a wall is not allowed; one must stand on the goal at the end.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.simulators import grids
from referee.simulators.base import ACTIONS, Illegal, Judged, Unread
from referee.simulators.grids import Grid, Place


class Walk(NamedTuple):
    """Where one stands, after how many steps."""

    grid: Grid
    walls: str
    at: Place
    goal: Place
    steps: int = 0
    most: int | None = None


class Maze:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Walk:
        """Raises `TruthError`."""
        given = given if isinstance(given, dict) else {"grid": given}
        grid = grids.characters(given.get("grid", given.get("maze")), "maze")
        walls, start, goal = (
            str(given.get(name, sign)) for name, sign in (("walls", "#"), ("start", "S"), ("goal", "G"))
        )
        starts, goals = grids.find(grid, start), grids.find(grid, goal)
        if len(starts) != 1 or len(goals) != 1:
            raise TruthError(
                f"a maze has one start ({start!r}) and one goal ({goal!r}), not {len(starts)} and {len(goals)}"
            )
        walk = Walk(grid, walls, starts[0], goals[0])
        shortest = _distance(walk)
        if shortest is None:
            raise TruthError("no way leads to the goal of this maze", "truth.unsatisfiable")
        return walk._replace(most=shortest if given.get("shortest") is True else None)

    def parse(self, text: str, state: Walk) -> list[Place] | Unread:
        """Steps."""
        return steps(text)

    def step(self, state: Walk, action: Place) -> Walk | Illegal:
        """One cell on."""
        at = state.at[0] + action[0], state.at[1] + action[1]
        if not _free(state, at):
            return Illegal(f"there is a wall at row {at[0] + 1}, column {at[1] + 1}")
        return state._replace(at=at, steps=state.steps + 1)

    def judge(self, initial: Walk, state: Walk) -> Judged:
        """Whether one stands on the goal. Progress: how much shorter the way has become."""
        if state.at == state.goal:
            if state.most is not None and state.steps > state.most:
                return Judged(reached=False, detail=f"{state.steps} steps, where {state.most} are enough")
            return Judged(reached=True, progress=1.0)
        whole, left = _distance(initial), _distance(state)
        gone = 0.0 if whole is None or left is None else max(0.0, 1 - left / max(whole, 1))
        return Judged(
            reached=False, progress=gone, detail=f"it ends at row {state.at[0] + 1}, column {state.at[1] + 1}"
        )

    def plain(self, state: Walk) -> Any:
        """JSON data."""
        return {"grid": ["".join(line) for line in state.grid], "at": list(state.at), "steps": state.steps}


def steps(text: str) -> list[Place] | Unread:
    """The steps of an answer, in any of their spellings."""
    if len(text) > grids.LONGEST:
        return Unread("answer.too_long", f"{len(text):,} characters")
    found = grids.moves(text)
    if isinstance(found, str):
        return Unread("simulate.unreadable", f"{found[:40]!r} is no step: up, down, left, right")
    if len(found) > ACTIONS:
        return Unread("answer.too_long", f"{len(found):,} steps")
    return found or Unread("answer.empty", "")


def _free(walk: Walk, at: Place) -> bool:
    return 0 <= at[0] < len(walk.grid) and 0 <= at[1] < len(walk.grid[0]) and walk.grid[at[0]][at[1]] not in walk.walls


def _distance(walk: Walk) -> int | None:
    """Steps of a shortest way to the goal."""
    seen, queue = {walk.at}, deque([(walk.at, 0)])
    while queue:
        at, steps_ = queue.popleft()
        if at == walk.goal:
            return steps_
        for row, column in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            following = at[0] + row, at[1] + column
            if following not in seen and _free(walk, following):
                seen.add(following)
                queue.append((following, steps_ + 1))
    return None


SIMULATOR = Maze()
