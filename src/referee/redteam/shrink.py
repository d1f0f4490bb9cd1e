"""Delta debugging: the shortest text that still does what was found, within a number of tries."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 20_000  # characters of a text whose pieces are tried


def shrink(text: str, still: Callable[[str], bool], tries: int = 120) -> str:
    """The text with pieces left out while `still` holds of the rest; lines first, then characters.

    Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input". At most `tries` calls.
    """
    budget = [tries]

    def holds(pieces: list[str]) -> bool:
        if budget[0] <= 0:
            return False
        budget[0] -= 1
        return still("".join(pieces))

    if len(text) > LONGEST:
        return text
    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        text = "".join(_least(lines, holds))
    return "".join(_least(list(text), holds))


def _least(pieces: list[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """Leave out runs of pieces, half of them at first, then shorter ones, down to one."""
    size = max(1, len(pieces) // 2)
    while pieces:
        place = 0
        while place < len(pieces):
            rest = pieces[:place] + pieces[place + size :]
            if holds(rest):
                pieces = rest
            else:
                place += size
        if size == 1:
            break
        size //= 2
    return pieces
