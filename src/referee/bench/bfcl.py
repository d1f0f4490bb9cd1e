"""BFCL's gold answers: read from the package `bfcl-eval`, written in every form of call, and changed by one argument.

Only the data of the package is read, never its code.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from referee.core.errors import InputError
from referee.structure.calls import literals
from referee.structure.calls.tools import Bound, Tools

PYTHON: Final = (
    "simple_python", "multiple", "parallel", "parallel_multiple", "live_simple", "live_multiple", "live_parallel",
    "live_parallel_multiple",
)  # fmt: skip
OTHERS: Final = ("simple_java", "simple_javascript")
MULTI_TURN: Final = ("multi_turn_base", "multi_turn_long_context", "multi_turn_miss_func", "multi_turn_miss_param")
TOOLBOXES: Final = (
    "gorilla_file_system", "math_api", "message_api", "posting_api", "ticket_api", "trading_bot", "travel_booking",
    "vehicle_control",
)  # fmt: skip
REFUSALS: Final = ("irrelevance", "live_irrelevance")
# Keys that no call can meet: nothing allowed for an argument that must be given, or one that the tool has not.
BROKEN: Final = ("live_simple_106-63-0", "live_simple_112-68-0", "live_multiple_862-181-3", "live_multiple_964-207-0")

Given = dict[str, Any]  # argument -> value
Written = list[tuple[str, Given]]  # the calls of one answer


class Gold(NamedTuple):
    """One row: its tools and its possible answers."""

    id: str
    tools: list[dict[str, Any]]
    calls: list[dict[str, dict[str, list[Any]]]]

    @property
    def truth(self) -> dict[str, Any]:
        """For `tools.call`."""
        return {"tools": self.tools, "calls": self.calls}

    def schema(self, name: str) -> dict[str, Any]:
        """The parameters of a tool."""
        return next((tool["parameters"] for tool in self.tools if tool["name"] == name), {})


def golds(source: Path | None, categories: tuple[str, ...]) -> list[Gold]:
    """The rows of some categories. `source`: the wheel of bfcl-eval or a folder; None for the installed package."""
    read = _opened(source)
    found: list[Gold] = []
    for category in categories:
        keys = {}
        if category not in REFUSALS:
            lines = read(f"possible_answer/BFCL_v4_{category}.json").splitlines()
            keys = {key["id"]: key["ground_truth"] for key in map(json.loads, lines)}
        rows = map(json.loads, read(f"BFCL_v4_{category}.json").splitlines())
        found += [Gold(row["id"], row["function"], keys.get(row["id"], [])) for row in rows]
    return found


class Turn(NamedTuple):
    """The calls of one turn of a conversation: as they are published, with names for all arguments, and the truth."""

    id: str
    text: str
    calls: Written
    truth: dict[str, Any]


def turns(source: Path | None) -> list[Turn]:
    """The turns of the multi-turn rows in which something is called, each by itself, in order."""
    read = _opened(source)
    docs = [
        json.loads(line) for name in TOOLBOXES for line in read(f"multi_turn_func_doc/{name}.json").splitlines() if line
    ]
    tools = Tools(docs)
    found = []
    for category in MULTI_TURN:
        for row in map(json.loads, read(f"possible_answer/BFCL_v4_{category}.json").splitlines()):
            for number, said in enumerate(row["ground_truth"]):
                if not said:
                    continue
                bound = [tools.bind(literals.calls(call, 0, len(call))[0]) for call in said]
                calls = [(one.name, one.arguments) for one in bound if isinstance(one, Bound)]
                truth = {"tools": docs, "calls": [{"name": name, "arguments": given} for name, given in calls]}
                found.append(Turn(f"{row['id']} {number}", f"[{', '.join(said)}]", calls, truth))
    return found


def _opened(source: Path | None) -> Callable[[str], bytes]:
    if source is None:
        spec = find_spec("bfcl_eval")
        places = list(spec.submodule_search_locations or []) if spec else []
        if not places:
            raise InputError("BFCL's data is not here: pip install --no-deps bfcl-eval, or name its wheel")
        source = Path(places[0]) / "data"
    if source.is_file():
        wheel = zipfile.ZipFile(source)
        return lambda name: wheel.read(f"bfcl_eval/data/{name}")
    folder = next((one for one in (source / "bfcl_eval" / "data", source / "data", source) if one.is_dir()), source)
    if not (folder / "BFCL_v4_simple_python.json").exists():
        raise InputError(f"'{source}' holds no BFCL_v4_simple_python.json; name the wheel of bfcl-eval or its folder")
    return lambda name: (folder / name).read_bytes()


# Answers


def answer(gold: Gold) -> Written:
    """The first thing that is allowed for each argument, without those that may be left out."""
    return [(name, _given(gold, name, listed)) for call in gold.calls for name, listed in call.items()]


def alternatives(gold: Gold) -> Iterator[Written]:
    """The answer with each further alternative of each argument in its turn."""
    first = answer(gold)
    for place, call in enumerate(gold.calls):
        for name, listed in call.items():
            for argument, values in listed.items():
                known = gold.schema(name).get("properties", {})
                for value in [one for one in values if one != ""] if argument in known else []:
                    changed = {**first[place][1], argument: _value(value)}
                    if changed != first[place][1]:
                        yield [*first[:place], (name, changed), *first[place + 1 :]]


def _given(gold: Gold, name: str, listed: dict[str, list[Any]]) -> Given:
    required = gold.schema(name).get("required", [])
    given = {}
    for argument, values in listed.items():
        kept = [value for value in values if value != ""]
        if "" in values and argument not in required:
            continue
        if values:
            given[argument] = _value(kept[0] if kept else "")
    return given


def _value(allowed: Any) -> Any:
    if isinstance(allowed, list):
        return [_value(one) for one in allowed]
    if isinstance(allowed, dict):
        made = {}
        for key, values in allowed.items():
            if not isinstance(values, list):
                made[key] = values
            elif "" not in values:
                made[key] = _value(values[0]) if values else []
        return made
    return allowed


# Forms


def _json(calls: Written, key: str = "arguments") -> list[str]:
    return [json.dumps({"name": name, key: given}, ensure_ascii=False) for name, given in calls]


def _pythonic(calls: Written) -> str:
    return (
        "[" + ", ".join(f"{name}({', '.join(f'{k}={v!r}' for k, v in given.items())})" for name, given in calls) + "]"
    )


def _openai(calls: Written) -> str:
    made = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        for n, (name, given) in enumerate(calls)
    ]
    return json.dumps({"role": "assistant", "content": None, "tool_calls": made})


def _anthropic(calls: Written) -> str:
    made: list[Any] = [{"type": "text", "text": "I will look."}]
    return json.dumps(made + [{"type": "tool_use", "id": "t", "name": name, "input": given} for name, given in calls])


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _qwen3_coder(calls: Written) -> str:
    made = []
    for name, given in calls:
        inside = "".join(f"<parameter={key}>\n{_bare(value)}\n</parameter>\n" for key, value in given.items())
        made.append(f"<tool_call>\n<function={name}>\n{inside}</function>\n</tool_call>")
    return "\n".join(made)


def _glm(calls: Written) -> str:
    made = []
    for name, given in calls:
        each = (f"<arg_key>{key}</arg_key>\n<arg_value>{_bare(value)}</arg_value>\n" for key, value in given.items())
        made.append(f"<tool_call>{name}\n{''.join(each)}</tool_call>")
    return "\n".join(made)


FORMS: Final[dict[str, Callable[[Written], str]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "hermes": lambda calls: "Let me see.\n" + "\n".join(f"<tool_call>\n{one}\n</tool_call>" for one in _json(calls)),
    "llama3_json": lambda calls: "<|python_tag|>" + "; ".join(_json(calls, "parameters")),
    "pythonic": _pythonic,
    "mistral": lambda calls: f"[TOOL_CALLS][{', '.join(_json(calls))}]",
    "qwen3_coder": _qwen3_coder,
    "glm": _glm,
    "json": lambda calls: f"[{', '.join(_json(calls))}]",
    "fenced": lambda calls: f"Here:\n```json\n[{', '.join(_json(calls))}]\n```\n",
}


# Mutations

_MARKS: Final = ".,/-_*^"


class Mutation(NamedTuple):
    """An answer with one argument changed. `what` was done; `allowed`: the key itself allows it."""

    what: str
    calls: Written
    allowed: bool


def mutations(gold: Gold) -> Iterator[Mutation]:
    """Every argument of the answer dropped, renamed and changed in each way that its value has."""
    first = answer(gold)
    for place, (name, given) in enumerate(first):
        listed = gold.calls[place][name]
        declared = gold.schema(name).get("properties", {})

        def swapped(changed: Given, place: int = place, name: str = name) -> Written:
            return [*first[:place], (name, changed), *first[place + 1 :]]

        yield Mutation("an argument too many", swapped({**given, "referee_extra": 1}), allowed=False)
        for argument, value in given.items():
            rest = {key: other for key, other in given.items() if key != argument}
            may_go = "" in listed[argument] and argument not in gold.schema(name).get("required", [])
            yield Mutation("dropped", swapped(rest), allowed=may_go)
            yield Mutation("renamed", swapped({**rest, argument + "_": value}), allowed=False)
            for what, other in _changed(value, declared.get(argument, {})):
                empty = not may_go and "" in listed[argument] and other == ""
                fits = empty or any(_same(other, one) for one in listed[argument] if one != "")
                default = declared.get(argument, {}).get("default")
                fits = fits or (may_go and (other == default if default is not None else other is None))
                yield Mutation(what, swapped({**given, argument: other}), allowed=fits)


def _changed(value: Any, declared: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What was done to a value, and what came of it."""
    yield "to null", None if value is not None else 0
    if isinstance(value, bool):
        yield from (("the other truth value", not value), ("a number for a truth value", int(value)))
        yield "a text for a truth value", str(value).lower()
    elif isinstance(value, int | float):
        yield from _other_numbers(value, declared)
    elif isinstance(value, str):
        yield from _other_texts(value)
    elif isinstance(value, list):
        yield from (("one element more", [*value, value[-1] if value else 0]), ("no elements", [] if value else [0]))
        if value != value[::-1]:
            yield "another order", value[::-1]
        for place, one in enumerate(value):
            for what, other in _changed(one, declared.get("items") or {}):
                yield f"inside a list: {what}", [*value[:place], other, *value[place + 1 :]]
    elif isinstance(value, dict):
        yield "a key more", {**value, "referee_extra": 1}
        for key, one in value.items():
            rest = {name: other for name, other in value.items() if name != key}
            yield "a key less", rest
            for what, other in _changed(one, (declared.get("properties") or {}).get(key) or {}):
                yield f"inside an object: {what}", {**rest, key: other}


def _other_numbers(value: Any, declared: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "a text for a number", str(value)
    if value:
        yield "the other sign", -value
    if isinstance(value, float):
        yield "a little more", value + abs(value) / 1000 + 0.001
        return
    yield from (("plus one", value + 1), ("minus one", value - 1), ("half more", value + 0.5))
    if value in (0, 1):
        yield "a truth value for a number", bool(value)
    if declared.get("type") == "integer":
        yield "a float for an integer", float(value)


def _other_texts(value: str) -> Iterator[tuple[str, Any]]:
    yield from (("a letter more", value + "x"), ("a mark more", value + "-"), ("a mark before", "-" + value))
    if not value:
        return
    yield from (("the last letter gone", value[:-1]), ("no text", ""))
    if value != value[::-1]:
        yield "backwards", value[::-1]
    yield "a list of it", [value]
    if any(mark in value for mark in _MARKS):
        yield "without marks", "".join(char for char in value if char not in _MARKS)


def _same(value: Any, allowed: Any) -> bool:
    """Whether the key allows a value: a second, plain reading of the rules, for counting."""
    if isinstance(allowed, dict):
        if not isinstance(value, dict) or not value.keys() <= allowed.keys():
            return False
        for key, values in allowed.items():
            several = values if isinstance(values, list) else [values]
            if key not in value and "" not in several:
                return False
            if key in value and not any(_same(value[key], one) for one in several if one != "" or several == [""]):
                return False
        return True
    if isinstance(allowed, list):
        return isinstance(value, list) and len(value) == len(allowed) and all(map(_same, value, allowed))
    if isinstance(value, bool) or isinstance(allowed, bool) or value is None or allowed is None:
        return value is allowed
    if isinstance(value, str) and isinstance(allowed, str):
        return " ".join(value.lower().split()) == " ".join(allowed.lower().split())
    if isinstance(value, int | float) and isinstance(allowed, int | float):
        return value == allowed and not (isinstance(value, float) and isinstance(allowed, int))
    return False
