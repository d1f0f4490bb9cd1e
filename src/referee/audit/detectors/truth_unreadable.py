"""A truth that its own verifier cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TruthUnreadable(Detector):
    """The verifier says that the truth is none."""

    id = "truth.unreadable"
    means = "The verifier cannot read the truth: every rollout of the task is unjudged and teaches nothing."
    fix = "Write the truth in the form that the verifier's page gives, choose another verifier, or drop the row."

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return study.probe(item)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        if not study.has_truth(item):
            return
        for text in self.asks(item, study):
            verdict = judged[text]
            if verdict.status == "unjudged" and verdict.reason.startswith("truth."):
                if verdict.reason != "truth.unsatisfiable":
                    yield Found(item.line, f"{verdict.reason}: {verdict.evidence.get('detail', '')}")
                return
