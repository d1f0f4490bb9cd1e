"""Which form of call a completion uses, and what it says in it; three-way: calls, a clean text, or something broken.

One form is read and nothing falls back to another: what the text begins with, or the first mark in it, decides. What
stands around the calls may be prose, and must not hold a trace of a further call in any form. A text is clean only when
it holds no trace at all: neither marks nor keys of a call, nor a declared tool that is called in the middle of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from referee.structure.calls import literals, marked, objects
from referee.structure.calls.nouns import Broken, Calls, Clean, Form, Reading, Refused
from referee.text.fences import Block, blocks

_MOST_BLOCKS: Final = 500  # fenced ones; a text with more is no answer
_NOTHING: Final = ("null", "None", "none", "true", "false", "True", "False", "undefined", "nil")
_AROUND: Final = " \t\n\"'`*.()[]{}"
_FENCES: Final = ("", "json", "tool_call", "tool_calls", "tool_code", "python", "py")
_SURE: Final = ("json", "tool_call", "tool_calls", "tool_code")  # a fence of these holds no program

# Marks of every form, also of those that are not read: DeepSeek's, Kimi's, the older XML of Claude and Llama.
_MARKS = re.compile(
    r"</?(?:tool_calls?|function(?:_calls?)?|invoke|arg_key|arg_value|parameter|tool_use)[\s=>]"
    r"|\[/?(?:tool_calls|args)\]"
    r"|<\|/?(?:python_|tool_)|<｜tool"
    r"|[\"'](?:tool_use|tool_calls|function_call)[\"']"
    r"|[\"'](?:arguments|parameters)[\"']\s{0,8}:",
    re.IGNORECASE,
)
# A call with an argument, in the middle of a text; `f()` and `f(city)` may be mentions.
_MENTION = re.compile(
    r"(?<![\w.\-])([^\W\d][\w.\-]*+)\(\s{0,8}(?:[^\W\d]\w{0,80}\s{0,8}=|[\"'\[{]|[+-]?[0-9]|True\b|False\b|None\b)"
)
_NAMED = re.compile(r"[\"'](?:name|function|tool|tool_name|action)[\"']\s{0,8}:\s{0,8}[\"']([^\"']{1,200})[\"']")
_STARTS_CALL = re.compile(r"[^\W\d][\w.\-]*+\(")
_STARTS_LIST = re.compile(r"\[\s*+(?:\]|\{|[^\W\d][\w.\-]*+\()")
_FIRST_TAG = re.compile(r"<tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>|<\|python_start\|>")
_FENCE = re.compile("```|~~~")


def read(text: str, start: int, end: int, *, form: Form, names: Collection[str], native: Any = None) -> Reading:
    """What text[start:end] says in `form` ("auto": in the one form that it uses).

    `native`: calls that came beside the text, as data. `names`: the tools that are declared.
    """
    try:
        return _read(text, start, end, form=form, names=names, native=native)
    except Refused as refused:
        return refused.broken


def _read(text: str, start: int, end: int, *, form: Form, names: Collection[str], native: Any) -> Reading:
    if native:
        said = objects.of(native)
        outside = text[start:end]
    else:
        found = _used(text, start, end, names)
        if found is None:
            return _clean(text, start, end, names)
        said, outside = found
    if form != "auto" and form not in said.forms:
        raise Refused("call.form", f"the form '{form}' is asked for, and this is '{(*said.forms, 'another')[0]}'")
    if outside and not outside.isspace() and (trace := _MARKS.search(outside)):
        raise Refused("call.mixed", f"beside the calls stands {trace.group()[:40]!r}")
    return said


def _used(text: str, start: int, end: int, names: Collection[str]) -> tuple[Calls, str] | None:
    """The calls and what stands around them; None where the text has the looks of no form."""
    first = text[start : start + 1]
    if first == "{" or (first == "[" and not text.startswith(marked.TOOL_CALLS, start)):
        return _bare(text, start, end)
    tag = _FIRST_TAG.search(text, start, end)
    if _FENCE.search(text, start, tag.start() if tag else end):
        if (found := _fenced(text, start, end, names)) is not None:
            return found  # a fence before the first tag may also hold something else
    elif tag is None:
        return _python(text, start, end, names) if _STARTS_CALL.match(text, start, end) else None
    if tag is None:
        return None
    reader = {marked.TOOL_CALL: marked.tool_calls, marked.TOOL_CALLS: marked.mistral}.get(tag.group(), marked.llama)
    said, around = reader(text, tag.start(), start, end)
    return said, "\n".join(around)


def _bare(text: str, start: int, end: int) -> tuple[Calls, str] | None:
    if text[start] == "{":
        return marked.documents(text, start, end), ""
    looks = _STARTS_LIST.match(text, start, end)
    if looks is None:
        return None  # a bracket may begin a sentence
    if looks.group()[-1] == "(":
        return Calls(literals.calls(text, start, end), ("pythonic",), start, end), ""
    return marked.documents(text, start, end), ""


def _python(text: str, start: int, end: int, names: Collection[str]) -> tuple[Calls, str] | None:
    """A call without a bracket around it; prose may begin with a word and a parenthesis too."""
    try:
        return Calls(literals.calls(text, start, end), ("pythonic",), start, end), ""
    except Refused:
        whole = text[end - 1] == ")" or ")" not in text[start:end]  # cut, or wrong; else prose about the tool
        if whole and text[start : text.index("(", start)] in names:
            raise
        return None


def _fenced(text: str, start: int, end: int, names: Collection[str]) -> tuple[Calls, str] | None:
    """The one fenced block that holds calls."""
    found: list[tuple[Block, Calls]] = []
    every = blocks(text, start, end, most=_MOST_BLOCKS + 1)
    if len(every) > _MOST_BLOCKS:
        raise Refused("call.mixed", f"more than {_MOST_BLOCKS} fenced blocks", every[-1].start)
    for block in every:
        if block.language in _FENCES and (said := _block(text, block, names)) is not None:
            found.append((block, said))
        if len(found) > 1:
            raise Refused("call.mixed", "calls in more than one fenced block", block.start)
    if not found:
        return None
    block, said = found[0]
    if not block.closed:
        raise Refused("call.unclosed", "the fenced block never closes", block.start)
    return said._replace(forms=("fenced",)), text[start : block.start] + "\n" + text[block.end : end]


def _block(text: str, block: Block, names: Collection[str]) -> Calls | None:
    """The calls of a block; None where it holds a document or a program that is none."""
    start, end = block.start, block.end
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    content = text[start:end]
    if content.startswith(("{", "[")):
        try:
            found = _bare(text, start, end)
        except Refused:
            if block.language in _SURE[1:] or not block.closed or _trace(content, names):
                raise
            return None
        return found[0] if found else None
    begun = _STARTS_CALL.match(content)
    if begun is None or not (block.language in _SURE or begun.group()[:-1] in names):
        return None
    try:
        said = Calls(literals.calls(text, start, end), ("pythonic",), start, end)
    except Refused:
        if begun.group()[:-1] in names:
            raise
        return None
    return said if block.language in _SURE or all(call.name in names for call in said.calls) else None


def _clean(text: str, start: int, end: int, names: Collection[str]) -> Clean | Broken:
    """Whether a text without calls is one that tries none."""
    segment = text[start:end]
    if not segment:
        return Broken("answer.missing", "the final segment is empty")
    if trace := _trace(segment, names):
        return Broken("call.malformed", f"the text holds {trace[:40]!r} and no call that can be read")
    if not any(map(str.isalpha, segment)):
        return Broken("call.malformed", "the text says nothing")
    if (bare := segment.strip(_AROUND)) in names or bare in _NOTHING:
        return Broken("call.malformed", f"the text is only {bare[:40]!r}")
    return Clean()


def _trace(segment: str, names: Collection[str]) -> str:
    """What in a text belongs to a call, or nothing."""
    if mark := _MARKS.search(segment):
        return mark.group()
    if not names:
        return ""
    for found in _MENTION.finditer(segment):
        if found[1] in names:
            return found.group()
    for found in _NAMED.finditer(segment):
        if found[1] in names:
            return found.group()
    return ""
