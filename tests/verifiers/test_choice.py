"""Thirty ways in which models really answer, thirty that name no option or two, and what holds for all texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import ParameterError, TruthError
from referee.core.types import Rollout, Task, Verdict
from referee.verifiers import find

LETTER = find("choice.letter")
CITIES = ["London", "Paris", "Rome", "Bern"]

RIGHT = [
    "Answer: B",
    "The answer is B, I believe.",
    "The answer must be B.",
    "Thus (B) is correct.",
    "The answer is (B).",
    "The correct answer is B.",
    "**B**",
    "B",
    "(B)",
    "Ｂ",
    "$B$",
    "\\boxed{B}",
    "So we take $\\boxed{\\text{(B)}}$.",
    "<answer>B</answer>",
    "<think>A looks right at first.</think>The answer is B.",
    "B) Paris",
    "B. Paris",
    "(B) Paris",
    "**Answer:** B",
    "**Answer: B**",
    "**Answer**: **(B)**",
    "Answer: **B) Paris**",
    "Answer: B. Because the others lie elsewhere.",
    "Answer: B, because A and C lie elsewhere.",
    "The answer is B because A is not in France.",
    "The best choice is option B: Paris.",
    "Let us see. A is in England, C is in Italy.\n\nAnswer: B",
    "London is in England. Rome is in Italy.\n\n(B) Paris",
    "Option A is wrong. Option C is wrong. Therefore, the correct option is B.",
    "Therefore, B is the correct answer.",
    "Option B is correct.",
    "Final answer:\n\n**B**",
    "answer: b",
    "The answer is $\\text{B}$.",
    "Correct answer: B. Paris",
    "Antwort: B",
    "Die richtige Antwort ist B.",
    "Réponse : B",
    "La bonne réponse est B.",
    "Respuesta: B",
    "La respuesta correcta es la B.",
    "Risposta: B",
    "Resposta: B",
    "Ответ: B",
    "Cevap: B",
    "Đáp án: B",
    "답: B",
    "정답은 B입니다.",
    "答案：B",
    "正确答案是B。",
    "答案是 B，因为巴黎在法国。",
    "答えはB",
    "正解はBです。",
    "الإجابة: B",
    "الإجابة الصحيحة هي B",
    "उत्तर: B",
    "Jibu: B",
    "Answer: B<|im_end|>",
    "#### B",
]
NO_OPTION = [
    "I cannot determine the answer.",
    "A perfect answer would need more.",
    "Answer: Carbon",
    "Answer: A perfect match",
    "The answer is a matter of taste.",
    "I think the answer is I am not sure.",
    "Answer: C++",
    "Answer: C# in any case",
    "Answer: B-12 deficiency",
    "Answer: A's",
    "Answer: AB",
    "Answer: \u0412",
    "Answer: not B",
    "The answer is not B.",
    "None of them.",
    "B was a good letter",
    "",
    "<think>Answer: B</think>",
]
SEVERAL = [
    "Answer: A or B",
    "Answer: B or maybe A",
    "Answer: A/B",
    "Answer: A, B",
    "Answer: B and C",
    "A, B",
    "A B C D",
    "A, B, C, D",
    "Answer: (A) (B) (C) (D)",
    "Answer: B) A",
    "Answer: B) red C) blue",
    "Answer: B, no, C",
    "\\boxed{A, B}",
    "\\boxed{A} \\boxed{B",
    "A) London\nB) Paris\nC) Rome\nD) Bern",
    "A. London\nB. Paris\nC. Rome\nD. Bern",
    "答案：A或B",
    "Antwort: A oder B",
]


def judge(completion: str, truth: object = "B", **params: object) -> Verdict:
    verdict = LETTER(Rollout(text=completion), Task(truth=truth), LETTER.params(params))
    assert isinstance(verdict, Verdict)
    return verdict


@pytest.mark.parametrize("completion", RIGHT)
def test_an_answer_is_read(completion: str):
    verdict = judge(completion)
    assert (verdict.status, verdict.reason) == ("pass", "choice.match")
    start, end = verdict.evidence["span"]
    assert verdict.evidence["found"] == completion[start:end]


@pytest.mark.parametrize("completion", RIGHT)
def test_the_choices_help_and_never_hurt(completion: str):
    assert judge(completion, {"answer": 1, "choices": CITIES}).status == "pass"
    assert judge(completion, {"answer": "C", "choices": CITIES}).status == "fail"


@pytest.mark.parametrize("completion", [*NO_OPTION, *SEVERAL])
@pytest.mark.parametrize("truth", list("ABCDEFGHIJ"))
def test_no_letter_is_made_up(completion: str, truth: str):
    assert judge(completion, truth).status == "fail"


@pytest.mark.parametrize("completion", SEVERAL)
def test_two_options_are_none(completion: str):
    assert judge(completion).reason in {"choice.several", "choice.none", "answer.unclosed"}


def test_take_says_what_two_answers_mean():
    twice = "The answer is C. The answer is A."
    assert judge(twice, "A", take="last").status == "pass"
    assert judge(twice, "A", take="only").reason == "answer.ambiguous"
    assert judge(twice, "A", take="agree").reason == "answer.ambiguous"
    assert judge("The answer is B. Answer: B", take="agree").status == "pass"
    assert judge("Answer: B\n" * 1000, take="agree").reason == "answer.repeated"
    assert judge("Answer: B. Answer: A or C", take="last").reason == "choice.several"


def test_the_line_channel_reads_a_segment_of_one_line_and_no_last_line():
    assert judge("<think>Hm.</think>B", channel="line").status == "pass"
    assert judge("Let me see.\nB", channel="line").reason == "answer.missing"
    assert judge("Let me see.\nB", channel="auto").status == "pass"


def test_text_and_letter_must_agree():
    truth = {"letter": "B", "choices": CITIES}
    assert judge("Answer: B) Paris", truth).status == "pass"
    assert judge("Answer: B (Paris)", truth).status == "pass"
    assert judge("Answer: C (Paris)", {"letter": "C", "choices": CITIES}).reason == "choice.disagree"
    assert judge("Answer: B. Rome", truth).reason == "choice.disagree"
    assert judge("Answer: Paris.", truth).status == "pass"
    assert judge("Answer: Paris or Rome", truth).reason == "choice.none"
    assert judge("Answer: Vitamin C", {"answer": 0, "choices": ["Vitamin C", "Vitamin D"]}).status == "pass"
    assert judge("Answer: E. coli", {"answer": "C", "choices": ["yeast", "algae", "E. coli", "moss"]}).status == "pass"
    assert judge("Answer: red", {"answer": 0, "choices": ["red", "red"]}).reason == "choice.none"
    assert judge("Answer: abcd", {"answer": 0, "choices": ["abcd", "x", "y", "z"]}).status == "pass"
    assert judge("Answer: D) A and C", {"answer": "D", "choices": ["x", "y", "z", "A and C"]}).status == "pass"
    assert judge("Answer: 7", {"answer": "C", "choices": ["5", "6", "7"]}).status == "pass"
    assert judge("Answer: A. -5", {"answer": "A", "choices": ["5", "-5"]}).reason == "choice.disagree"
    assert judge("Answer: A) Bb", {"answer": "A", "choices": ["BB", "Bb"]}).reason == "choice.disagree"
    assert judge("Well.\nB. amnion", {"answer": "B", "choices": ["chorion", "amnion"]}).status == "pass"
    assert judge("Well.\nB. amnion", "B").status == "pass"
    assert judge("Well.\nB. subtilis", {"answer": "B", "choices": ["chorion", "amnion"]}).reason == "choice.none"
    numbers = {"answer": "A", "choices": ["5 km", "5"]}
    assert judge("Answer: A) 5 km", numbers).status == "pass"


@pytest.mark.parametrize("truth", ["b", "(B)", "B.", 1, {"answer": "Paris", "choices": CITIES}])
def test_truths_that_say_b(truth: object):
    assert judge("Answer: B", truth).status == "pass"


@pytest.mark.parametrize(
    "truth", [None, "", "Paris", "1", 10, -1, True, 1.0, ["B"], {"answer": 1}, {"choices": CITIES}]
)
def test_truths_that_say_nothing(truth: object):
    with pytest.raises(TruthError):
        judge("Answer: B", truth)


@pytest.mark.parametrize("letters", ["", "AA", "abc", "A1"])
def test_letters_are_letters(letters: str):
    with pytest.raises(ParameterError, match="letters"):
        LETTER.params({"letters": letters})


@given(st.text(), st.sampled_from(["auto", "line", "whole", "boxed", "answer"]))
def test_any_text_gets_a_verdict(text: str, channel: str):
    verdict = judge(text, channel=channel)
    assert verdict.status in {"pass", "fail"}
    if "span" in verdict.evidence:
        start, end = verdict.evidence["span"]
        assert text[start:end] == verdict.evidence["found"]


@given(st.sampled_from("ABCD"), st.sampled_from("ABCD"))
def test_a_named_letter_is_the_letter_read(said: str, truth: str):
    assert judge(f"After some thought, the answer is ({said}).", truth).status == ("pass" if said == truth else "fail")
