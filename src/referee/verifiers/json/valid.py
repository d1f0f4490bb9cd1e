"""The place holds exactly one JSON document, by the letter of RFC 8259.

## What it checks
The declared place (`place`) holds one document and nothing else, and every reader reads the same in it: no key twice in
an object, no NaN or Infinity, no number beyond a double, no half character, at most 128 levels deep and
100,000 objects and arrays.

| reason | meaning |
|---|---|
| `json.ok` | one document |
| `json.syntax`, `json.cut`, `json.trailing`, `json.empty` | it is none; breaks off; more text follows; nothing there |
| `json.duplicate_key`, `json.not_finite`, `json.number_too_large`, `json.number_too_long`, `json.surrogate`, \
`json.too_deep`, `json.too_large` | readers would not agree on it |
| `json.kind` | it is valid, and not of the `kind` that was asked for |
| `answer.*`, `think.*` | the place holds no text, or too many |

## Truth
None needed.

## Parameters
`kind = "object"` asks for an object, as JSON modes do; `array` and `container` (either) likewise.

## When it cannot judge
Always judges.

## Known gaps
Integers of more than 400 digits are refused, though the standard allows them.

## Sources
RFC 8259; I-JSON (RFC 7493) for duplicate keys and numbers.
"""

from __future__ import annotations

from typing import Literal

from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.structure.json_text import Malformed, read
from referee.structure.place import Placed, document
from referee.text.channel import NoAnswer

LANGUAGES = ("json",)
_KINDS = {"object": (dict,), "array": (list,), "container": (dict, list), "any": (object,)}


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    kind: what it must be: "any" value, an "object", an "array", or a "container", which is either.
    """

    kind: Literal["any", "object", "array", "container"] = "any"


CASES = (
    Case('{"a": [1, 2.5e3, null]}', None, "pass", reason="json.ok"),
    Case("<think>Hm.</think>\n```json\n[]\n```", None, "pass", "a fence around all of it"),
    Case("5", None, "pass", "any value is a document"),
    Case("5", None, "fail", "but no object", {"kind": "object"}, reason="json.kind"),
    Case('Here: {"a": 1}', None, "fail", "prose around it", reason="json.syntax"),
    Case('Here:\n```json\n{"a": 1}\n```\nDone.', None, "pass", "", {"place": "fence"}),
    Case('{"a": 1} {"a": 2}', None, "fail", "attack: two documents", reason="json.trailing"),
    Case(
        '```json\n{}\n```\n```json\n{"a": 1}\n```',
        None,
        "fail",
        "attack",
        {"place": "fence"},
        reason="answer.ambiguous",
    ),
    Case('{"a": 1, "a": 2}', None, "fail", "attack: which one counts?", reason="json.duplicate_key"),
    Case("[NaN]", None, "fail", reason="json.not_finite"),
    Case("[1e999]", None, "fail", reason="json.number_too_large"),
    Case('["\\ud800"]', None, "fail", reason="json.surrogate"),
    Case("{'a': 1}", None, "fail", reason="json.syntax"),
    Case('{"a": 1,}', None, "fail", reason="json.syntax"),
    Case('{"a": [1', None, "fail", "", reason="json.cut"),
    Case("[" * 5000, None, "fail", "attack: depth", reason="json.too_deep"),
    Case("1" * 5000, None, "fail", "attack: digits", reason="json.number_too_long"),
    Case("", None, "fail", "attack: silence", reason="answer.missing"),
)


@verifier
def valid(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one document."""
    found = document(rollout, task, params, LANGUAGES)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    got = read(found.text)
    if isinstance(got, Malformed):
        return failed(got.reason, detail=got.detail, span=found.span, offset=found.start + got.offset)
    if not isinstance(got.value, _KINDS[params.kind]):
        return failed("json.kind", detail=f"the document is no {params.kind}", span=found.span)
    return passed("json.ok", span=found.span)
