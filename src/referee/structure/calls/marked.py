"""Calls between the tokens and tags of chat templates.

| form | looks like |
|---|---|
| Hermes, Qwen | `<tool_call>{"name": ..., "arguments": {...}}</tool_call>` |
| Qwen3-Coder | `<tool_call><function=f><parameter=a>1</parameter></function></tool_call>` |
| GLM | `<tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>` |
| Mistral | `[TOOL_CALLS][{"name": ..., "arguments": {...}}]`, and `[TOOL_CALLS]f[ARGS]{...}` |
| Llama | `{"name": ..., "parameters": {...}}; {...}`, behind `<|python_tag|>` or bare |

JSON is read from where it begins, so that a tag inside a string closes nothing. Text between XML tags has no quotes: a
value ends at the first closing tag that another parameter or the end of the call follows.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from referee.structure.calls import literals, objects
from referee.structure.calls.nouns import MOST_CALLS, Call, Calls, Form, Raw, Refused
from referee.structure.json_text import Malformed, begin, reader_for

TOOL_CALL: Final = "<tool_call>"
TOOL_CALLS: Final = "[TOOL_CALLS]"
PYTHON_TAG: Final = "<|python_tag|>"
PYTHON_START: Final = "<|python_start|>"
_PYTHON_END: Final = "<|python_end|>"
_CLOSE: Final = "</tool_call>"

_SPACE = re.compile(r"\s*")
_FUNCTION = re.compile(r"<function=([^<>\n]{1,200})>")
_FUNCTION_END = re.compile(r"\s*</function>\s*</tool_call>")
_PARAMETER = re.compile(r"\s*<parameter=([^<>\n]{1,200})>")
_PARAMETER_END = re.compile(r"</parameter>(?=\s*+(?:<parameter=|</function>))")
_GLM_NAME = re.compile(r"([\w.\-]{1,200})\s*(?=<arg_key>|</tool_call>)")
_GLM_KEY = re.compile(r"\s*<arg_key>([^<>]{1,200})</arg_key>\s*<arg_value>")
_GLM_END = re.compile(r"</arg_value>(?=\s*+(?:<arg_key>|</tool_call>))")
_GLM_CLOSE = re.compile(r"\s*</tool_call>")
_MISTRAL = re.compile(r"([\w.\-]{1,200})(?:\[CALL_ID\]\w{1,64})?(?:\[ARGS\])?\s*(?=\{)")


class Marked(NamedTuple):
    """The calls, and the stretches of text around them, where prose may stand."""

    calls: Calls
    around: list[str]


class Document:
    """The text of one completion, with the reader that suits it."""

    __slots__ = ("end", "reader", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text if end == len(text) else text[:end]
        self.end = end
        reader = reader_for(self.text if not start else self.text[start:])
        if isinstance(reader, Malformed):
            raise Refused(reader.reason, reader.detail, start)
        self.reader: json.JSONDecoder = reader

    def value(self, at: int) -> tuple[Any, int]:
        """The JSON document at `at`, and where the text goes on after it."""
        found = begin(self.text, at, self.reader)
        if isinstance(found, Malformed):
            raise Refused(found.reason, found.detail, found.offset)
        return found[0], self.skip(found[1])

    def skip(self, at: int) -> int:
        """`at`, or behind the white space there."""
        if not self.text[at : at + 1].isspace():
            return at
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def expect(self, pattern: re.Pattern[str], at: int, what: str) -> re.Match[str]:
        """What must stand at `at`."""
        found = pattern.match(self.text, at)
        if found is None:
            raise Refused("call.malformed", f"{what} must stand here: {self.text[at : at + 20]!r}", at)
        return found


def tool_calls(text: str, first: int, start: int, end: int) -> Marked:
    """Every `<tool_call>` block; all of one form."""
    document = Document(text, first, end)
    text = document.text
    around = [text[start:first]]
    found: list[Call] = []
    used: Form | None = None
    at = first
    while at >= 0:
        inside = document.skip(at + len(TOOL_CALL))
        form: Form = "glm"
        if text.startswith("{", inside):
            form, call, after = _hermes(document, inside)
        elif text.startswith("<function=", inside):
            form, call, after = _qwen(document, inside)
        else:
            form, call, after = _glm(document, inside)
        if used not in (None, form):
            raise Refused("call.mixed", f"a call in the form '{form}' beside one in the form '{used}'", at)
        used = form
        found.append(call)
        if len(found) > MOST_CALLS:
            raise Refused("call.too_many", f"more than {MOST_CALLS} calls", at)
        at = text.find(TOOL_CALL, after)
        around.append(text[after : at if at >= 0 else end])
    return Marked(Calls(found, (used,) if used else (), first, end), around)


def _hermes(document: Document, at: int) -> tuple[Form, Call, int]:
    value, after = document.value(at)
    if not document.text.startswith(_CLOSE, after):
        raise Refused("call.unclosed", "</tool_call> must follow the object", after)
    return "hermes", objects.plain(value), after + len(_CLOSE)


def _qwen(document: Document, at: int) -> tuple[Form, Call, int]:
    opening = document.expect(_FUNCTION, at, "<function=name>")
    found: dict[str, Any] = {}
    at = opening.end()
    while (parameter := _PARAMETER.match(document.text, at)) is not None:
        at = _text_value(document, parameter, _PARAMETER_END, found, lines=True)
    closing = document.expect(_FUNCTION_END, at, "</function></tool_call>")
    return "qwen3_coder", Call(opening[1].strip(), found), closing.end()


def _glm(document: Document, at: int) -> tuple[Form, Call, int]:
    opening = document.expect(_GLM_NAME, at, "the name of a tool")
    found: dict[str, Any] = {}
    at = opening.end()
    while (key := _GLM_KEY.match(document.text, at)) is not None:
        at = _text_value(document, key, _GLM_END, found, lines=False)
    closing = document.expect(_GLM_CLOSE, at, "</tool_call>")
    return "glm", Call(opening[1], found), closing.end()


def _text_value(
    document: Document, opening: re.Match[str], ends: re.Pattern[str], found: dict[str, Any], *, lines: bool
) -> int:
    """Take one parameter; where the text goes on. `lines`: the value stands on lines of its own."""
    name, start = opening[1].strip(), opening.end()
    closing = ends.search(document.text, start)
    if closing is None:
        raise Refused("call.unclosed", f"the parameter '{name[:60]}' is not closed", start)
    if name in found:
        raise Refused("call.duplicate_argument", f"the argument '{name[:60]}' is given twice", start)
    value = document.text[start : closing.start()]
    found[name] = Raw(value.removeprefix("\n").removesuffix("\n") if lines else value)
    return closing.end()


def mistral(text: str, first: int, start: int, end: int) -> Marked:
    """What follows `[TOOL_CALLS]`: one array, or a name and an object, as often as the token stands there."""
    document = Document(text, first, end)
    text = document.text
    found: list[Call] = []
    at = first
    while at < end:
        if not text.startswith(TOOL_CALLS, at):
            raise Refused("call.trailing", "more text follows the calls", at)
        inside = document.skip(at + len(TOOL_CALLS))
        if text.startswith("[", inside):
            values, at = document.value(inside)
            found += [objects.plain(value) for value in values[: MOST_CALLS + 1]]
        else:
            opening = document.expect(_MISTRAL, inside, "an array, or a name and an object")
            arguments, at = document.value(opening.end())
            found.append(Call(opening[1], arguments))
        if len(found) > MOST_CALLS:
            raise Refused("call.too_many", f"more than {MOST_CALLS} calls", at)
    return Marked(Calls(found, ("mistral",), first, end), [text[start:first]])


def llama(text: str, first: int, start: int, end: int) -> Marked:
    """What follows `<|python_tag|>` or `<|python_start|>`."""
    tag = PYTHON_TAG if text.startswith(PYTHON_TAG, first) else PYTHON_START
    stop = end
    if tag == PYTHON_START:
        if not text.endswith(_PYTHON_END, first, end):
            raise Refused("call.unclosed", f"{_PYTHON_END} must end the calls", end)
        stop = end - len(_PYTHON_END)
    inside = first + len(tag)
    found = _SPACE.match(text, inside)
    inside = found.end() if found else inside
    if text.startswith("{", inside):
        said = documents(text, inside, stop)
        said = said._replace(forms=("llama3_json",) if "llama3_json" in said.forms else ())
    else:
        said = Calls(literals.calls(text, inside, stop), ("pythonic",))
    return Marked(said._replace(start=first, end=end), [text[start:first]])


def documents(text: str, start: int, end: int) -> Calls:
    """Nothing but JSON: one document, or several objects with semicolons between."""
    document = Document(text, start, end)
    value, at = document.value(start)
    if at >= end:
        return objects.of(value)._replace(start=start, end=end)
    found = [objects.plain(value)]
    while at < end:
        if not document.text.startswith(";", at):
            raise Refused("json.trailing", "more text follows the document", at)
        at = document.skip(at + 1)
        if at >= end:
            break
        value, at = document.value(at)
        found.append(objects.plain(value))
        if len(found) > MOST_CALLS:
            raise Refused("call.too_many", f"more than {MOST_CALLS} calls", at)
    return Calls(found, ("llama3_json",), start, end)
