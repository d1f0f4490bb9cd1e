"""What a table of cases cannot say about the format rules: other tag names, spans, and soups of tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import ParameterError
from referee.core.types import Rollout, Task, Verdict
from referee.verifiers import find

THINK_ANSWER = find("format.think_answer")
ONE_BOX = find("format.one_box")
GOOD = "<think>Two and two.</think>\n<answer>4</answer>"
TOKENS = ["<think>", "</think>", "<answer>", "</answer>", "<", ">", "</", "x", " ", "\n", "\\boxed{4}", "\\boxed{", "}"]


def judge(completion: str, prompt: str | None = None, **params: object) -> Verdict:
    verdict = THINK_ANSWER(Rollout(text=completion), Task(prompt=prompt), THINK_ANSWER.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


def test_all_31_published_disagreements_are_decided():
    first = THINK_ANSWER.cases[:31]
    assert sum(case.status == "pass" for case in first) == 9
    assert len({(case.completion, str(case.params), case.prompt) for case in first}) == 31


def test_spans_point_at_the_blocks():
    verdict = judge(GOOD)
    assert verdict.evidence == {"found": "4", "span": [36, 37], "thinking": [7, 19]}
    assert GOOD[36:37] == "4"
    assert GOOD[7:19] == "Two and two."


def test_spans_point_at_the_fault():
    verdict = judge(GOOD + " bye")
    assert verdict.reason == "format.text_after"
    assert verdict.evidence == {"found": " bye", "span": [len(GOOD), len(GOOD) + 4]}
    assert judge(GOOD + "</think>").evidence["found"] == "</think>"


def test_tags_may_have_other_names():
    names = {"think": "reasoning", "answer_tag": "final"}
    assert judge("<reasoning>Hm.</reasoning><final>4</final>", **names).status == "pass"
    assert judge(GOOD, **names).reason == "format.no_think_open"


@pytest.mark.parametrize("wrong", [{"think": ""}, {"think": "<think>"}, {"think": "answer"}, {"min_thinking": -1}])
def test_tag_names_are_checked(wrong: dict[str, object]):
    with pytest.raises(ParameterError):
        THINK_ANSWER.params(wrong)


def test_the_prompt_decides_unless_told():
    opened, continued = "Q?\n<think>\n", "Hm.</think><answer>4</answer>"
    assert judge(continued, opened).status == "pass"
    assert judge(continued, "Q?").reason == "format.no_think_open"
    assert judge(continued, opened, opened="no").reason == "format.no_think_open"
    assert judge(GOOD, opened).status == "pass"
    assert judge("So. " + GOOD, opened).reason == "format.think_nested"
    assert judge("<think>" + GOOD, opened).reason == "format.think_nested"
    assert judge("Hm. <answer>4</answer>", opened).reason == "format.no_think_close"


def test_lengths_count_what_is_visible():
    assert judge("<think>12345678</think><answer>4</answer>", min_thinking=8).status == "pass"
    assert judge("<think>1234 567</think><answer>4</answer>", min_thinking=8).reason == "format.think_too_short"
    marks = "<think>a" + "\u0301" * 90 + "</think><answer>4</answer>"
    assert judge(marks, min_thinking=2).reason == "format.think_too_short"
    assert judge(GOOD, min_answer=2).reason == "format.answer_too_short"
    assert judge("<think></think><answer>4</answer>", min_thinking=0).status == "pass"


def test_case_folding_lets_no_look_alike_through():
    assert judge(GOOD.upper(), fold_case=True).status == "pass"
    assert judge(GOOD.replace("think", "th\u0131nk"), fold_case=True).reason == "format.no_think_open"


def test_288_kilobytes_of_tag_soup_get_a_verdict():
    for soup in ("<think>" + "</think><answer>" * 18_000, "<think>" * 41_000, "</answer>" * 32_000, "<thin" * 57_600):
        for params in ({}, {"outer": "lenient", "answer": "tag_or_box"}, {"answer": "text"}, {"fold_case": True}):
            judge(soup, **params)
    boxes = "<think>Hm.</think>" + "\\boxed{" * 41_000
    assert judge(boxes, answer="box").reason == "format.answer_unclosed"


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join))
def test_a_pass_is_what_it_says(text: str):
    if judge(text).status == "pass":
        assert [text.count(tag) for tag in TOKENS[:4]] == [1, 1, 1, 1]
        before, _, rest = text.partition("<think>")
        thinking, _, rest = rest.partition("</think>")
        between, _, rest = rest.partition("<answer>")
        answer, _, after = rest.partition("</answer>")
        assert (before + between + after).strip() == ""
        assert thinking.strip()
        assert answer.strip()


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join))
def test_lenient_passes_whatever_strict_passes(text: str):
    for answer in ("tag", "box", "tag_or_box", "text"):
        if judge(text, answer=answer).status == "pass":
            assert judge(text, answer=answer, outer="lenient").status == "pass"
    if judge(text, answer="tag").status == "pass" or judge(text, answer="box").status == "pass":
        assert judge(text, answer="tag_or_box").status == "pass"


@given(st.lists(st.sampled_from(TOKENS), max_size=10).map("".join))
def test_one_box_counts_one(text: str):
    verdict = ONE_BOX(Rollout(text=text), Task(), ONE_BOX.params({}))
    assert isinstance(verdict, Verdict)
    if verdict.status == "pass":
        assert text.rpartition("</think>")[2].count("\\boxed{") == 1
