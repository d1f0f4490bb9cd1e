"""A right option that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.choice import choices, place
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class ChoiceOutside(Detector):
    """An index counted from 1, a letter too far."""

    id = "choice.outside"
    means = "The truth names an option that the question does not have."
    fix = "Check whether indices are counted from 0, correct the truth, or drop the row."
    families = ("choice",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        options, at = choices(item), place(item)
        if not item.fault and options and at is not None and at >= len(options):
            yield Found(item.line, f"option {chr(65 + at) if at < 26 else at} of {len(options)}")
