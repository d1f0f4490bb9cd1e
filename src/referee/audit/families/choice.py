"""`choice.*`: a truth is a letter, an index from 0, or an object with the choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def choices(item: Item) -> list[str] | None:
    """The options of a question: in its truth, or in a column of the row."""
    truth = item.truth
    found = truth.get("choices") if isinstance(truth, dict) else None
    for name in ("choices", "options"):
        found = found if found is not None else item.row.get(name)
    if isinstance(found, dict):  # ARC: {"text": [...], "label": [...]}
        found = found.get("text")
    return [str(one) for one in found] if isinstance(found, list) and found else None


def place(item: Item) -> int | None:
    """Which option is right, from 0."""
    return _place(item.truth, choices(item))


def _place(truth: Any, options: list[str] | None) -> int | None:
    if isinstance(truth, dict):
        truth = truth.get("letter", truth.get("answer"))
    if isinstance(truth, bool):
        return None
    if isinstance(truth, int):
        return truth if truth >= 0 else None
    text = str(truth).strip().strip("().").strip()
    if options and text in options and len(text) != 1:
        return options.index(text)
    return _LETTERS.index(text.upper()) if len(text) == 1 and text.upper() in _LETTERS else None


class Choice(Family):
    """Letters of options."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        at = place(item)
        return (_LETTERS[at],) if at is not None and at < len(_LETTERS) else ()

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """Two letters: no question has both for its answer."""
        return ("A", "B")

    def question(self, item: Item) -> str:
        """With the options, in whatever order: "Which is true?" of others is another question."""
        return "\n".join((item.prompt or "", *sorted(choices(item) or ())))

    def said(self, item: Item) -> Any:
        """The text of the right option, where it is known: its letter depends on the order."""
        options, at = choices(item), place(item)
        return [options[at]] if options and at is not None and at < len(options) else item.truth

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        if isinstance(one, list) or isinstance(other, list):
            return bool(one == other)
        return super().same(one, other, judge)

    def chance(self, item: Item, judge: Judge) -> float | None:  # noqa: ARG002
        options = choices(item)
        return 1 / len(options) if options else None

    def kind(self, item: Item) -> str:
        options = choices(item)
        return f"one of {len(options)}" if options else "a letter"


FAMILY = Choice()
