"""A row without a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class PromptMissing(Detector):
    """Nothing was asked."""

    id = "prompt.missing"
    means = "The prompt is empty, so nobody can know what is asked."
    fix = "Fill in the prompt, name its column with --map prompt=COLUMN, or drop the row."

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if not item.fault and item.prompt is not None and not item.prompt.strip():
            yield Found(item.line, "the prompt is empty")
        elif not item.fault and item.prompt is None and study.has_prompts:
            yield Found(item.line, "the prompt is missing, and other rows have one")
