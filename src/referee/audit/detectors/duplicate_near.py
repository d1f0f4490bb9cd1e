"""Two prompts that differ in a word or two, with one truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.study import Study


class DuplicateNear(Detector):
    """Probably one task in two wordings."""

    id = "duplicate.near"
    means = "Two prompts with nearly the same words have the same truth."
    fix = "Keep one of them, where they are one task."
    level = "note"
    drop = False

    def end(self, study: Study) -> Iterator[Found]:
        for near in study.near:
            if study.agree(near.one, near.other):
                one, other = sorted((near.one, near.other))
                yield Found(other.line, f"lines {one.line} and {other.line} share {near.share:.0%} of their words")
