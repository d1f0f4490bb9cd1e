"""What is a JSON document, and what only looks like one."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.structure.json_text import Document, Malformed, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES, st.booleans())
def test_what_is_written_is_read(value, ascii_only):
    try:
        text = json.dumps(value, ensure_ascii=ascii_only)
    except ValueError:  # longer than Python writes out
        return
    found = read(text)
    if isinstance(found, Malformed):
        assert found.reason == "json.surrogate"
    else:
        assert found.value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "json.empty"),
        (" \n", "json.empty"),
        ("[1", "json.cut"),
        ('"abc', "json.cut"),
        ('{"a":', "json.cut"),
        ("[1] 2", "json.trailing"),
        ("{} {}", "json.trailing"),
        ("[1,]", "json.syntax"),
        ("[01]", "json.syntax"),
        ("[.5]", "json.syntax"),
        ("[+1]", "json.syntax"),
        ("[1.]", "json.syntax"),
        ("{a: 1}", "json.syntax"),
        ("{'a': 1}", "json.syntax"),
        ("// no\n1", "json.syntax"),
        ("\ufeff1", "json.syntax"),
        ("\u00a01", "json.syntax"),
        ('"\n"', "json.syntax"),
        ('"\\x41"', "json.syntax"),
        ("True", "json.syntax"),
        ("[NaN]", "json.not_finite"),
        ("-Infinity", "json.not_finite"),
        ("1e400", "json.number_too_large"),
        ("-1e400", "json.number_too_large"),
        ("1" + "0" * 250 + "e99", "json.number_too_large"),
        ("0." + "0" * 500 + "1", "json.number_too_long"),
        ("1" * 401, "json.number_too_long"),
        ('{"a": 1, "a": 1}', "json.duplicate_key"),
        ('{"a": 1, "\\u0061": 2}', "json.duplicate_key"),
        ('[{"x": {"k": 1, "k": 2}}]', "json.duplicate_key"),
        ('"\\ud800"', "json.surrogate"),
        ('"\\udc00\\ud800"', "json.surrogate"),
        ('"\ud800"', "json.surrogate"),
        ("[" * 129 + "]" * 129, "json.too_deep"),
        ('{"a":' * 200, "json.too_deep"),
    ],
)
def test_what_is_no_document(text, reason):
    found = read(text)
    assert isinstance(found, Malformed)
    assert found.reason == reason
    assert 0 <= found.offset <= len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[" * 128 + "]" * 128, None),
        ('["' + "[" * 500 + '"]', ["[" * 500]),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"\\\\ud800"', "\\ud800"),
        ("1" * 400, int("1" * 400)),
        ("-0.0", -0.0),
        ("1E+2", 100.0),
        ("\t\r\n 1 \n", 1),
    ],
)
def test_what_is_a_document(text, value):
    found = read(text)
    assert isinstance(found, Document), found
    assert value is None or found.value == value


@given(st.text(alphabet='[]{}",:0123456789eE+-.\\u dDnaN\ud800', max_size=60))
def test_it_never_raises_and_takes_no_more_than_python(text):
    found = read(text)
    if isinstance(found, Document):
        assert json.loads(text) == found.value
        assert not isinstance(found.value, float) or math.isfinite(found.value)
