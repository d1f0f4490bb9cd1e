"""A row that is no row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class RowUnreadable(Detector):
    """JSON that breaks off, bytes that are no UTF-8."""

    id = "row.unreadable"
    means = "The row cannot be read, so no trainer will see it, or it will stop there."
    fix = "Repair the line, or drop it."

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if item.fault:
            yield Found(item.line, item.fault)
