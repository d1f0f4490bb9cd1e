"""The place holds one XML document that is valid by an XML Schema or a RELAX NG schema.

## What it checks
The document is read as `xml.valid` does, and validated by the schema in the truth.

| reason | meaning |
|---|---|
| `schema.ok` | it is valid |
| `schema.violated` | it is not; `violations` lists where, which rule, and why (of a long document only a first why) |
| `schema.undecided` | it is too long or too strange for the schema to be held against it in bounded time |
| `xml.*`, `answer.*`, `think.*` | there is no document |

There is no partial credit: a validator of XML stops within an element at the first child that it did not expect, so
what it lists is no count of what is wrong.

## Truth
The text of an XML Schema 1.0, or of a RELAX NG schema in XML syntax; the root element tells them apart. One text: a
schema that includes, imports or redefines another makes the task unjudged, for nothing is fetched.

## Parameters
None but the place.

## When it cannot judge
The truth is no schema, or refers to another (`truth.unreadable`); lxml is not installed (`infra.extra`).

## Known gaps
libxml2 tries patterns with several wildcards (`.*x.*`) in every way, so where a schema has those, long documents are
refused (two: 4,000 characters, three: 800, more: 200). Under RELAX NG a document has at most 4,000 elements. Compact
syntax of RELAX NG and assertions of XML Schema 1.1 are not read.

## Sources
XML Schema 1.0 (second edition); RELAX NG (ISO/IEC 19757-2).
"""

from __future__ import annotations

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.structure.place import Placed, document
from referee.structure.xml_schema import Undecided
from referee.structure.xml_schema import schema as compiled
from referee.structure.xml_text import Malformed, read
from referee.text.channel import NoAnswer

LANGUAGES = ("xml",)


class Params(Placed, frozen=True, kw_only=True):
    """place: where the document stands (see `referee.structure.place`): "auto", "whole", "fence" or "answer".
    think: name of the thinking tag; the document is looked for after its last closing tag.
    """


XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="person"><xs:complexType><xs:sequence>
  <xs:element name="name" type="xs:string"/><xs:element name="age" type="xs:nonNegativeInteger"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""
RNG = """<element name="person" xmlns="http://relaxng.org/ns/structure/1.0"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"><interleave>
  <element name="name"><text/></element><element name="age"><data type="nonNegativeInteger"/></element>
</interleave></element>"""
INCLUDES = XSD.replace("<xs:element", '<xs:include schemaLocation="file:///etc/passwd"/><xs:element', 1)
HINT = '<person xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="file:///etc/passwd"/>'
ADA = "<person><name>Ada</name><age>36</age></person>"
CASES = (
    Case(ADA, XSD, "pass", reason="schema.ok"),
    Case("<person><age>36</age><name>Ada</name></person>", XSD, "fail", "the order counts", reason="schema.violated"),
    Case("<person><age>36</age><name>Ada</name></person>", RNG, "pass", "here it does not"),
    Case(ADA.replace("36", "-1"), XSD, "fail"),
    Case(ADA.replace("36", "-1"), RNG, "fail", reason="schema.violated"),
    Case("<person/>", XSD, "fail", "attack: nothing is earned by nothing"),
    Case(HINT, XSD, "fail", "attack: a schema of its own"),
    Case(f"{ADA}{ADA}", XSD, "fail", "attack: two documents", reason="xml.trailing"),
    Case(f"<!DOCTYPE person>{ADA}", XSD, "fail", "attack", reason="xml.doctype"),
    Case(ADA, INCLUDES, "unjudged", "nothing is fetched", reason="truth.unreadable"),
    Case(ADA, "<person/>", "unjudged", "no schema", reason="truth.unreadable"),
    Case(ADA, "element person { text }", "unjudged", "compact syntax"),
    Case(ADA, None, "unjudged", reason="truth.unreadable"),
    Case("", XSD, "fail", "attack: silence", reason="answer.missing"),
)


@verifier
def schema(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one document and validate it."""
    if not isinstance(task.truth, str):
        raise TruthError(f"the truth must be the text of an XML Schema or a RELAX NG schema; it is {brief(task.truth)}")
    asked = compiled(task.truth)
    found = document(rollout, task, params, LANGUAGES)
    if isinstance(found, NoAnswer):
        return failed(found.reason, detail=found.detail)
    got = read(found.text)
    if isinstance(got, Malformed):
        return failed(got.reason, detail=got.detail, span=found.span, offset=found.start + got.offset)
    try:
        violations = asked.violations(found.text, got.root)
    except Undecided:
        return failed("schema.undecided", span=found.span)
    if violations:
        return failed("schema.violated", span=found.span, violations=[one.plain for one in violations])
    return passed("schema.ok", span=found.span)
