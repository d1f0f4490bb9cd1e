"""A wanted call that the task's own tools refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from referee.audit.families.tools import calls_of
from referee.audit.finding import Detector, Found
from referee.core.errors import TruthError
from referee.structure.calls.nouns import Call
from referee.structure.calls.tools import Fault, Tools

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class ToolsRefuse(Detector):
    """The function is not declared, an argument is not, one that must be given is missing, a value breaks its type."""

    id = "tools.refuse"
    means = "The call that the truth wants breaks the schema of the tool that it calls."
    fix = "Correct the call or the tool, or drop the row."
    families = ("tools",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if study.has_truth(item) and (told := refused(item.truth)):
            yield Found(item.line, told)


def refused(truth: Any) -> str:
    """What the tools of a truth have against its calls; "" for nothing."""
    if not isinstance(truth, dict) or not isinstance(truth.get("tools"), list):
        return ""
    try:
        tools = Tools(truth["tools"])
        for name, given in calls_of(truth) or ():
            bound = tools.bind(Call(name, given))
            if isinstance(bound, Fault):
                return bound.detail
            tool = tools.by_name[name]
            if not tool.schema.valid(given):
                return f"{name}: {tool.schema.violations(given, all_of_them=False)[0].message}"
    except TruthError:  # unreadable, which another detector says
        return ""
    return ""
