"""The place holds one XML document that equals the truth, or the share of the truth that it has right.

## What it checks
The document is read as `xml.valid` does and compared with the truth: names with their namespaces (a prefix is only a
spelling), attributes in any order, texts, and children in order. Comments and processing instructions say nothing.

| reason | meaning |
|---|---|
| `value.equal` | equal |
| `value.different` | not equal; `differences` lists the places |
| `value.partly` | with `partial`: some leaves are right |
| `xml.*`, `answer.*`, `think.*` | there is no document |

## Truth
The text of an XML document.

## Parameters
`fields = {"/order/item/price": {"abs_tol": 0.01}}` frees one place, `/order/item/@id` an attribute; `*` stands for any
one name, names come without namespaces, and the last path that matches replaces what holds for the whole. With
`partial` the score is the share of the truth's leaves (attributes, texts, empty elements) that are right; each thing
too many takes one away. A tolerance applies to texts and attributes that are decimal numbers on both sides.

## When it cannot judge
The truth is no document, a path cannot be read (`truth.unreadable`); lxml is not installed (`infra.extra`).

## Known gaps
Unordered children of more than 64 of one name are paired by exact equality only, and in documents much larger than the
truth a partner may not be found.

## Sources
The idea of canonical XML: what two spellings of one document have in common.
"""

from __future__ import annotations

from referee.core.errors import TruthError, UsageError, brief
from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import Case, verifier
from referee.structure.place import Placed, document
from referee.structure.values import Freedom, Order
from referee.structure.xml_text import Malformed, read
from referee.structure.xml_values import Comparison, Space
from referee.text.channel import NoAnswer

LANGUAGES = ("xml",)


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    partial: whether the share of the truth's leaves that are right is the score.
    space: what white space in texts says: nothing at their ends ("strip"), nothing but that there is some ("collapse"),
        or everything ("exact").
    rel_tol: how far a number may be off, relative to the truth.
    abs_tol: how far a number may be off; the larger of the two bounds counts.
    order: whether children come in order ("ordered") or not ("any").
    fold_case: whether letter case of texts is free.
    extra: whether there may be attributes and children that the truth has not.
    fields: the same freedoms by path, and `ignore` for a place that does not count.
    """

    partial: bool = False
    space: Space = "strip"
    rel_tol: float = 0.0
    abs_tol: float = 0.0
    order: Order = "ordered"
    fold_case: bool = False
    extra: bool = False
    fields: dict[str, Freedom] = {}


ORDER = '<order id="7" x="a"><item><price>20</price></item><item><price>5</price></item></order>'
TURNED = "<order x='a' id='7'><!-- two --><item><price>5</price></item>\n<item><price>20</price></item></order>"
CASES = (
    Case(
        ORDER.replace(' id="7" x="a"', " x='a'\n id='7'"),
        ORDER,
        "pass",
        "attributes have no order",
        reason="value.equal",
    ),
    Case('<p:a xmlns:p="urn:a"> 1 </p:a>', '<a xmlns="urn:a">1</a>', "pass", "a prefix is a spelling"),
    Case("<a>1</a>", '<a xmlns="urn:a">1</a>', "fail", "a namespace is not", reason="value.different"),
    Case("<a><!-- 2 --><![CDATA[1]]></a>", "<a>1</a>", "pass", "comments and CDATA are spellings"),
    Case("<a> 1 </a>", "<a>1</a>", "fail", "", {"space": "exact"}),
    Case(TURNED, ORDER, "fail", "the order counts"),
    Case(TURNED, ORDER, "pass", "", {"order": "any"}),
    Case("<a><b/><b/><c/></a>", "<a><b/><c/><c/></a>", "fail", "attack: as often as there", {"order": "any"}),
    Case("<a><c/><b/></a>", "<a><b/><c/></a>", "fail", "children of other names too"),
    Case("<a>20.04</a>", "<a>20</a>", "pass", "", {"abs_tol": 0.05}),
    Case(ORDER.replace("20", "20.04"), ORDER, "pass", "", {"fields": {"/order/item/price": {"abs_tol": 0.05}}}),
    Case(ORDER.replace('"7"', '"8"'), ORDER, "pass", "", {"fields": {"/order/@id": {"ignore": True}}}),
    Case(ORDER.replace("20", "21"), ORDER, "partial", "", {"partial": True}, reason="value.partly", score=0.75),
    Case("<a><b>1</b><b>2</b><b>3</b></a>", "<a><b>9</b><b>2</b></a>", "fail", "attack: guesses", {"partial": True}),
    Case("<order/>", ORDER, "fail", "attack: nothing", {"partial": True}),
    Case("<b>1</b>", "<a>1</a>", "fail", "another name", {"partial": True}),
    Case("<!DOCTYPE a><a>1</a>", "<a>1</a>", "fail", "attack", reason="xml.doctype"),
    Case("<a/>", "no document", "unjudged", reason="truth.unreadable"),
    Case("<a/>", None, "unjudged", reason="truth.unreadable"),
    Case("<a/>", "<a/>", "unjudged", "no path", {"fields": {"a": {"ignore": True}}}, reason="truth.unreadable"),
)


@verifier
def value(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one document and compare it."""
    comparison = _comparison(params)
    right = read(task.truth) if isinstance(task.truth, str) else None
    if not right or isinstance(right, Malformed):
        raise TruthError(f"the truth must be the text of an XML document; it is {brief(task.truth)}")
    found = document(rollout, task, params, LANGUAGES)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    got = read(found.text)
    if isinstance(got, Malformed):
        return failed(got.reason, detail=got.detail, span=found.span, offset=found.start + got.offset)
    share = comparison.share(got.root, right.root)
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
        return Comparison(freedom, params.fields, params.space)
    except UsageError as error:
        raise TruthError(str(error)) from None
