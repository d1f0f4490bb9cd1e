"""Brackets and quotation marks: how deep they are nested, and what they hold."""

from __future__ import annotations

import re
from itertools import islice

from referee.instructions.kinds import Judged, Nothing, kept, kind, missed, no, yes
from referee.instructions.response import Response

LEVELS = 5
QUOTED_LEVELS = 3
LOOKED_AT = 10_000  # quotation marks

_CLOSES = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")
_MARK = re.compile(r"[\"'“”‘’]")
_DOUBLE = re.compile(r'"|[“”]')
_BRACKETED = re.compile(r"[^\w\[\]]*\[([^\[\]\s]*)\][^\w\[\]]*")
_GROUP = re.compile(r"<<([^<>]*)>>")
_WORD = re.compile(r"[^\W_]")
_SIZES = {'"': "double", "“": "double", "”": "double", "'": "single", "‘": "single", "’": "single"}


@kind(
    "format:parentheses",
    Nothing,
    yes("a (b [c {d (e [f] e) d} c] b) a"),
    no("a (b [c {d (e) d} c] b) a"),
    no("((((((", "attack: never closed"),
    no("(a) (b) (c) (d) (e)", "side by side"),
    no("([{(<[)]}", "attack: crossed"),
)
def parentheses(response: Response, _asked: Nothing) -> Judged:
    """Round, square or curly brackets, each closed by its own kind, are nested at least five deep."""
    stack: list[tuple[str, int]] = []  # an open bracket, and how deep what it holds is nested
    deepest = 0
    for char in _BRACKET.findall(response.text):
        opening = _CLOSES.get(char)
        if opening is None:
            stack.append((char, 0))
        elif stack and stack[-1][0] == opening:
            height = stack.pop()[1] + 1
            deepest = max(deepest, height)
            if stack and stack[-1][1] < height:
                stack[-1] = (stack[-1][0], height)
        else:
            stack.clear()  # brackets that cross are no nesting
        if deepest >= LEVELS:
            return kept(f"{deepest} levels")
    return missed(f"{deepest} levels; {LEVELS} asked for")


@kind(
    "format:quotes",
    Nothing,
    yes('She said, "He told me, \'I heard "no" twice\' again" today.'),
    yes("“He told me, ‘I heard “no” twice’ again”"),
    no("\"He told me, 'I heard it' again\"", "two levels"),
    no('"a" \'b\' "c"', "attack: side by side"),
    no("It's John's dog's \"bone\" don't", "apostrophes"),
    no('"\'"', "attack: nothing in it"),
)
def quotes(response: Response, _asked: Nothing) -> Judged:
    """Quotations within quotations, at least three deep, by turns in double and in single marks."""
    stack: list[tuple[str, int, int]] = []  # size of an open mark, levels within it, where it stands
    deepest = past = 0
    word = -1  # before the last word so far there is this place
    text = response.text
    for match in islice(_MARK.finditer(text), LOOKED_AT):
        at, size = match.start(), _SIZES[match[0]]
        if _WORD.search(text, past, at):
            word = past
        past = at + 1
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if size == "single" and before.isalnum() and after.isalnum():
            continue  # an apostrophe
        closes = bool(stack) and stack[-1][0] == size and not before.isspace() and match[0] not in "“‘"
        if closes and word > stack[-1][2]:
            height = stack.pop()[1] + 1
            deepest = max(deepest, height)
            if stack:
                stack[-1] = (stack[-1][0], max(stack[-1][1], height), stack[-1][2])
        elif match[0] not in "”’" and after and not after.isspace() and not (stack and stack[-1][0] == size):
            stack.append((size, 0, at))
        if deepest >= QUOTED_LEVELS:
            return kept(f"{deepest} levels")
    return missed(f"{deepest} levels; {QUOTED_LEVELS} asked for")


@kind(
    "format:quote_unquote",
    Nothing,
    yes('"Carpe diem" means to use the day. He said "go" and left.'),
    no('It means "use the day".', "nothing follows"),
    no('"One" "two" are words.', "attack: two quotations side by side"),
    no("No quotation at all.", "attack: nothing quoted"),
    no('"Carpe diem" means "use', "attack: never closed"),
)
def quote_unquote(response: Response, _asked: Nothing) -> Judged:
    """There is a quotation in double marks, and after each follow words that are not quoted."""
    marks = [match.start() for match in _DOUBLE.finditer(response.text)]
    if not marks or len(marks) % 2:
        return missed("a quotation is never closed" if marks else "nothing is quoted")
    for closing, following in zip(marks[1::2], [*marks[2::2], len(response.text)], strict=True):
        if not _WORD.search(response.text, closing, following):
            return missed(f"no explanation after {response.text[max(0, closing - 40) : closing + 1]!r}")
    return kept(f"{len(marks) // 2:,} quotations")


@kind(
    "detectable_format:square_brackets",
    Nothing,
    yes("[The] [cat] [sat]."),
    no("[The] cat [sat]."),
    no("[The cat sat]", "attack: one pair around all of them"),
    no("[] [ ]", "attack: no words"),
)
def square_brackets(response: Response, _asked: Nothing) -> Judged:
    """Each word stands in square brackets of its own."""
    seen = 0
    for token in response.text.split():
        if not _WORD.search(token):
            if token.strip(".,;:!?-–—…"):
                return missed(f"{token!r:.60} holds no word")
            continue
        match = _BRACKETED.fullmatch(token)
        if match is None or not _WORD.search(match[1]):
            return missed(f"{token!r:.60} is not in brackets of its own")
        seen += 1
    return Judged(seen > 0, f"{seen:,} words in brackets")


@kind(
    "detectable_format:bigram_wrapping",
    Nothing,
    yes("<<I am>> <<at home>> <<now>>."),
    no("<<I am>> at home"),
    no("<<I am at>> <<home>>", "three words"),
    no("<<I>> <<am>> <<at>> <<home>>", "attack: one word each"),
    no("<< >>", "attack: no words"),
)
def bigram_wrapping(response: Response, _asked: Nothing) -> Judged:
    """Every two words stand in double angular brackets; the last pair may be one word, and nothing stands outside."""
    groups = [len(group.split()) for group in _GROUP.findall(response.text)]
    outside = _GROUP.sub(" ", response.text)
    if _WORD.search(outside):
        return missed(f"outside the brackets: {outside.strip()!r:.60}")
    ok = bool(groups) and all(size == 2 for size in groups[:-1]) and groups[-1] in {1, 2}
    ok = ok and bool(_WORD.search(response.text))
    return Judged(ok, f"{len(groups):,} pairs" if ok else f"groups of {', '.join(map(str, groups[:12])) or 'no'} words")
