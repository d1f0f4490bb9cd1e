"""Pairing without order: the largest set of pairs, one from each side, that go together."""

from __future__ import annotations

from collections.abc import Callable


def matching(left: int, right: int, fits: Callable[[int, int], bool]) -> dict[int, int]:
    """A maximum matching of `left` with `right` items, as left -> right (Kuhn's algorithm).

    `fits(i, j)` says whether item i of the left may be paired with item j of the right; it is asked once for a pair.
    """
    edges = [[j for j in range(right) if fits(i, j)] for i in range(left)]
    taken: dict[int, int] = {}  # right -> left
    for start in range(left):
        _augment(start, edges, taken)
    return {i: j for j, i in taken.items()}


def _augment(start: int, edges: list[list[int]], taken: dict[int, int]) -> None:
    """One more pair, if there is a path of changes that makes room for it; without recursion."""
    came: dict[int, int] = {}  # right item -> the left item that reached it
    waiting = [start]
    while waiting:
        i = waiting.pop()
        for j in edges[i]:
            if j in came:
                continue
            came[j] = i
            if j in taken:
                waiting.append(taken[j])
                continue
            while True:  # walk back, giving every left item its new partner
                i = came[j]
                previous = next((other for other, owner in taken.items() if owner == i), None)
                taken[j] = i
                if i == start or previous is None:
                    return
                j = previous
