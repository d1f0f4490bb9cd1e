"""Sudoku, and Latin squares: fill the grid so that no row, column or box holds a number twice.

State: `{"grid": [[5, 3, 0, ...], ...]}`, 0 for an empty cell, or the text of its lines (`53..7....`). `boxes`: height
and width of a box; by default 3 by 3 for nine numbers, 2 by 2 for four, 2 by 3 for six, 4 by 4 for sixteen; `[1, n]`
has no boxes: a Latin square. An answer is the whole grid; any solution is right.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError
from referee.simulators import grids
from referee.simulators.base import Illegal, Judged, Unread

_BOXES: Final = {1: (1, 1), 4: (2, 2), 6: (2, 3), 8: (2, 4), 9: (3, 3), 10: (2, 5), 12: (3, 4), 16: (4, 4), 25: (5, 5)}
_SIDE: Final = 25
Cells = tuple[tuple[int, ...], ...]


class Board(NamedTuple):
    """The cells, 0 where nothing stands, and the size of a box."""

    cells: Cells
    boxes: tuple[int, int]


class Fill(NamedTuple):
    """The one action: a number into each cell."""

    cells: Cells


class Sudoku:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Board:
        """Raises `TruthError`."""
        given = given if isinstance(given, dict) else {"grid": given}
        grid = given.get("grid", given.get("puzzle"))
        rows = grids.numbers(_lines(grid)) if isinstance(grid, str) else grid
        side = len(rows) if isinstance(rows, list) else 0
        if not rows or side > _SIDE or not all(isinstance(row, list) and len(row) == side for row in rows):
            raise TruthError("the grid of a sudoku is a square of rows of numbers, 0 where a cell is empty")
        if not all(type(cell) is int and 0 <= cell <= side for row in rows for cell in row):
            raise TruthError(f"the numbers of this sudoku are 1 to {side}, and 0 where a cell is empty")
        boxes = given.get("boxes", _BOXES.get(side, (1, side)))
        if (
            not isinstance(boxes, list | tuple)
            or len(boxes) != 2
            or any(type(one) is not int or one < 1 for one in boxes)
        ):
            raise TruthError('"boxes" is the height and the width of a box, as [3, 3]')
        if boxes[0] * boxes[1] != side or side % boxes[0]:
            raise TruthError(f"boxes of {boxes[0]} by {boxes[1]} do not hold {side} numbers")
        board = Board(tuple(tuple(row) for row in rows), (boxes[0], boxes[1]))
        if clash := _clash(board):
            raise TruthError(f"the given numbers contradict each other: {clash}")
        return board

    def parse(self, text: str, state: Board) -> list[Fill] | Unread:
        """The filled grid."""
        if len(text) > grids.LONGEST:
            return Unread("answer.too_long", f"{len(text):,} characters")
        side = len(state.cells)
        rows = grids.numbers(_lines(text) if side <= 9 else text)
        if rows is None:
            return Unread("simulate.unreadable", "this is no grid of numbers")
        if len(rows) != side or any(len(row) != side for row in rows):
            shape = " and ".join(sorted({str(len(row)) for row in rows}))
            return Unread("simulate.unreadable", f"{len(rows)} rows of {shape} cells, where {side} of {side} are due")
        return [Fill(tuple(tuple(row) for row in rows))]

    def step(self, state: Board, action: Fill) -> Board | Illegal:
        """Given numbers stay, and each cell gets a number of the game."""
        side = len(state.cells)
        for row, (before, after) in enumerate(zip(state.cells, action.cells, strict=True)):
            for column, (old, new) in enumerate(zip(before, after, strict=True)):
                if old and new != old:
                    return Illegal(f"row {row + 1}, column {column + 1} holds a given {old}, not {new}")
                if not 0 <= new <= side:
                    return Illegal(f"row {row + 1}, column {column + 1} holds {new}")
        return state._replace(cells=action.cells)

    def judge(self, initial: Board, state: Board) -> Judged:
        """Whether every cell is filled and nothing stands twice. Progress: the empty cells that were filled rightly."""
        empty = sum(cell == 0 for row in state.cells for cell in row)
        clash = _clash(state)
        if clash or empty:
            return Judged(reached=False, progress=0.0, detail=clash or f"{empty} cells are empty")
        return Judged(reached=True, progress=1.0)

    def plain(self, state: Board) -> Any:
        """JSON data."""
        return [list(row) for row in state.cells]


def _lines(text: str) -> str:
    """A text of n times n cells without line ends, in lines."""
    cells = "".join(text.split())
    for side in (4, 6, 9):
        if len(cells) == side * side and "\n" not in text.strip():
            return "\n".join(cells[at : at + side] for at in range(0, side * side, side))
    return text


def _clash(board: Board) -> str:
    """What stands twice; empty when nothing does."""
    cells, (high, wide) = board
    side = len(cells)
    for number, row in enumerate(cells):
        if twice := _twice(row):
            return f"row {number + 1} holds {twice} twice"
    for number in range(side):
        if twice := _twice([row[number] for row in cells]):
            return f"column {number + 1} holds {twice} twice"
    if high == 1 or wide == 1:
        return ""
    for top in range(0, side, high):
        for left in range(0, side, wide):
            box = [cells[row][column] for row in range(top, top + high) for column in range(left, left + wide)]
            if twice := _twice(box):
                return f"the box at row {top + 1}, column {left + 1} holds {twice} twice"
    return ""


def _twice(cells: Any) -> int:
    seen = set()
    for cell in cells:
        if cell and cell in seen:
            return int(cell)
        seen.add(cell)
    return 0


SIMULATOR = Sudoku()
