"""The sliding puzzle (the 8 puzzle, the 15 puzzle): bring the tiles in order.

State: `{"grid": [[1, 2, 3], [4, 5, 6], [7, 0, 8]]}`, 0 for the gap; `goal` is another order than 1, 2, 3 ... 0. An
answer is the list of tiles that move into the gap (`8`), or of the ways that tiles move (`left`): by default numbers
are tiles and words are the way of the tile; `"words": "gap"` makes words the way of the gap.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError
from referee.simulators import grids, listed
from referee.simulators.base import ACTIONS, Illegal, Judged, Unread
from referee.simulators.grids import Place

_SIDE: Final = 16
_TILE = re.compile(r"(?i)\b(?:move|slide|then|tile|and)\b|[-=]{1,2}>|→")
_NUMBERS = re.compile(r"[\s,;\[\]]*[0-9]{1,3}(?:[\s,;\[\]]+[0-9]{1,3})*[\s,;\[\].]*\Z")
Tiles = tuple[tuple[int, ...], ...]


class Tray(NamedTuple):
    """The tiles, and the order that is wanted."""

    tiles: Tiles
    goal: Tiles
    gap: bool = False


class Sliding:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Tray:
        """Raises `TruthError`."""
        given = given if isinstance(given, dict) else {"grid": given}
        tiles = _tiles(given.get("grid"))
        high, wide = len(tiles), len(tiles[0])
        order = [*range(1, high * wide), 0]
        goal = given.get("goal", [order[row * wide : (row + 1) * wide] for row in range(high)])
        wanted = _tiles(goal)
        if (len(wanted), len(wanted[0])) != (high, wide):
            raise TruthError("the goal of a sliding puzzle has the size of its grid")
        if _parity(tiles) != _parity(wanted):
            raise TruthError("no moves lead from this order to the goal", "truth.unsatisfiable")
        return Tray(tiles, wanted, given.get("words", "tile") == "gap")

    def parse(self, text: str, state: Tray) -> list[int | Place] | Unread:
        """Tiles or ways."""
        if len(text) > grids.LONGEST:
            return Unread("answer.too_long", f"{len(text):,} characters")
        text = _TILE.sub(" ", listed.plain(text))
        if _NUMBERS.match(text):
            found: list[int | Place] = [int(one) for one in re.findall(r"[0-9]+", text)]
        else:
            ways = grids.moves(text)
            if isinstance(ways, str):
                return Unread("simulate.unreadable", f"{ways[:40]!r} is neither a tile nor a way")
            found = [(-row, -column) for row, column in ways] if state.gap else list(ways)
        if len(found) > ACTIONS:
            return Unread("answer.too_long", f"{len(found):,} moves")
        return found or Unread("answer.empty", "")

    def step(self, state: Tray, action: int | Place) -> Tray | Illegal:
        """A tile into the gap."""
        gap = _where(state.tiles, 0)
        if isinstance(action, tuple):
            tile = gap[0] - action[0], gap[1] - action[1]
            if not (0 <= tile[0] < len(state.tiles) and 0 <= tile[1] < len(state.tiles[0])):
                return Illegal("there is no tile that could move this way")
        else:
            if not 0 < action < len(state.tiles) * len(state.tiles[0]):
                return Illegal(f"there is no tile {action}")
            tile = _where(state.tiles, action)
            if abs(tile[0] - gap[0]) + abs(tile[1] - gap[1]) != 1:
                return Illegal(f"tile {action} is not beside the gap")
        rows = [list(row) for row in state.tiles]
        rows[gap[0]][gap[1]], rows[tile[0]][tile[1]] = rows[tile[0]][tile[1]], 0
        return state._replace(tiles=tuple(tuple(row) for row in rows))

    def judge(self, initial: Tray, state: Tray) -> Judged:
        """Whether the order is the wanted one. Progress: the share of tiles that came into place."""
        left, had = _misplaced(state), _misplaced(initial)
        gone = max(0.0, 1 - left / had) if had else 0.0
        return Judged(reached=state.tiles == state.goal, progress=gone, detail=f"{left} tiles are out of place")

    def plain(self, state: Tray) -> Any:
        """JSON data."""
        return [list(row) for row in state.tiles]


def _tiles(given: Any) -> Tiles:
    rows = given if isinstance(given, list) else []
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows) or len(rows) > _SIDE:
        raise TruthError("the grid of a sliding puzzle is a list of rows, equally long")
    cells = [cell for row in rows for cell in row]
    if not all(type(cell) is int for cell in cells) or sorted(cells) != list(range(len(cells))):
        raise TruthError(f"its tiles are the numbers 0 (the gap) to {len(cells) - 1}, each once")
    return tuple(tuple(row) for row in rows)


def _where(tiles: Tiles, number: int) -> Place:
    return next((row, line.index(number)) for row, line in enumerate(tiles) if number in line)


def _misplaced(tray: Tray) -> int:
    pairs = zip(sum(tray.tiles, ()), sum(tray.goal, ()), strict=True)
    return sum(tile != wanted for tile, wanted in pairs if tile)


def _parity(tiles: Tiles) -> int:
    """Moves change the parity of the permutation and the place of the gap together."""
    cells, gap = list(sum(tiles, ())), _where(tiles, 0)
    swaps, at = 0, 0
    while at < len(cells):
        if cells[at] == at:
            at += 1
            continue
        other = cells[at]
        cells[at], cells[other] = cells[other], cells[at]
        swaps += 1
    return (swaps + gap[0] + gap[1]) % 2


SIMULATOR = Sliding()
