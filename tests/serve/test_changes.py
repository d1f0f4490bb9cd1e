"""The difference of two texts: its pieces are the texts, it is short where they are alike, and it is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from referee.serve.changes import MOST, changes

WORDS = st.lists(st.sampled_from(["a", "b", "c", " ", "\n", "\ud800", "\u202e"]), max_size=30).map("".join)


def pieces(one, other):
    found, coarse = changes(one, other)
    return [(change.op, one[slice(*change.one)], other[slice(*change.other)]) for change in found], coarse


@given(WORDS, WORDS)
def test_the_pieces_are_both_texts(one, other):
    found, coarse = pieces(one, other)
    assert not coarse
    assert "".join(left for _, left, _ in found) == one
    assert "".join(right for _, _, right in found) == other
    for op, left, right in found:
        assert (left == right) == (op == "equal")
        assert bool(left) == (op != "insert")
        assert bool(right) == (op != "delete")


def test_words_are_compared():
    assert pieces("the answer is 2 now", "the answer was 3 now") == (
        [
            ("equal", "the answer ", "the answer "),
            ("replace", "is", "was"),
            ("equal", " ", " "),
            ("replace", "2", "3"),
            ("equal", " now", " now"),
        ],
        False,
    )
    assert pieces("a c", "a b c")[0] == [("equal", "a ", "a "), ("insert", "", "b "), ("equal", "c", "c")]
    assert pieces("", "")[0] == []
    assert pieces("x", "")[0] == [("delete", "x", "")]


def test_texts_without_anything_in_common_are_one_change():
    one = " ".join(f"a{n}" for n in range(5 * MOST))
    other = ",".join(f"b{n}" for n in range(5 * MOST))
    found, coarse = pieces(f"same {one} end", f"same {other} end")
    assert coarse
    assert [op for op, _, _ in found] == ["equal", "replace", "equal"]
