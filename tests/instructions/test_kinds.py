"""Every kind of instruction: its examples, its promises, and what it does with hostile texts."""

import json

import msgspec
import pytest

from referee.core.errors import TruthError
from referee.instructions.kinds import find, kinds, parameters
from referee.instructions.response import Response
from referee.verifiers import find as verifier

EXAMPLES = [(one.id, number) for one in kinds().values() for number in range(len(one.examples))]
HOSTILE = {
    "marks": "*" * 3000,
    "bullets": "* a\n- b\n" * 400,
    "brackets": "([{<<" * 800,
    "quotes": "\"'“" * 1000,
    "stops": "a. " * 1000 + "." * 1000,
    "surrogates": "\ud800 a\udfff b" * 200,
    "marks on a letter": "e" + "\u0301\u0316" * 2000,
    "scripts": "你。ก あ ア 한 ع א Ж ß ﬁ 😀" * 100,
    "line ends": "\r\n\u2028\u0085\v\f a" * 400,
    "tables": 'a,"b\t",c\n' * 400,
    "numbers": "1.1,1-1/1:" * 400,
    "NUL": "\0",
}


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_an_example_is_followed_or_not(name, number):
    kind = find(name)
    example = kind.examples[number]
    judged = kind.check(Response(example.text), parameters(kind, example.kwargs))
    assert judged.ok == example.ok, judged.found
    assert judged.found


@pytest.mark.parametrize("name", kinds())
def test_a_kind_shows_a_pass_a_fail_and_a_trap(name):
    kind = find(name)
    assert {example.ok for example in kind.examples} == {True, False}
    assert any(example.note for example in kind.examples), "which example is the trap?"
    assert kind.rule.endswith(".")


@pytest.mark.parametrize("name", kinds())
def test_a_kind_survives_anything(name):
    kind = find(name)
    asked = parameters(kind, kind.examples[0].kwargs)
    for text in HOSTILE.values():
        judged = kind.check(Response(text), asked)
        assert kind.check(Response(text), asked) == judged
        json.dumps(judged.found)


@pytest.mark.parametrize("name", kinds())
def test_no_kind_passes_on_nothing(name):
    truth = {"instruction_id_list": [name], "kwargs": [find(name).examples[0].kwargs]}
    for text in ("", " \n", "\u200b\u2060", "\u3164"):
        assert judge(text, truth).reason == "instruct.empty"


@pytest.mark.parametrize("name", kinds())
def test_parameters_are_checked_before_anything_is_read(name):
    kind = find(name)
    given = kind.examples[0].kwargs
    with pytest.raises(TruthError):
        parameters(kind, given | {"unheard_of": 1})
    required = {field.name: field.required for field in msgspec.structs.fields(kind.asked)}
    for missing in given:
        if required[missing]:
            with pytest.raises(TruthError):
                parameters(kind, {key: value for key, value in given.items() if key != missing})
        with pytest.raises(TruthError):
            parameters(kind, given | {missing: object()})


def judge(text, truth, **params):
    from referee.core.types import Rollout, Task
    from referee.engine import drive

    follow = verifier("instruct.follow")
    return drive.judge(follow, Rollout(text=text), Task(truth=truth), follow.params(params))


@pytest.mark.parametrize(
    ("ids", "kwargs"),
    [
        (["keywords:existance"], [{}]),
        ([5], [{}]),
        (["keywords:existence"], [{}]),
        (["keywords:existence"], [{"keywords": []}]),
        (["keywords:existence"], [{"keywords": ["  "]}]),
        (["keywords:existence"], [{"keywords": "cat"}]),
        (["keywords:frequency"], [{"keyword": "a", "frequency": 1, "relation": "at most"}]),
        (["keywords:frequency"], [{"keyword": "a", "frequency": -1, "relation": "at least"}]),
        (["keywords:letter_frequency"], [{"letter": "ab", "let_frequency": 1, "let_relation": "at least"}]),
        (["language:response_language"], [{"language": "klingon"}]),
        (["length_constraints:number_words"], [{"num_words": 2.5, "relation": "at least"}]),
        (
            ["length_constraints:nth_paragraph_first_word"],
            [{"num_paragraphs": 1, "nth_paragraph": 2, "first_word": "a"}],
        ),
        (["format:options"], [{"options": " / "}]),
        (["combination:repeat_prompt"], [{"prompt_to_repeat": "\u200b"}]),
        (["keywords:forbidden_words"], [{"forbidden_words": ["\u034f"]}]),
        (["new:copy_span_idx"], [{"prompt_to_repeat": "a  b", "n_start": 1, "n_end": 2}]),
        (["punctuation:no_comma"], [{"num_words": 0}]),
        (["punctuation:no_comma"], []),
        (["punctuation:no_comma"], [{}, {}]),
        (["punctuation:no_comma"], ["{"]),
        ([], []),
    ],
)
def test_a_task_that_is_not_understood_is_unjudged(ids, kwargs):
    for text in ("", "a cat"):
        verdict = judge(text, {"instruction_id_list": ids, "kwargs": kwargs})
        assert (verdict.status, verdict.reason) == ("unjudged", "truth.unreadable")


def test_what_a_request_hides_is_not_asked_for():
    truth = {
        "instruction_id_list": ["copy:copy", "startend:end_checker"],
        "kwargs": [{"prompt_to_repeat": "Hi\r\n👨\u200d👩 cafe\u0301"}, {"end_phrase": "cafe\u0301"}],
    }
    assert judge("Hi 👨\u200d👩 caf\u00e9", truth).status == "pass"
    assert judge("Hi 👨👩 cafe", truth).status == "fail"


@pytest.mark.parametrize(
    "written",
    ['{"instruction_id_list": ["startend:end_checker"], "kwargs": [{"end_phrase": "a: null", "x": null}]}',
     "[{'instruction_id': ['startend:end_checker'], 'kwargs': [{'end_phrase': 'a: null', 'x': None}]}]",
     {"instruction_id_list": ["startend:end_checker"], "kwargs": ['{"end_phrase": "a: null"}']},
     {"instruction_id_list": ["startend:end_checker"], "kwargs": '[{"end_phrase": "a: null"}]'}],
)  # fmt: skip
def test_truths_that_are_written_out(written):
    assert judge("It is a: null", written).status == "pass"
    assert judge("It is a: None", written).status == "fail"


def test_columns_of_a_parquet_file_are_understood():
    truth = {
        "instruction_id_list": ["length_constraints:number_words"],
        "kwargs": [{"num_words": 2.0, "relation": "at least", "keywords": None}],
    }
    assert judge("two words", truth).status == "pass"
    assert judge("one", truth).status == "fail"


def test_a_loose_score_is_never_below_the_strict_one():
    for kind in kinds().values():
        for example in kind.examples:
            if example.ok:
                truth = {"instruction_id_list": [kind.id], "kwargs": [example.kwargs]}
                assert judge(example.text, truth, loose=True).status == "pass"
                assert judge(f"Sure, here, it is!\n{example.text}\nBye. Bye.", truth, loose=True).status == "pass"


def test_a_share_of_the_instructions():
    ids = ["punctuation:no_comma", "punctuation:punctuation_dot", "startend:quotation", "detectable_format:title"]
    verdict = judge("a b", {"instruction_id_list": ids, "kwargs": [{}] * 4}, partial=True)
    assert (verdict.status, verdict.score, verdict.evidence["followed"]) == ("partial", 0.5, 2)
    assert [one["followed"] for one in verdict.evidence["instructions"]] == [True, True, False, False]
    assert judge("a, b.", {"instruction_id_list": ids, "kwargs": [{}] * 4}, partial=True).reason == "instruct.violated"
