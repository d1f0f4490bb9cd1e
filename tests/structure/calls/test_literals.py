"""Python's way of writing calls, read without Python."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.structure.calls.literals import calls, literal
from referee.structure.calls.nouns import Call, Refused

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def as_json(value: Any) -> Any:
    """Tuples as lists."""
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return {name: as_json(one) for name, one in value.items()} if isinstance(value, dict) else value


@given(VALUES)
def test_what_python_writes_is_read_back(value):
    assert literal(repr(value)) == value
    assert calls(f"[f(a={value!r}, b = {value!r})]") == [Call("f", {"a": value, "b": value})]


@pytest.mark.parametrize(
    "text",
    [
        "-5", "+5", "- 5", "0x1F", "1_000", "1__0", "007", "1e5", "1.", ".5", "5.e3", "-0.0", "5j", "1e999", "00", "0",
        "'a' 'b'", "r'\\d'", "'\\x41\\u0042\\101\\n'", "'\\N{BULLET}'", "b'a'", "f'{1}'", '"""a"b\n"""', "''",
        "()", "(1)", "(1,)", "(1, 2)", "[1, 2,]", "[,]", "{'a': 1,}", "{'a'}", "{}", "{**{}}", "[*[1]]", "not True",
        "1 if True else 2", "1 + 1", "x", "true", "f(1)", "lambda: 1", "...", "[1 2]", "{1: 2}", "'\\ud800'", "(", "'a",
    ],
)  # fmt: skip
def test_what_it_reads_python_reads_the_same(text):
    """Where this reader answers, Python's would have given the same; where Python has no literal, it refuses."""
    try:
        got = literal(text)
    except Refused:
        return
    assert got == as_json(ast.literal_eval(text))


@pytest.mark.parametrize(
    "text", ["-5", "1_000", "[1, 2,]", "(1,)", "{'a': 1,}", "'\\x41\\u0042\\101\\n'", "()", "r'\\d'"]
)
def test_it_reads_what_people_write(text):
    assert literal(text) == as_json(ast.literal_eval(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[f(a=1 + 1)]", "call.not_literal"),
        ("[f(a=g(1))]", "call.not_literal"),
        ("[f(a=__import__('os').system('id'))]", "call.not_literal"),
        ("[f(a=f'{1}')]", "call.not_literal"),
        ("[f(a=0.1+0.2)]", "call.not_literal"),
        ("[f(a=not True)]", "call.not_literal"),
        ("[f(a=true)]", "call.not_literal"),
        ("[f(**{'a': 1})]", "call.not_literal"),
        ("[f(a={1, 2})]", "call.not_literal"),
        ("[f(a=[i for i in b])]", "call.not_literal"),
        ("[f(a=" + "1" * 401 + ")]", "call.not_literal"),
        ("[f(a=1, a=2)]", "call.duplicate_argument"),
        ("[f(a={'k': 1, 'k': 2})]", "json.duplicate_key"),
        ("[f(a=1, 2)]", "call.malformed"),
        ("[f(a=1)] and more", "call.trailing"),
        ("[f(a=1) g(b=2)]", "call.malformed"),
        ("[f(a=1)", "call.unclosed"),
        ("[f(a=" + "[" * 5000 + ")]", "call.too_deep"),
        ("[" + "f()," * 129 + "f()]", "call.too_many"),
        ("[f(a=[" + "1," * 20_001 + "])]", "call.too_long"),
        ("[f(a=[" + "[]," * 20_001 + "])]", "call.too_long"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text, reason):
    with pytest.raises(Refused) as refused:
        calls(text)
    assert refused.value.broken.reason == reason


def test_strings_end_where_they_end():
    text = """[f(a="x)], [g(", b='it\\'s', c=\"\"\"two\nlines "quoted" \"\"\", d="line\nend")]"""
    wanted = {"a": "x)], [g(", "b": "it's", "c": 'two\nlines "quoted" ', "d": "line\nend"}
    assert calls(text) == [Call("f", wanted)]


def test_what_is_no_escape_stays_as_it_is():
    assert literal("'\\d'") == "\\d"  # Python says the same, with a warning


def test_reserved_words_name_arguments():
    assert calls("[ride(from='A', class=2, in=None)]") == [Call("ride", {"from": "A", "class": 2, "in": None})]


def test_calls_without_a_list():
    assert calls("a.b()") == [Call("a.b", {})]
    assert calls("f(1, 'x'), g(y=2)") == [Call("f", {}, (1, "x")), Call("g", {"y": 2})]
    assert calls("[ ]") == []
