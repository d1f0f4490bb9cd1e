"""One prompt, twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.study import Study


class DuplicateRepeated(Detector):
    """Rows with the same prompt, whose truths do not contradict each other; all but the first are named."""

    id = "duplicate.repeated"
    means = "The same prompt stands in the file more than once: it counts more than others, and splits overlap."
    fix = "Keep the first; where the tests differ, the prompt does not say enough, and their union is the better truth."
    level = "warning"

    def end(self, study: Study) -> Iterator[Found]:
        for first, *others in study.prompts.repeated():
            if not study.differ([first, *others]):
                for row in others:
                    other = "" if row.truth == first.truth else ", with another truth that does not contradict it"
                    yield Found(row.line, f"the prompt of line {first.line}{other}", drop=not other)
