"""Grids: any solution is right, everything else is not; hashes are the same in another process."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import referee
from referee.simulators.base import Illegal, state_hash
from referee.simulators.drive import NAMES, simulator

WIKIPEDIA = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"  # fmt: skip
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
YARD = "#######\n#.@ $ #\n# $   #\n#   . #\n#######"


def judged(text: str, name: str, state: Any, **params: Any) -> referee.Verdict:
    return referee.verify("simulate.final_state", text, truth={"simulator": name, "state": state}, **params)


def rows(cells: str) -> list[list[int]]:
    return [[int(cell) for cell in cells[at : at + 9].replace(".", "0")] for at in range(0, 81, 9)]


def lattice(side: int, high: int, wide: int, shift: int) -> list[list[int]]:
    """A solved grid by its formula."""
    return [[(row * wide + row // high + column + shift) % side + 1 for column in range(side)] for row in range(side)]


@pytest.mark.parametrize(
    "grid", [WIKIPEDIA, rows(WIKIPEDIA), "\n".join(WIKIPEDIA[at : at + 9] for at in range(0, 81, 9))]
)
def test_a_sudoku_in_its_spellings(grid: Any):
    lines = [SOLVED[at : at + 9] for at in range(0, 81, 9)]
    texts = [SOLVED, "\n".join(lines), "\n".join(" ".join(line) for line in lines), json.dumps(rows(SOLVED))]
    texts.append("\n".join("| " + " | ".join(line) + " |" for line in lines))
    texts.append("```\n" + "\n".join(" ".join(line[at : at + 3]) + " |" for line in lines for at in (0,)) + "\n```")
    for text in texts[:-1]:
        assert judged(text, "sudoku", {"grid": grid}).reason == "simulate.reached", text
    assert judged(texts[-1], "sudoku", {"grid": grid}).reason == "simulate.unreadable"
    swapped = SOLVED[1] + SOLVED[0] + SOLVED[2:]
    assert judged(swapped, "sudoku", {"grid": grid}).reason == "simulate.illegal"
    assert judged(WIKIPEDIA, "sudoku", {"grid": grid}).reason == "simulate.missed"
    assert judged("5" * 81, "sudoku", {"grid": grid}).status == "fail"
    assert judged(SOLVED + SOLVED, "sudoku", {"grid": grid}).reason == "simulate.unreadable"


@pytest.mark.parametrize(("side", "high", "wide"), [(4, 2, 2), (6, 2, 3), (9, 3, 3), (16, 4, 4)])
def test_every_cell_counts(side: int, high: int, wide: int):
    solved = lattice(side, high, wide, 0)
    chance = random.Random(side)
    puzzle = [[cell if chance.random() < 0.4 else 0 for cell in row] for row in solved]
    assert judged(json.dumps(solved), "sudoku", {"grid": puzzle}).status == "pass"
    assert judged("\n".join(" ".join(map(str, row)) for row in solved), "sudoku", {"grid": puzzle}).status == "pass"
    for row in range(side):
        for column in range(0, side, 3):
            other = [list(line) for line in solved]
            other[row][column] = other[row][column] % side + 1
            assert judged(json.dumps(other), "sudoku", {"grid": puzzle}).status == "fail"


def test_boxes_and_latin_squares():
    latin = [[(row + column) % 4 + 1 for column in range(4)] for row in range(4)]
    empty = [[0] * 4 for _ in range(4)]
    assert judged(json.dumps(latin), "sudoku", {"grid": empty}).reason == "simulate.missed"
    assert judged(json.dumps(latin), "sudoku", {"grid": empty, "boxes": [1, 4]}).status == "pass"
    for state in (
        {"grid": empty, "boxes": [3, 2]},
        {"grid": [[1, 1], [0, 0]], "boxes": [1, 2]},
        {"grid": [[9]]},
        {},
        None,
    ):
        assert judged("1", "sudoku", state).reason == "truth.unreadable"


def way(grid: list[str]) -> str | None:
    """A shortest way by a search of its own."""
    start = next((row, line.index("S")) for row, line in enumerate(grid) if "S" in line)
    queue, seen = deque([(start, "")]), {start}
    while queue:
        (row, column), path = queue.popleft()
        if grid[row][column] == "G":
            return path
        for name, high, wide in (("U", -1, 0), ("D", 1, 0), ("L", 0, -1), ("R", 0, 1)):
            at = row + high, column + wide
            if 0 <= at[0] < len(grid) and 0 <= at[1] < len(grid[0]) and grid[at[0]][at[1]] != "#" and at not in seen:
                seen.add(at)
                queue.append((at, path + name))
    return None


@given(st.integers(0, 10_000))
def test_a_way_through_a_maze_and_all_its_parts(seed: int):
    chance = random.Random(seed)
    grid = [["#" if chance.random() < 0.3 else "." for _ in range(7)] for _ in range(7)]
    grid[0][0], grid[6][6] = "S", "G"
    lines = ["".join(row) for row in grid]
    path = way(lines)
    if path is None:
        assert judged("R", "maze", {"grid": lines}).reason == "truth.unsatisfiable"
        return
    assert judged(path, "maze", {"grid": "\n".join(lines), "shortest": True}).status == "pass"
    for end in range(1, len(path)):
        assert judged(path[:end], "maze", {"grid": lines}).reason == "simulate.missed"
    mixed = "".join(chance.sample(path, len(path)))
    assert judged(mixed, "maze", {"grid": lines}).reason in {"simulate.reached", "simulate.illegal", "simulate.missed"}
    back = {"U": "D", "D": "U", "L": "R", "R": "L"}[path[0]]
    assert judged(path[0] + back + path, "maze", {"grid": lines}).status == "pass"
    assert judged(path[0] + back + path, "maze", {"grid": lines, "shortest": True}).reason == "simulate.missed"


def test_steps_in_their_spellings():
    hall = "#####\n#S.G#\n#####"
    for text in (
        "RR",
        "rr",
        "right right",
        "Right, Right",
        "→→",
        ">>",
        '["right", "right"]',
        "EE",
        "east\neast",
        "(right) (right)",
    ):
        assert judged(text, "maze", {"grid": hall}).status == "pass", text
    for text in ("R twice R", "RX", "1 1", "go right twice"):
        assert judged(text, "maze", {"grid": hall}).reason == "simulate.unreadable", text


def test_sokoban_needs_every_box():
    solved = sokoban(YARD)
    assert solved is not None
    assert judged(solved, "sokoban", {"grid": YARD}).status == "pass"
    for end in range(1, len(solved)):
        assert judged(solved[:end], "sokoban", {"grid": YARD}).status == "fail"
    assert judged("L" * 9, "sokoban", {"grid": YARD}).reason == "simulate.illegal"
    assert judged("U", "sokoban", {"grid": "####\n#@*#\n####"}).reason == "truth.trivial"


def sokoban(text: str) -> str | None:
    one = simulator("sokoban")
    first = one.initial({"grid": text})
    queue, seen = deque([(first, "")]), {first}
    steps = {"U": (-1, 0), "D": (1, 0), "L": (0, -1), "R": (0, 1)}
    while queue:
        state, path = queue.popleft()
        if one.judge(first, state).reached:
            return path
        for name, step in steps.items():
            following = one.step(state, step)
            if not isinstance(following, Illegal) and following not in seen:
                seen.add(following)
                queue.append((following, path + name))
    return None


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 4))
def test_sliding_back_what_was_mixed(seed: int, high: int, wide: int):
    chance = random.Random(seed)
    one = simulator("sliding")
    order = [*range(1, high * wide), 0]
    cells = [0, *order[:-1]]
    tray = [cells[at : at + wide] for at in range(0, high * wide, wide)]
    state = one.initial({"grid": tray, "goal": tray})
    goal = state.tiles
    moved: list[int] = []
    for _ in range(12):
        tiles = [
            tile for tile in order if tile and not isinstance(one.step(state, tile), Illegal) and tile not in moved[-1:]
        ]
        moved.append(chance.choice(tiles))
        state = one.step(state, moved[-1])
    if state.tiles == goal:
        return
    task = {"grid": [list(row) for row in state.tiles], "goal": [list(row) for row in goal]}
    back = moved[::-1]
    assert judged(" ".join(map(str, back)), "sliding", task).status == "pass"
    assert judged(json.dumps(back), "sliding", task).status == "pass"
    assert judged(" ".join(map(str, back[:-1])), "sliding", task).status == "fail"
    assert judged("99", "sliding", task).reason == "simulate.illegal"


def test_an_order_that_no_moves_lead_to():
    assert judged("1", "sliding", {"grid": [[1, 2, 3], [4, 5, 6], [8, 7, 0]]}).reason == "truth.unsatisfiable"
    tray = {"grid": [[1, 2], [0, 3]]}
    assert judged("left", "sliding", tray).status == "pass"  # the tile goes left
    assert judged("right", "sliding", tray).reason == "simulate.illegal"
    assert judged("right", "sliding", {**tray, "words": "gap"}).status == "pass"


STATES = [
    ("countdown", {"numbers": [2, 5, 10], "target": 20}, "2 * 5"),
    ("sudoku", {"grid": WIKIPEDIA}, SOLVED),
    ("maze", {"grid": "S.G"}, "R"),
    ("sokoban", {"grid": YARD}, "R"),
    ("sliding", {"grid": [[1, 2], [0, 3]]}, "1"),
    ("pddl", {"domain": "(define (domain d) (:predicates (p ?x)) (:action a :parameters (?x) :effect (p ?x)))", "problem": "(define (problem q) (:domain d) (:objects x y z) (:init) (:goal (p z)))"}, "(a x) (a y)"),
]  # fmt: skip


def test_a_hash_is_the_same_in_a_fresh_process():
    def hashes() -> list[str]:
        return [judged(text, name, state).evidence["state"] for name, state, text in STATES]

    program = (
        "import sys; sys.path[:0] = [{here!r}]; import json, test_puzzles as t\n"
        "print(json.dumps([t.judged(x, n, s).evidence['state'] for n, s, x in t.STATES]))"
    ).format(here=str(__file__).rpartition("/")[0])
    for seed in ("1", "2"):
        said = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": ":".join(path for path in sys.path if path), "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, timeout=300)  # fmt: skip
        assert json.loads(said.stdout) == hashes()


def test_a_state_can_be_hashed_and_told_apart():
    for name, state, text in STATES:
        one = simulator(name)
        first = one.initial(state)
        assert state_hash(one, first) == state_hash(one, one.initial(json.loads(json.dumps(state))))
        actions = one.parse(text, first)
        assert state_hash(one, one.step(first, actions[0])) != state_hash(one, first)


JUNK = ["", ".", "0", "1", "-1", "true", "null", "[]", "{}", "()", "yes", "the goal is reached", "S G", "SELECT 1", "\\boxed{}", "=", "20 = 20", "nan", "inf", "1e999", "[[1,2],[3]]", "up down left right", "(noop)", "\x00", "\ud800", "(" * 2000, "9" * 5000]  # fmt: skip


def test_a_thousand_junk_answers_earn_nothing():
    chance = random.Random(7)
    letters = "UDLRudlr0123456789()[]+-*/=., \n\"'abxyz#SG@$∞√"
    texts = JUNK + [
        "".join(chance.choice(letters) for _ in range(chance.randrange(1, 60))) for _ in range(1000 - len(JUNK))
    ]
    walled = ("maze", {"grid": "#######\n#S...##\n####.##\n#....##\n#.#####\n#....G#\n#######"}, "")
    for name, state, _ in [*STATES[:2], walled, STATES[3], STATES[5]]:
        paid = [text for text in texts if judged(text, name, state, progress=0.0).score != 0.0]
        assert not paid, (name, paid)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_nothing_raises_on_strange_states(name: str):
    if name in {"gym", "chess"}:
        pytest.importorskip({"gym": "gymnasium"}.get(name, name))
    for state in (
        None,
        7,
        "x",
        [],
        {},
        {"grid": None},
        {"grid": [["x"]]},
        {"fen": "x"},
        {"env": 1},
        {"domain": "(", "problem": ")"},
    ):
        assert judged("x", name, state).status == "unjudged"


@pytest.mark.parametrize(
    "text",
    [
        "Move 1: right\nMove 2: right\nMove 3: down", "1. right\n2. right\n3. down", "1) right 2) right 3) down",
        "0: right\n1: right\n2: down", "- right\n- right\n- down", "* right\n* right\n* down", "Moves: RRD",
        '{"moves": ["right", "right", "down"]}', '[{"action": "right"}, {"action": "right"}, {"action": "down"}]',
        "Step 1: right, Step 2: right, Step 3: down", "move right, move right, then down", "right -> right -> down",
        "right → right → down", "R -> R -> D", "**right**, **right**, **down**", "right | right | down", "→ → ↓", "➡️➡️⬇️",
        "$\\rightarrow \\rightarrow \\downarrow$",
    ],
)  # fmt: skip
def test_lists_as_models_write_them(text: str):
    assert judged(text, "maze", {"grid": "#####\n#S..#\n#.#G#\n#####"}).status == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "1. right\n3. right\n2. down", "right twice, down", "right 2, down 1", '{"a": ["right"], "b": ["right", "down"]}',
        "{}", "[[]]", '{"moves": [{"action": "right", "move": "down"}]}', "1. right 1. right 1. down", "> > moves",
    ],
)  # fmt: skip
def test_lists_that_say_nothing_certain(text: str):
    assert judged(text, "maze", {"grid": "#####\n#S..#\n#.#G#\n#####"}).status == "fail"


def test_a_label_may_stand_before_its_colon_in_several_ways():
    for label in ("moves:", "The path is :", "Moves are: ", "answer  :", "the plan:"):
        assert judged(f"{label} RRD", "maze", {"grid": "#####\n#S..#\n#.#G#\n#####"}).status == "pass"
    for text in ("Moves" + " " * 90_000, "```\n" + "\n" * 99_000 + "\n```"):  # each was once read for many seconds
        assert judged(text, "maze", {"grid": "#####\n#S..#\n#.#G#\n#####"}).status == "fail"


def test_tiles_as_models_write_them():
    tray = {"grid": [[1, 2, 3], [4, 5, 6], [0, 7, 8]]}
    for text in (
        "Move 1: 7\nMove 2: 8",
        "1. 7\n2. 8",
        "7 -> 8",
        "7→8",
        "tile 7, then tile 8",
        '{"moves": [7, 8]}',
        "1. left\n2. left",
    ):
        assert judged(text, "sliding", tray).status == "pass", text
    assert judged("1. 7\n1. 8", "sliding", tray).status == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "|:-:|:-:|:-:|:-:|\n| 1 | 2 | 3 | 4 |\n| 3 | 4 | 1 | 2 |\n| 2 | 1 | 4 | 3 |\n| 4 | 3 | 2 | 1 |",
        "┌───┬───┐\n│1 2│3 4│\n│3 4│1 2│\n├───┼───┤\n│2 1│4 3│\n│4 3│2 1│\n└───┴───┘",
        "Row 1: 1 2 3 4\nRow 2: 3 4 1 2\nRow 3: 2 1 4 3\nRow 4: 4 3 2 1", "1,2,3,4;3,4,1,2;2,1,4,3;4,3,2,1",
        "[1 2 3 4]\n[3 4 1 2]\n[2 1 4 3]\n[4 3 2 1]", "[1, 2, 3, 4],\n[3, 4, 1, 2],\n[2, 1, 4, 3],\n[4, 3, 2, 1]",
        '{"grid": [[1, 2, 3, 4], [3, 4, 1, 2], [2, 1, 4, 3], [4, 3, 2, 1]]}', '["1234", "3412", "2143", "4321"]',
        '[["1", "2", "3", "4"], ["3", "4", "1", "2"], ["2", "1", "4", "3"], ["4", "3", "2", "1"]]',
        "**1** 2 **3** 4\n3 **4** 1 **2**\n**2** 1 **4** 3\n4 **3** 2 **1**",
    ],
)  # fmt: skip
def test_grids_as_models_write_them(text: str):
    puzzle = {"grid": [[1, 0, 3, 0], [0, 4, 0, 2], [2, 0, 4, 0], [0, 3, 0, 1]]}
    assert judged(text, "sudoku", puzzle).status == "pass"
    assert judged(text.replace("4", "5"), "sudoku", puzzle).status == "fail"
