"""One form is read, and what is neither a call nor a clean text is broken."""

from __future__ import annotations

import json

import pytest

from referee.structure.calls.nouns import Broken, Call, Calls, Clean, Raw
from referee.structure.calls.read import read


def said(text: str, form: str = "auto", native: object = None) -> Calls | Clean | Broken:
    return read(text, 0, len(text), form=form, names={"f", "g.h"}, native=native)


def reason(text: str, form: str = "auto", native: object = None) -> str:
    found = said(text, form, native)
    assert isinstance(found, Broken), found
    assert 0 <= found.offset <= len(text)
    return found.reason


F = Call("f", {"a": 1})
PLAIN = '{"name": "f", "arguments": {"a": 1}}'


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"<tool_call>{PLAIN}</tool_call>", "hermes"),
        (f"Let me see.\n<tool_call>\n{PLAIN}\n</tool_call>\nThere.", "hermes"),
        (f"```python\nprint(5)\n```\nprints 5.\n<tool_call>{PLAIN}</tool_call>", "hermes"),
        (f"[TOOL_CALLS] [{PLAIN}]", "mistral"),
        ('[TOOL_CALLS]f[ARGS]{"a": 1}', "mistral"),
        ('[TOOL_CALLS]f[CALL_ID]x1y2[ARGS]{"a": 1}', "mistral"),
        ('<|python_tag|>{"name": "f", "parameters": {"a": 1}}', "llama3_json"),
        ('{"name": "f", "parameters": {"a": 1}}', "llama3_json"),
        (PLAIN, "json"),
        (f"[{PLAIN}]", "json"),
        ("[f(a=1)]", "pythonic"),
        ("<|python_start|>[f(a=1)]<|python_end|>", "pythonic"),
        (f"Here:\n```json\n{PLAIN}\n```\nDone.", "fenced"),
        ("```tool_code\nf(a=1)\n```", "fenced"),
        (json.dumps({"tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}]}),
         "openai"),
        (json.dumps([{"type": "text", "text": "x"}, {"type": "tool_use", "id": "1", "name": "f", "input": {"a": 1}}]),
         "anthropic"),
    ],
)  # fmt: skip
def test_every_form(text, form):
    for asked in ("auto", form):
        found = said(text, asked)
        assert isinstance(found, Calls), found
        assert found.calls == [F]
        assert form in found.forms
    other = "pythonic" if form != "pythonic" else "hermes"
    assert reason(text, other) == "call.form"


def test_values_between_xml_tags_are_text():
    qwen = "<tool_call><function=f><parameter=a>\n1\n</parameter><parameter=b>x </parameter> y</parameter></function></tool_call>"
    glm = "<tool_call>f\n<arg_key>a</arg_key><arg_value>1</arg_value><arg_key>b</arg_key><arg_value>x </parameter> y</arg_value></tool_call>"
    for text, form in ((qwen, "qwen3_coder"), (glm, "glm")):
        found = said(text, form)
        assert isinstance(found, Calls)
        assert found.calls == [Call("f", {"a": "1", "b": "x </parameter> y"})]
        assert all(type(value) is Raw for value in found.calls[0].arguments.values())


def test_tools_without_parameters_in_every_xml_form():
    for text in ("<tool_call>f</tool_call>", "<tool_call>\n<function=f>\n</function>\n</tool_call>"):
        found = said(text)
        assert isinstance(found, Calls)
        assert found.calls == [Call("f", {})]


@pytest.mark.parametrize(
    "inside", ["</tool_call>", "}]", '\\"}', "[TOOL_CALLS]", "```", "; {", "<|python_tag|>", "\\n"]
)
def test_strings_close_nothing(inside):
    arguments = f'{{"a": "{inside}"}}'
    value = json.loads(arguments)["a"]
    for text in (
        f'<tool_call>{{"name": "f", "arguments": {arguments}}}</tool_call>',
        f'[TOOL_CALLS][{{"name": "f", "arguments": {arguments}}}]',
        f'{{"name": "f", "parameters": {arguments}}}; {{"name": "f", "parameters": {arguments}}}',
        f"[f(a={value!r})]",
    ):
        found = said(text)
        assert isinstance(found, Calls), found
        assert found.calls[0] == Call("f", {"a": value})


@pytest.mark.parametrize(
    ("text", "reason_"),
    [
        ("", "answer.missing"),
        ("...!", "call.malformed"),
        ("f(", "call.not_literal"),
        ("f(x", "call.not_literal"),
        ("null", "call.malformed"),
        ('"f"', "call.malformed"),
        ("`f`", "call.malformed"),
        ('```json\n{"name":', "json.cut"),
        ("</tool_call>", "call.malformed"),
        ("I call <function=f>.", "call.malformed"),
        ("Well, f(a=1) is it.", "call.malformed"),
        ("Well, g.h('x') is it.", "call.malformed"),
        ('Here: {"name": "f"}', "call.malformed"),
        ('Here: {"name": "z", "arguments": {}}', "call.malformed"),
        ('{"answer": 5}', "call.malformed"),
        ("{", "json.cut"),
        ('[{"name": "f"}]', "call.malformed"),
        ("[5]", None),
        (f"<tool_call>{PLAIN}", "call.unclosed"),
        (f"<tool_call>{PLAIN}{PLAIN}</tool_call>", "call.unclosed"),
        ("<tool_call>\n</tool_call>", "call.malformed"),
        ('<tool_call>{"name": "f", "arguments": {"a": NaN}}</tool_call>', "json.not_finite"),
        ('<tool_call>{"name": "f", "arguments": "{"}</tool_call>', "json.cut"),
        ('<tool_call>{"name": "f", "arguments": "5"}</tool_call>', "call.malformed"),
        ('<tool_call>{"name": "f", "arguments": {}, "name": "g"}</tool_call>', "json.duplicate_key"),
        ('<tool_call>{"name": "f", "arguments": {"a": "\\ud800"}}</tool_call>', "json.surrogate"),
        ("<tool_call><function=f><parameter=a>1</function></tool_call>", "call.unclosed"),
        ("<tool_call><function=f><parameter=a>1</parameter><parameter=a>2</parameter></function></tool_call>",
         "call.duplicate_argument"),
        ("<tool_call><function=f></tool_call>", "call.malformed"),
        (f"[TOOL_CALLS][{PLAIN}] and more", "call.trailing"),
        ("[TOOL_CALLS]", "call.malformed"),
        (f"{PLAIN} {PLAIN}", "json.trailing"),
        (f"{PLAIN}; nothing", "json.syntax"),
        ("[f(a=1)] [f(a=2)]", "call.trailing"),
        ("f(a=1)\nf(a=2)", "call.malformed"),
        (f"```json\n{PLAIN}\n```\n```json\n{PLAIN}\n```", "call.mixed"),
        (f"```json\n{PLAIN}", "call.unclosed"),
        (f"<tool_call>{PLAIN}</tool_call>\n[TOOL_CALLS][{PLAIN}]", "call.mixed"),
        (f"<tool_call>{PLAIN}</tool_call><tool_call>f</tool_call>", "call.mixed"),
        (f"{PLAIN}\n<tool_call>{PLAIN}</tool_call>", "json.trailing"),
        ("<tool_call>" + '{"a":' * 200, "json.too_deep"),
        (f"<tool_call>{PLAIN}</tool_call>" * 129, "call.too_many"),
        (json.dumps([{"name": "f", "arguments": {}}] * 129), "call.too_many"),
    ],
)  # fmt: skip
def test_what_is_neither(text, reason_):
    if reason_ is None:
        assert not isinstance(said(text), Calls)
    else:
        assert reason(text) == reason_


@pytest.mark.parametrize(
    "text",
    [
        "I cannot do that.",
        "[Note] None of the tools can do that.",
        "Sorry (really): no tool fits.",
        "f(a) would need a number; which one?",
        "```python\nprint('hello')\n```\nis how one prints.",
        '```json\n{"temperature": 5}\n```',
        'Ada\'s name: is "f" enough?',
    ],
)
def test_clean_texts(text):
    assert said(text) == Clean()


def test_calls_beside_the_text():
    openai = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}, "index": 0}]
    anthropic = [{"type": "tool_use", "id": "1", "name": "f", "input": {"a": 1}}]
    for native, form in ((openai, "openai"), (anthropic, "anthropic")):
        for text in ("", "I will look."):
            found = said(text, form, native)
            assert isinstance(found, Calls)
            assert found.calls == [F]
        assert reason("", "hermes", native) == "call.form"
        assert reason(f"<tool_call>{PLAIN}</tool_call>", "auto", native) == "call.mixed"
    for broken in ([{"function": {"name": "f"}}], [5], "text", [{"type": "tool_use", "name": "f", "input": "x"}]):
        assert reason("", "auto", broken) == "call.malformed"


def test_arguments_of_openai_may_be_an_empty_text():
    found = said("", "openai", [{"type": "function", "function": {"name": "f", "arguments": ""}}])
    assert isinstance(found, Calls)
    assert found.calls == [Call("f", {})]
