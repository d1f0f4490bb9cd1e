"""Calls as objects: `{"name", "arguments"}`, OpenAI's `tool_calls`, Anthropic's `tool_use` blocks.

They come as JSON in the text, or as data beside it, where a server has taken them out of the text already. An object
with a key that its form has not is no call: two keys for the arguments would be two tries.
"""

from __future__ import annotations

from typing import Any, Final

from referee.structure.calls.nouns import MOST_CALLS, Call, Calls, Form, Refused
from referee.structure.json_text import Malformed, read

PLAIN: Final[tuple[Form, ...]] = ("json", "llama3_json")
OPENAI: Final[tuple[Form, ...]] = ("openai",)
ANTHROPIC: Final[tuple[Form, ...]] = ("anthropic",)

_ARGUMENTS = ("arguments", "parameters")
_MESSAGE = {"role", "content", "tool_calls", "refusal", "reasoning", "reasoning_content", "function_call", "audio",
            "annotations"}  # fmt: skip
_BLOCKS = {"role", "content", "type", "id", "model", "stop_reason", "stop_sequence", "usage"}


def plain(value: Any) -> Call:
    """`{"name": ..., "arguments": {...}}`, or with `parameters`."""
    if isinstance(value, dict):
        for key in _ARGUMENTS:
            if key in value and len(value) == 2 and isinstance(value.get("name"), str):
                return Call(value["name"], _object(value[key]))
    raise _no_call(value, "an object with 'name' and 'arguments'")


def of(value: Any) -> Calls:
    """What a JSON document says: one call, a list of calls, or a message that holds some."""
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, dict):
        if "tool_calls" in value and value.keys() <= _MESSAGE and isinstance(value["tool_calls"], list):
            if not isinstance(value.get("content"), str | None):
                raise _no_call(value["content"], "a text or null")
            return Calls([_openai(one) for one in _few(value["tool_calls"])], OPENAI)
        if isinstance(value.get("content"), list) and value.keys() <= _BLOCKS:
            return _listed(value["content"])
        if "function" in value:
            return Calls([_openai(value)], OPENAI)
        if value.get("type") == "tool_use":
            return Calls([_block(value)], ANTHROPIC)
    return Calls([plain(value)], PLAIN)


def _listed(values: list[Any]) -> Calls:
    if not values:
        return Calls([], (*PLAIN, "openai", "anthropic", "pythonic", "mistral"))
    first = values[0] if isinstance(values[0], dict) else {}
    if "function" in first:
        return Calls([_openai(one) for one in _few(values)], OPENAI)
    if first.get("type") in {"tool_use", "text"}:
        blocks = [one for one in _few(values) if not (isinstance(one, dict) and one.get("type") == "text")]
        return Calls([_block(one) for one in blocks], ANTHROPIC)
    return Calls([plain(one) for one in _few(values)], ("json",))


def _few(values: list[Any]) -> list[Any]:
    if len(values) > MOST_CALLS:
        raise Refused("call.too_many", f"{len(values):,} calls; at most {MOST_CALLS} are read")
    return values


def _openai(value: Any) -> Call:
    function = (
        value.get("function") if isinstance(value, dict) and value.get("type", "function") == "function" else None
    )
    if not isinstance(function, dict) or not value.keys() <= {"id", "type", "function", "index"}:
        raise _no_call(value, "an object with 'type' and 'function'")
    name = function.get("name")
    if not isinstance(name, str) or not function.keys() <= {"name", "arguments"}:
        raise _no_call(function, "an object with 'name' and 'arguments'")
    return Call(name, _object(function.get("arguments")))


def _block(value: Any) -> Call:
    if isinstance(value, dict) and value.get("type") == "tool_use" and isinstance(value.get("name"), str):
        extra = value.keys() - {"type", "id", "name", "input", "cache_control", "caller"}
        if not extra and isinstance(value.get("input"), dict):
            return Call(value["name"], value["input"])
    raise _no_call(value, "a block of type 'tool_use' with 'name' and 'input'")


def _object(arguments: Any) -> dict[str, Any]:
    """Arguments as they are, or as the JSON text that OpenAI's form has; an empty text says that there are none."""
    if isinstance(arguments, dict):
        return arguments
    if arguments == "":
        return {}
    if isinstance(arguments, str):
        document = read(arguments)
        if isinstance(document, Malformed):
            raise Refused(document.reason, f"in the arguments: {document.detail}")
        arguments = document.value
    if not isinstance(arguments, dict):
        raise _no_call(arguments, "an object of arguments")
    return arguments


def _no_call(value: Any, wanted: str) -> Refused:
    kind = {dict: "an object", list: "an array", str: "a text", type(None): "null"}.get(type(value), "a number")
    keys = f" with {', '.join(map(repr, list(value)[:6]))}"[:120] if isinstance(value, dict) else ""
    return Refused("call.malformed", f"{wanted} must stand here, not {kind}{keys}")
