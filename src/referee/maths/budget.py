"""How much work one answer may cause, whatever tier does it."""

from __future__ import annotations

WORK = 8_000  # operations, about 3 microseconds each; what is costlier than a sum counts more


class Budget:
    """The work that is left for one answer. A truth's own work is bounded apart, since it is remembered.

    `bases`: the readings of `log` that all members of a list have agreed with so far (0: natural).
    """

    def __init__(self, left: int = WORK) -> None:
        self.left = left
        self.bases: tuple[int, ...] = (0, 10)
