"""The place holds one JSON document that equals the truth, or the share of the truth that it has right.

## What it checks
The document is read strictly, as `json.valid` does, and compared with the truth: numbers by value, everything else
exactly. What may differ is declared, for the whole document or for the places that a path names.

| reason | meaning |
|---|---|
| `value.equal` | equal |
| `value.different` | not equal; `differences` lists the places |
| `value.partly` | with `partial`: some leaves are right |
| `json.*`, `answer.*`, `think.*` | there is no document |

## Truth
Any JSON value.

## Parameters
`fields = {"$.items[*].price": {"abs_tol": 0.01}}` frees one place; the last path that matches counts, and it replaces
what holds for the whole. With `partial` the score is the share of the truth's leaves (scalars and empty containers)
that are right; each key or element too many takes one leaf away.

## When it cannot judge
A path that cannot be read (`truth.unreadable`).

## Known gaps
Unordered arrays of more than 64 elements are paired by exact equality only.

## Sources
None.
"""

from __future__ import annotations

from referee.core.errors import TruthError, UsageError
from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import Case, verifier
from referee.structure.json_text import Malformed, read
from referee.structure.place import Placed, document
from referee.structure.values import Comparison, Freedom, Order
from referee.text.channel import NoAnswer

LANGUAGES = ("json",)


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    partial: whether the share of the truth's leaves that are right is the score.
    rel_tol: how far a number may be off, relative to the truth.
    abs_tol: how far a number may be off; the larger of the two bounds counts.
    order: whether the elements of arrays come in order ("ordered") or not ("any").
    fold_case: whether letter case of texts is free.
    extra: whether an object may have keys that the truth has not.
    fields: the same freedoms by path, and `ignore` for a place that does not count.
    """

    partial: bool = False
    rel_tol: float = 0.0
    abs_tol: float = 0.0
    order: Order = "ordered"
    fold_case: bool = False
    extra: bool = False
    fields: dict[str, Freedom] = {}


CASES = (
    Case(
        '{"a": 1, "b": [2, 3]}', {"b": [2, 3], "a": 1.0}, "pass", "keys have no order, 1 is 1.0", reason="value.equal"
    ),
    Case('{"a": 1}', {"a": True}, "fail", "true is not 1", reason="value.different"),
    Case('{"a": null}', {}, "fail", "null is not nothing"),
    Case("[3, 2]", [2, 3], "fail"),
    Case("[3, 2]", [2, 3], "pass", "", {"order": "any"}),
    Case("[2, 2, 3]", [2, 3, 3], "fail", "attack: as often as there", {"order": "any"}),
    Case('{"t": 20.04}', {"t": 20}, "pass", "", {"abs_tol": 0.05}),
    Case('{"t": 20.04, "n": 3.01}', {"t": 20, "n": 3}, "fail", "", {"fields": {"$.t": {"abs_tol": 0.05}}}),
    Case('{"a": 1, "b": 9}', {"a": 1, "b": 2}, "partial", "", {"partial": True}, reason="value.partly"),
    Case('{"a": 1, "b": 2, "c": 3, "d": 4}', {"a": 1, "b": 9}, "fail", "attack: many guesses", {"partial": True}),
    Case("{}", {"a": 1}, "fail", "attack: nothing", {"partial": True}),
    Case('{"a": 1, "a": 2}', {"a": 2}, "fail", "attack: both", reason="json.duplicate_key"),
    Case('"Paris"', "paris", "pass", "", {"fold_case": True}),
    Case('{"a": 1, "at": "noon"}', {"a": 1}, "pass", "", {"fields": {"$.at": {"ignore": True}}}),
    Case("5", 5, "unjudged", "no path", {"fields": {"at": {"ignore": True}}}, reason="truth.unreadable"),
)


@verifier
def value(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one document and compare it."""
    comparison = _comparison(params)
    found = document(rollout, task, params, LANGUAGES)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    got = read(found.text)
    if isinstance(got, Malformed):
        return failed(got.reason, detail=got.detail, span=found.span, offset=found.start + got.offset)
    share = comparison.share(got.value, task.truth)
    if share == 1:
        return passed("value.equal", span=found.span)
    evidence = {"span": found.span, "differences": [one._asdict() for one in comparison.differences]}
    if params.partial and share:
        return graded(float(share), "value.partly", **evidence)
    return failed("value.different", **evidence)


def _comparison(params: Params) -> Comparison:
    freedom = Freedom(
        rel_tol=params.rel_tol,
        abs_tol=params.abs_tol,
        order=params.order,
        fold_case=params.fold_case,
        extra=params.extra,
    )
    try:
        return Comparison(freedom, params.fields)
    except UsageError as error:
        raise TruthError(str(error)) from None
