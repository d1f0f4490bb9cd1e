"""How much of a schema a value meets: the share of its leaf constraints, for partial credit.

A leaf is one thing that the schema asks of one place: a type of a scalar, an `enum`, a bound, a pattern. What counts is
fixed by the schema and never by the value, so that writing more cannot dilute what is wrong:

* a required property that is missing has all of its leaves unmet; an optional one that is there and right adds nothing,
  one that is wrong adds what it breaks;
* the elements of an array count as their worst one; an array without elements has met nothing of what they should be,
  and one with too few of them nothing of what the first ones should be;
* being an object or an array is no leaf, nor is what holds of an empty one: `{}` earns nothing for what it lacks, and a
  value of another kind has met nothing that an object or an array of the right kind should hold;
* of `anyOf` and `oneOf` the best branch counts, for half a leaf where none is met; `not`, `if`, `patternProperties` and
  the like only take a leaf away where they are broken.

The share is 1 exactly when the value is valid. A value that is not, and is too large or too deep to be looked at in
whole, has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.structure.schema import Schema, schema

_SCALAR = {
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "format",
}  # fmt: skip
_COUNTED = {"minItems", "minProperties", "contains"}
_NEGATIVE = {
    "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "propertyNames", "maxItems",
    "maxProperties", "uniqueItems", "not", "if", "dependentSchemas", "dependentRequired", "dependencies", "maxContains",
    "patternProperties",
}  # fmt: skip
_BESIDE = {
    "additionalProperties": ("properties", "patternProperties"),
    "additionalItems": ("items",),
    "if": ("then", "else"),
    "contains": ("minContains",),
    "maxContains": ("contains", "minContains"),
    "minimum": ("exclusiveMinimum",),  # in draft 4 the one qualifies the other
    "maximum": ("exclusiveMaximum",),
}
_MOST = 2_000  # places looked at; a schema that refers to itself is bounded by the value, and by this
_DEEPEST = 40
_MISSING: Any = object()


class Share(NamedTuple):
    """Leaves met, of how many."""

    met: float
    total: float

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return self.met / self.total if self.total else 0.0


class _TooLarge(Exception):
    pass


_NONE = Share(0.0, 0.0)
_MET = Share(1.0, 1.0)
_UNMET = Share(0.0, 1.0)


def share(compiled: Schema, value: Any) -> float:
    """The share of leaf constraints that a value meets, in [0, 1]; 1 exactly when it is valid."""
    if compiled.valid(value):
        return 1.0
    try:
        found = _Measure(compiled).of(compiled.root, value, 0)
    except _TooLarge:
        return 0.0
    return min(found.value, 1 - 1 / (found.total + 1))  # what is not valid is not whole


class _Measure:
    """One walk over a schema and a value."""

    def __init__(self, compiled: Schema) -> None:
        self.compiled = compiled
        self.root = compiled.root
        self.left = _MOST

    def of(self, node: Any, value: Any, depth: int) -> Share:
        """What `node` asks of `value`, which may be `_MISSING`."""
        self.left -= 1
        if self.left < 0 or (depth > _DEEPEST and value is not _MISSING):
            raise _TooLarge
        if depth > _DEEPEST or node is True:
            return _NONE
        if not isinstance(node, dict):
            return _lost(1) if value is not _MISSING else _NONE
        parts = [self._reference(node, value, depth), self._branches(node, value, depth)]
        kind = self._kind(node, value)
        if kind == "object":
            parts += self._members(node, value, depth)
        elif kind == "array":
            parts += self._elements(node, value, depth)
        parts += self._leaves(node, value, kind)
        found = _sum(parts)
        if kind != "scalar" and "type" in node and not found.total:
            return _one(self._typed(node, value))  # nothing else is asked of it than to be there
        return found

    def _leaves(self, node: dict[str, Any], value: Any, kind: str) -> Iterator[Share]:
        right_type = self._typed(node, value)
        for name, asked in node.items():
            if name.startswith("exclusive") and isinstance(asked, bool):
                continue
            if name == "type":
                if kind == "scalar":
                    yield _one(right_type)
            elif name in _SCALAR or name in _COUNTED:
                yield _one(right_type and value is not _MISSING and self._holds(node, _with(node, name), value))
            elif name in _NEGATIVE and value is not _MISSING and right_type and not self._alone(node, name, value):
                yield _lost(1)

    def _typed(self, node: dict[str, Any], value: Any) -> bool:
        return value is not _MISSING and ("type" not in node or self._holds(node, ("type",), value))

    def _alone(self, node: dict[str, Any], name: str, value: Any) -> bool:
        """Whether the value meets one keyword, read beside the ones that it looks at."""
        if name.startswith("unevaluated"):
            return True  # it depends on everything; a value that breaks only this one is short of whole by the rest
        return self._holds(node, _with(node, name), value, only=name)

    def _holds(self, node: dict[str, Any], names: tuple[str, ...], value: Any, only: str = "") -> bool:
        rule = {name: node[name] for name in names if name in node}
        if only == "additionalProperties":  # the others are there for their names alone
            rule |= {"properties": dict.fromkeys(node.get("properties", ()), True)}
            rule |= {"patternProperties": dict.fromkeys(node.get("patternProperties", ()), True)}
        if not _plain(rule):
            rule = {**_definitions(self.root), **rule}
        compiled = self.compiled
        if isinstance(self.root, dict) and "$schema" in self.root:
            rule["$schema"] = self.root["$schema"]
        try:
            return schema(rule, compiled.draft, compiled.formats, compiled.resources).valid(value)
        except TruthError:  # it leans on its place in the whole; that is judged by `valid`, and no part of it is paid
            return False

    def _members(self, node: dict[str, Any], value: Any, depth: int) -> Iterator[Share]:
        given = value if isinstance(value, dict) else {}
        asked = node.get("properties", {})
        required = [name for name in node.get("required", ()) if isinstance(name, str)]
        for name in dict.fromkeys(required):
            here = given.get(name, _MISSING)
            found = self.of(asked.get(name, True), here, depth + 1)
            yield found if found.total else _one(here is not _MISSING)
        for name, inner in asked.items():
            if name in given and name not in required:
                yield _broken(self.of(inner, given[name], depth + 1))

    def _elements(self, node: dict[str, Any], value: Any, depth: int) -> Iterator[Share]:
        given = value if isinstance(value, list) else []
        items = node.get("items", True)
        first = node.get("prefixItems", items if isinstance(items, list) else [])
        least = node.get("minItems", 0)
        for index, inner in enumerate(first):
            if index < len(given) or (isinstance(least, int) and index < least):
                yield self.of(inner, given[index] if index < len(given) else _MISSING, depth + 1)
        if items is False and len(given) > len(first):
            yield _lost(1)
        if isinstance(items, dict):
            rest = given[len(first) :]
            if rest:
                yield min((self.of(items, element, depth + 1) for element in rest), key=lambda one: one.value)
            elif (isinstance(least, int) and least > len(first)) or "type" not in node or not isinstance(value, list):
                yield self.of(items, _MISSING, depth + 1)

    def _branches(self, node: dict[str, Any], value: Any, depth: int) -> Share:
        found = [self.of(inner, value, depth + 1) for inner in _list(node, "allOf")]
        for name in ("anyOf", "oneOf"):
            if branches := _list(node, name):
                best = max((self.of(inner, value, depth + 1) for inner in branches), key=lambda one: one.value)
                met = value is not _MISSING and self._holds(node, (name,), value)
                found.append(Share(1.0 if met else best.value / 2, 1.0))
        return _sum(found)

    def _reference(self, node: dict[str, Any], value: Any, depth: int) -> Share:
        target = node.get("$ref")
        if not isinstance(target, str):
            return _NONE
        inner = self.root if target == "#" or target.startswith("#/") else None
        for step in target[1:].split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            inner = inner.get(step) if isinstance(inner, dict) else None
        if not isinstance(inner, dict | bool):  # a name or an address, which the engine finds
            return _one(value is not _MISSING and self._holds(node, ("$ref",), value))
        if value is _MISSING and depth > _DEEPEST // 4:
            return _NONE  # a schema that refers to itself has no end where no value bounds it
        return self.of(inner, value, depth + 1)

    def _kind(self, node: dict[str, Any], value: Any) -> str:
        """What the schema describes here: an object, an array or a scalar; of several kinds, the value's own."""
        kinds = node.get("type")
        named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
        may = {
            "object": "object" in named or (not named and ("properties" in node or "required" in node)),
            "array": "array" in named or (not named and ("items" in node or "prefixItems" in node)),
        }
        if len(named) > 1:
            own = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "scalar"
            if self._typed(node, value):
                return own
        return next((kind for kind, described in may.items() if described), "scalar")


def _with(node: dict[str, Any], name: str) -> tuple[str, ...]:
    """A keyword and those that it is read with, where they are there."""
    return (name, *(other for other in _BESIDE.get(name, ()) if other in node and _qualifies(node, name, other)))


def _qualifies(node: dict[str, Any], name: str, other: str) -> bool:
    return not other.startswith("exclusive") or isinstance(node[other], bool) or name.startswith("exclusive")


def _plain(rule: dict[str, Any]) -> bool:
    return all(not isinstance(value, dict | list) or name in {"enum", "const"} for name, value in rule.items())


def _definitions(root: Any) -> dict[str, Any]:
    return {name: root[name] for name in ("definitions", "$defs") if isinstance(root, dict) and name in root}


def _list(node: dict[str, Any], name: str) -> list[Any]:
    found = node.get(name)
    return found if isinstance(found, list) else []


def _one(met: bool) -> Share:
    return _MET if met else _UNMET


def _lost(count: int) -> Share:
    return Share(0.0, float(count))


def _broken(found: Share) -> Share:
    """Only what is wrong counts."""
    return Share(0.0, found.total - found.met)


def _sum(parts: list[Share]) -> Share:
    return Share(sum(part.met for part in parts), sum(part.total for part in parts))
