"""`language.*`: a truth is the code of a language, which is no answer that could be written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge


class Language(Family):
    """Languages."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ()

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ()

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:  # noqa: ARG002
        codes = [truth.get("language") if isinstance(truth, dict) else truth for truth in (one, other)]
        return codes[0] == codes[1]

    def kind(self, item: Item) -> str:  # noqa: ARG002
        return "language"

    def constant(self, item: Item, judge: Judge) -> str:  # noqa: ARG002
        truth = item.truth
        return str(truth.get("language", "") if isinstance(truth, dict) else truth)

    def prompt_completion(self, item: Item) -> str:  # noqa: ARG002
        return ""  # a prompt is written in some language


FAMILY = Language()
