"""`text.*`: a truth is the text itself, or a pattern for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge


class Text(Family):
    """Texts and patterns."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:
        """A text says itself; what a pattern matches is not made here."""
        return () if judge.verifier.endswith("pattern") else super().answers(item, judge)


FAMILY = Text()
