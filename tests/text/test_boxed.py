import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.boxed import boxes


def contents(text: str) -> list[str]:
    return [text[box.start : box.end] for box in boxes(text).closed]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no box", []),
        (r"\boxed{7}", ["7"]),
        (r"so $\boxed{\frac{1}{2}}$.", [r"\frac{1}{2}"]),
        (r"\boxed{1}\boxed{2}", ["1", "2"]),
        (r"\boxed 7", ["7"]),
        (r"$\boxed 7$", ["7"]),
        (r"\boxed {7}", ["7"]),
        (r"\boxed{\{1, 2\}}", [r"\{1, 2\}"]),
        (r"\boxed{a\}b}", [r"a\}b"]),
        (r"\boxed{}", [""]),
        (r"\fbox{7} \boxedtwo{8} \framebox{9}", []),
        (r"\\boxed{7}", ["7"]),
        (r"\boxed{7} \\boxed{8}", ["7", "8"]),
        (r"\\boxed{7} \boxed{8} \\\boxed{9}", ["7", "8", "9"]),
        (r"} \boxed{7} {", ["7"]),
    ],
)
def test_boxes(text: str, found: list[str]) -> None:
    assert contents(text) == found


def test_a_box_in_a_box_is_marked() -> None:
    found = boxes(r"\boxed{\boxed{17} 42}").closed
    assert len(found) == 1
    assert found[0].nested


def test_a_box_that_is_never_closed_is_counted_and_does_not_hide_the_next() -> None:
    found = boxes(r"\boxed{4 so \boxed{5}")
    assert found.unclosed == 1
    assert contents(r"\boxed{4 so \boxed{5}") == ["5"]


def test_only_the_range_asked_for_is_read() -> None:
    text = r"\boxed{1} \boxed{2} \boxed{3}"
    assert [text[box.start : box.end] for box in boxes(text, 5, 20).closed] == ["2"]


@pytest.mark.parametrize("wall", ["{", "\\boxed{", "}", "\\", "\\boxed", "\\boxed ", "\\boxed{}"])
def test_a_wall_of_half_boxes_ends(wall: str) -> None:
    boxes(wall * 200_000)


balanced = st.recursive(
    st.text(st.sampled_from("ab1+ ,"), max_size=4), lambda inner: inner.map(lambda text: f"{{{text}}}"), max_leaves=6
)


@given(st.lists(balanced, max_size=5), st.text(st.sampled_from("xyz ."), max_size=3))
def test_what_was_boxed_is_found(answers: list[str], between: str) -> None:
    assert contents(between + between.join(f"\\boxed{{{answer}}}" for answer in answers)) == answers
