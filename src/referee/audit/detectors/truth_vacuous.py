"""A truth that accepts nearly anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TruthVacuous(Detector):
    """Two answers that have nothing to do with each other or with any task are both right."""

    id = "truth.vacuous"
    means = "Nonsense satisfies the truth, so a policy is paid for anything."
    fix = "Make the truth say what is asked for, or drop the row."

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return [text for several in study.nonsense(item) for text in several]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        asked = study.nonsense(item)
        passing = [next((text for text in several if judged[text].status == "pass"), "") for several in asked]
        if study.has_truth(item) and len(passing) > 1 and all(passing):
            yield Found(item.line, f"both {passing[0][-60:]!r} and {passing[1][-60:]!r} are right")
