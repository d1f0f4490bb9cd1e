"""The documented cases of `tools.call`."""

from __future__ import annotations

from typing import Any

from referee.core.verifier import Case

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer", "default": 1},
                "unit": {"type": "string", "enum": ["C", "F"]},
            },
            "required": ["city"],
        },
    },
}
AREA = {
    "name": "geometry.area",
    "parameters": {
        "type": "dict",
        "properties": {
            "base": {"type": "float"},
            "corners": {"type": "array", "items": {"type": "tuple", "items": {"type": "float"}}},
            "exact": {"type": "boolean"},
            "tags": {"type": "dict"},
            "label": {"type": "string"},
        },
        "required": ["base"],
    },
}


def _call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


PARIS = {"tools": [WEATHER], "calls": [_call("get_weather", city="Paris", days=3)]}
TODAY = {"tools": [WEATHER], "calls": [_call("get_weather", city="Paris")]}
CLOSING = {"tools": [WEATHER], "calls": [_call("get_weather", city="</tool_call> }{", days=3)]}
ONE_DAY = {"tools": [WEATHER], "calls": [_call("get_weather", city="Paris", days=1)]}
TWO = {"tools": [WEATHER], "calls": [_call("get_weather", city="Paris"), _call("get_weather", city="Rome")]}
NONE: dict[str, Any] = {"tools": [WEATHER], "calls": []}
ANY = {"tools": [WEATHER], "relevance": True}


def possible(**arguments: Any) -> dict[str, Any]:
    """A truth in BFCL's way, for the area of something."""
    return {"tools": [AREA], "calls": [{"geometry.area": {"base": [2.0], **arguments}}]}


LABEL = {"tools": [AREA], "calls": [{"geometry.area": {"base": [2.0], "label": ["1.5", ""]}}]}
CORNERS = possible(corners=[[[0.0, -1.5], [1.0, 2.0]]])
NEW_YORK = possible(tags=[{"at": ["New York"]}])
OVERLAP = {
    "tools": [AREA],
    "calls": [{"geometry.area": {"base": [1.0, 2.0]}}, {"geometry.area": {"base": [1.0]}}],
}

_HERMES = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n</tool_call>'
_CLOSING = '<tool_call>{"name": "get_weather", "arguments": {"city": "</tool_call> }{", "days": 3}}</tool_call>'
_QWEN = (
    "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
    "</function>\n</tool_call>"
)
_GLM = (
    "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n<arg_key>days</arg_key>\n"
    "<arg_value>3</arg_value>\n</tool_call>"
)
_OPENAI = (
    '{"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": '
    '{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\", \\"days\\": 3}"}}]}'
)
_BLOCK = '[{"type": "tool_use", "id": "t", "name": "get_weather", "input": {"city": "Paris", "days": 3}}]'

CASES = (
    # every form
    Case(_HERMES, PARIS, "pass", "Hermes and Qwen", reason="call.ok"),
    Case("<think>Rain?</think>I will look.\n" + _HERMES, PARIS, "pass", "prose before it", {"format": "hermes"}),
    Case(_QWEN, PARIS, "pass", "Qwen3-Coder: 3 has no quotes, and is the integer that is declared"),
    Case(_GLM, PARIS, "pass", "GLM"),
    Case(_OPENAI, PARIS, "pass", "OpenAI: arguments are JSON text"),
    Case(_BLOCK, PARIS, "pass", "Anthropic"),
    Case('[get_weather(city="Paris", days=3)]', PARIS, "pass", "Llama and BFCL"),
    Case("get_weather('Paris', 3)", PARIS, "pass", "arguments in the order of the parameters"),
    Case('<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris", "days": 3}}<|eom_id|>', PARIS, "pass"),
    Case('[TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}]</s>', PARIS, "pass"),
    Case('[TOOL_CALLS]get_weather[ARGS]{"city": "Paris", "days": 3}', PARIS, "pass"),
    Case('Sure:\n```json\n{"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}\n```', PARIS, "pass"),
    Case(
        '{"name": "get_weather", "parameters": {"city": "Rome"}}; '
        '{"name": "get_weather", "parameters": {"city": "Paris"}}',
        TWO,
        "pass",
        "Llama 3, in any order",
    ),
    Case('[get_weather(city="Rome"), get_weather(city="Paris")]', TWO, "fail", "", {"order": "ordered"}),
    # strings hold what they hold
    Case(_CLOSING, CLOSING, "pass", "tag in a string"),
    Case('[get_weather(city="Paris)]\\n(\\"")]', TODAY | {"calls": [_call("get_weather", city='Paris)]\n("')]}, "pass"),
    # arguments
    Case('[get_weather(city="Paris", days=1)]', TODAY, "pass", "the default, said aloud"),
    Case('[get_weather(city="Paris", days=2)]', TODAY, "fail", "", reason="call.unasked_argument"),
    Case('[get_weather(days=3)]', PARIS, "fail", "", reason="call.missing_argument"),
    Case('[get_weather(city="Paris", days=3, wind=True)]', PARIS, "fail", "", reason="call.unknown_argument"),
    Case('[get_weather(city="Paris", days="3")]', PARIS, "fail", "", reason="call.wrong_type"),
    Case('[get_weather(city="Paris", days=3.0)]', PARIS, "fail", "", reason="call.wrong_type"),
    Case('[get_weather(city="Paris", days=True)]', ONE_DAY, "fail"),
    Case('[get_weather(city="paris", days=3)]', PARIS, "fail", "exact", reason="call.wrong_value"),
    Case('[get_weather(city="paris", days=3)]', PARIS, "pass", "", {"strings": "fold"}),
    Case('[get_weather(city="Rome", city="Paris", days=3)]', PARIS, "fail", "attack", reason="call.duplicate_argument"),
    Case('[get_weather("Paris", city="Paris", days=3)]', PARIS, "fail", "attack", reason="call.duplicate_argument"),
    Case('[weather(city="Paris", days=3)]', PARIS, "fail", "", reason="call.unknown_function"),
    Case("[geometry.area(base=2)]", possible(), "pass", "2 may stand for 2.0"),
    Case('{"name": "geometry_area", "arguments": {"base": 2}}', possible(), "pass", "no dots in names of interfaces"),
    Case("[geometry.area(base=2.0, corners=[(0, -1.5), (1, 2)])]", CORNERS, "pass"),
    Case("[geometry.area(base=2.0, exact=1)]", possible(exact=[True]), "fail", "1 is not true"),
    Case("[geometry.area(base=2.0, tags={'k': True})]", possible(tags=[{"k": [1]}]), "fail", "nor true 1, deep down"),
    Case("[geometry.area(base=2.0, tags={'at': 'new  york'})]", NEW_YORK, "pass"),
    Case("[geometry.area(base=2.0)]", LABEL, "pass", "may be left out"),
    Case('[geometry.area(base=2.0, label="15")]', LABEL, "fail", "1.5 is not 15", reason="call.wrong_value"),
    Case('[geometry.area(base=2.0, label="")]', LABEL, "fail", 'attack: "" is no value'),
    Case("[geometry.area(base=1), geometry.area(base=2)]", OVERLAP, "pass", "the largest pairing, not the first"),
    # how many
    Case('[get_weather(city="Paris")]', TWO, "partial", "", {"partial": True}, score=0.5),
    Case('[get_weather(city="Paris")]', TWO, "fail", "", reason="call.count"),
    Case('[get_weather(city="Paris"), get_weather(city="Paris")]', TWO, "fail", "attack: one call twice"),
    Case(
        "[" + ", ".join(f'get_weather(city="{city}")' for city in ("Paris", "Rome", "Oslo", "Bonn")) + "]",
        TWO,
        "fail",
        "attack: many guesses",
        {"partial": True},
        reason="call.count",
    ),
    Case('[get_weather(city="Rome"), get_weather(city="Paris"), get_weather(city="Oslo")]', TWO, "partial",
         "one call too many takes a right one away", {"partial": True}, score=0.5),
    Case('[get_weather(city="Rome", days=3), get_weather(city="Paris", days=3)]', PARIS, "fail", "attack: two guesses",
         {"partial": True}, reason="call.count"),
    # none, clean or broken
    Case("I cannot book flights with these tools.", NONE, "pass", "", reason="call.refused"),
    Case("I could ask get_weather(city), but it books nothing.", NONE, "pass", "a mention is no call"),
    Case(_HERMES, NONE, "fail", "", reason="call.unexpected"),
    Case('<tool_call>{"name": "get_weather", "arguments": {"city": ', NONE, "fail", "attack: cut", reason="json.cut"),
    Case("get_weather(", NONE, "fail", "attack: cut, as a refusal"),
    Case("get_weather(city) is what I would need, but it books nothing.", NONE, "pass", "about a tool"),
    Case("null", NONE, "fail", "attack: nothing said", reason="call.malformed"),
    Case("get_weather", NONE, "fail", "attack: a name alone", reason="call.malformed"),
    Case('```json\n{"name":', NONE, "fail", "attack: a block that is cut", reason="json.cut"),
    Case('Well: get_weather(city="Paris") it is', NONE, "fail", "attack: neither", reason="call.malformed"),
    Case('I pass. {"name": "get_weather", "arguments": {}}', NONE, "fail", "attack", reason="call.malformed"),
    Case("[get_weather(city=open('/etc/passwd').read())]", NONE, "fail", "attack: code", reason="call.not_literal"),
    Case("", NONE, "fail", "attack: silence is no refusal", reason="answer.missing"),
    Case("<think>" + _HERMES + "</think>Done.", PARIS, "fail", "attack: called in thought", reason="call.none"),
    Case(_HERMES, ANY, "pass", "any call that fits the tools"),
    Case('[get_weather(city="Paris", unit="K")]', ANY, "fail", "", reason="call.wrong_value"),
    # two tries
    Case(_HERMES + _QWEN, PARIS, "fail", "attack: two forms", reason="call.mixed"),
    Case(_HERMES + "\n```json\n" + _BLOCK + "\n```", PARIS, "fail", "attack: two forms", reason="call.mixed"),
    Case(_HERMES, PARIS, "fail", "another form than asked for", {"format": "pythonic"}, reason="call.form"),
    Case(
        '{"name": "get_weather", "arguments": {"city": "Rome"}, "parameters": {"city": "Paris"}}',
        TODAY,
        "fail",
        "attack: two objects of arguments",
        reason="call.malformed",
    ),
    Case('{"name": "get_weather", "arguments": {"city": "Rome", "city": "Paris"}}', TODAY, "fail", "attack",
         reason="json.duplicate_key"),
    Case('{"name": "get_weather", "arguments": ["Paris", 3]}', PARIS, "fail", "a list of arguments",
         reason="call.malformed"),
    # truths that judge nobody
    Case("x", {"tools": [WEATHER], "calls": [_call("rain")]}, "unjudged", "", reason="truth.unsatisfiable"),
    Case("x", possible(base=[""]), "unjudged", "", reason="truth.unsatisfiable"),
    Case("x", "get_weather", "unjudged", "", reason="truth.unreadable"),
)  # fmt: skip
