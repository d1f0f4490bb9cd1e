"""Calls of tools, as JSON: one wrong argument makes a call wrong; where none is right, a call is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import DRESSES, Answer, Dress
from referee.redteam.families.json import wrongs as other_documents

REFUSAL = "None of the tools that I have can do this, so I call none."
_DRESSES = {
    "fenced": Dress("fence", "```json\n", "\n```"),
    "hermes": Dress("calls", "<tool_call>\n", "\n</tool_call>"),
}


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """JSON as the whole final segment unless the pack asks for another form."""
    return _DRESSES.get(str(params.get("format", "auto")), DRESSES["whole"])


def golds(task: Task) -> Iterator[Answer]:
    """The calls of the truth; of what is allowed for an argument, the first."""
    truth = task.truth
    if not isinstance(truth, Mapping):
        return
    calls = truth.get("calls")
    if truth.get("relevance") is False or calls == []:
        yield Answer(REFUSAL)
    elif isinstance(calls, list):
        yield written([_plain(one) for one in calls])


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:
    """One argument changed, in all calls and then in one; a needless call where none is right; silence."""
    if gold.value is None:
        yield written([_needless(task)])
        return
    calls = gold.value if isinstance(gold.value, list) else [gold.value]
    yield written([{**one, "arguments": _spoilt(one.get("arguments"))} for one in calls])
    yield from other_documents(task, gold, others)
    yield Answer(REFUSAL)


def written(calls: list[Any]) -> Answer:
    """Calls as JSON: one object, or an array of several."""
    value = calls[0] if len(calls) == 1 else calls
    return Answer(json.dumps(value, ensure_ascii=False), value)


def _plain(call: Any) -> Any:
    """`{"name", "arguments"}`, of BFCL's way too."""
    if not isinstance(call, Mapping) or "name" in call or len(call) != 1:
        return call
    ((name, allowed),) = call.items()
    given = {key: values[0] for key, values in allowed.items() if values and values[0] != ""}
    return {"name": name, "arguments": given}


def _spoilt(arguments: Any) -> Any:
    if not isinstance(arguments, Mapping) or not arguments:
        return {"unexpected": 1}
    name, value = next(iter(arguments.items()))
    other = value + 1 if isinstance(value, int | float) and not isinstance(value, bool) else f"{value}x"
    return {**arguments, name: other}


def _needless(task: Task) -> dict[str, Any]:
    tools = task.truth.get("tools") if isinstance(task.truth, Mapping) else None
    first = tools[0] if isinstance(tools, list) and tools else {}
    function = first.get("function", first) if isinstance(first, Mapping) else {}
    return {"name": str(function.get("name", "search")), "arguments": {}}
