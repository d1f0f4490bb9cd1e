"""Grids as texts, lists and JSON: what the puzzles on grids share."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from referee.core.errors import TruthError
from referee.simulators import listed

Grid = tuple[tuple[str, ...], ...]
Place = tuple[int, int]

SIDE: Final = 64  # rows or columns at most
LONGEST: Final = 100_000  # characters of an answer

MOVES: Final[dict[str, Place]] = {
    "up": (-1, 0), "u": (-1, 0), "north": (-1, 0), "n": (-1, 0), "^": (-1, 0), "↑": (-1, 0),
    "down": (1, 0), "d": (1, 0), "south": (1, 0), "s": (1, 0), "v": (1, 0), "↓": (1, 0),
    "left": (0, -1), "l": (0, -1), "west": (0, -1), "w": (0, -1), "<": (0, -1), "←": (0, -1),
    "right": (0, 1), "r": (0, 1), "east": (0, 1), "e": (0, 1), ">": (0, 1), "→": (0, 1),
}  # fmt: skip
_ARROWS: Final = {"\\rightarrow": "→", "\\leftarrow": "←", "\\uparrow": "↑", "\\downarrow": "↓", "\\to": "→"}
_EMOJI = str.maketrans(
    {"➡": "→", "⬅": "←", "⬆": "↑", "⬇": "↓", "\ufe0f": None, "$": " ", "`": " ", "*": " ", "|": " ", "/": " "}
)
_BETWEEN = re.compile(r"[-=]{1,2}>")
_FILLING: Final = frozenset(("move", "go", "then", "and"))  # words that say nothing beside a step
_WORD = re.compile(r"[A-Za-z]+|[\^<>↑↓←→]|[^\s,;.\[\]\"'()-]")
_LETTERS = re.compile(r"(?:[UDLR]+|[udlr]+|[NSEW]+)\Z")
_BORDER = re.compile(r"[-+|:=\s]*\Z")
_BOX = str.maketrans({**dict.fromkeys("│┃║", "|"), **dict.fromkeys("─━═┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬┠┨┯┷┿╂", "-")})
_AROUND = re.compile(r"[\[\](){},|]")
_ROW = re.compile(r"(?im)^[ \t]*row[ \t]*([0-9]{1,2})[ \t]*:")


def characters(given: Any, what: str) -> Grid:
    """The grid of a truth: lines of characters, or a list of them, all equally long. Raises `TruthError`."""
    lines = given.strip("\n").split("\n") if isinstance(given, str) else given
    if (
        not isinstance(lines, list | tuple)
        or not lines
        or not all(isinstance(line, str | list | tuple) for line in lines)
    ):
        raise TruthError(f"the grid of a {what} is a text of lines, or a list of them")
    grid = tuple(tuple(str(cell) for cell in line) for line in lines)
    if len(grid) > SIDE or len({len(line) for line in grid}) != 1 or not 0 < len(grid[0]) <= SIDE:
        raise TruthError(f"the lines of a {what} are equally long, and at most {SIDE} by {SIDE}")
    return grid


def find(grid: Grid, signs: str) -> list[Place]:
    """Where any of the signs stands, from left to right and top to bottom."""
    return [(row, column) for row, line in enumerate(grid) for column, cell in enumerate(line) if cell in signs]


def moves(text: str) -> list[Place] | str:
    """Steps in words (`up, left`), letters (`UULR`, `NNE`), arrows or as a JSON list; a text names what is no step."""
    text = listed.plain(text)
    for name, arrow in _ARROWS.items():
        text = text.replace(name, arrow)
    text = _BETWEEN.sub(" ", text.translate(_EMOJI))
    if re.search("[A-Za-z]", text):
        text = text.replace("→", " ")  # between words an arrow points at the next
    found: list[Place] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.lower() in _FILLING:
            continue
        names = list(word) if len(word) > 1 and _LETTERS.match(word) else [word]
        for name in names:
            step = MOVES.get(name.lower())
            if step is None:
                return word
            found.append(step)
    return found


def numbers(text: str) -> list[list[int]] | None:
    """A grid of numbers in an answer: JSON, or lines of numbers; dots, `_` and `*` are empty cells (0)."""
    text = text.strip()
    if text[:1] in ("[", "{"):
        try:
            rows = json.loads(text, parse_float=lambda _: None, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            pass
        else:
            return _rows(rows)
    text = _ROW.sub(" ", text.replace("**", " ").translate(_BOX).replace(";", "\n"))
    found = []
    for line in text.split("\n"):
        if _BORDER.match(line):
            continue
        cells = _AROUND.sub(" ", line).split()
        if not cells:
            continue
        if len(cells) == 1 and len(cells[0]) > 2:
            cells = list(cells[0])
        row = [0 if cell in (".", "_", "*", "0") else _number(cell) for cell in cells]
        if None in row:
            return None
        found.append([cell for cell in row if cell is not None])
    return found


def _number(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 3 else None


def _rows(given: Any) -> list[list[int]] | None:
    """A grid from JSON: its rows, or an object with one list; cells may be text, and rows texts of digits."""
    if isinstance(given, dict):
        lists = [one for one in given.values() if isinstance(one, list)]
        given = lists[0] if len(lists) == 1 else None
    if not isinstance(given, list):
        return None
    rows = [list(row) if isinstance(row, str) and row.isascii() and row.isdigit() else row for row in given]
    if not all(isinstance(row, list) for row in rows):
        return None
    cells: list[list[Any]] = [[_number(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return cells if _is_grid(cells) else None


def _is_grid(rows: Any) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, list) and all(type(cell) is int for cell in row) for row in rows
    )
