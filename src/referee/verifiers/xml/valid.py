"""The place holds exactly one XML document that brings no document type.

## What it checks
The declared place (`place`) holds one well-formed document of XML 1.0 with namespaces, in UTF-8, and nothing else: no
document type, so no entities of its own, at most 64 levels deep. Nothing outside the text is read or fetched.

| reason | meaning |
|---|---|
| `xml.ok` | one document |
| `xml.syntax`, `xml.cut`, `xml.trailing`, `xml.empty` | it is none; breaks off; more text follows; nothing there |
| `xml.doctype`, `xml.entity`, `xml.encoding` | it brings a document type; names an entity; declares another encoding |
| `xml.surrogate`, `xml.too_deep`, `xml.too_large` | half of a character; too deep; too long |
| `xml.root` | the root element is not the one asked for |
| `answer.*`, `think.*` | the place holds no text, or too many |

## Truth
None needed.

## Parameters
`root = "order"` asks for a root element of that name, in any namespace.

## When it cannot judge
lxml is not installed (`infra.extra`).

## Known gaps
XML 1.1 and documents with a document type are refused, though they may be well-formed.

## Sources
XML 1.0 (fifth edition), Namespaces in XML 1.0.
"""

from __future__ import annotations

from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.structure.place import Placed, document
from referee.structure.xml_text import Malformed, read
from referee.text.channel import NoAnswer

LANGUAGES = ("xml",)


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    root: the name that the root element must have, without its namespace; any when empty.
    """

    root: str = ""


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;&c;</a>'
CASES = (
    Case('<a x="1"><b/>text</a>', None, "pass", reason="xml.ok"),
    Case("<think>Hm.</think>\n```xml\n<a/>\n```", None, "pass", "a fence around all of it"),
    Case('<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment -->\n<a/>', None, "pass"),
    Case("<order/>", None, "pass", "", {"root": "order"}),
    Case('<o:order xmlns:o="urn:o"/>', None, "pass", "in a namespace", {"root": "order"}),
    Case("<a/>", None, "fail", "", {"root": "order"}, reason="xml.root"),
    Case("Here: <a/>", None, "fail", "prose around it", reason="xml.syntax"),
    Case("Here:\n```xml\n<a/>\n```\nDone.", None, "pass", "", {"place": "fence"}),
    Case("<a/><b/>", None, "fail", "attack: two documents", reason="xml.trailing"),
    Case("```xml\n<a/>\n```\n```xml\n<b/>\n```", None, "fail", "attack", {"place": "fence"}, reason="answer.ambiguous"),
    Case("<a><b></a>", None, "fail", reason="xml.syntax"),
    Case("<a><b>", None, "fail", reason="xml.cut"),
    Case('<a x="1" x="2"/>', None, "fail", "which one counts?", reason="xml.syntax"),
    Case("<x:a/>", None, "fail", "a prefix that nobody declares", reason="xml.syntax"),
    Case(LAUGHS, None, "fail", "attack: entities that multiply", reason="xml.doctype"),
    Case('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', None, "fail", "attack: a file", reason="xml.doctype"),
    Case("<a>&b;</a>", None, "fail", reason="xml.entity"),
    Case('<?xml version="1.0" encoding="UTF-16"?><a/>', None, "fail", "attack: reads otherwise", reason="xml.encoding"),
    Case("<a>\ud800</a>", None, "fail", reason="xml.surrogate"),
    Case("<a>" * 5000, None, "fail", "attack: depth", reason="xml.too_deep"),
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
    name = got.root.tag.rpartition("}")[2]
    if params.root and name != params.root:
        return failed("xml.root", detail=f"the root is <{name[:60]}>, not <{params.root}>", span=found.span)
    return passed("xml.ok", span=found.span)
