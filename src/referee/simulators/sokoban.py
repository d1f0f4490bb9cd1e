"""Sokoban: push every box onto a goal.

State: `{"grid": "#####\\n#@$.#\\n#####"}` in the usual signs: `#` wall, `@` player, `$` box, `.` goal, `*` box on a
goal, `+` player on a goal. An answer is a list of steps, as in a maze. A step into a wall, or against a box that
cannot move, is not allowed; all boxes must stand on goals at the end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.simulators import grids
from referee.simulators.base import Illegal, Judged, Unread
from referee.simulators.grids import Place
from referee.simulators.maze import steps


class Yard(NamedTuple):
    """What stands where."""

    walls: frozenset[Place]
    goals: frozenset[Place]
    boxes: frozenset[Place]
    player: Place
    size: tuple[int, int]


class Sokoban:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Yard:
        """Raises `TruthError`."""
        grid = grids.characters(given.get("grid") if isinstance(given, dict) else given, "sokoban")
        walls, goals, boxes = (frozenset(grids.find(grid, signs)) for signs in ("#", ".*+", "$*"))
        players = grids.find(grid, "@+")
        if len(players) != 1 or not boxes or len(goals) < len(boxes):
            raise TruthError("a sokoban has one player (@), boxes ($), and a goal (.) for each of them")
        return Yard(walls, goals, boxes, players[0], (len(grid), len(grid[0])))

    def parse(self, text: str, state: Yard) -> list[Place] | Unread:
        """Steps."""
        return steps(text)

    def step(self, state: Yard, action: Place) -> Yard | Illegal:
        """One cell on, with the box that stands there."""
        at = state.player[0] + action[0], state.player[1] + action[1]
        if not self._free(state, at):
            return Illegal(f"there is a wall at row {at[0] + 1}, column {at[1] + 1}")
        if at not in state.boxes:
            return state._replace(player=at)
        beyond = at[0] + action[0], at[1] + action[1]
        if not self._free(state, beyond) or beyond in state.boxes:
            return Illegal(f"the box at row {at[0] + 1}, column {at[1] + 1} cannot be pushed")
        return state._replace(player=at, boxes=state.boxes - {at} | {beyond})

    def judge(self, initial: Yard, state: Yard) -> Judged:
        """Whether every box stands on a goal. Progress: the share of those that did not at the start and do now."""
        left, had = len(state.boxes - state.goals), len(initial.boxes - initial.goals)
        gone = max(0.0, 1 - left / had) if had else 0.0
        return Judged(reached=not left, progress=gone, detail=f"{left} boxes are not on a goal" if left else "")

    def plain(self, state: Yard) -> Any:
        """JSON data."""
        places = {name: sorted(map(list, getattr(state, name))) for name in ("walls", "goals", "boxes")}
        return {**places, "player": list(state.player)}

    def _free(self, state: Yard, at: Place) -> bool:
        return 0 <= at[0] < state.size[0] and 0 <= at[1] < state.size[1] and at not in state.walls


SIMULATOR = Sokoban()
