"""`tools.*`: a truth is calls, written out here as a completion makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.families.base import Family
from referee.audit.families.sample import sample
from referee.data.plain import dumps

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

REFUSAL = "I cannot do that with the tools that I have."
_FORMS = {
    "auto": "%s",
    "json": "%s",
    "fenced": "```json\n%s\n```",
    "mistral": "[TOOL_CALLS]%s",
}


def parameters(tool: Any) -> tuple[str, dict[str, Any]]:
    """The name and the schema of the parameters of a declared tool, in any of the ways of writing one."""
    one = tool.get("function", tool) if isinstance(tool, dict) else {}
    one = one if isinstance(one, dict) else {}
    schema = one.get("parameters", one.get("input_schema"))
    return str(one.get("name", "")), schema if isinstance(schema, dict) else {}


def calls_of(truth: Any) -> list[tuple[str, dict[str, Any]]] | None:
    """The calls that are wanted, each with one allowed value for each argument; None where any will do."""
    if not isinstance(truth, dict):
        return None
    if truth.get("relevance") is True:
        tools = [parameters(one) for one in truth.get("tools") or ()]
        return [(name, sample({"type": "object", **schema})) for name, schema in tools[:1]]
    known = dict(parameters(one) for one in truth.get("tools") or ())
    found = []
    for call in truth.get("calls") or ():
        if not isinstance(call, dict):
            return None
        if "name" in call:
            found.append((str(call["name"]), dict(call.get("arguments") or call.get("parameters") or {})))
            continue
        for name, listed in call.items():
            found.append((str(name), _first(listed, known.get(str(name), {}).get("required") or ())))
    return found


def _first(listed: Any, required: Sequence[str]) -> dict[str, Any]:
    """BFCL's alternatives: the first of each; an argument that may be left out is."""
    given = {}
    for name, values in (listed if isinstance(listed, dict) else {}).items():
        several = values if isinstance(values, list) else [values]
        kept = [one for one in several if one != ""]
        if several and not ("" in several and name not in required):
            given[name] = _plain(kept[0] if kept else "")
    return given


def _plain(allowed: Any) -> Any:
    if isinstance(allowed, list):
        return [_plain(one) for one in allowed]
    if not isinstance(allowed, dict):
        return allowed
    made: dict[str, Any] = {}
    for name, values in allowed.items():
        if not isinstance(values, list):
            made[name] = values
        elif "" not in values:
            made[name] = _plain(values[0]) if values else []
    return made


class Tools(Family):
    """Calls of tools."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        wanted = calls_of(item.truth)
        if wanted is None:
            return ()
        if not wanted:
            return (REFUSAL,)
        return (dumps([{"name": name, "arguments": given} for name, given in wanted]).decode(),)

    def empty(self, truth: Any) -> str:
        return "there is none" if truth is None or truth in ("", {}) else ""

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ('[{"name": "zqxvor", "arguments": {}}]', '[{"name": "jplith", "arguments": {"zq": 0.125}}]')

    def completions(self, answer: str, judge: Judge) -> list[str]:
        from referee.audit.judge import THOUGHT

        form = "%s" if answer == REFUSAL else _FORMS.get(judge.parameter("format", "auto"), "<tool_call>%s</tool_call>")
        return [(THOUGHT if judge.thinks else "") + form.replace("%s", answer)]

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        """By judging, with the calls alone: other tools are another task."""
        if isinstance(one, dict) and isinstance(other, dict) and one.get("tools") != other.get("tools"):
            return None
        return super().same(one, other, judge)

    def kind(self, item: Item) -> str:
        wanted = calls_of(item.truth)
        return "any call" if wanted is None else f"{len(wanted)} calls"

    def constant(self, item: Item, judge: Judge) -> str:
        found = self.answers(item, judge)
        return found[0][:200] if found else ""


FAMILY = Tools()
