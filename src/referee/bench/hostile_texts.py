"""Texts of 300 kB that are written to cost a reader of structure or language as much as they can."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from referee.bench.tools import HOSTILE as CALLS
from referee.engine.contract import HOSTILE as COMMON

SIZE: Final = 300_000

# What is repeated between a head and a tail.
_REPEATED: Final[dict[str, tuple[str, str, str]]] = {
    "json: small objects": ("[", '{"a":1},', "{}]"),
    "json: empty objects": ("[", "{},", "{}]"),
    "json: empty arrays in arrays": ("[", "[[[]]],", "0]"),
    "json: numbers": ("[", "1,", "1]"),
    "json: floats": ("[", "1.5e3,", "1]"),
    "json: strings": ("[", '"a",', "1]"),
    "json: escapes": ('["', "\\u00e9", '"]'),
    "json: surrogates": ('["', "\\ud83d\\ude00", '"]'),
    "json: backslashes": ('["', "\\\\u", '"]'),
    "json: open strings": ("", '["', ""),
    "json: duplicate keys": ("{", '"a":1,', '"a":1}'),
    "json: arrays of a person": ("[", '{"name":"A","age":"x"},', "{}]"),
    "xml: open tags": ("", "<a>", ""),
    "xml: empty elements": ("<a>", "<b/>", "</a>"),
    "xml: texts between elements": ("<a>", "x<b/>", "</a>"),
    "xml: elements with a fault": ("<person>", "<name k='x'/>", "</person>"),
    "xml: comments": ("<a>", "<!---->", "</a>"),
    "xml: comments in front": ("", "<!---->", "<a/>"),
    "xml: instructions": ("<a>", "<?x?>", "</a>"),
    "xml: references": ("<a>", "&#65;", "</a>"),
    "xml: entities": ("<a>", "&amp;", "</a>"),
    "xml: an attribute": ("<a b='", "x", "'/>"),
    "xml: open attributes": ("", "<a b='", ""),
    "text: sentences": ("", "Le chat est là. ", ""),
    "text: one-letter words": ("", "a b c d ", ""),
    "text: inline code": ("", "`a` ", ""),
    "text: dollars": ("", "$a", ""),
    "text: open formulas": ("", "\\(\\[", ""),
    "text: open tags": ("", "<a ", ""),
    "text: attributes": ("", '<a b="c', ""),
    "text: fences": ("", "```\na\n", ""),
    "text: fenced prose": ("", "```\nthe cat is on the mat and so\n```\n", ""),
    "text: addresses": ("", "http://a ", ""),
    "text: scripts in turn": ("", "aбγ中", ""),
    "text: Cyrillic": ("", "привет мир ", ""),
    "text: Arabic": ("", "سلام عليكم ", ""),
    "text: Thai": ("", "ก", ""),
    "text: combining marks": ("", "e\u0301\u0323\u0301", ""),
    "text: invisible": ("", "\u200b", ""),
    "text: styled letters": ("", "𝓱𝓮", ""),
    "text: lone surrogates": ("", "\ud800a ", ""),
}


def texts() -> Iterator[tuple[str, str]]:
    """Names and texts."""
    for name, (head, piece, tail) in _REPEATED.items():
        yield name, head + piece * ((SIZE - len(head) - len(tail)) // len(piece)) + tail
    for name, piece in CALLS.items():
        yield f"calls: {name}", (piece * (SIZE // len(piece) + 1))[:SIZE]
    for name, text in COMMON.items():
        yield f"contract: {name}", text[:SIZE]
    yield "json: many keys", "{" + ",".join(f'"k{n}":{n}' for n in range(23_000)) + "}"
    yield "xml: many attributes", "<a " + " ".join(f'a{n}=""' for n in range(30_000)) + "/>"
    yield "xml: many namespaces", "<a " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(17_000)) + "/>"
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 3_000))
    yield "xml: a billion laughs", f'<!DOCTYPE a [<!ENTITY e0 "ha">{laughs}]><a>&e2999;</a>'
    rng = random.Random(0)  # noqa: S311 - nothing here is secret
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(2, 9))) for _ in range(20_000)]
    yield "text: words of no language", " ".join(rng.choices(words, k=60_000))[:SIZE]
    yield "text: sentences of no language", ". ".join(rng.choices(words, k=60_000))[:SIZE]
    han = "".join(map(chr, rng.choices(range(0x4E00, 0x9FFF), k=SIZE)))
    yield "text: ideographs", han
    yield "text: short sentences of ideographs", "。".join(han[n : n + 3] for n in range(0, SIZE * 3 // 4, 3))
