"""A text as one XML document, or what is wrong with it and where.

libxml2 does the reading, with everything off that would reach outside the text: no document type (and so no entities of
the document's own, no expansion), no network, no files, no recovery from errors. Bounds on size and depth hold before
anything is made of the tree.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra

if TYPE_CHECKING:
    from lxml import etree as lx

DEEPEST: Final = 64  # levels of nesting
LONGEST: Final = 2_000_000  # characters

_DECLARATION = re.compile(r"\ufeff?<\?xml\s[^<>]{0,200}?\?>")
_ENCODING = re.compile(r"encoding\s{0,9}=\s{0,9}[\"']([^\"']{0,40})[\"']")
_VERSION = re.compile(r"version\s{0,9}=\s{0,9}[\"']1\.0[\"']")
_SPACE = " \t\r\n"
_MISMATCH = 76  # libxml2's number for a closing tag that closes another
_REASONS = {4: "xml.syntax", 5: "xml.trailing", 77: "xml.cut", 114: "xml.too_deep", 26: "xml.entity"}


class Tree(NamedTuple):
    """The root element of a document."""

    root: lx._Element


class Malformed(NamedTuple):
    """Why a text is no document: a reason code, a sentence, and the offset in the text where it shows."""

    reason: str
    detail: str
    offset: int = 0


def read(text: str) -> Tree | Malformed:
    """The document, or why it is none. Linear in the text."""
    if not text.strip(_SPACE):
        return Malformed("xml.empty", "nothing stands there")
    if len(text) > LONGEST:
        return Malformed("xml.too_large", f"{len(text):,} characters; {LONGEST:,} are read")
    if (refused := _refused(text)) is not None:
        return refused
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        return Malformed("xml.surrogate", f"half of a character at {error.start}", error.start)
    etree = library()
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        return _unread(text, error)
    if _levels()(root):
        return Malformed("xml.too_deep", f"nested more than {DEEPEST} levels deep")
    return Tree(root)


def _refused(text: str) -> Malformed | None:
    """A document type, or a declaration that reads otherwise in another reader."""
    at = 0
    if declared := _DECLARATION.match(text):
        encoding = _ENCODING.search(declared[0])
        if encoding and encoding[1].lower() not in {"utf-8", "us-ascii"}:
            return Malformed("xml.encoding", f"the text declares the encoding {encoding[1]!r}; only UTF-8 is read")
        if not _VERSION.search(declared[0]):
            return Malformed("xml.syntax", "only version 1.0 of XML is read")
        at = declared.end()
    while True:  # what may stand before the root element; a document type can stand nowhere else
        while at < len(text) and text[at] in _SPACE + "\ufeff":
            at += 1
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
        elif text.startswith("<?", at):
            end = text.find("?>", at + 2)
        else:
            break
        if end < 0:
            return Malformed("xml.cut", "the document breaks off", at)
        at = end + 2
        at += text.startswith(">", at)
    if text.startswith("<!DOCTYPE", at):
        return Malformed("xml.doctype", "the document brings a document type, which could define entities", at)
    return None


def _unread(text: str, error: Any) -> Malformed:
    line, column = error.position
    lines = text.split("\n", line)[: line - 1]
    offset = min(sum(map(len, lines)) + len(lines) + max(column - 1, 0), len(text))
    said = str(error.msg).split("\n", 1)[0].rsplit(", line ", 1)[0][:160]
    reason = _REASONS.get(error.code, "xml.syntax")
    if reason == "xml.syntax" and error.code != _MISMATCH and offset >= len(text.rstrip(_SPACE)):
        reason = "xml.cut"
    return Malformed(reason, f"{said} (line {line}, column {column})", offset)


def library() -> Any:
    """lxml, or the sentence that says how to install it."""
    try:
        from lxml import etree
    except ImportError:
        raise InfrastructureError(str(MissingExtra("XML", "xml")), "infra.extra") from None
    return etree


def parser(schema: Any = None) -> Any:
    """A parser that reaches nothing outside its text; with a schema, it validates as it reads."""
    return library().XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False,
        collect_ids=False, schema=schema,
    )  # fmt: skip


_parser = cache(parser)


@cache
def _levels() -> Any:
    return library().XPath("boolean(/*" + "/*" * DEEPEST + ")")
