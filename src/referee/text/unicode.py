r"""Hostile and helpful characters in an answer: the one place where they are mapped or refused.

A reader of answers works on plain ASCII LaTeX. `plain` brings an answer there, character by character and by closed
tables, and never by NFKC: NFKC turns `4²` into `42`.

* Digits of any script stand for their value; one number is written in one script (`answer.mixed_digits`).
* The kin of minus become `-`; superscripts become a power `^{...}`, subscripts `_{...}`, `½` becomes `\frac{1}{2}`.
* Mathematical signs and Greek letters become their LaTeX names, full-width forms ASCII, exotic spaces a space.
* What cannot be seen is refused, with the code point and its offset: zero-width and format characters, variation
  selectors, tags, fillers (`answer.invisible`), bidirectional controls (`answer.bidi`), controls, private, unassigned.
* Circled, Roman and other number forms are refused (`answer.number_form`): they have no one reading.
* Any other letter stays what it is: a Cyrillic or Greek look-alike is never silently Latin.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

MAX_LENGTH = 4_000  # of an answer that is not all ASCII
MAX_MARKS = 4  # combining marks on one letter; more only hide or inflate


class Refused(NamedTuple):
    """A character that an answer may not hold: a reason code, the character's name, its offset in the answer."""

    reason: str
    detail: str
    offset: int


def _names(*pairs: str) -> dict[str, str]:
    r"""`"≤ leq"` -> {"≤": "\leq "}; the space keeps the name apart from a letter that follows."""
    table: dict[str, str] = {}
    for pair in pairs:
        characters, name = pair.split()
        table.update(dict.fromkeys(characters, f"\\{name} "))
    return table


_VULGAR = {
    "½": "12", "⅓": "13", "⅔": "23", "¼": "14", "¾": "34", "⅕": "15", "⅖": "25", "⅗": "35", "⅘": "45", "⅙": "16",
    "⅚": "56", "⅐": "17", "⅛": "18", "⅜": "38", "⅝": "58", "⅞": "78", "⅑": "19",
}  # fmt: skip

_MAP: dict[str, str] = {
    **dict.fromkeys("\u2212\u2013\u2012\u2010\u2011\ufe63\u207b\u208b", "-"),  # minus, dashes, hyphens
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u2018\u2019\u2032\u02b9", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    "\u2033": "''",
    "\u066b": ".",  # Arabic decimal separator
    "\u066c": ",",  # Arabic thousands separator
    "\u3002": ".",
    "\u3001": ",",
    "\u3010": "[",
    "\u3011": "]",
    "∗": "*",
    "∶": ":",
    "∣": "|",
    "°": "^{\\circ}",
    "√": " sqrt ",  # the plain word takes a whole number: TeX would read \sqrt12 as the root of 1, times 2
    "∛": " cbrt ",
    "…": "\\ldots ",
    **{sign: f"\\frac{{{pair[0]}}}{{{pair[1]}}}" for sign, pair in _VULGAR.items()},
    "⅒": "\\frac{1}{10}",
    **_names(
        "∞ infty", "∪⋃ cup", "∩⋂ cap", "∈∊ in", "∉ notin", "≤⩽≦ leq", "≥⩾≧ geq", "≠ neq", "≈ approx", "≡ equiv",
        "×✕ times", "·⋅∙ cdot", "÷ div", "± pm", "∓ mp", "∅⌀ emptyset", "∖ setminus", "⟨〈 langle", "⟩〉 rangle",
        "⌊ lfloor", "⌋ rfloor", "⌈ lceil", "⌉ rceil", "∧ wedge", "∨ vee", "¬ neg", "∀ forall", "∃ exists",
        "→ to", "⇒ Rightarrow", "⇔ Leftrightarrow", "∑ sum", "∏ prod", "∫ int", "∂ partial", "∇ nabla", "⊂ subset",
        "⊆ subseteq", "∠ angle", "△ triangle", "⊥ perp", "∥ parallel", "‖ Vert", "≅ cong", "∼ sim", "∝ propto",
        "α alpha", "β beta", "γ gamma", "δ delta", "ε epsilon", "ϵ epsilon", "ζ zeta", "η eta", "θ theta",
        "ϑ vartheta", "ι iota", "κ kappa", "λ lambda", "μ mu", "ν nu", "ξ xi", "π pi", "ρ rho", "σ sigma",
        "ς varsigma", "τ tau", "υ upsilon", "φ phi", "ϕ phi", "χ chi", "ψ psi", "ω omega", "Γ Gamma", "Δ Delta",
        "Θ Theta", "Λ Lambda", "Ξ Xi", "Π Pi", "Σ Sigma", "Φ Phi", "Ψ Psi", "Ω Omega",
    ),
    "µ": "\\mu ",
    "ℝ": "\\mathbb{R}",
    "ℤ": "\\mathbb{Z}",
    "ℕ": "\\mathbb{N}",
    "ℚ": "\\mathbb{Q}",
    "ℂ": "\\mathbb{C}",
}  # fmt: skip

_RAISED = {
    **{c: str(n) for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    "⁺": "+",
    "⁻": "-",
    "⁽": "(",
    "⁾": ")",
    "ⁿ": "n",
    "ⁱ": "i",
}
_LOWERED = {**{chr(0x2080 + n): str(n) for n in range(10)}, "₊": "+", "₋": "-", "ₙ": "n", "ₖ": "k"}

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0")
_CATEGORY = {
    "Cf": "answer.invisible",
    "Cc": "answer.control",
    "Co": "answer.private_use",
    "Cn": "answer.unassigned",
    "Cs": "answer.surrogate",
    "No": "answer.number_form",
    "Nl": "answer.number_form",
}


def plain(text: str) -> str | Refused:
    """The answer in plain LaTeX, or the first character that is refused. ASCII comes back untouched. Linear."""
    if text.isascii():
        return text
    if len(text) > MAX_LENGTH:
        return Refused("answer.too_long", f"{len(text)} characters that are not all ASCII", 0)
    out: list[str] = []
    zero = 0  # code point of the zero of the script that the number at hand is written in
    marks = 0
    index, length = 0, len(text)
    while index < length:
        char = text[index]
        raised = char in _RAISED
        if raised or char in _LOWERED:
            stop = _run_end(text, index, _RAISED if raised else _LOWERED)
            out.append(_script(text[index:stop], raised=raised))
            index, zero, marks = stop, 0, 0
            continue
        category = unicodedata.category(char)
        if category == "Nd":
            value = unicodedata.digit(char)
            if zero and zero != ord(char) - value:
                return _refuse("answer.mixed_digits", char, index)
            zero = ord(char) - value
            out.append(str(value))
        elif category[0] == "M" and not _hidden(char):
            marks += 1
            if marks > MAX_MARKS or not (index and _letter_before(text, index)):
                return _refuse("answer.combining", char, index)
            out.append(char)
            index += 1
            continue
        else:
            mapped = _mapped(char, category, index)
            if isinstance(mapped, Refused):
                return mapped
            out.append(mapped)
            if mapped not in {".", ","}:
                zero = 0
        marks = 0
        index += 1
    return "".join(out)


def name(char: str) -> str:
    """`U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed')}"


def _refuse(reason: str, char: str, offset: int) -> Refused:
    return Refused(reason, f"{name(char)} at {offset}", offset)


def _mapped(char: str, category: str, offset: int) -> str | Refused:
    """One character that is neither digit nor mark nor raised nor lowered."""
    code = ord(char)
    if code < 128:
        return char
    if (known := _MAP.get(char)) is not None:
        return known
    if char in _BIDI:
        return _refuse("answer.bidi", char, offset)
    if _hidden(char):
        return _refuse("answer.invisible", char, offset)
    if 0xFF01 <= code <= 0xFF5E:  # full-width ASCII; its digits are of category Nd and were handled as such
        return chr(code - 0xFEE0)
    if category[0] == "Z":
        return " "
    if 0x1D400 <= code <= 0x1D7FF:  # styled mathematical letters: the style carries no value here
        base = unicodedata.normalize("NFKC", char)
        return _MAP.get(base, base)
    if reason := _CATEGORY.get(category):
        return _refuse(reason, char, offset)
    return char


def _hidden(char: str) -> bool:
    code = ord(char)
    return char in _FILLERS or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF


def _letter_before(text: str, index: int) -> bool:
    return unicodedata.category(text[index - 1])[0] in "LM"


def _run_end(text: str, start: int, table: dict[str, str]) -> int:
    stop = start + 1
    while stop < len(text) and text[stop] in table:
        stop += 1
    return stop


def _script(run: str, *, raised: bool) -> str:
    table = _RAISED if raised else _LOWERED
    return f"{'^' if raised else '_'}{{{''.join(table[char] for char in run)}}}"
