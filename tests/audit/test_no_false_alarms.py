"""What is called impossible is impossible: against the official schemas, and against every instruction's examples."""

import json
import tarfile
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from referee.audit.detectors.instructions_contradict import contradiction
from referee.audit.detectors.tools_refuse import refused
from referee.audit.detectors.truth_unsatisfiable import impossible
from referee.instructions.kinds import kinds, parameters
from referee.instructions.response import Response

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "json-schema-test-suite.tar.gz"


def _groups() -> list[dict[str, Any]]:
    if not SUITE.exists():
        pytest.skip(f"{SUITE} is not here")
    with tarfile.open(SUITE) as archive:
        files = [one for one in archive.getmembers() if one.name.endswith(".json") and "/tests/" in f"/{one.name}"]
        opened = [archive.extractfile(one) for one in files]
        return [group for file in opened if file is not None for group in json.load(file)]


def test_no_schema_with_a_valid_document_is_called_impossible() -> None:
    groups = _groups()
    wrong = [
        (group["description"], impossible(group["schema"]))
        for group in groups
        if impossible(group["schema"]) and any(test["valid"] for test in group["tests"])
    ]
    assert wrong == []
    assert sum(bool(impossible(group["schema"])) for group in groups) >= 5  # and it does see some


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (False, "$ is false"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "minLength 3 and maxLength 2"),
        ({"type": "array", "minItems": 1, "maxItems": 0}, "minItems"),
        ({"type": "number", "minimum": 2, "maximum": 1}, "minimum 2"),
        ({"type": "integer", "enum": ["a", 1.5]}, "none of which is of type integer"),
        ({"enum": []}, "enum is empty"),
        ({"type": "object", "required": ["a"], "properties": {"a": False}}, "$.a is false"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "requires 'a'"),
        ({"allOf": [{"type": "string"}, {"type": "object"}]}, "object and string at once"),
        ({"anyOf": [False, {"not": {}}]}, "$.anyOf[0] is false"),
    ],
)
def test_schemas_that_nothing_meets(schema: Any, why: str) -> None:
    assert why in impossible(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"minLength": 3, "maxLength": 2},  # a number meets it
        {"type": ["string", "null"], "minLength": 3, "maxLength": 2},  # null does
        {"type": "integer", "enum": [1.0]},
        {"type": "object", "properties": {"a": False}},  # leave it out
        {"required": ["a"], "additionalProperties": False},  # a number meets it
        {"allOf": [{"type": "integer"}, {"type": "number"}]},
        {"anyOf": [False, {}]},
        {"$ref": "#/$defs/a", "type": "string", "$defs": {"a": False}},  # not looked into
    ],
)
def test_schemas_that_something_meets(schema: Any) -> None:
    assert impossible(schema) == ""


def test_instructions_that_one_response_follows_are_no_contradiction() -> None:
    """Every text among the examples, with all the instructions that it follows: no two of them exclude each other."""
    asked = [
        (kind, example.kwargs, parameters(kind, example.kwargs))
        for kind in kinds().values()
        for example in kind.examples
        if example.ok
    ]
    texts = sorted({example.text for kind in kinds().values() for example in kind.examples if example.ok})
    seen = 0
    for text in texts:
        response = Response(text)
        followed = [(kind.id, given) for kind, given, typed in asked if kind.check(response, typed).ok]
        seen += len(followed)
        for pair in combinations(followed, 2):
            truth = {"instruction_id_list": [name for name, _ in pair], "kwargs": [given for _, given in pair]}
            assert contradiction(truth) == "", (text, pair)
    assert seen > 1000


def _task(*pairs: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"instruction_id_list": [name for name, _ in pairs], "kwargs": [given for _, given in pairs]}


UPPER, LOWER = ("change_case:english_capital", {}), ("change_case:english_lowercase", {})


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        (_task(UPPER, LOWER), "capital letters and all in lower case"),
        (_task(UPPER, ("language:response_language", {"language": "de"})), "'de'"),
        (
            _task(
                LOWER, ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"})
            ),
            "words in capitals",
        ),
        (
            _task(
                ("startend:end_checker", {"end_phrase": "The end."}),
                ("startend:end_checker", {"end_phrase": "That is all."}),
            ),
            "ends in",
        ),
        (_task(("detectable_format:json_format", {}), ("startend:end_checker", {"end_phrase": "Bye."})), "JSON"),
        (
            _task(
                ("detectable_format:number_bullet_lists", {"num_bullets": 3}),
                ("detectable_format:number_bullet_lists", {"num_bullets": 4}),
            ),
            "3 and 4",
        ),
        (_task(("punctuation:no_comma", {}), ("startend:end_checker", {"end_phrase": "Well, bye."})), "','"),
        (
            _task(
                ("length_constraints:number_words", {"num_words": 3, "relation": "less than"}),
                ("combination:repeat_prompt", {"prompt_to_repeat": "Write a short poem."}),
            ),
            "needs 4 words",
        ),
        (_task(("length_constraints:number_sentences", {"num_sentences": 1, "relation": "less than"})), "less than 1"),
        (
            _task(
                ("keywords:letter_frequency", {"letter": "Q", "let_frequency": 1, "let_relation": "less than"}),
                ("keywords:existence", {"keywords": ["queen"]}),
            ),
            "'q'",
        ),
    ],
)
def test_instructions_that_exclude_each_other(truth: Any, told: str) -> None:
    assert told in contradiction(truth)
    assert told in contradiction(json.dumps(truth))


def test_calls_that_their_tools_take_are_not_refused() -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "look.up",
            "parameters": {
                "type": "dict",
                "properties": {"a": {"type": "float"}, "b": {"type": "tuple", "items": {"type": "string"}}},
                "required": ["a"],
            },
        },
    }
    for call in (
        {"look.up": {"a": [1, 1.5], "b": ["", ["x"]]}},
        {"name": "look.up", "arguments": {"a": 1.5, "b": ["x"]}},
        {"name": "look_up", "arguments": {"a": 2}},
    ):
        assert refused({"tools": [tool], "calls": [call]}) == ""
    assert "a" in refused({"tools": [tool], "calls": [{"name": "look.up", "arguments": {}}]})
    assert refused({"tools": [tool], "calls": [{"look.up": {"a": ["many"]}}]})
