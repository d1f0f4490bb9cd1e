"""A document that meets a JSON Schema, where one is easily made. Not every schema: what comes back is to be checked."""

from __future__ import annotations

from typing import Any, Final

DEEPEST: Final = 12
_FORMATS: Final = {
    "date": "2024-05-17",
    "date-time": "2024-05-17T08:30:00Z",
    "time": "08:30:00Z",
    "email": "ada@example.org",
    "uri": "https://example.org/a",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.org",
}


def sample(schema: Any, root: Any = None, depth: int = 0) -> Any:
    """A value for the schema. `root`: the document that its local references point into."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > DEEPEST:
        return {}
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    for name in ("enum", "examples"):
        if isinstance(values := schema.get(name), list) and values:
            return values[0]
    if "default" in schema:
        return schema["default"]
    for name in ("anyOf", "oneOf"):
        if isinstance(several := schema.get(name), list) and several:
            rest = {key: value for key, value in schema.items() if key != name}
            return sample(_merged(rest, several[0], root), root, depth + 1)
    if isinstance(several := schema.get("allOf"), list):
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        for one in several:
            rest = _merged(rest, one, root)
        return sample(rest, root, depth + 1)
    return _of_type(schema, root, depth)


def _resolved(schema: dict[str, Any], root: Any) -> dict[str, Any]:
    """The schema with a local `$ref` followed, a few steps at most."""
    for _ in range(DEEPEST):
        name = schema.get("$ref")
        if not isinstance(name, str) or not name.startswith("#"):
            break
        place = root
        for step in name.removeprefix("#").strip("/").split("/") if name != "#" else ():
            place = place.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        schema = _merged(rest, place, root) if isinstance(place, dict) else rest
    return schema


def _merged(one: dict[str, Any], other: Any, root: Any) -> dict[str, Any]:
    if not isinstance(other, dict):
        return one
    other = _resolved(other, root) if "$ref" in other else other
    merged = {**one, **other}
    if "properties" in one and "properties" in other:
        merged["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    return merged


def _of_type(schema: dict[str, Any], root: Any, depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind is None:
        kind = _implied(schema)
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        return _array(schema, root, depth)
    if kind == "string":
        text = _FORMATS.get(str(schema.get("format")), "text")
        least, most = schema.get("minLength"), schema.get("maxLength")
        text = text.ljust(least, "x") if isinstance(least, int) else text
        return text[:most] if isinstance(most, int) else text
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    return {"boolean": True, "null": None}.get(str(kind), {})


def _implied(schema: dict[str, Any]) -> str:
    for kind, names in (
        ("object", ("properties", "required", "minProperties")),
        ("array", ("items", "prefixItems", "minItems")),
        ("string", ("minLength", "maxLength", "format", "pattern")),
        ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    ):
        if any(name in schema for name in names):
            return kind
    return "object"


def _object(schema: dict[str, Any], root: Any, depth: int) -> dict[str, Any]:
    known = schema.get("properties") if isinstance(schema.get("properties"), dict) else {}
    needed = schema.get("required") if isinstance(schema.get("required"), list) else []
    assert isinstance(known, dict)
    assert isinstance(needed, list)
    names = list(dict.fromkeys([*needed, *(known if depth < 2 else ())]))
    return {name: sample(known.get(name, {}), root, depth + 1) for name in names if known.get(name) is not False}


def _array(schema: dict[str, Any], root: Any, depth: int) -> list[Any]:
    first = schema.get("prefixItems")
    made = [sample(one, root, depth + 1) for one in first] if isinstance(first, list) else []
    least = schema.get("minItems")
    count = max(least if isinstance(least, int) else 1, 0)
    items = schema.get("items")
    while len(made) < min(count, 100) and items is not False:
        one = sample(items if isinstance(items, dict) else {"type": "string"}, root, depth + 1)
        if schema.get("uniqueItems") and one in made:
            one = f"{one}{len(made)}" if isinstance(one, str) else one + len(made) if isinstance(one, int) else one
        made.append(one)
    most = schema.get("maxItems")
    return made[:most] if isinstance(most, int) else made


def _number(schema: dict[str, Any], *, whole: bool) -> int | float:
    step = schema.get("multipleOf")
    step = step if isinstance(step, int | float) and step else 1
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    number: int | float = 1
    if isinstance(low, int | float):
        number = low
    elif isinstance(above, int | float) and not isinstance(above, bool):
        number = above + step
    elif isinstance(high, int | float):
        number = min(number, high)
    elif isinstance(below, int | float) and not isinstance(below, bool):
        number = min(number, below - step)
    rest = number % step
    number = number + step - rest if rest else number
    return int(number) if whole else number
