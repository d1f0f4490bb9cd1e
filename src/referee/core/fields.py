"""The fields of a record in words: what a value may be, what is wrong with one, what a field is for.

One account for everything that a user writes: a verifier's parameters, the fields of a pack. The types say what is
allowed, and lines of the form `name: meaning` in the docstring say what for.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect as types

from referee.core.errors import nearest

_AT = re.compile(r" - at `\$([^`]*)`$")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")
_MEANING = re.compile(r"^`?(\w+)`?: (.*)$")


class Field(NamedTuple):
    """One field: its name, what it may hold, its default as Python writes it ("" when it has none), its meaning."""

    name: str
    kind: str
    default: str
    meaning: str


def fields(record: type[msgspec.Struct]) -> list[Field]:
    """The fields of a record, in order."""
    told = meanings(record)
    known = {field.name: in_words(field.type) for field in _fields(record)}
    return [Field(one.name, known[one.name], _default(one), told.get(one.name, "")) for one in _plain(record)]


def meanings(record: type) -> dict[str, str]:
    """The `name: meaning` lines of a record's docstring and its bases'; a meaning may run over several lines."""
    found: dict[str, str] = {}
    for base in reversed(record.__mro__):
        name = ""
        for line in inspect.cleandoc(base.__doc__ or "").splitlines():
            if start := _MEANING.match(line):
                name = start[1]
                found[name] = start[2].strip()
            elif name and line.strip():
                found[name] += " " + line.strip()
            else:
                name = ""
    return found


def fault(error: Exception, record: type[msgspec.Struct], given: Any) -> tuple[str, str]:
    """Where msgspec found a wrong value, like `.channel`, and a sentence about it: what it must be, and what it is."""
    message = str(error)
    place = _AT.search(message)
    path, problem = (place[1] if place else ""), _AT.sub("", message)
    if not isinstance(error, msgspec.ValidationError):
        return path, problem
    kind, value = _descend(types.type_info(record), given, path)
    if kind is None or "required field" in problem or not problem.startswith(("Expected", "Invalid", "Object")):
        return path, problem[:1].lower() + problem[1:] if problem.startswith(("Expected", "Object")) else problem
    return path, f"{_named(path)}must be {in_words(kind)}; got {_shown(value)}{_hint(kind, value)}"


def in_words(kind: types.Type) -> str:
    """What a value of a type may be."""
    if isinstance(kind, types.LiteralType):
        return _either([repr(value) if isinstance(value, str) else str(value) for value in kind.values])
    if isinstance(kind, types.UnionType):
        words = [in_words(one) for one in kind.types if not isinstance(one, types.NoneType)]
        return _either([word for word in words if word != "a whole number" or "a number" not in words])
    if isinstance(kind, types.IntType | types.FloatType):
        return ("a whole number" if isinstance(kind, types.IntType) else "a number") + _bounds(kind)
    if isinstance(kind, types.TupleType):
        return f"a list of {len(kind.item_types)}: {', '.join(in_words(one) for one in kind.item_types)}"
    if isinstance(kind, types.VarTupleType | types.ListType | types.SetType | types.FrozenSetType):
        return f"a list, each {in_words(kind.item_type)}"
    return _WORDS.get(type(kind), "anything")


_WORDS: dict[type, str] = {
    types.StrType: "a text",
    types.BoolType: "true or false",
    types.DictType: "a table",
    types.StructType: "a table of fields",
}


def _fields(record: type[msgspec.Struct]) -> tuple[types.Field, ...]:
    info = types.type_info(record)
    assert isinstance(info, types.StructType)
    return info.fields


def _plain(record: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(record)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return repr(field.default_factory())
    return "" if field.default is msgspec.NODEFAULT else repr(field.default)


def _descend(kind: types.Type | None, value: Any, path: str) -> tuple[types.Type | None, Any]:
    """The type and the value at a path; no type where the path leaves what is known."""
    for name, index in _STEP.findall(path):
        if isinstance(kind, types.StructType) and name:
            kind = next((field.type for field in kind.fields if field.name == name), None)
            value = value.get(name) if isinstance(value, dict) else None
        elif isinstance(kind, types.VarTupleType) and index:
            kind, value = kind.item_type, value[int(index)]
        elif isinstance(kind, types.TupleType) and index:
            kind, value = kind.item_types[int(index)], value[int(index)]
        else:
            return None, None
    return kind, value


def _named(path: str) -> str:
    """The last name of a path, in quotes, to begin a sentence with."""
    return f"'{path.removeprefix('.')}' " if path else "it "


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value!r:.60}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    try:
        return f"{value!r:.60}"
    except ValueError:  # Python does not write it out
        return "a number of thousands of digits"


def _hint(kind: types.Type, value: Any) -> str:
    members = kind.types if isinstance(kind, types.UnionType) else (kind,)
    choices = [str(choice) for one in members if isinstance(one, types.LiteralType) for choice in one.values]
    if not isinstance(value, str):
        return ""
    if guess := nearest(value, choices):
        return f"; did you mean '{guess}'?"
    if any(isinstance(one, types.IntType | types.FloatType) for one in members) and _is_number(value):
        exact = value if "." in value else value.lower().replace("e", ".0e", 1)
        return f" (YAML needs {exact})" if "e" in value.lower() else "; leave the quotes out"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _either(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def _bounds(kind: types.IntType | types.FloatType) -> str:
    low = f"{kind.ge} or more" if kind.ge is not None else f"more than {kind.gt}" if kind.gt is not None else ""
    high = f"{kind.le} or less" if kind.le is not None else f"less than {kind.lt}" if kind.lt is not None else ""
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge} to {kind.le}"
    return "".join(f", {bound}" for bound in (low, high) if bound)
