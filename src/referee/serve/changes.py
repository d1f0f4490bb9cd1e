"""Two texts, word by word: the shortest way from one to the other (Myers 1986), within a bound.

The work is the length of the texts and the square of how far they differ, so that texts made to be slow to compare
come out as one large change instead.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import Final, Literal

from referee.serve.ledger_records import Change

MOST: Final = 400  # words that are put in or taken out; more is one change
_WORD: Final = re.compile(r"\w+|\s+|.", re.DOTALL)
_Op = Literal["equal", "replace", "insert", "delete"]


def changes(one: str, other: str) -> tuple[tuple[Change, ...], bool]:
    """The pieces in order, which together are both texts; and whether they are too different to be told apart."""
    left, right = _WORD.findall(one), _WORD.findall(other)
    start, end = _common(left, right)
    middle = _steps(left[start : len(left) - end], right[start : len(right) - end])
    coarse = middle is None
    if middle is None:
        middle = [(len(left) - start - end, len(right) - start - end, False)]
    runs = [(start, start, True), *middle, (end, end, True)]
    left_at, right_at = _offsets(left), _offsets(right)
    return tuple(_pieces(runs, left_at, right_at)), coarse


def _common(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many words are the same at the start, and at the end."""
    most = min(len(left), len(right))
    start = 0
    while start < most and left[start] == right[start]:
        start += 1
    end = 0
    while end < most - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return start, end


def _offsets(words: list[str]) -> list[int]:
    return [0, *accumulate(map(len, words))]


def _steps(left: list[str], right: list[str]) -> list[tuple[int, int, bool]] | None:
    """Runs of words (so many of the one, so many of the other, whether they are equal); None beyond the bound."""
    front = {1: 0}
    traces: list[dict[int, int]] = []
    for distance in range(min(len(left) + len(right), MOST) + 1):
        traces.append(dict(front))
        for line in range(-distance, distance + 1, 2):
            down = line == -distance or (line != distance and front[line - 1] < front[line + 1])
            at = front[line + 1] if down else front[line - 1] + 1
            while at < len(left) and at - line < len(right) and left[at] == right[at - line]:
                at += 1
            front[line] = at
            if at >= len(left) and at - line >= len(right):
                return _back(traces, len(left), len(right))
    return None


def _back(traces: list[dict[int, int]], at: int, other: int) -> list[tuple[int, int, bool]]:
    """From the end to the start, along the fronts."""
    found: list[tuple[int, int, bool]] = []
    for distance in range(len(traces) - 1, -1, -1):
        front, line = traces[distance], at - other
        down = line == -distance or (line != distance and front[line - 1] < front[line + 1])
        came = line + 1 if down else line - 1
        before = front[came] if distance else 0
        begin = (before if down else before + 1) if distance else 0
        if at > begin:
            found.append((at - begin, at - begin, True))
        if distance:
            found.append((0, 1, False) if down else (1, 0, False))
        at, other = before, before - came
    return found[::-1]


def _pieces(runs: list[tuple[int, int, bool]], left_at: list[int], right_at: list[int]) -> list[Change]:
    """Runs side by side, those of one kind together."""
    joined: list[tuple[int, int, bool]] = []
    for run in runs:
        if not (run[0] or run[1]):
            continue
        if joined and joined[-1][2] == run[2]:
            joined[-1] = joined[-1][0] + run[0], joined[-1][1] + run[1], run[2]
        else:
            joined.append(run)
    edges = [(0, 0)]
    for one, other, _ in joined:
        edges.append((edges[-1][0] + one, edges[-1][1] + other))
    return [
        Change(op=_op(*run), one=(left_at[a], left_at[b]), other=(right_at[c], right_at[d]))
        for run, ((a, c), (b, d)) in zip(joined, pairwise(edges), strict=True)
    ]


def _op(one: int, other: int, equal: bool) -> _Op:
    if equal:
        return "equal"
    return "replace" if one and other else "delete" if one else "insert"
