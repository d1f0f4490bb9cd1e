"""`xml.*`: a truth is a document, or a schema, for which the row may hold an example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family
from referee.audit.families.json import EXAMPLES

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

_ELEMENT = re.compile(r"<(?:\w+:)?element\s[^<>]*?\bname\s*=\s*[\"']([\w.-]+)[\"']")
_NAMESPACE = re.compile(r"\btargetNamespace\s*=\s*[\"']([^\"'<>&]*)[\"']")


def is_schema(judge: Judge) -> bool:
    """Whether the truths are schemas."""
    return judge.verifier.endswith("xml.schema")


class Xml(Family):
    """Documents."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:
        if not is_schema(judge):
            return super().answers(item, judge)
        return tuple(str(item.row[name]) for name in EXAMPLES if isinstance(item.row.get(name), str))

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:
        """Of a schema: its root element, empty and with something in it that no task has."""
        if not is_schema(judge):
            return ("<zqxvor/>", "<jplith><zq>0.125</zq></jplith>")
        name = _ELEMENT.search(str(item.truth))
        if name is None:
            return ()
        space = _NAMESPACE.search(str(item.truth))
        there = f' xmlns="{space[1]}"' if space else ""
        return (f"<{name[1]}{there}/>", f"<{name[1]}{there}><zqxvor>0.125</zqxvor>jplith</{name[1]}>")

    def completions(self, answer: str, judge: Judge) -> list[str]:
        from referee.audit.judge import THOUGHT

        forms = {"answer": "<answer>%s</answer>", "fence": "```xml\n%s\n```"}
        form = forms.get(judge.parameter("place", "auto"), "%s")
        return [(THOUGHT if judge.thinks else "") + form.replace("%s", answer)]

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        return None if is_schema(judge) else super().same(one, other, judge)

    def kind(self, item: Item) -> str:  # noqa: ARG002
        return "document"

    def constant(self, item: Item, judge: Judge) -> str:
        return "" if is_schema(judge) else super().constant(item, judge)


FAMILY = Xml()
