"""The place holds one JSON document that meets a JSON Schema, or the share of the schema that it meets.

## What it checks
The document is read strictly, as `json.valid` does, and validated by the schema in the truth. Every draft from 4 to
2020-12 is known; `$schema` decides, else 2020-12.

With `partial` the score is the share of leaf constraints met (`referee.structure.leaves`): a nearly right object earns
a fraction, an empty one nothing for what it lacks, and writing more never dilutes what is wrong.

| reason | meaning |
|---|---|
| `schema.ok` | it meets the schema |
| `schema.violated` | it does not; `violations` lists where, which keyword, and why (of a long document the first) |
| `schema.partly` | with `partial`: some of it |
| `json.*`, `answer.*`, `think.*` | there is no document |

## Truth
A JSON Schema: an object, or true or false; or one as response formats hold it, `{"schema": SCHEMA}` with `name`,
`strict` and `description` beside it or not. With `resources`, documents that it may refer to by URI. Nothing is
fetched: a reference to anything else makes the task unjudged.

## Parameters
`formats = true` makes `format` a constraint; by the standard it is a note.

## When it cannot judge
The truth is no schema, or refers to what is not there (`truth.unreadable`); jsonschema-rs is not installed
(`infra.extra`).

## Known gaps
Partial credit gives `unevaluatedProperties` no leaf of its own, and nothing to a document of more than 2,000 places.
Where a schema has no leaf that must be there, an invalid document earns nothing.

## Sources
JSON Schema drafts 4, 6, 7, 2019-09, 2020-12 and their test suite.
"""

from __future__ import annotations

from typing import Any

from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import Case, verifier
from referee.structure.json_text import Malformed, read
from referee.structure.leaves import share
from referee.structure.place import Placed, document
from referee.structure.schema import Draft
from referee.structure.schema import schema as compiled
from referee.text.channel import NoAnswer

LANGUAGES = ("json",)
ALL_LISTED = 20_000  # characters of a document of which more than the first violation is listed
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    partial: whether a document that breaks the schema earns the share of leaf constraints that it meets.
    draft: which draft the schema is written in; "auto": as its `$schema` says, else draft2020-12.
    formats: whether `format` is a constraint.
    resources: schemas that the schema may refer to, by URI.
    """

    partial: bool = False
    draft: Draft = "auto"
    formats: bool = False
    resources: dict[str, Any] = {}


_FORMAT = frozenset(("schema", "name", "strict", "description"))

CASES = (
    Case('{"name": "Ada", "age": 36}', PERSON, "pass", reason="schema.ok"),
    Case('{"name": "Ada", "age": -1}', PERSON, "fail", reason="schema.violated"),
    Case('{"name": "Ada"}', PERSON, "partial", "one of three leaves", {"partial": True}, reason="schema.partly"),
    Case("{}", PERSON, "fail", "attack: nothing is earned by nothing", {"partial": True}),
    Case('{"name": "Ada", "age": true}', PERSON, "fail", "true is no integer"),
    Case('{"name": "Ada", "age": 36.0}', PERSON, "pass", "36.0 is an integer"),
    Case('{"name": "Ada", "age": 36, "x": 1}', PERSON, "fail", "a key too many"),
    Case('{"name": "Ada", "age": 36, "age": 37}', PERSON, "fail", "attack", reason="json.duplicate_key"),
    Case(
        '{"name": "Ada"}', {"name": "person", "schema": PERSON}, "fail", "a response format", reason="schema.violated"
    ),
    Case("5", {"$ref": "file:///etc/passwd"}, "unjudged", "nothing is fetched", reason="truth.unreadable"),
    Case("5", {"type": "strng"}, "unjudged", "no schema", reason="truth.unreadable"),
    Case("5", "integer", "unjudged", "a name is no schema"),
    Case('"x"', {"not": {}}, "fail", "nothing is allowed"),
    Case("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", {"pattern": "(a+)+$"}, "fail", "attack: no document"),
    Case('"' + "a" * 50 + '!"', {"pattern": "^(a+)+$"}, "fail", "attack: a pattern that hangs others"),
    Case("", PERSON, "fail", "attack: silence", reason="answer.missing"),
)


@verifier
def schema(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one document and validate it."""
    asked = compiled(_bare(task.truth), params.draft, params.formats, params.resources)
    found = document(rollout, task, params, LANGUAGES)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    got = read(found.text)
    if isinstance(got, Malformed):
        return failed(got.reason, detail=got.detail, span=found.span, offset=found.start + got.offset)
    if asked.valid(got.value):
        return passed("schema.ok", span=found.span)
    violations = asked.violations(got.value, all_of_them=len(found.text) <= ALL_LISTED)
    evidence = {"span": found.span, "violations": [one.plain for one in violations]}
    if params.partial and (part := share(asked, got.value)):
        return graded(part, "schema.partly", **evidence)
    return failed("schema.violated", **evidence)


def _bare(truth: Any) -> Any:
    """The schema of a response format: none of its own keys is a keyword, so as a schema it would allow everything."""
    wrapped = isinstance(truth, dict) and truth.keys() <= _FORMAT and isinstance(truth.get("schema"), dict | bool)
    return truth["schema"] if wrapped else truth
