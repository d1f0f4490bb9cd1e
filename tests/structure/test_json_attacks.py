"""No completion written against the judge of JSON earns more than an honest wrong answer to the same task."""

from __future__ import annotations

import json
from typing import Any

import pytest

import referee
from referee.structure.leaves import share
from referee.structure.schema import schema

pytest.importorskip("jsonschema_rs", reason="jsonschema-rs is not installed")

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "age": {"type": "integer", "minimum": 0},
        "tag": {"enum": ["a", "b"]},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
RIGHT = '{"name": "Ada", "age": 36}'
VALUE = {"name": "Ada", "age": 36}

# Each must be no document at all, or one that breaks the schema and equals no truth.
DOCUMENTS = {
    "nested fences": f"```json\n```json\n{RIGHT}\n```\n```",
    "a fence within a string": '{"name": "```json\\n' + RIGHT.replace('"', '\\"') + '\\n```", "age": -1}',
    "two fences": f"```json\n{RIGHT}\n```\n```json\n{RIGHT}\n```",
    "two documents": f"{RIGHT}\n{RIGHT}",
    "document and prose": f"{RIGHT} is the answer",
    "prose and document": f"The answer: {RIGHT}",
    "byte order mark": f"\ufeff{RIGHT}",
    "no-break space": f"\u00a0{RIGHT}",
    "ideographic space within": RIGHT.replace(", ", ",\u3000"),
    "vertical tab": f"\v{RIGHT}",
    "next line": f"{RIGHT}\u0085x",
    "comment": RIGHT.replace("{", "{/* sure */"),
    "line comment": RIGHT + " // sure",
    "hash comment": RIGHT + " # sure",
    "single quotes": RIGHT.replace('"', "'"),
    "bare keys": '{name: "Ada", age: 36}',
    "trailing comma": RIGHT.replace("}", ",}"),
    "missing comma": '{"name": "Ada" "age": 36}',
    "duplicate": '{"name": "Ada", "age": -1, "age": 36}',
    "duplicate by an escape": '{"name": "Ada", "age": -1, "\\u0061ge": 36}',
    "duplicate deep within": '{"name": "Ada", "age": 36, "tag": {"x": 1, "x": 2}}',
    "key with a zero-width space": '{"name": "Ada", "a\u200bge": 36}',
    "look-alike key": '{"name": "Ada", "аge": 36}',
    "wide digits": '{"name": "Ada", "age": ３６}',
    "Arabic digits": '{"name": "Ada", "age": ٣٦}',
    "NaN": '{"name": "Ada", "age": NaN}',
    "Infinity": '{"name": "Ada", "age": Infinity}',
    "1e999": '{"name": "Ada", "age": 1e999}',
    "long integer": '{"name": "Ada", "age": ' + "9" * 5000 + "}",
    "leading zero": '{"name": "Ada", "age": 036}',
    "plus": '{"name": "Ada", "age": +36}',
    "hexadecimal": '{"name": "Ada", "age": 0x24}',
    "a point at the end": '{"name": "Ada", "age": 36.}',
    "half a character": '{"name": "Ad\\ud800", "age": 36}',
    "the other half": '{"name": "Ad\\udc00a", "age": 36}',
    "control character": '{"name": "Ad\na", "age": 36}',
    "NUL": '{"name": "Ad\0a", "age": 36}',
    "depth": "[" * 100_000,
    "balanced depth": "[" * 200 + "]" * 200,
    "containers": "[" + ",".join(["[]"] * 150_000) + "]",
    "unfinished": RIGHT[:-1],
    "in the thinking": f"<think>{RIGHT}</think>",
    "second thinking": f"<think>a</think>-1</think>{RIGHT}",
    "a string": json.dumps(RIGHT),
    "in an array": f"[{RIGHT}]",
    "in a key": '{"answer": ' + RIGHT + "}",
    "Python": '{"name": "Ada", "age": True}',
    "true for a number": '{"name": "Ada", "age": true}',
    "text for a number": '{"name": "Ada", "age": "36"}',
    "empty": "",
    "null": "null",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_passes_that_is_not_one(name: str):
    text = DOCUMENTS[name]
    assert referee.verify("json.schema", text, truth=PERSON).status == "fail"
    assert referee.verify("json.value", text, truth=VALUE).status == "fail"
    partial = referee.verify("json.schema", text, truth=PERSON, partial=True)
    assert partial.score <= 0.75
    if not partial.reason.startswith("schema"):
        assert partial.score == 0.0


def test_the_right_one_passes():
    for text in (RIGHT, f"```json\n{RIGHT}\n```", f"<think>x</think>\n {RIGHT}\r\n", RIGHT.replace("A", "\\u0041")):
        assert referee.verify("json.schema", text, truth=PERSON).status == "pass"
        assert referee.verify("json.value", text, truth=VALUE).status == "pass"


INT = {"type": "integer"}
PAIR = {"type": "object", "properties": {"x": INT, "y": INT}, "required": ["x", "y"]}


def needs(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


# schema, what an attacker writes, the honest wrong answer, which must earn at least as much
PARTIAL: dict[str, tuple[Any, Any, Any]] = {
    "nothing": (PAIR, {}, {"x": "1", "y": "2"}),
    "other keys": (PAIR, {f"k{n}": n for n in range(500)}, {"x": "1", "y": "2"}),
    "dependentRequired holds of nothing": ({**PAIR, "dependentRequired": {"x": ["y"]}}, {}, {"x": "1", "y": "2"}),
    "dependencies hold of nothing": ({**PAIR, "$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"x": ["y"]}}, {}, {"x": "1", "y": "2"}),
    "minContains alone": ({"type": "array", "minContains": 2, "contains": INT, "minItems": 2}, [], ["a", "b"]),
    "a scalar where an object or null may be": (needs(a=INT, b={"type": ["object", "null"], **{k: PAIR[k] for k in ("properties", "required")}}), {"a": 1, "b": "junk"}, {"a": 1, "b": {"x": "1", "y": "2"}}),
    "an absent object where null may be": (needs(a=INT, b={"type": ["object", "null"], **{k: PAIR[k] for k in ("properties", "required")}}), {"a": 1}, {"a": 1, "b": {"x": "1", "y": "2"}}),
    "an array where an object or array may be": (needs(a={"type": ["object", "array"], "items": PAIR}), {"a": ["junk"]}, {"a": [{"x": "1", "y": "2"}]}),
    "a text for an array": (needs(a=INT, b={"type": "array", "items": PAIR, "minItems": 1}), {"a": 1, "b": "junk"}, {"a": 1, "b": [{"x": "1", "y": "2"}]}),
    "an empty array": (needs(a=INT, b={"type": "array", "items": PAIR, "minItems": 1}), {"a": 1, "b": []}, {"a": 1, "b": [{"x": 1, "y": "2"}]}),
    "an empty tuple": (needs(t={"type": "array", "prefixItems": [INT, INT, INT], "minItems": 3}), {"t": []}, {"t": ["1", "2", "3"]}),
    "many right elements around a wrong one": ({"type": "array", "items": PAIR, "minItems": 1}, [{"x": 1, "y": 1}] * 200 + [{"x": "1", "y": "2"}], [{"x": "1", "y": "2"}]),
    "optional properties that are right": ({**PAIR, "properties": {**PAIR["properties"], **{f"o{n}": INT for n in range(50)}}}, {f"o{n}": n for n in range(50)}, {"x": "1", "y": "2"}),
    "a huge array in front": (needs(a={"type": "array", "items": PAIR}, x=INT, y=INT), {"a": [{"x": 1, "y": 1}] * 4_000, "x": "1", "y": "2"}, {"a": [{"x": 1, "y": 1}], "x": "1", "y": "2"}),
    "depth in front": ({"$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}}, **needs(n={"$ref": "#/$defs/n"}, x=INT, y=INT)}, {"n": json.loads('{"next":' * 60 + "{}" + "}" * 60), "x": "1", "y": "2"}, {"n": {}, "x": "1", "y": "2"}),
    "a reference loop": ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, **needs(p={"$ref": "#/$defs/a"}, x=INT)}, {"x": "1"}, {"p": 1, "x": "1"}),
    "wrong properties by pattern": ({**PAIR, "patternProperties": {"^n_": INT}}, {"x": 1, "y": "2", "n_1": "x", "n_2": "x"}, {"x": 1, "y": "2"}),
    "all branches of anyOf at once": ({"anyOf": [needs(a=INT, b=INT), needs(c=INT, d=INT)]}, {"a": "1", "c": 1, "b": "2", "d": "2"}, {"c": 1, "d": "2"}),
    "both branches of oneOf": ({"oneOf": [needs(a=INT), needs(b=INT)], "type": "object"}, {"a": 1, "b": 1}, {"a": 1, "b": 1}),
    "the easiest branch": (needs(v={"anyOf": [needs(a=INT, b=INT, c=INT), {"type": "string", "minLength": 50}]}), {"v": "junk"}, {"v": {"a": 1, "b": 1, "c": "x"}}),
    "not": ({**PAIR, "not": {"required": ["secret"]}}, {}, {"x": "1", "y": "2"}),
    "if and then": ({**PAIR, "if": {"required": ["z"]}, "then": {"required": ["w"]}}, {}, {"x": "1", "y": "2"}),
    "tuple with too many": ({"type": "array", "prefixItems": [INT, INT], "items": False, "minItems": 2}, [1, "a"] + [1] * 100, [1, "a"]),
    "a reference into a list": ({"allOf": [needs(a=INT, b=INT)], **needs(v={"$ref": "#/allOf/0"})}, {"v": "junk"}, {"v": {"a": 1, "b": "2"}}),
    "an anchor": ({"$defs": {"d": {"$anchor": "here", **PAIR}}, **needs(v={"$ref": "#here"})}, {"v": "junk"}, {"v": {"x": 1, "y": "2"}}),
    "names instead of values": ({**PAIR, "propertyNames": {"maxLength": 2}}, {"long name": 1}, {"x": "1", "y": "2"}),
    "an empty text": (needs(a={"type": "string", "minLength": 3, "pattern": "^[a-z]+$"}), {"a": ""}, {"a": "ABCD"}),
    "no value": (PAIR, None, {"x": "1", "y": "2"}),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTIAL)
def test_partial_credit_pays_no_trick(name: str):
    asked, written, honest = PARTIAL[name]
    compiled = schema(asked)
    assert not compiled.valid(written)
    assert share(compiled, written) <= share(compiled, honest) < 1


def test_an_object_of_five_earns_by_fifths():
    asked = schema(needs(a=INT, b=INT, c=INT, d=INT, e=INT))
    assert [round(share(asked, dict.fromkeys("abcde"[:count], 1)), 9) for count in range(6)] == [
        0.0,
        0.2,
        0.4,
        0.6,
        0.8,
        1.0,
    ]
