"""A row without a truth, or with an empty one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TruthMissing(Detector):
    """Nothing to judge by."""

    id = "truth.missing"
    means = "There is no truth, or an empty one: every rollout of the task is unjudged, or nothing can be right."
    fix = "Fill in the truth, name its column with --map truth=COLUMN, or drop the row."

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if not item.fault and study.reads_truth and (told := study.family.empty(item.truth)):
            yield Found(item.line, told)
