"""Declared tools, in OpenAI's, Anthropic's and BFCL's way of writing them, and calls bound to their parameters.

BFCL writes JSON Schema with the type names of Python, Java and JavaScript (`dict`, `float`, `tuple`, `any`, `HashMap`);
they are read as the JSON types that they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError, brief
from referee.structure.calls.nouns import Call, Raw
from referee.structure.schema import Schema, schema

_TYPES: Final = {
    name: kind
    for kind, names in {
        "object": "object dict Dict HashMap Hashtable Map Object",
        "array": "array list List tuple Tuple Array ArrayList Set set Queue Stack",
        "string": "string str String char Char",
        "number": "number float Float double Double Number",
        "integer": "integer int Integer long Long short Short byte Byte Bigint BigInt",
        "boolean": "boolean bool Boolean",
        "null": "null None NoneType",
    }.items()
    for name in names.split()
}
_KEPT: Final = {
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "required", "minProperties", "maxProperties", "$ref",
    "$schema", "$id",
}  # fmt: skip
_ONE: Final = ("items", "additionalProperties", "not", "contains", "propertyNames")
_SEVERAL: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED: Final = ("properties", "patternProperties", "$defs", "definitions")
_DEEPEST: Final = 40


class Fault(NamedTuple):
    """What is wrong with a call: a reason and a sentence."""

    reason: str
    detail: str


class Bound(NamedTuple):
    """A call with a name for each argument."""

    name: str
    arguments: dict[str, Any]


class Tool:
    """One declared tool: its parameters in order, those that must be given, what stands for one that is not."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self.root = parameters
        properties = parameters.get("properties")
        self.parameters: dict[str, Any] = properties if isinstance(properties, dict) else {}
        required = parameters.get("required")
        self.required = (
            frozenset(one for one in required if isinstance(one, str)) if isinstance(required, list) else frozenset()
        )
        extra = parameters.get("additionalProperties", not isinstance(properties, dict))
        self.open = bool(extra) or isinstance(extra, dict) or "patternProperties" in parameters
        self.order = tuple(self.parameters)

    def kinds(self, name: str) -> frozenset[str]:
        """The JSON types that a parameter may have; empty where anything may stand."""
        return kinds(self.parameters.get(name))

    @cached_property
    def schema(self) -> Schema:
        """The parameters as a compiled JSON Schema."""
        return schema(_translated({"type": "object", **self.root}, 0))


class Tools:
    """All declared tools. `None` in the place of tools: nothing is known about them."""

    def __init__(self, declared: list[Any]) -> None:
        self.by_name: dict[str, Tool] = {}
        for place, one in enumerate(declared):
            tool = _tool(one, place)
            if tool.name in self.by_name:
                raise TruthError(f"$.tools[{place}]: the tool '{tool.name}' is declared twice")
            self.by_name[tool.name] = tool
        others = [name.replace(".", "_") for name in self.by_name]
        for name, tool in list(self.by_name.items()):
            # Interfaces that allow no dot in a name show the tool a.b as a_b.
            alias = name.replace(".", "_")
            if alias != name and others.count(alias) == 1:
                self.by_name[alias] = tool

    def bind(self, call: Call) -> Bound | Fault:
        """The call with every argument under its parameter's name."""
        tool = self.by_name.get(call.name)
        if tool is None:
            return Fault("call.unknown_function", f"no tool is called {call.name[:80]!r}")
        named = call.arguments
        if call.positional:
            if len(call.positional) > len(tool.order):
                return Fault("call.unknown_argument", f"{len(call.positional)} arguments for {tool.name}")
            placed = dict(zip(tool.order, call.positional, strict=False))
            if twice := placed.keys() & named.keys():
                return Fault("call.duplicate_argument", f"the argument {min(twice)[:60]!r} is given twice")
            named = placed | named
        if not tool.open and not named.keys() <= tool.parameters.keys():
            name = next(name for name in named if name not in tool.parameters)
            return Fault("call.unknown_argument", f"{tool.name} has no parameter {name[:60]!r}")
        return Bound(tool.name, named)


def bind_unknown(call: Call) -> Bound | Fault:
    """The call of a tool that nobody declared: its arguments must be named."""
    if call.positional:
        return Fault("call.unknown_argument", f"an argument without a name, and {call.name[:80]} is not declared")
    return Bound(call.name, call.arguments)


def kinds(declared: Any) -> frozenset[str]:
    """The JSON types that a schema names; empty where anything may stand."""
    if not isinstance(declared, dict):
        return frozenset()
    if isinstance(several := declared.get("anyOf", declared.get("oneOf")), list):
        each = [kinds(one) for one in several]
        return frozenset().union(*each) if all(each) else frozenset()
    named = declared.get("type")
    names = named if isinstance(named, list) else [named]
    found = [_TYPES.get(one) for one in names if isinstance(one, str)]
    if not found or None in found:
        return frozenset()
    nullable = ["null"] if declared.get("nullable") is True else []
    return frozenset(one for one in [*found, *nullable] if one)


def kind(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "string" if isinstance(value, str) else "object" if isinstance(value, dict) else "array"


def of_kind(value: Any, allowed: frozenset[str]) -> bool:
    """Whether a value has one of these types; an integer is a number, true is none."""
    if not allowed or isinstance(value, Raw):
        return True
    found = kind(value)
    return found in allowed or (found == "integer" and "number" in allowed)


def _tool(declared: Any, place: int) -> Tool:
    told = declared.get("function", declared) if isinstance(declared, dict) else None
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(name, str) or not name:
        raise TruthError(f"$.tools[{place}]: a tool has a name and parameters; got {brief(declared)}")
    parameters = told.get("parameters", told.get("input_schema"))
    if not isinstance(parameters, dict | None):
        raise TruthError(f"$.tools[{place}]: parameters are a JSON Schema; got {brief(parameters)}")
    return Tool(name, parameters or {})


def _translated(declared: Any, depth: int) -> Any:
    """A schema with JSON's type names, and nothing in it that says nothing about values."""
    if not isinstance(declared, dict):
        return declared if isinstance(declared, bool) else {}
    if depth > _DEEPEST:
        raise TruthError(f"the parameters are nested more than {_DEEPEST} levels deep")
    made = {key: value for key, value in declared.items() if key in _KEPT}
    if not isinstance(made.get("required", []), list):
        del made["required"]  # the draft 3 way, on the property itself
    if allowed := kinds({key: value for key, value in declared.items() if key in {"type", "nullable"}}):
        made["type"] = sorted(allowed)
    for key in _ONE:
        if isinstance(declared.get(key), dict | bool):
            made[key] = _translated(declared[key], depth + 1)
    for key in _SEVERAL:
        if isinstance(declared.get(key), list):
            made[key] = [_translated(one, depth + 1) for one in declared[key]]
    for key in _NAMED:
        if isinstance(declared.get(key), dict):
            made[key] = {name: _translated(one, depth + 1) for name, one in declared[key].items()}
    return made
