"""Two prompts that differ in a word or two, with two truths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.study import Study


class DuplicateNearConflict(Detector):
    """The words that differ may make the difference, or one of the truths may be wrong: a person has to look."""

    id = "duplicate.near_conflict"
    means = "Two prompts with the same numbers and nearly the same words have different truths."
    fix = "Read both: where the words that differ do not explain the truths, one of them is wrong."
    level = "note"
    drop = False

    def end(self, study: Study) -> Iterator[Found]:
        for near in study.near:
            if study.differ([near.one, near.other]):
                one, other = sorted((near.one, near.other))
                truths = " and ".join((row.content or b"")[:60].decode("utf-8", "replace") for row in (one, other))
                yield Found(one.line, f"lines {one.line} and {other.line} share {near.share:.0%}: {truths}")
