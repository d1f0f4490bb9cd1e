"""`json.*`: a truth is a JSON value, or a schema for which a document can often be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family
from referee.audit.families.sample import sample
from referee.data.plain import dumps

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

EXAMPLES = ("example", "instance")


def is_schema(judge: Judge) -> bool:
    """Whether the truths are JSON Schemas."""
    return judge.verifier.endswith("json.schema")


class Json(Family):
    """Documents."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:
        """The value itself; for a schema the row's example and one that is made."""
        if not is_schema(judge):
            return (dumps(item.truth).decode(),)
        given = [item.row[name] for name in EXAMPLES if item.row.get(name) is not None]
        texts = [one if isinstance(one, str) else dumps(one).decode() for one in given]
        return (*texts, dumps(sample(item.truth)).decode())

    def empty(self, truth: Any) -> str:
        return "there is none" if truth is None else ""

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ('"zqxvor jplith"', '[0.125, {"zqxvor": []}]')

    def completions(self, answer: str, judge: Judge) -> list[str]:
        from referee.audit.judge import THOUGHT

        forms = {"answer": "<answer>%s</answer>", "fence": "```json\n%s\n```"}
        form = forms.get(judge.parameter("place", "auto"), "%s")
        return [(THOUGHT if judge.thinks else "") + form.replace("%s", answer)]

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        """Values by judging; two schemas may say the same in two ways, so nothing is known of them."""
        return None if is_schema(judge) else super().same(one, other, judge)

    def kind(self, item: Item) -> str:
        return type(item.truth).__name__

    def constant(self, item: Item, judge: Judge) -> str:
        return "" if is_schema(judge) else dumps(item.truth).decode()[:200]


FAMILY = Json()
