"""Two options of a question that are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.choice import choices, place
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class ChoiceSame(Detector):
    """The right option stands twice, so one of two equal answers is wrong; or an option is empty."""

    id = "choice.same"
    means = "The text of the right option stands under another letter too: a right answer may be refused."
    fix = "Correct the options, or drop the row."
    families = ("choice",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        options, at = choices(item), place(item)
        if item.fault or not options or at is None or at >= len(options):
            return
        plain = [" ".join(one.split()) for one in options]
        others = [chr(65 + other) for other, one in enumerate(plain) if one == plain[at] and other != at]
        if others:
            yield Found(item.line, f"options {chr(65 + at)} and {', '.join(others)} are {plain[at][:80]!r}")
