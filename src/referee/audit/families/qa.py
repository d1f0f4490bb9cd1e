"""`qa.*`: a truth is a name with its aliases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

MOST = 20  # names of one truth that are tried
_NAMES = ("value", "answer", "aliases", "Aliases", "human_answers", "text", "normalized_value", "normalized_aliases")


def names(truth: Any) -> Iterator[str]:
    """Every accepted name, the main one first."""
    if isinstance(truth, str):
        yield truth
    elif isinstance(truth, int | float) and not isinstance(truth, bool):
        yield str(truth)
    elif isinstance(truth, list):
        for one in truth:
            yield from names(one)
    elif isinstance(truth, dict):
        for name in _NAMES:
            yield from names(truth.get(name))


class Names(Family):
    """Short answers."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return tuple(dict.fromkeys(name for name in names(item.truth) if name.strip()))[:MOST]

    def empty(self, truth: Any) -> str:
        if found := super().empty(truth):
            return found
        return "" if any(name.strip() for name in names(truth)) else "it holds no name"

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        """Two lists of names ask for the same when they share one."""
        mine, yours = ({name.casefold().strip() for name in names(truth)} for truth in (one, other))
        return True if mine & yours else super().same(one, other, judge)

    def kind(self, item: Item) -> str:
        name = next(names(item.truth), "").strip().casefold()
        return "yes or no" if name in ("yes", "no", "true", "false") else "name"

    def chance(self, item: Item, judge: Judge) -> float | None:  # noqa: ARG002
        return 1 / 2 if self.kind(item) == "yes or no" else None

    def constant(self, item: Item, judge: Judge) -> str:
        return super().constant(item, judge).casefold()


FAMILY = Names()
