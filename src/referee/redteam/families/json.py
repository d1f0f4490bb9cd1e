"""JSON: a document; one wrong leaf makes it wrong.

Of a schema, gold is a small document that its types and keywords suggest. A schema that asks for more than that brings
its gold in the row of the task.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import DRESSES, Answer, Dress

_FENCE = Dress("fence", "```json\n", "\n```")
DEPTH = 12
SIGNS = {"type", "properties", "enum", "const", "$schema"}  # of a schema


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """The whole final segment unless the pack reads another place."""
    return {"fence": _FENCE, "answer": DRESSES["answer"]}.get(str(params.get("place", "auto")), DRESSES["whole"])


def golds(task: Task) -> Iterator[Answer]:
    """The truth as a document; of a schema a document that meets it, where one is easily made."""
    if isinstance(task.truth, Mapping) and not SIGNS.isdisjoint(task.truth):
        yield written(_instance(task.truth, 0))
    yield written(task.truth)


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG001 - gold says it
    """The gold document with one leaf of another kind or value, then with one key less, then other documents."""
    for path in _leaves(gold.value):
        yield written(_with(gold.value, path, _other(_at(gold.value, path))))
    for path in _leaves(gold.value):
        yield written(_with(gold.value, path, {"unexpected": True}))
    if isinstance(gold.value, dict):
        for key in gold.value:
            yield written({name: one for name, one in gold.value.items() if name != key})
    yield from others
    yield written(None)


def written(value: Any) -> Answer:
    """A document and its text."""
    return Answer(json.dumps(value, ensure_ascii=False), value)


def _other(leaf: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int | float):
        return leaf + 1
    return f"{leaf}x" if isinstance(leaf, str) else "x"


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    deeper = list(inner)
    if not deeper:
        yield path
    for key, one in deeper:
        yield from _leaves(one, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], leaf)
    return copy


def _instance(schema: Any, depth: int) -> Any:
    """A document that the simple keywords of a schema ask for."""
    if not isinstance(schema, Mapping) or depth > DEPTH:
        return None
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("enum", "examples"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return _instance(schema[key][0], depth + 1)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or (kind is None and "properties" in schema):
        named = schema.get("properties") or {}
        wanted = dict.fromkeys([*(schema.get("required") or ()), *named])
        return {name: _instance(named.get(name, {"type": "string"}), depth + 1) for name in wanted}
    if kind == "array":
        return [_instance(schema.get("items"), depth + 1) for _ in range(max(1, int(schema.get("minItems", 1))))]
    return _scalar(kind, schema)


def _scalar(kind: Any, schema: Mapping[str, Any]) -> Any:
    if kind in ("integer", "number"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", schema.get("maximum", 1)))
        return int(low) + (1 if "exclusiveMinimum" in schema else 0)
    if kind == "string":
        least = int(schema.get("minLength", 0))
        return "example" if least <= len("example") else "x" * least
    return True if kind == "boolean" else None
