r"""Option letters: where a completion names its choice, in many languages, and which letter it is.

A letter is only read in a marked place: after a phrase such as "the answer is" (`mentions`), or at the start of a field
that holds nothing else (`read_letter`). A capital that happens to stand in prose ("I cannot tell", "A perfect answer")
is no choice, and a field that names two options names none. Every pattern is bounded, so everything here is linear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

FIELD = 400  # characters of a field that are looked at; an option letter stands at its start

_NOUNS = (
    "answer", "antwort", "lösung", "réponse", "reponse", "respuesta", "risposta", "resposta", "antwoord", "svar",
    "odpowiedź", "odpověď", "ответ", "відповідь", "cevap", "yanıt", "απάντηση", "răspuns", "raspuns", "válasz",
    "vastaus", "đáp án", "câu trả lời", "jawaban", "jibu", "option", "choice", "الإجابة", "الاجابة", "الجواب",
    "תשובה", "התשובה", "پاسخ", "उत्तर", "উত্তর", "సమాధానం",
)  # fmt: skip
# Here no space need stand before what follows.
_DENSE_NOUNS = (
    "답변", "정답", "답", "答案", "正确选项", "正確選項", "答え", "正解", "回答", "解答", "答", "คำตอบ",
)  # fmt: skip
_MORE = (
    "correct|right|best|choice|option|letter|is|therefore|correcta|correcte|corretta|correta|exacte|richtige|korrekte"
    "|poprawna|правильный|الصحيحة|الصحيح|הנכונה|सही"
)
_LINKS = (
    "is therefore|is thus|is|would be|should be|must be|has to be|ist|lautet|wäre|est|es|è"
    "|é|jest|är|er|là|adalah|ni|είναι|это|هي|هو|היא|है|হল"
)
_DENSE_LINKS = "应该是|應該是|应为|應為|应选|是|为|為|选|選|は|が|은|는|이|가|คือ"
_GAP = r"[*_ \t\u00a0]{0,6}"
# What must follow a noun at once, so that a noun is looked for first, as a plain string.
_AFTER = re.compile(
    rf"(?:[ \t]{{1,3}}(?:{_MORE})){{0,2}}{_GAP}"
    rf"(?:[:=：](?!=)|(?<=[ \t\u00a0*_])(?:{_LINKS})(?!\w){_GAP}[:：]?)",
    re.IGNORECASE,
)
_AFTER_DENSE = re.compile(rf"{_GAP}(?:(?:{_DENSE_LINKS}){_GAP}[:：]?|[:=：])")
_SURE = ("correct", "right", "best")
# "Therefore, (B) is the correct answer." and "Option B is correct.", at the start of a sentence only.
_ASSERTED = re.compile(
    r"(?:(?<=[.\n!:] )|(?<=\n)|(?<=\A))(?:(?:therefore|thus|so|hence),? )?"
    r"(?=(?:(?:option|choice) )?[(*]{0,3}\w[)*.]{0,3} is (?:the )?(?:most )?(?:correct|right|best) "
    r"(?:answer|option|choice)"
    r"|(?:(?:option|choice) [(*]{0,3}|[(*]{1,3})\w[)*]{0,3} is (?:correct|right)\b)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?:[\s*_$`\"'“”„‘’«»({\[（【「『<]|\\[(\[]|\\(?:boxed|text|textbf|mathbf|mathrm|mbox)\s?\{"
    r"|(?:the|la|option|choice|letter|answer|opción|opcion|opção|réponse|选项|選項|الخيار)[ \t:]{1,3}){0,10}",
    re.IGNORECASE,
)
_CLOSE = re.compile(r"(?:[*_$`\"'“”’«»)}\]）】」』>]|\\[)\]]){0,10}")
_DELIMITER = re.compile(r"[ \t]*(?:[.):,;，。、：]|[-–—](?= ))?\s*")
_BECAUSE = re.compile(
    r"[,;，]? ?(?:(?:because|since|as|for|which|due|given|is (?:the )?(?:correct|right|best)|weil|denn|da|car|parce"
    r"|porque|pues|perché|poiché|pois)\b|因为|因為)",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"\W{0,4}(?:(?:or|and|oder|und|ou|et|o|y|e|u|или|и|أو|و)[ \t]{1,3}(?:maybe |possibly |perhaps |also |option ){0,2}"
    r"|或者?|和|と|や|または|또는|[/&+|,，、;]\s{0,3})\W{0,3}([A-Za-z])(?![\w'’])"
)
_ALONE = re.compile(r"\W{0,6}([A-Z])(?![\w'’])(?:\W{0,3}\Z|\s{0,2}[,;/&|)]|\W{0,3}(?:or|and|oder|und|ou|et)\b)")
_LISTED = re.compile(r"(?<!\w)\(([A-Z])\)|(?<=\s)([A-Z])\)|(?<=\n)\*{0,3}([A-Z])[.:]|(?<=\s)([A-Z])\.(?=\s)")
_ANY = re.compile(r"(?<![\w'’])([A-Z])(?![\w'’])")
_PRONOUN = re.compile(r"I [a-z]")  # "B, I believe"
_LINE_START = re.compile(r"^[ \t*(\[]{0,8}([A-Z])[).:\]]", re.MULTILINE)


class Mention(NamedTuple):
    """Where a choice is named: the offsets of the field after the phrase, up to the end of its line."""

    start: int
    end: int


class Letter(NamedTuple):
    """What a field names. `status`: one `letter`, `several`, or `none`.

    `start`, `end` are the offsets of the letter; `rest` of what explains it; `marked`: a closing mark set it apart.
    """

    status: Literal["letter", "several", "none"]
    letter: str = ""
    start: int = 0
    end: int = 0
    rest: int = 0
    mark: str = ""


NONE = Letter("none")


def mentions(text: str, start: int, end: int) -> list[Mention]:
    """Every field that a phrase such as "the answer is" opens, in order. A field ends where the next phrase begins."""
    opened = sorted(set(_phrases(text, start, end)))
    found = []
    for index, (_, begin) in enumerate(opened):
        limit = opened[index + 1][0] if index + 1 < len(opened) else end
        while begin < limit and text[begin].isspace():
            begin += 1
        line = text.find("\n", begin, min(limit, begin + FIELD))
        found.append(Mention(begin, line if line >= 0 else max(begin, min(limit, begin + FIELD))))
    return found


def _phrases(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of every phrase that opens a field."""
    folded = text.lower()
    if len(folded) != len(text):  # one letter (U+0130) grows when folded; offsets must stay
        folded = "".join(char if len(char.lower()) > 1 else char.lower() for char in text)
    for noun in _NOUNS:
        for at in _places(folded, noun, start, end):
            if (not at or not (text[at - 1].isalnum() or text[at - 1] == "_")) and (
                match := _AFTER.match(text, at + len(noun), end)
            ):
                yield at, match.end()
    for noun in () if text.isascii() else _DENSE_NOUNS:
        for at in _places(folded, noun, start, end):
            if match := _AFTER_DENSE.match(text, at + len(noun), end):
                yield at, match.end()
    for at in _places(text, "####", start, end):
        if not text[max(start, at - 8) : at].rpartition("\n")[2].strip():
            yield at, at + 4
    if any(word in folded for word in _SURE):
        for match in _ASSERTED.finditer(text, start, end):
            yield match.end(), match.end()


def _places(text: str, word: str, start: int, end: int) -> Iterator[int]:
    at = text.find(word, start, end)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word), end)


def last_line(text: str, start: int, end: int) -> Mention:
    """The last line that is not blank; where nothing names a choice in words, it may be the choice itself."""
    end = start + len(text[start:end].rstrip())
    begin = max(text.rfind("\n", start, end) + 1, start)
    return Mention(begin, end)


def line_letters(text: str, start: int, end: int) -> set[str]:
    """The letters that lines begin with as options do: a list of all options names none of them."""
    return {match[1] for match in _LINE_START.finditer(text, start, end)}


def read_letter(text: str, start: int, end: int, letters: str) -> Letter:
    """The option that text[start:end] names at its start. `letters` are the valid ones, in upper case."""
    end = min(end, start + FIELD)
    begin = _skip(_OPEN, text, start, end)
    if begin >= end:
        return NONE
    letter = unicodedata.normalize("NFKC", text[begin]).upper()
    after = begin + 1
    if unicodedata.category(text[begin]) == "Nl":  # a Roman numeral that looks like a letter
        return NONE
    if len(letter) != 1 or letter not in letters or _continues(text, after, end):
        return NONE
    close = _skip(_CLOSE, text, after, end)
    tail = text[close:end]
    joined = _JOINED.match(tail)
    word = joined and (joined[1] in "aioeyu" or _PRONOUN.match(tail, joined.start(1)))
    if joined and not word and joined[1].upper() in letters:
        return Letter("several", letter, begin, after)
    closing = text[after:close]
    mark = ")" if tail.strip() and (")" in closing or "）" in closing) else _mark(tail.lstrip(" \t"))
    if not mark or (text[begin].islower() and mark not in {"end", ")"}):
        return NONE
    rest = tail[_skip(_DELIMITER, tail, 0, len(tail)) :]
    several = mark not in {"end", "because"} and _names_another(rest, letter, letters, mark)
    return Letter("several" if several else "letter", letter, begin, after, end - len(rest), mark)


def _skip(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    found = pattern.match(text, start, end)
    return found.end() if found else start


def _continues(text: str, after: int, end: int) -> bool:
    """Whether the letter is the start of a word, a name or a formula: `Carbon`, `C++`, `C#`, `A's`."""
    if after >= end:
        return False
    char = text[after]
    if char in "'’":
        return text[after + 1 : after + 2].isalnum()
    return char in "+#^=<" or (char.isalnum() and not _dense(char))


def _dense(char: str) -> bool:
    """Chinese, Japanese, Korean: a letter may stand right before and after a Latin one."""
    return "\u2e80" <= char < "\uff00"


def _mark(tail: str) -> str:
    """What sets the letter apart from the text after it; empty when nothing does: a word in a sentence."""
    if not tail.strip(" \t.。!*_$\n"):
        return "end"
    first, second = tail[0], tail[1:2]
    if _BECAUSE.match(tail):
        return "because"
    if first in ")）\n":
        return ")"
    if first in "。、：:(（" or _dense(first):
        return first
    if (first == "." and second in " \t\n*_") or (first in "-–—" and second == " "):
        return first
    return "," if first in ",，;" else ""


def _names_another(rest: str, letter: str, letters: str, mark: str) -> bool:
    """Whether what follows the letter names a second option: `B) A`, `A) red B) blue`, `B, maybe C`."""
    others = set(letters) - {letter}
    alone = _ALONE.match(rest)
    if alone and alone[1] in others:
        return True
    if mark == ",":
        return any(match[1] in others and not _PRONOUN.match(rest, match.start()) for match in _ANY.finditer(rest))
    dotted = set()
    for match in _LISTED.finditer(rest):
        bracketed, closed, _, dot = match.groups()
        if dot:
            dotted.add(dot)
        elif closed and rest.count("(", 0, match.start()) > rest.count(")", 0, match.start()):
            continue  # the bracket was opened before the letter: "(vitamin C)"
        elif (bracketed or closed or match[3]) in others:
            return True
    return len(dotted & others) > 1
