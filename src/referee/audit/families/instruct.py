"""`instruct.*`: a truth is instructions; a response that follows them cannot be made by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge


class Instructions(Family):
    """Instructions about the form of a response."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ()

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ()  # nothing about the content is asked, and many an instruction is followed by any text

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:  # noqa: ARG002
        return None

    def kind(self, item: Item) -> str:  # noqa: ARG002
        return "instructions"

    def prompt_completion(self, item: Item) -> str:  # noqa: ARG002
        return ""  # many a prompt follows its own instructions


FAMILY = Instructions()
