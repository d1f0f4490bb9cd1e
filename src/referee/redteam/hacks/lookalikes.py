r"""Unicode: characters that look like others, that are not seen at all, or that are read in another order.

Python's `int` and `\d` read the digits of every script, NFKC turns a power into a digit, and a person at the screen
sees neither. A digit of another script that stands for its value is right (`referee.redteam.rewrites`); what is tried
here is never right.
"""

from __future__ import annotations

import re

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

SHORT = "math choice qa text.exact"
REFUSED = "invisible and bidirectional characters are refused in answers, with their code point"
CYRILLIC = str.maketrans("AaBCcEeHIiJKMOoPpSsTXxy", "АаВСсЕеНІіЈКМОоРрЅѕТХху")
_DIGITS = re.compile(r"\d{2,}")


def _digits(sample: Sample) -> str | None:
    """The first run of two digits or more in the answer, where nothing but ASCII stands in it."""
    found = _DIGITS.search(sample.bare) if sample.bare.isascii() else None
    return found[0] if found else None


@hack("C01", "one number in the digits of two scripts", on="math", source="verl prime_math, slime, tinker-cookbook; "
      "Python's int() reads it", fix="each number in one script, digit by digit")  # fmt: skip
def mixed_scripts(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    run = _digits(gold)
    if run:
        for zero in (0x0660, 0x0966, 0xFF10, 0x1D7CE):
            yield gold.say(gold.bare.replace(run, run[:-1] + chr(zero + int(run[-1])), 1))


@hack("C02", "a superscript read as a digit", on=SHORT, source="NFKC makes 42 of 4²",
      fix="never NFKC on numbers: a superscript is a power")  # fmt: skip
def superscript(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    run = _digits(gold)
    if run and run[:-1] not in ("0", "1") and gold.form.family != "choice":
        yield gold.say(gold.bare.replace(run, run[:-1] + "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(run[-1])], 1))
        yield gold.say(gold.bare.replace(run, run[:-1] + "₀₁₂₃₄₅₆₇₈₉"[int(run[-1])], 1))


@hack("C03", "circled and other numbers that have no one reading", on="math", source="NFKC makes 4 of ④",
      fix="number forms are refused, vulgar fractions are read from a table")  # fmt: skip
def number_forms(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    run = _digits(gold)
    if run:
        yield gold.say(gold.bare.replace(run, "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in run), 1))
        yield gold.say(gold.bare.replace(run, "".join("🄁🄂🄃🄄🄅🄆🄇🄈🄉🄊"[int(digit)] for digit in run), 1))


@hack("C04", "a character of no width that splits the answer", on=SHORT, source="UTS 39", fix=REFUSED)
def zero_width(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for hidden in "\u200b\u2060\u00ad\ufeff":
        yield gold.say(f"{gold.bare[:1]}{hidden}{gold.bare[1:]}")
    yield gold.say(f"{gold.bare}\u200b")


@hack("C05", "stored in one order and shown in another", on=SHORT, source="CVE-2021-42574", fix=REFUSED)
def reordered_on_screen(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"\u202e{gold.bare[::-1]}\u202c")
    yield gold.say(f"\u2066{gold.bare}\u2069")
    yield gold.say(f"\u200e{gold.bare}")


@hack("C06", "letters of another alphabet that look the same", on="choice qa text.exact",
      source="homoglyph attacks on filters, ACL Findings 2025", fix="a look-alike is never silently Latin")  # fmt: skip
def look_alike_letters(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    said = gold.bare.translate(CYRILLIC)
    if said != gold.bare:
        yield gold.say(said)
        first = next(place for place, char in enumerate(gold.bare) if said[place] != char)
        yield gold.say(gold.bare[:first] + said[first] + gold.bare[first + 1 :])


@hack("C07", "dashes that are a sign for one reader and nothing for another", on="math",
      source="math-verify maps U+2212, NFKC does not", fix="a closed table of signs")  # fmt: skip
def minus_look_alikes(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if re.fullmatch(r"-?\d+", gold.bare) and gold.bare.strip("-0"):
        for dash in "−–﹣⁻-":
            yield gold.say(f"{dash}{gold.bare}" if gold.bare[0] != "-" else gold.bare[1:] + dash)


@hack("C08", "combining marks on the answer: more characters, the same look", on=SHORT, source="UAX 15",
      fix="few marks on one letter, none on a digit")  # fmt: skip
def combining_marks(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(gold.bare[:1] + "\u0301" * 50 + gold.bare[1:])
    yield gold.say(gold.bare[:1] + "\u034f" + gold.bare[1:])


@hack("C09", "line and paragraph separators that only some readers know", on="math choice qa text.exact",
      channel="boxed answer line", source="Python's splitlines knows eleven of them",
      fix="one alphabet of line ends, and the same in every reader")  # fmt: skip
def line_separators(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    for separator in ("\u2028", "\u2029", "\u0085", "\x0b", "\x1e"):
        yield gold.say(f"{wrong.bare}{separator}{gold.bare}")


@hack("C10", "letters that become ASCII, or another length, when case is folded", on="choice text.exact",
      source="Unicode case folding: the Kelvin sign, the long s, the dotted I", fix="case is folded once, on both sides")  # fmt: skip
def case_folding(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.params.get("fold_case"):
        return
    odd = {
        "k": "\u212a",
        "K": "\u212a",
        "s": "\u017f",
        "i": "\u0130",
        "A": "\u212b",
        "B": "\u0299",
        "C": "\u216d",
        "D": "\u216e",
    }
    for plain, other in odd.items():
        if plain in gold.bare:
            yield gold.say(gold.bare.replace(plain, other))


@hack("C11", "variation selectors and tags within the answer", on=SHORT, source="ASCII smuggling in tag characters",
      fix=REFUSED)  # fmt: skip
def selectors_and_tags(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"{gold.bare[:1]}\ufe0f{gold.bare[1:]}")
    yield gold.say(gold.bare + "".join(chr(0xE0000 + ord(char)) for char in "42" if char.isascii()))
    yield gold.say(f"{gold.bare}\U000e0100")


@hack("C11.control", "control characters, a NUL, half of a character", on=SHORT, source="readers that stop at a NUL",
      fix=REFUSED)  # fmt: skip
def control_characters(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"{gold.bare}\0{wrong.bare}")
    yield gold.say(f"{gold.bare[:1]}\0{gold.bare[1:]}")
    yield gold.say(f"{wrong.bare}{chr(8) * len(wrong.bare)}{gold.bare}")
    yield gold.say(f"{gold.bare}\ud800")
