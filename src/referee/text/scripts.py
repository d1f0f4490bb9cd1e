"""Scripts: which letters a text is written in, and which languages are written in them.

No dependency and no model: the ranges of Unicode's blocks. Several scripts stand for one language, so that their
letters decide by themselves (Hangul, Thai, Greek ...); Latin, Cyrillic, Arabic and Devanagari leave the language open.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from typing import Final

_RANGES: Final[dict[str, str]] = {
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua7ff",
    "cyrillic": "\u0400-\u0481\u048a-\u052f\u1c80-\u1c8f\ua640-\ua66e",
    "greek": "\u0370-\u0373\u0376-\u037d\u0386\u0388-\u03e1\u03f0-\u03ff\u1f00-\u1fff",
    "han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af",
    "kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "hangul": "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb",
    "arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9",
    "hebrew": "\u05d0-\u05f2",
    "devanagari": "\u0900-\u0963\u0970-\u097f",
    "bengali": "\u0980-\u09e5\u09f0-\u09fe",
    "gurmukhi": "\u0a01-\u0a65\u0a70-\u0a76",
    "gujarati": "\u0a81-\u0ae5\u0af9-\u0aff",
    "odia": "\u0b01-\u0b65\u0b71",
    "tamil": "\u0b82-\u0be5",
    "telugu": "\u0c00-\u0c65",
    "kannada": "\u0c80-\u0ce5",
    "malayalam": "\u0d00-\u0d65\u0d7a-\u0d7f",
    "sinhala": "\u0d81-\u0de5",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "lao": "\u0e81-\u0ecd\u0edc-\u0edf",
    "tibetan": "\u0f00\u0f40-\u0fbc",
    "myanmar": "\u1000-\u103f\u1050-\u108f",
    "georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "armenian": "\u0531-\u0556\u0560-\u0588",
    "ethiopic": "\u1200-\u135f\u1380-\u138f",
    "khmer": "\u1780-\u17d3",
    "other": "\ue000",  # what `folded` puts for a letter of any other script
}
_CACHED: Final = 1 << 14  # letters whose script is remembered
_FEW, _LONG = 8, 5_000  # characters replaced one by one; of a text that is long
_MANY = re.compile("[\u4e00-\u9fff\uac00-\ud7a3]+")  # of these there are thousands, and they stay as they are
_LETTERS = 100  # different ones; so many are counted one by one
_OTHER: Final = "\ue000"
_IDEOGRAPHIC: Final = {"han": 2.5, "kana": 2.0, "hangul": 2.0}  # what one character says, in letters of an alphabet

# Languages by script, the ones that people ask for first; codes of ISO 639-1.
LANGUAGES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(codes.split())
    for name, codes in {
        "latin": (
            "en de fr es it pt nl sv da no fi pl cs sk hu ro tr vi id hr sl et lv lt sw ca tl af sq az eu gl cy is "
            "ga eo ms la mt so bs sh sr nn lb br fy gd ht jv mg oc rm su uz yo ku tk qu gn wa co li sc an kw gv ia "
            "ie io vo"
        ),
        "cyrillic": "ru uk bg sr be kk mk mn ky tg tt ba cv os ce av kv uz sh",
        "greek": "el",
        "han": "zh ja",
        "kana": "ja",
        "hangul": "ko",
        "arabic": "ar fa ur ps sd ug ku",
        "hebrew": "he yi",
        "devanagari": "hi mr ne sa bh",
        "bengali": "bn as",
        "gurmukhi": "pa",
        "gujarati": "gu",
        "odia": "or",
        "tamil": "ta",
        "telugu": "te",
        "kannada": "kn",
        "malayalam": "ml",
        "sinhala": "si",
        "thai": "th",
        "lao": "lo",
        "tibetan": "bo",
        "myanmar": "my",
        "georgian": "ka",
        "armenian": "hy",
        "ethiopic": "am",
        "khmer": "km",
    }.items()
}
SCRIPTS_OF: Final[dict[str, tuple[str, ...]]] = {
    code: tuple(script for script, codes in LANGUAGES.items() if code in codes)
    for code in sorted({code for codes in LANGUAGES.values() for code in codes})
}

_ALL = "".join(_RANGES.values())
_LISTED = re.compile(f"[{_ALL}]")
_ONLY = {name: re.compile(f"[{own}]+") for name, own in _RANGES.items()}
_RUNS = {  # a letter, and what follows up to a letter of another script
    name: re.compile(f"[{own}][^{''.join(ranges for other, ranges in _RANGES.items() if other != name)}]*")
    for name, own in _RANGES.items()
}
_BOUNDS = sorted(
    (ord(low), ord(high), name)
    for name, ranges in _RANGES.items()
    for low, high in re.findall(r"(.)(?:-(.))?", ranges)
    for high in [high or low]
)
_STARTS = [low for low, _, _ in _BOUNDS]
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_UNSEEN = frozenset(
    (0xAD, 0x34F, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)


def folded(text: str) -> str:
    """The text as a reader sees it: no invisible characters, styled and full-width letters plain, accents joined.

    A letter of a script that is not known here becomes one of the script `other`, a digit other than ASCII's a space.
    Linear, whatever the marks.
    """
    if text.isascii():
        return text
    table: dict[int, str | None] = {}
    marks = ""
    dense = len(text) > _LONG and _MANY.match(text) is not None
    for char in set("".join(_MANY.split(text)) if dense else text):
        if char < "\x80" or "\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3":
            continue
        code = ord(char)
        if code in _UNSEEN:
            table[code] = None
        elif char.isalpha():
            if plain := _plain(char):
                table[code] = plain
        elif char.isdecimal():
            table[code] = " "
        elif unicodedata.combining(char):
            marks += char
    if len(table) <= _FEW:
        for code, plain in table.items():
            text = text.replace(chr(code), plain or "")
    else:
        text = text.translate(table)
    if marks:  # a third and further marks on one letter: sorting them would cost the square of their number
        text = re.sub(f"([{marks}]{{2}})[{marks}]+", _first_two, text)
    return unicodedata.normalize("NFC", text)


def _first_two(match: re.Match[str]) -> str:
    return match[1]


@lru_cache(maxsize=_CACHED)
def _plain(char: str) -> str | None:
    """What to read instead of a letter; None for the letter itself."""
    if _LISTED.match(char) and not "\uf900" <= char <= "\uffef":
        return None
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) <= 4 and _LISTED.match(plain):
        return plain if plain != char else None
    return _OTHER


def by_script(text: str, wanted: tuple[str, ...] = ()) -> dict[str, str]:
    """What of a text is written in each script, with what stands between its letters. For `folded` text. Linear.

    Where a long text is written in several scripts, those that are not `wanted` give their letters in any order.
    """
    if text.isascii():
        return {"latin": text} if text.encode().translate(None, _NO_LETTERS) else {}
    first = _LISTED.search(text)
    if first is None:
        return {}
    script = script_of(first[0])
    if _RUNS[script].fullmatch(text, first.start()):
        return {script: text}
    chars = set(text)
    found = sorted({name for char in chars if (name := script_of(char))})
    if not wanted or len(text) < _LONG:
        return {name: " ".join(_RUNS[name].findall(text)) for name in found}
    letters = {char: text.count(char) for char in chars} if len(chars) <= _LETTERS else Counter(text)
    return {
        name: " ".join(_RUNS[name].findall(text))
        if name in wanted
        else "".join(char * count for char, count in letters.items() if script_of(char) == name)
        for name in found
    }


@lru_cache(maxsize=_CACHED)
def script_of(char: str) -> str:
    """The script of a letter, "" for any other character."""
    code = ord(char)
    at = bisect_right(_STARTS, code) - 1
    return _BOUNDS[at][2] if at >= 0 and code <= _BOUNDS[at][1] else ""


def weight(script: str, text: str) -> float:
    """How much a stretch in one script says: its letters, an ideograph as two and a half of them."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS))
    letters = sum(map(len, _ONLY[script].findall(text)))
    return letters * _IDEOGRAPHIC.get(script, 1.0)
