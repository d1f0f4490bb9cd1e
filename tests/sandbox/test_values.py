"""The closed encoding: exact types cross unchanged, everything else is refused, within bounds."""

from __future__ import annotations

import marshal
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.jobs import DEPTH, INT_BITS
from referee.sandbox import values

HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    st.complex_numbers(allow_nan=False),
)
PLAIN = st.recursive(
    st.one_of(HASHABLE, st.integers(-(10**40), 10**40)),
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(HASHABLE, inner),
        st.sets(HASHABLE),
        st.frozensets(HASHABLE),
    ),
    max_leaves=20,
)


def exact(one: object, other: object) -> bool:
    """Equal, and of the same types all the way down."""
    return marshal.dumps(one, 2) == marshal.dumps(other, 2)


@given(PLAIN)
def test_a_plain_value_crosses_unchanged(value: object) -> None:
    assert exact(values.read(values.write(value)), value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_plain_value_or_refused(content: bytes) -> None:
    try:
        value = values.read(content)
    except values.NotPlain:
        return
    assert values.plain(value)


@pytest.mark.parametrize(
    "value",
    [
        0, -1, 2**31, -(2**31) - 1, 2**63, 10**4000, -(10**4000), 0.0, -0.0, 1e308, 5e-324, math.inf, 1 + 2j, "", "\ud800", "\0é𝄞",
        b"\0\xff", (), [], {}, set(), frozenset(), [None, True, False], {1: [2, (3, {4})]}, {(1, 2): {"a": b"b"}},
    ],
)  # fmt: skip
def test_these_cross(value: object) -> None:
    assert exact(values.read(values.write(value)), value)


def test_not_a_number_crosses() -> None:
    assert math.isnan(values.read(values.write(math.nan)))


@pytest.mark.parametrize(
    "value", [object(), type("E", (int,), {})(3), type("E", (list,), {})(), len, [object()], {1: {2: object()}}]
)
def test_what_is_not_plain_is_not_sent(value: object) -> None:
    with pytest.raises(values.NotPlain):
        values.write(value)
    assert not values.plain(value)


def nested(depth: int) -> list[object]:
    made: list[object] = []
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize(
    "content",
    [
        b"", b"i", b"i\0\0", b"NN", b"[\xff\xff\xff\x7f", b"(\xff\xff\xff\xff", b"u\xff\xff\xff\x7fx", b"{N", b"{" * 9999, b"[\1\0\0\0" * 9999,
        b"l\xff\xff\xff\x7f\0\0", b"l\1\0\0\0\xff\xff", b"l\0\0\0\x80", b"<\1\0\0\0[\0\0\0\0", b"{[\0\0\0\0N0", b"u\2\0\0\0\xff\xff",
        marshal.dumps(compile("1", "x", "eval"), 2), marshal.dumps([1] * 3, 4), b"r\0\0\0\0", b"s\1\0\0\0", b".", b"S", b"\xe9\0\0\0\0",
        marshal.dumps(nested(DEPTH + 1), 2), marshal.dumps(1 << (INT_BITS + 20), 2),
    ],
)  # fmt: skip
def test_these_are_refused_at_once(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(values.NotPlain):
        values.read(content)
    assert time.process_time() - started < 1


def test_the_bounds_are_what_they_say() -> None:
    assert values.read(marshal.dumps(nested(DEPTH - 1), 2)) == nested(DEPTH - 1)
    assert values.read(marshal.dumps(1 << (INT_BITS - 20), 2)) == 1 << (INT_BITS - 20)


def test_what_takes_much_memory_counts_for_more() -> None:
    assert len(values.read(marshal.dumps([{}] * 50_000, 2))) == 50_000
    for one in ({}, set(), frozenset({1})):
        with pytest.raises(values.NotPlain, match="values"):
            values.read(marshal.dumps([one] * 300_000, 2))
