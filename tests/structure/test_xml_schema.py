"""XML Schema and RELAX NG: compiled without reaching out, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from referee.core.errors import TruthError
from referee.structure import xml_schema
from referee.structure.xml_schema import Undecided, schema
from referee.structure.xml_text import Tree, read

pytest.importorskip("lxml.etree", reason="lxml is not installed")

XSD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
RNG = '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start>{}</start></grammar>'
ITEMS = XSD.format(
    '<xs:element name="a"><xs:complexType><xs:sequence><xs:element name="b" maxOccurs="unbounded"><xs:complexType>'
    '<xs:attribute name="k" type="xs:integer" use="required"/></xs:complexType></xs:element></xs:sequence>'
    "</xs:complexType></xs:element>"
)


def violations(truth: str, text: str):
    found = read(text)
    assert isinstance(found, Tree)
    return schema(truth).violations(text, found.root)


def pattern(regex: str) -> str:
    return XSD.format(
        f'<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="{regex}"/>'
        "</xs:restriction></xs:simpleType></xs:element>"
    )


def test_a_short_document_says_where():
    (found,) = violations(ITEMS, "<a><b k='1'/><b k='x'/></a>")
    assert (found.path, found.keyword) == ("/a/b[2]", "schemav_cvc_datatype_valid_1_2_1")
    assert len(violations(ITEMS, "<a>" + "<b/>" * 50 + "</a>")) == 20


def test_a_long_document_says_what():
    (found,) = violations(ITEMS, "<a>" + "<b/>" * 10_000 + "</a>")
    assert "required but missing" in found.message
    assert violations(ITEMS, "<a>" + "<b k='1'/>" * 10_000 + "</a>") == []


@pytest.mark.parametrize(
    "inner",
    [
        '<xs:include schemaLocation="{0}"/>',
        '<xs:import namespace="urn:x" schemaLocation="{0}"/>',
        '<xs:redefine schemaLocation="{0}"/>',
        '<xs:import namespace="urn:x"/>',
    ],
)
def test_a_schema_that_needs_another_is_refused(inner: str, tmp_path: Path):
    other = tmp_path / "other.xsd"
    other.write_text(XSD.format('<xs:element name="a"/>'))
    with pytest.raises(TruthError, match="refers to another"):
        schema(XSD.format(inner.format(other)))


def test_relax_ng_that_needs_another_is_refused():
    for inner in ('<externalRef href="/etc/passwd"/>', '<element name="a"><externalRef href="b.rng"/></element>'):
        with pytest.raises(TruthError, match="refers to another"):
            schema(RNG.format(inner))


@pytest.mark.parametrize(
    "truth",
    [
        "",
        "<a/>",
        "a = element a { text }",
        XSD.format("<xs:elephant/>"),
        RNG.format("<ref name='x'/>"),
        f"<!DOCTYPE a>{ITEMS}",
    ],
)
def test_no_schema(truth: str):
    with pytest.raises(TruthError):
        schema(truth)


def test_a_document_names_no_schema_of_its_own(tmp_path: Path):
    lax = XSD.format(
        '<xs:element name="a"><xs:complexType><xs:sequence><xs:any namespace="##any" processContents="lax"/></xs:sequence></xs:complexType></xs:element>'
    )
    own = tmp_path / "own.xsd"
    own.write_text(
        XSD.replace('XMLSchema">', 'XMLSchema" targetNamespace="urn:e">').format(
            '<xs:element name="e" type="xs:integer"/>'
        )
    )
    text = (
        '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:e {own}"><e xmlns="urn:e">no integer</e></a>'
    )
    assert violations(lax, text) == []


def test_patterns_that_are_tried_in_every_way_bound_the_document():
    assert violations(pattern("[a-z]+-[0-9]+"), f"<a>{'x' * 50_000}-1</a>") == []
    assert violations(pattern("(a+)+b"), f"<a>{'a' * 5_000}b</a>") == []
    with pytest.raises(Undecided):
        violations(pattern(".*x.*y.*z.*"), f"<a>{'x' * 500}</a>")
    with pytest.raises(Undecided):
        violations(pattern("(.*,)*"), f"<a>{',' * 5_000}</a>")


def test_relax_ng_is_asked_about_so_many_elements():
    truth = RNG.format('<element name="a"><zeroOrMore><element name="b"><empty/></element></zeroOrMore></element>')
    assert violations(truth, "<a>" + "<b/>" * 3_999 + "</a>") == []
    with pytest.raises(Undecided):
        violations(truth, "<a>" + "<b/>" * xml_schema._MOST_ELEMENTS + "</a>")
