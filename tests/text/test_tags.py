import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.text.tags import END_TOKENS, content_end, final_segment, prompt_opens, scan


@pytest.mark.parametrize(
    ("text", "opened", "final", "problem"),
    [
        ("42", False, "42", None),
        ("<think>a</think>42", False, "42", None),
        ("a</think>42", False, "42", None),  # the prompt opened it, though nobody said so
        ("a</think>42", True, "42", None),
        ("<think>a</think>b<think>c</think>42", False, "42", None),
        ("<think>a</think>42", True, "42", None),  # says the prompt's tag once more
        ("<think>42", False, None, "think.unclosed"),
        ("42", True, None, "think.unclosed"),
        ("<think>a</think>17<think>42", False, None, "think.unclosed"),
        ("<think>a<think>b</think>42", False, None, "think.nested"),
        ("a<think>b</think>42", True, None, "think.nested"),
        ("<think>a</think>17</think>42", False, None, "think.stray_close"),
        ("a</think>17</think>42", False, None, "think.stray_close"),
        ("<Think>a</Think>42", False, "<Think>a</Think>42", None),
        ("", False, "", None),
    ],
)
def test_the_final_segment(text: str, opened: bool, final: str | None, problem: str | None) -> None:
    start, found = final_segment(text, opened=opened)
    assert found == problem
    if problem is None:
        assert text[start:] == final


def test_the_tag_may_have_another_name() -> None:
    assert final_segment("<thought>a</thought>b", "thought").start == 20
    assert final_segment("<think>a", "thought").start == 0


@pytest.mark.parametrize(
    ("prompt", "opens"),
    [(None, False), ("", False), ("Solve.", False), ("Solve. <think>\n", True), ("<think> x", False)],
)
def test_whether_the_prompt_opens(prompt: str | None, opens: bool) -> None:
    assert prompt_opens(prompt) is opens


@given(st.text(st.sampled_from("ab <>/\n")), st.lists(st.sampled_from([*END_TOKENS, " ", "\n"])))
def test_end_tokens_are_not_content(text: str, tail: list[str]) -> None:
    content = text.rstrip()
    assert content_end(content + "".join(tail)) == len(content)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<answer>", "</answer>", "x", "<", "think>"])).map("".join))
def test_the_scanner_finds_what_a_search_finds(text: str) -> None:
    for tag in scan(text, ("think", "answer")):
        assert text[tag.start : tag.end] == f"<{'/' if tag.closing else ''}{tag.name}>"
    assert sum(1 for tag in scan(text, ("think",)) if tag.closing) == text.count("</think>")
    assert sum(1 for tag in scan(text, ("think",)) if not tag.closing) == text.count("<think>")
