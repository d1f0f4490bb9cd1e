"""How much of a schema a value meets: the share of its leaf constraints, for partial credit.

A leaf is one thing that the schema asks of one place: a type of a scalar, an `enum`, a bound, a pattern. What counts is
fixed by the schema and never by the value, so that writing more cannot dilute what is wrong:

* a required property that is missing has all of its leaves unmet; an optional one that is there and right adds nothing,
  one that is wrong adds what it breaks;
* the elements of an array count as their worst one; an array without elements has met nothing of what they should be;
* being an object or an array is no leaf, nor is what holds of an empty one: `{}` earns nothing for what it lacks;
* of `anyOf` and `oneOf` the best branch counts; `not`, `if` and the like are one leaf, met where the value is valid.

The share is 1 exactly when the value is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from referee.core.errors import TruthError
from referee.structure.schema import Schema, schema

_SCALAR = {
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "format",
}  # fmt: skip
_COUNTED = {"minItems", "minProperties", "minContains", "contains", "dependentRequired", "dependencies"}
_NEGATIVE = {
    "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems", "propertyNames", "maxItems",
    "maxProperties", "uniqueItems", "not", "if", "dependentSchemas", "maxContains",
}  # fmt: skip
_MOST = 2_000  # places looked at; a schema that refers to itself is bounded by the value, and by this
_DEEPEST = 40
_MISSING: Any = object()


class Share(NamedTuple):
    """Leaves met, of how many."""

    met: Fraction
    total: Fraction

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return float(self.met / self.total) if self.total else 0.0


_NONE = Share(Fraction(0), Fraction(0))


def share(compiled: Schema, value: Any) -> float:
    """The share of leaf constraints that a value meets, in [0, 1]; 1 exactly when it is valid."""
    if compiled.valid(value):
        return 1.0
    found = _Measure(compiled).of(compiled.root, value, 0)
    return min(found.value, float(1 - 1 / (found.total + 1)))  # what is not valid is not whole


class _Measure:
    """One walk over a schema and a value."""

    def __init__(self, compiled: Schema) -> None:
        self.compiled = compiled
        self.root = compiled.root
        self.left = _MOST

    def of(self, node: Any, value: Any, depth: int) -> Share:
        """What `node` asks of `value`, which may be `_MISSING`."""
        self.left -= 1
        if depth > _DEEPEST or self.left < 0 or node is True:
            return _NONE
        if not isinstance(node, dict):
            return _lost(1) if value is not _MISSING else _NONE
        parts = [self._reference(node, value, depth), self._branches(node, value, depth)]
        kind = _kind(node, value)
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
        for name in node:
            if name == "type":
                if kind == "scalar":
                    yield _one(right_type)
            elif name in _SCALAR or name in _COUNTED:
                yield _one(right_type and value is not _MISSING and self._holds(node, (name,), value))
            elif name in _NEGATIVE and value is not _MISSING and right_type and not self._alone(node, name, value):
                yield _lost(1)

    def _typed(self, node: dict[str, Any], value: Any) -> bool:
        return value is not _MISSING and ("type" not in node or self._holds(node, ("type",), value))

    def _alone(self, node: dict[str, Any], name: str, value: Any) -> bool:
        """Whether the value meets one keyword, read beside the ones that it looks at."""
        beside = {
            "additionalProperties": ("properties", "patternProperties"),
            "additionalItems": ("items",),
            "if": ("then", "else"),
            "maxContains": ("contains",),
        }
        if name.startswith("unevaluated"):
            return True  # it depends on everything; a value that breaks only this one is short of whole by the rest
        return self._holds(node, (name, *beside.get(name, ())), value, only=name)

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
        for inner, element in zip(first, given, strict=False):
            yield self.of(inner, element, depth + 1)
        if isinstance(items, dict):
            rest = given[len(first) :]
            if rest:
                yield min((self.of(items, element, depth + 1) for element in rest), key=lambda one: one.value)
            elif node.get("minItems", 0) or "type" not in node or not isinstance(value, list):
                yield self.of(items, _MISSING, depth + 1)

    def _branches(self, node: dict[str, Any], value: Any, depth: int) -> Share:
        found = [self.of(inner, value, depth + 1) for inner in _list(node, "allOf")]
        for name in ("anyOf", "oneOf"):
            if branches := _list(node, name):
                best = max((self.of(inner, value, depth + 1) for inner in branches), key=lambda one: one.value)
                met = value is not _MISSING and self._holds(node, (name,), value)
                found.append(Share(Fraction(1 if met else best.value / 2), Fraction(1)))
        return _sum(found)

    def _reference(self, node: dict[str, Any], value: Any, depth: int) -> Share:
        target = node.get("$ref")
        if not isinstance(target, str) or not target.startswith("#"):
            return _NONE if target is None else _one(value is not _MISSING and self._holds(node, ("$ref",), value))
        inner = self.root
        for step in target[1:].split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            inner = inner.get(step) if isinstance(inner, dict) else None
        if value is _MISSING and depth > _DEEPEST // 4:
            return _NONE  # a schema that refers to itself has no end where no value bounds it
        return self.of(inner, value, depth + 1) if isinstance(inner, dict | bool) else _NONE


def _kind(node: dict[str, Any], value: Any) -> str:
    """What the schema describes here: an object, an array or a scalar."""
    kinds = node.get("type")
    named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if "object" in named or (not named and ("properties" in node or "required" in node)):
        return "scalar" if len(named) > 1 and not isinstance(value, dict) else "object"
    if "array" in named or (not named and ("items" in node or "prefixItems" in node)):
        return "scalar" if len(named) > 1 and not isinstance(value, list) else "array"
    return "scalar"


def _plain(rule: dict[str, Any]) -> bool:
    return all(not isinstance(value, dict | list) or name in {"enum", "const"} for name, value in rule.items())


def _definitions(root: Any) -> dict[str, Any]:
    return {name: root[name] for name in ("definitions", "$defs") if isinstance(root, dict) and name in root}


def _list(node: dict[str, Any], name: str) -> list[Any]:
    found = node.get(name)
    return found if isinstance(found, list) else []


def _one(met: bool) -> Share:
    return Share(Fraction(met), Fraction(1))


def _lost(count: int) -> Share:
    return Share(Fraction(0), Fraction(count))


def _broken(found: Share) -> Share:
    """Only what is wrong counts."""
    return Share(Fraction(0), found.total - found.met)


def _sum(parts: list[Share]) -> Share:
    add: Callable[[int], Fraction] = lambda at: sum((part[at] for part in parts), Fraction(0))  # noqa: E731
    return Share(add(0), add(1))
