"""XML Schema and RELAX NG, compiled once: whether a document meets one, and where it does not.

A schema is one text. One that includes, imports or refers to another is refused: nothing is fetched. Locations that a
document names for schemas of its own are never looked at by the engine, libxml2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from referee.core.errors import TruthError, brief
from referee.structure.schema import MOST_ERRORS, Violation
from referee.structure.xml_text import Malformed, library, parser, read

ALL_LISTED: Final = 20_000  # characters of a document of which more than the first violation is listed

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_RNG = "{http://relaxng.org/ns/structure/1.0}"
_OUTSIDE = {
    *(_XSD + name for name in ("include", "import", "redefine", "override")),
    *(_RNG + name for name in ("include", "externalRef")),
}
_PIECE = 16_384  # bytes read between two looks at what was found
_MOST_ELEMENTS = 4_000  # that RELAX NG is asked about: interleaved content costs the square of them
# A pattern with several wildcards is tried in every way by libxml2: the more of them, the shorter the document may be.
_WILD = re.compile(r"(?<!\\)\.(?:[*+]|\{\d+,)|\\[SwDWci](?:[*+]|\{\d+,)|\)(?:[*+]|\{\d+,)")
_LONGEST_WILD = {0: 2_000_000, 1: 2_000_000, 2: 4_000, 3: 800}
_LONGEST_WILDEST = 200


class Undecided(Exception):
    """The schema cannot be held against this document in bounded time; the document is too long or too strange."""


class XmlSchema:
    """A compiled schema."""

    def __init__(self, text: str) -> None:
        etree = library()
        found = read(text)
        if isinstance(found, Malformed):
            raise TruthError(f"the schema is no XML: {found.detail}")
        outside = next((element for element in found.root.iter(*_OUTSIDE)), None)
        if outside is not None:
            raise TruthError(f"the schema refers to another one with <{etree.QName(outside).localname}>; give one text")
        self._relax = found.root.tag.startswith(_RNG)
        if not self._relax and found.root.tag != f"{_XSD}schema":
            raise TruthError(f"a schema is XML Schema or RELAX NG, in XML; the root is {brief(found.root.tag)}")
        wild = max((len(_WILD.findall(pattern)) for pattern in _patterns(found.root)), default=0)
        self._longest = _LONGEST_WILD.get(wild, _LONGEST_WILDEST)
        try:
            self._engine = (etree.RelaxNG if self._relax else etree.XMLSchema)(found.root)
        except etree.LxmlError as error:
            raise TruthError(f"the schema does not compile: {str(error)[:200]}") from None

    def violations(self, text: str, root: Any) -> list[Violation]:
        """What a document (its text, and the tree of it) breaks, none when it is valid. Raises `Undecided`.

        libxml2 finds every violation before it tells the first, and takes long to say where each is; so a long
        document is validated while it is read, which tells what is wrong and not where.
        """
        if len(text) > self._longest or (self._relax and int(root.xpath("count(//*)")) > _MOST_ELEMENTS):
            raise Undecided
        etree = library()
        try:
            if self._relax or len(text) <= ALL_LISTED:
                if self._engine.validate(root):
                    return []
                return [_violation(error) for error, _ in zip(self._engine.error_log, range(MOST_ERRORS), strict=False)]
            return self._while_read(text.encode())
        except etree.LxmlError:
            raise Undecided from None

    def _while_read(self, data: bytes) -> list[Violation]:
        """The first violation of a document that is validated as it is read, piece by piece, up to there."""
        reader = parser(self._engine)
        for start in range(0, len(data), _PIECE):
            reader.feed(data[start : start + _PIECE])
            if len(reader.feed_error_log):
                return [Violation("", "", reader.feed_error_log[0].message[:200])]
        try:
            reader.close()
        except library().XMLSyntaxError as error:
            return [Violation("", "", str(error.msg)[:200])]
        return []


@lru_cache(maxsize=256)
def schema(truth: str) -> XmlSchema:
    """The schema that a truth stands for, compiled once. Raises `TruthError` when it is none."""
    return XmlSchema(truth)


def _patterns(root: Any) -> list[str]:
    found = [element.get("value", "") for element in root.iter(f"{_XSD}pattern")]
    return found + [element.text or "" for element in root.iter(f"{_RNG}param") if element.get("name") == "pattern"]


def _violation(error: Any) -> Violation:
    return Violation(str(error.path or "")[:200], error.type_name.lower(), error.message[:200])
