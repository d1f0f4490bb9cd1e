"""One prompt, two truths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.study import Study


class DuplicateConflict(Detector):
    """Rows whose prompts are the same but for case, spacing and articles, and whose truths differ when judged."""

    id = "duplicate.conflict"
    means = "The same prompt stands in the file with different truths: one of them punishes right answers."
    fix = "Find out which truth is right and drop the others; without that, all rows of the prompt go."

    def end(self, study: Study) -> Iterator[Found]:
        for rows in study.prompts.repeated():
            lines = ", ".join(str(row.line) for row in rows[:6])
            if study.differ(rows):
                truths = [(row.content or b"")[:60].decode("utf-8", "replace") for row in rows]
                told = " and ".join(dict.fromkeys(truths))[:160]
                yield from (Found(row.line, f"lines {lines}: {told}") for row in rows)
