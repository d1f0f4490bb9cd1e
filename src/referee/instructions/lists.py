"""Bullets and sections: what a response is divided into."""

from __future__ import annotations

import re

from referee.instructions.kinds import Asked, Count, Judged, Word, kept, kind, missed, no, yes
from referee.instructions.response import Response

# A bullet as markdown has it, quoted or not; and one in another sign, which markdown does not know.
_BULLET = re.compile(r"^[ \t]*(?:>[ \t]*)*[*+-][ \t]+(?=\S)(?![*+_-]+[ \t]*$)([^\n]*)", re.MULTILINE)
_SPACED_RULE = re.compile(r"^[ \t]*([*_-])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_OTHER_BULLET = re.compile(r"^[ \t]*[•‣▪●◦⁃∙][ \t]*(?=\S)", re.MULTILINE)
_HAS_WORD = re.compile(r"[^\W_]")
_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


class Bullets(Asked, frozen=True, kw_only=True):
    """num_bullets: exactly so many."""

    num_bullets: Count


class Sections(Asked, frozen=True, kw_only=True):
    """section_spliter: the word that each section begins with, before its number.
    num_sections: exactly so many.
    """

    section_spliter: Word
    num_sections: Count


@kind(
    "detectable_format:number_bullet_lists",
    Bullets,
    yes("* One\n* Two", num_bullets=2),
    yes("- One\n  + Two\n\n---\n\n*Three*", "no rule and no italics", num_bullets=2),
    no("* One\n* Two\n* Three", num_bullets=2),
    no("---\n-5\n*so*\n***", "attack: rules, numbers, italics", num_bullets=4),
    no("```\n- a\n- b\n```", "attack: lines of code", num_bullets=2),
    no("• One\n• Two", "no markdown", num_bullets=2),
    no("* \n- \n* One", "attack: nothing in them", num_bullets=3),
)
def number_bullet_lists(response: Response, asked: Bullets) -> Judged:
    """Exactly so many bullet points of markdown (`*`, `-` or `+`, a space, text), at any depth; code is left out."""
    text = _SPACED_RULE.sub("", response.prose)
    found = sum(1 for match in _BULLET.finditer(text) if _HAS_WORD.search(match[1]))
    other = len(_OTHER_BULLET.findall(text))
    ok = found == asked.num_bullets and not other
    also = f" and {other:,} lines with another sign" if other else ""
    return Judged(ok, f"{found:,} bullets{also}; {asked.num_bullets:,} asked for")


@kind(
    "detectable_format:multiple_sections",
    Sections,
    yes("Section 1\nOne.\nSection 2\nTwo.", section_spliter="Section", num_sections=2),
    yes("**SECTION I:** One.\n\n**SECTION II:** Two.", "Roman", section_spliter="SECTION", num_sections=2),
    no("Section 1\nOne.", section_spliter="Section", num_sections=2),
    no("In Section 1 and Section 2 we say so.", "attack: mentions", section_spliter="Section", num_sections=2),
    no("Section 1\nA.\nSection 1\nB.", "attack: one section twice", section_spliter="Section", num_sections=2),
    no("Section 1\nA.\nSection 2\nB.\nSection 3\nC.", "too many", section_spliter="Section", num_sections=2),
    no("Section 1\nSection 2\nB.", "attack: nothing in one", section_spliter="Section", num_sections=2),
    no("SectXon 1\nA.", "a word is no pattern", section_spliter="Sect.on", num_sections=1),
)
def multiple_sections(response: Response, asked: Sections) -> Judged:
    """Exactly so many sections, numbered from 1 in order, each with its mark at the start of a line and text in it."""
    word = r"\s+".join(map(re.escape, asked.section_spliter.split()))
    heads = list(
        re.finditer(
            rf"^[ \t#*_>\"“(\[]*{word}[ \t]*(?:#[ \t]*)?(\d{{1,4}}|[A-Za-z]{{1,9}})(?![^\W_])",
            response.text,
            re.MULTILINE,
        )
    )
    found = [(number, head) for head in heads if (number := _number(head[1]))]
    numbers = [number for number, _ in found]
    if numbers != list(range(1, asked.num_sections + 1)):
        shown = ", ".join(map(str, numbers[:12])) or "none"
        return missed(f"sections {shown}; 1 to {asked.num_sections:,} asked for")
    ends = [head.start() for _, head in found[1:]] + [len(response.text)]
    for (number, head), end in zip(found, ends, strict=True):
        if not _HAS_WORD.search(response.text, head.end(), end):
            return missed(f"nothing in section {number}")
    return kept(f"{len(found):,} sections")


def _number(written: str) -> int:
    """The number that a section carries: in digits, in Roman numerals, in words or as a letter; 0 for none."""
    lower = written.lower()
    if written.isdecimal():
        return int(written)
    if lower in _NUMBERS:
        return _NUMBERS.index(lower) + 1
    if _ROMAN.fullmatch(lower):
        values = [_VALUES[char] for char in lower]
        return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
    return ord(lower) - ord("a") + 1 if len(lower) == 1 else 0
