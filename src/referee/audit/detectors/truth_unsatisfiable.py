"""A truth that no answer could meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from referee.audit.families.json import is_schema
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

_BOUNDS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minimum", "maximum"),
)
_TYPES: dict[str, Any] = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "null": type(None),
    "integer": (int, float),
    "number": (int, float),
}


class TruthUnsatisfiable(Detector):
    """The verifier says so, or the schema contradicts itself in a place that every document must pass."""

    id = "truth.unsatisfiable"
    means = "No answer can meet the truth: the whole group is wrong whatever the policy writes."
    fix = "Repair the key, or drop the row."

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return study.probe(item)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        if not study.has_truth(item):
            return
        for text in self.asks(item, study):
            if judged[text].reason == "truth.unsatisfiable":
                yield Found(item.line, str(judged[text].evidence.get("detail", "the verifier says so")))
                return
        if study.judge.family == "json" and is_schema(study.judge) and (why := impossible(item.truth)):
            yield Found(item.line, f"the schema at {why}")


def impossible(schema: Any, path: str = "$", depth: int = 0) -> str:
    """Where and why no value can meet a schema; "" where that cannot be shown. What is shown here is certain."""
    if schema is False:
        return f"{path} is false, which allows nothing"
    if not isinstance(schema, dict) or depth > 20 or "$ref" in schema:
        return ""
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds] if isinstance(kinds, str) else []
    return _values(schema, kinds, path) or _bounds(schema, kinds, path) or _members(schema, kinds, path, depth)


def _values(schema: dict[str, Any], kinds: list[str], path: str) -> str:
    """An enumeration or a constant that its own type excludes."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return ""
    if not values:
        return f"{path}.enum is empty, which allows nothing"
    if kinds and set(kinds) <= _TYPES.keys() and not any(_is(value, kind) for value in values for kind in kinds):
        return f"{path} allows {str(values)[:60]}, none of which is of type {' or '.join(kinds)}"
    return ""


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, _TYPES[kind]) and (kind != "integer" or value == int(value))


def _bounds(schema: dict[str, Any], kinds: list[str], path: str) -> str:
    """A least above the most, for the one type that is allowed."""
    needed = {"Length": ("string",), "Items": ("array",), "Properties": ("object",), "imum": ("integer", "number")}
    for low, high in _BOUNDS:
        least, most = schema.get(low), schema.get(high)
        types = next(names for ending, names in needed.items() if low.endswith(ending))
        both = isinstance(least, int | float) and isinstance(most, int | float)
        if both and least > most and kinds and set(kinds) <= set(types):  # type: ignore[operator]
            return f"{path} asks for {low} {least} and {high} {most}"
    return ""


def _types(schema: dict[str, Any], kinds: list[str]) -> set[str]:
    """The types that must all hold; every integer is a number."""
    parts = schema.get("allOf")
    several = [one.get("type") for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
    return {"number" if one == "integer" else one for one in (*several, *kinds) if isinstance(one, str)}


def _members(schema: dict[str, Any], kinds: list[str], path: str, depth: int) -> str:
    """A required member that is not allowed, or that nothing can be; parts of which all, or one, must hold."""
    for name, several in (("allOf", any), ("anyOf", all), ("oneOf", all)):
        parts = schema.get(name)
        if isinstance(parts, list) and parts:
            told = [impossible(one, f"{path}.{name}[{at}]", depth + 1) for at, one in enumerate(parts)]
            if several(told):
                return next(one for one in told if one)
    if schema.get("not") in (True, {}):
        return f"{path}.not excludes everything"
    if len(kinds) <= 1 and len(named := _types(schema, kinds)) > 1:
        return f"{path}.allOf asks for {' and '.join(sorted(named))} at once"
    if kinds != ["object"]:
        return ""
    known, needed = schema.get("properties") or {}, schema.get("required") or []
    if not isinstance(known, dict) or not isinstance(needed, list):
        return ""
    for name in needed:
        if name not in known and schema.get("additionalProperties") is False and "patternProperties" not in schema:
            return f"{path} requires {name!r} and allows no such member"
        if why := impossible(known.get(name, True), f"{path}.{name}", depth + 1):
            return why
    return ""
