"""How a response is laid out: its lines, bullets, sections, case and white space."""

from __future__ import annotations

import re
from itertools import pairwise

from referee.instructions.english import MINOR_WORDS
from referee.instructions.kinds import Asked, Judged, Nothing, Word, kept, kind, missed, no, yes
from referee.instructions.response import Response
from referee.instructions.sentences import MOST, sentences

_HAS_WORD = re.compile(r"[^\W_]")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23fa\u25aa-\u25fe"
    "\u2190-\u21ff\u2934\u2935\u3030\u303d\u3297\u3299\u203c\u2049\u00a9\u00ae\u2122]"
)
_AFTER_EMOJI = re.compile("[\u200d\ufe0f\u20e3\U0001f3fb-\U0001f3ff\\s.!?…\"'”’)*_]+$")
_BULLET = re.compile(r"[ \t]*[-*+•‣▪●◦⁃∙][ \t]+\S")
_STAR = re.compile(r"^[ \t]*\*[ \t]+\S", re.MULTILINE)
_DASH = re.compile(r"[ \t]*-[ \t]+\S")
_LETTER_OPTION = re.compile(r"\W*a\W*b\W*c\W*", re.IGNORECASE)
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
_HEADING = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+\S[^\n]*|\*\*[^*\n]+\*\*:?[ \t]*|<h[1-6]>[^\n]*)$", re.MULTILINE | re.IGNORECASE
)
_THESIS = re.compile(r"\s*(?:<p>\s*)?<(i|em)>(.*?)</\1>(.*)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_TEMPLATE = re.compile(r"My Answer:(.*?)My Conclusion:(.*?)Future Outlook:(.*)", re.DOTALL)
_TEMPLATE_MARKS = ("My Answer:", "My Conclusion:", "Future Outlook:")
_PLACEHOLDERS = frozenset({"[answer]", "[conclusion]", "[outlook]"})
_JOIN = re.compile(r"([.!?…][\"'”’)\]]*)-(?=\S)")


class Options(Asked, frozen=True, kw_only=True):
    """options: what may be answered, with "/", "or" or commas between."""

    options: Word

    def __post_init__(self) -> None:
        if not any(map(_bare, _listed(self.options))):
            raise ValueError(f"`options` {self.options!r:.60} lists nothing that could be answered")


class Separator(Asked, frozen=True, kw_only=True):
    """sep: what stands before each item of the list."""

    sep: Word


@kind(
    "format:options",
    Options,
    yes("Yes.", options="yes/no/maybe"),
    yes("I don't know", options="I know or I don't know"),
    yes("b)", options="a), b), c), d)"),
    no("Yes, because it is.", "an explanation", options="yes/no/maybe"),
    no("yes/no/maybe", "attack: all of them", options="yes/no/maybe"),
    no("e)", options="a), b), c), d)"),
    no("for", "a part of an option", options="more or forever"),
)
def options(response: Response, asked: Options) -> Judged:
    """The response is one of the options and nothing else; case and marks around it are free, but for letters."""
    allowed, text = _listed(asked.options), response.stripped
    if _LETTER_OPTION.match(asked.options):
        return Judged(text in allowed, f"{text!r:.60}")
    return Judged(_bare(text) in {_bare(option) for option in allowed}, f"{text!r:.60}")


def _listed(written: str) -> list[str]:
    parts = written.split("/") if "/" in written else _OR.split(written) if _OR.search(written) else written.split(",")
    return [part.strip() for part in parts if part.strip()]


def _bare(text: str) -> str:
    return " ".join(text.replace("’", "'").strip(" \t\n.,;:!?*_\"'`“”‘()[]").casefold().split())


@kind(
    "format:newline",
    Nothing,
    yes("The\ncat\n\nsat."),
    no("The cat\nsat."),
    no("Cat", "attack: one word"),
    no("The cat\n!\nsat", "attack: marks on the other lines"),
)
def newline(response: Response, _asked: Nothing) -> Judged:
    """Each line that is not blank holds exactly one word; there are two words or more."""
    counts = [len(line.split()) for line in response.lines]
    wordless = any(not _HAS_WORD.search(line) for line in response.lines)
    ok = len(counts) > 1 and max(counts) == 1 and not wordless
    return Judged(ok, f"{len(counts):,} lines, up to {max(counts, default=0):,} words each")


@kind(
    "format:emoji",
    Nothing,
    yes("Hello there! 😀 How are you? 🐶"),
    yes("Hello there 😀. How are you 🐶?"),
    no("Hello there! 😀 How are you?"),
    no("😀 Hello there!", "at the beginning"),
    no("😀😀", "attack: no sentence"),
)
def emoji(response: Response, _asked: Nothing) -> Judged:
    """Each sentence ends with an emoji, before or after its end mark."""
    found = response.sentences
    if not found:
        return missed("no sentence")
    ends = [one.start for one in found[1:]] + [len(response.text)]
    for one, end in zip(found, ends, strict=True):
        inside = _AFTER_EMOJI.sub("", one.text)
        after = response.text[one.end : end] + response.text[end : end + 4].lstrip()[:1]
        lead = after.lstrip(" \t\n*_\"'”’)")[:1]
        if not (_EMOJI.match(inside[-1:]) or _EMOJI.match(lead)):
            return missed(f"none after {one.text[-60:]!r}")
    return kept(f"{len(found):,} sentences")


@kind(
    "format:line_indent",
    Nothing,
    yes("One\n  two\n    three"),
    no("One\n  two\n  three"),
    no("One", "attack: one line"),
    no("One\n \n  \n", "attack: blank lines"),
)
def line_indent(response: Response, _asked: Nothing) -> Judged:
    """Each line that is not blank is indented further than the one before; there are two or more."""
    depths = [len(line) - len(line.lstrip()) for line in (line.expandtabs(4) for line in response.lines)]
    ok = len(depths) > 1 and all(one < other for one, other in pairwise(depths))
    return Judged(ok, f"indents {', '.join(map(str, depths[:20]))}")


@kind(
    "format:list",
    Separator,
    yes("My list:\n... milk\n... eggs", sep="..."),
    no("- milk\n- eggs", sep="..."),
    no("... milk", "one item", sep="..."),
    no("Wait... what... why", "in the middle of a line", sep="..."),
    no("... milk\n... eggs\n- ham", "a bullet as well", sep="..."),
    no("...\n...", "attack: no items", sep="..."),
)
def separated_list(response: Response, asked: Separator) -> Judged:
    """At least two lines begin with the separator and hold an item, and no line is a bullet instead."""
    sep = asked.sep.strip()
    items = [line for line in response.lines if line.lstrip().startswith(sep)]
    named = sum(1 for line in items if _HAS_WORD.search(line.lstrip()[len(sep) :]))
    bullets = sum(1 for line in response.lines if _BULLET.match(line) and not line.lstrip().startswith(sep))
    ok = named >= 2 and named == len(items) and not bullets
    return Judged(ok, f"{named:,} items, {bullets:,} bullets")


@kind(
    "format:thesis",
    Nothing,
    yes("<i>Cats are best.</i> Here is why."),
    yes("# One\n<em>Cats.</em> So.\n# Two\n<i>Dogs.</i> Also."),
    no("# One\n<em>Cats.</em> So.\n# Two\nDogs."),
    no("*Cats are best.* Here is why.", "no HTML"),
    no("<i> </i> Here is why.", "attack: nothing in italics"),
    no("<i>All of it.</i>", "nothing follows"),
    no("Well: <i>Cats.</i> So.", "not at the beginning"),
)
def thesis(response: Response, _asked: Nothing) -> Judged:
    """Each section (what headings divide) begins with a statement in <i> or <em>, and plain text follows it."""
    parts = _HEADING.split(response.text)
    sections = [part for part in parts if _HAS_WORD.search(_TAG.sub("", part))]
    if not sections:
        return missed("no section")
    for number, section in enumerate(sections, 1):
        match = _THESIS.match(section)
        if match is None or not _HAS_WORD.search(_TAG.sub("", match[2])):
            return missed(f"section {number} begins with {section.strip()[:60]!r}")
        if not _HAS_WORD.search(_TAG.sub("", match[3])):
            return missed(f"nothing follows the statement of section {number}")
    return kept(f"{len(sections):,} sections")


@kind(
    "format:sub-bullets",
    Nothing,
    yes("* Fruit\n  - apple\n* Nuts\n  - almond\n  - walnut"),
    no("* Fruit\n  - apple\n* Nuts"),
    no("- apple\n- almond", "no bullets of their own"),
    no("All good - or *so* it seems - here.", "attack: marks in a line"),
)
def sub_bullets(response: Response, _asked: Nothing) -> Judged:
    """There are bullets with `*`, and below each, before the next, at least one with `-`."""
    subs: list[int] = []
    for line in response.lines:
        if _STAR.match(line):
            subs.append(0)
        elif _DASH.match(line) and subs:
            subs[-1] += 1
    ok = bool(subs) and min(subs) > 0
    return Judged(ok, f"{len(subs):,} bullets, {sum(1 for count in subs if not count):,} without a sub-bullet")


@kind(
    "format:no_bullets_bullets",
    Nothing,
    yes("I like fruit. I eat it daily.\n\n* apples\n* pears"),
    no("I like fruit.\n* apples\n* pears", "one sentence"),
    no("I like fruit. I eat it daily.\n* apples", "one bullet"),
    no("* apples\n* pears\nI like fruit. I eat it daily.", "the other way round"),
    no("I like fruit! I eat it?\n* apples\n* pears", "no full stops"),
)
def no_bullets_bullets(response: Response, _asked: Nothing) -> Judged:
    """At least two sentences that end with a full stop, and after them at least two bullets with `*`."""
    stars = [match.start() for match in _STAR.finditer(response.text)]
    before = response.text[: stars[0]] if stars else response.text
    stops = sum(1 for one in sentences(before) if one.mark.startswith((".", "。")))
    bullets = len(stars)
    return Judged(stops >= 2 and bullets >= 2, f"{stops:,} sentences, then {bullets:,} bullets; 2 of each asked for")


@kind(
    "format:title_case",
    Nothing,
    yes("The Cat and the Dog of NASA"),
    yes("It's 5 O'Clock: My iPhone"),
    no("The cat And Dog"),
    no("THE CAT AND THE DOG SAT", "attack: all capitals"),
    no("123 !", "attack: no words"),
)
def title_case(response: Response, _asked: Nothing) -> Judged:
    """Each word begins with a capital, but for articles, short conjunctions and prepositions; not all are capitals."""
    found = [word for word in response.words if word[0].isalpha()]
    if not found:
        return missed("no words")
    for at, word in enumerate(found):
        if word.islower() and (at == 0 or word not in MINOR_WORDS):
            return missed(f"{word!r:.60} begins in lower case")
    shouted = sum(1 for word in found if len(word) > 1 and word.isupper())
    return Judged(shouted * 2 <= len(found), f"{len(found):,} words, {shouted:,} of them in capitals")


@kind(
    "format:output_template",
    Nothing,
    yes("My Answer: Yes.\nMy Conclusion: Go.\nFuture Outlook: Good."),
    no("My Conclusion: Go. My Answer: Yes. Future Outlook: Good.", "another order"),
    no("My Answer: My Conclusion: Future Outlook:", "attack: nothing in it"),
    no("My Answer: [answer] My Conclusion: [conclusion] Future Outlook: [outlook]", "attack: the template itself"),
    no("Sure! My Answer: Yes. My Conclusion: Go. Future Outlook: Good.", "text before it"),
)
def output_template(response: Response, _asked: Nothing) -> Judged:
    """The response is `My Answer: ... My Conclusion: ... Future Outlook: ...`, each once and each with words."""
    text = response.stripped.strip("*#_ \t")
    match = _TEMPLATE.match(text)
    if match is None or any(text.count(mark) != 1 for mark in _TEMPLATE_MARKS):
        return missed(f"it begins with {text[:60]!r}")
    empty = [part for part in match.groups() if not _HAS_WORD.search(part) or part.strip(" \t\n*#_.") in _PLACEHOLDERS]
    return Judged(not empty, "a part is empty" if empty else "the template")


@kind(
    "format:no_whitespace",
    Nothing,
    yes("Nospaceshere."),
    no("No spaces here."),
    no("No\u3000spaces", "attack: a wide space"),
    no("one\ntwo", "a line end"),
)
def no_whitespace(response: Response, _asked: Nothing) -> Judged:
    """There is no white space, not at an end either."""
    found = min((char for char in set(response.text) if char.isspace()), default="")
    return Judged(not found, f"white space: {found!r}" if found else "none")


@kind(
    "detectable_format:sentence_hyphens",
    Nothing,
    yes("I came.-I saw.-I won!"),
    no("I came. I saw."),
    no("I came.-I saw. I won.", "a space"),
    no("I came.- I saw.", "a hyphen and a space"),
    no("I came.", "attack: one sentence"),
)
def sentence_hyphens(response: Response, _asked: Nothing) -> Judged:
    """There are two sentences or more, with a hyphen and no space between each two."""
    ends = len(_JOIN.findall(response.text))
    if ends >= MOST:
        return missed(f"more than {MOST:,} sentences")
    found = sentences(_JOIN.sub("\\1 ", response.text))
    ok = len(found) > 1 and ends == len(found) - 1
    return Judged(ok, f"{len(found):,} sentences, {ends:,} of them joined to the next")
