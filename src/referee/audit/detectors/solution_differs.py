"""A worked solution that ends in another answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found
from referee.text.boxed import boxes

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

_LAST = re.compile(r"####[ \t]*([^\n]+?)\s*\Z")
_COLUMNS = ("solution", "reference_solution", "answer")
_FRAMES = re.compile(r"\\(?:framebox|fbox)\{")


class SolutionDiffers(Detector):
    """Solution and truth come from two columns; what stands in boxes, or behind ####, is the solution's answer."""

    id = "solution.differs"
    means = "The row's own worked solution ends in another answer than the truth."
    fix = "Find out which of the two is right, or drop the row."
    level = "warning"
    drop = False
    families = ("math",)

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return [text for answer in self._answers(item) for text in study.family.completions(answer, study.judge)]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        answers = self._answers(item)
        if not answers or not study.has_truth(item):
            return
        verdicts = [judged[text] for text in self.asks(item, study)]
        statuses = {verdict.status for verdict in verdicts}
        if "pass" not in statuses and "fail" in statuses:
            said = ", ".join(f"{answer[:60]!r}" for answer in answers)
            truth = f"the truth is {str(item.truth)[:60]!r} ({verdicts[0].reason})"
            yield Found(item.line, f"the solution ends in {said}, {truth}")

    def _answers(self, item: Item) -> list[str]:
        """What the worked solution ends in; several boxes in its last paragraph are as many answers."""
        for name in _COLUMNS:
            text = item.row.get(name)
            if not isinstance(text, str) or text == item.truth:
                continue
            text = _FRAMES.sub(r"\\boxed{", text)
            if (last := _LAST.search(text)) and last[1] != item.truth:
                return [last[1]]
            if found := [box for box in boxes(text).closed if not box.nested]:
                return list(dict.fromkeys(text[box.start : box.end].strip() for box in found))
        return []
