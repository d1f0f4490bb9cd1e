"""Strict XML: what is refused, and that nothing outside the text is reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.structure.xml_text import LONGEST, Malformed, Tree, read

etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")

LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def reason(text: str) -> str:
    found = read(text)
    return found.reason if isinstance(found, Malformed) else "ok"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a/>", "ok"),
        ("\ufeff<a/>", "ok"),
        ("<?xml version='1.0'?><a/>", "ok"),
        ("<!-- --><?pi?><a/><!-- -->", "ok"),
        ("<a>&lt;&#65;&amp;</a>", "ok"),
        ("<a>" * 64 + "</a>" * 64, "ok"),
        ("<a>" * 65 + "</a>" * 65, "xml.too_deep"),
        ("<a>" * 70_000, "xml.too_deep"),
        ("<a/>" + " " * LONGEST, "xml.too_large"),
        (f"<!DOCTYPE a [{LAUGHS}]><a>&e9;</a>", "xml.doctype"),
        (f"<?xml version='1.0'?><!-- x --><!DOCTYPE a [{LAUGHS}]><a b='&e9;'/>", "xml.doctype"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.doctype"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "xml.doctype"),
        ("<!doctype a><a/>", "xml.syntax"),
        ("<a><!DOCTYPE b></a>", "xml.syntax"),
        ("<a>&nbsp;</a>", "xml.entity"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>", "xml.encoding"),
        ("<?xml version='1.1'?><a/>", "xml.syntax"),
        ("<a/>text", "xml.trailing"),
        ("text<a/>", "xml.syntax"),
        ("<a", "xml.cut"),
        ("<!-- never closed", "xml.cut"),
        ("<a>\0</a>", "xml.syntax"),
        ("<a>&#0;</a>", "xml.syntax"),
        ("<a>\ud800</a>", "xml.surrogate"),
        (" \n", "xml.empty"),
        ("<a b='<'/>", "xml.syntax"),
        ("<a>]]></a>", "xml.syntax"),
        ("<a:b:c/>", "xml.syntax"),
    ],
)
def test_reasons(text: str, expected: str):
    assert reason(text) == expected


def test_the_offset_points_at_the_fault():
    text = "<a>\n  <b>\n  </c>\n</a>"
    found = read(text)
    assert isinstance(found, Malformed)
    assert text[found.offset - 4 : found.offset] == "</c>"


def test_no_file_is_read(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for text in (
        f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret}" parse="text"/></a>',
        f'<?xml-stylesheet href="{secret}"?><a/>',
    ):
        found = read(text)
        assert isinstance(found, Tree)
        assert b"secret<" not in etree.tostring(found.root)
        assert "secret" not in "".join(found.root.itertext())


@given(st.text(alphabet=st.sampled_from("<>/ab&;!-[]'\"= \n?\ud800\x00"), max_size=60))
def test_any_text_is_a_document_or_is_refused_with_a_place_inside(text: str):
    found = read(text)
    assert isinstance(found, Tree) or 0 <= found.offset <= len(text)
