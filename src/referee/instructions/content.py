"""Things that must stand somewhere in a response: placeholders, a postscript, highlights, a title, JSON."""

from __future__ import annotations

import re

from referee.instructions.kinds import Asked, Count, Judged, Nothing, Word, kept, kind, missed, no, yes
from referee.instructions.response import Response
from referee.instructions.words import words
from referee.structure.json_text import Malformed, read

# In brackets on one line, with a letter; no link, no image, no footnote, no check box.
_PLACEHOLDER = re.compile(r"(?<![!\]\\0-9A-Za-z_)])\[(?![ xX]\])([^\[\]\n]{1,200})\](?![(\[]|:[ \t]*(?:https?:|<|/|#))")
_HAS_LETTER = re.compile(r"[^\W\d_]")
_HAS_WORD = re.compile(r"[^\W_]")
# Asterisks that open beside a word and close beside one, on one line, as markdown has it: not 2*3*4, no bullets.
_HIGHLIGHT = re.compile(r"(?<![*0-9A-Za-z_\\])(\*{1,3})(?![*\s])([^*\n]*[^*\s\\])\1(?![*0-9A-Za-z_])")
_CODE = re.compile(r"`[^`\n]+`")
_TITLE = re.compile(r"[\s#*_>\"'“]*(?:[^\W_]+:[\s*_]*)?<<\s*([^<>\n;={}]+?)\s*>>[\s*_\"'”.]*", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|~{3,})[^\n`~]*\n")
_MARKDOWN = " \t#*_>\"'“‘("


class Placeholders(Asked, frozen=True, kw_only=True):
    """num_placeholders: at least so many."""

    num_placeholders: Count


class Postscript(Asked, frozen=True, kw_only=True):
    """postscript_marker: what it begins with, as "P.S." or "P.P.S"."""

    postscript_marker: Word


class Highlights(Asked, frozen=True, kw_only=True):
    """num_highlights: at least so many."""

    num_highlights: Count


@kind(
    "detectable_content:number_placeholders",
    Placeholders,
    yes("Dear [name], call [phone number].", num_placeholders=2),
    yes("[Speaker]: Hello.", num_placeholders=1),
    no("Dear [name].", num_placeholders=2),
    no("See [this](https://x.org) and [that][1].", "attack: links", num_placeholders=1),
    no("[] [ ] [x] [1]", "attack: nothing in them, boxes, footnotes", num_placeholders=1),
    no("total = a[i] + b[key]", "attack: places in lists", num_placeholders=1),
)
def number_placeholders(response: Response, asked: Placeholders) -> Judged:
    """At least so many placeholders in square brackets, as [address]; links, footnotes and check boxes are none."""
    found = sum(1 for match in _PLACEHOLDER.finditer(response.text) if _HAS_LETTER.search(match[1]))
    return Judged(
        found >= asked.num_placeholders, f"{found:,} placeholders; at least {asked.num_placeholders:,} asked for"
    )


@kind(
    "detectable_content:postscript",
    Postscript,
    yes("Dear all.\n\nP.S. See you.", postscript_marker="P.S."),
    yes("Dear all.\n\n**P.P.S.** See you.", postscript_marker="P.P.S"),
    yes("dear all.\n\np.s. see you.", "in lower case", postscript_marker="P.S."),
    yes("Dear all, see you. P.S. Bring cake.", "on the same line", postscript_marker="P.S."),
    no("Dear all.", postscript_marker="P.S."),
    no("P.S. See you.", "attack: nothing before it", postscript_marker="P.S."),
    no("Dear all.\n\nP.S.", "attack: nothing after it", postscript_marker="P.S."),
    no("The p.p.storage is full.", "no postscript", postscript_marker="P.P.S"),
    no("Add a P.S. when you are done.", "in the middle of a line", postscript_marker="P.S."),
    no("Dear.\nP.S. One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.", "not at the end", postscript_marker="P.S."),
)
def postscript(response: Response, asked: Postscript) -> Judged:
    """At the end a line or sentence begins with the marker, in any case; text stands before it and after it."""
    marker = asked.postscript_marker.strip()
    literal = r"\.\s?".join(map(re.escape, marker.rstrip(".").split("."))) + (r"\." if marker.endswith(".") else "")
    line = re.compile(
        rf"(?:^[{re.escape(_MARKDOWN)}]*|(?<=[.!?…][ \n])|(?<=[.!?…][\"”')*][ \n]))({literal})(?![^\W_])",
        re.IGNORECASE | re.MULTILINE,
    )
    found = None
    for match in line.finditer(response.text):
        found = match
    if found is None:
        return missed(f"no line or sentence begins with {marker!r:.40}")
    before, after = response.text[: found.start()], response.text[found.end() :]
    if not _HAS_WORD.search(before) or not _HAS_WORD.search(after):
        return missed(f"no text {'after' if _HAS_WORD.search(before) else 'before'} {marker!r:.40}")
    paragraphs = len(re.split(r"\n\s*\n", after.strip()))
    ok = paragraphs <= 3 or len(words(after)) <= len(words(before))
    return Judged(ok, "a postscript" if ok else f"{paragraphs:,} paragraphs follow {marker!r:.40}")


@kind(
    "detectable_format:number_highlighted_sections",
    Highlights,
    yes("*One thing* and **another thing**.", num_highlights=2),
    yes("***Both at once***", num_highlights=1),
    yes("这是*重点*内容。", "no spaces are written", num_highlights=1),
    no("**One thing** only.", "two asterisks are no two highlights", num_highlights=2),
    no("`*a*` and `**b**`", "attack: code", num_highlights=1),
    no("2*3*4 = 24", "attack: a product", num_highlights=1),
    no("* one\n* two\n* three", "attack: bullets", num_highlights=1),
    no("** ** *  * ****", "attack: nothing highlighted", num_highlights=1),
)
def number_highlighted_sections(response: Response, asked: Highlights) -> Judged:
    """At least so many highlights in markdown, *so* or **so**, each with a word in it; code is left out."""
    text = _CODE.sub("code", response.prose) if "`" in response.prose else response.prose
    found = sum(1 for match in _HIGHLIGHT.finditer(text) if _HAS_WORD.search(match[2])) if "*" in text else 0
    return Judged(found >= asked.num_highlights, f"{found:,} highlights; at least {asked.num_highlights:,} asked for")


@kind(
    "detectable_format:title",
    Nothing,
    yes("<<Poem of Joy>>\n\nJoy."),
    yes("# Title: <<Poem of Joy>>\nJoy."),
    no("Poem of Joy\n\nJoy."),
    no("cin << x; y >> z", "attack: an operator"),
    no("<< x; y >>", "attack: an operator"),
    no("<<>> <<!!>>", "attack: nothing in it"),
    no("We write <<this>> in passing.", "in the middle of a sentence"),
)
def title(response: Response, _asked: Nothing) -> Judged:
    """A line of its own is a title in double angular brackets, such as <<poem of joy>>."""
    if "<<" in response.text:
        for line in response.text.split("\n"):
            if "<<" in line and (match := _TITLE.fullmatch(line)) and _HAS_WORD.search(match[1]):
                return kept(f"the title {match[1]!r:.80}")
    return missed("no line is a title in double angular brackets")


@kind(
    "detectable_format:json_format",
    Nothing,
    yes('{"a": 1}'),
    yes('```javascript\n{"a": [1, 2]}\n```', "a fence by any name"),
    no('Here: {"a": 1}'),
    no("5", "attack: a bare number"),
    no('"x"', "attack: a bare text"),
    no('{"a": NaN}', "attack: no JSON"),
    no('{"a": 1, "a": 2}', "attack: a key twice"),
    no('{"a": 1}\n\n{"b": 2}', "attack: two documents"),
)
def json_format(response: Response, _asked: Nothing) -> Judged:
    """The whole response is one JSON object or array by the letter of the standard, in a fence or not."""
    text = response.raw.strip()
    fence = _FENCE.match(text)
    if fence and text.endswith(f"\n{fence[1]}"):
        text = text[fence.end() : -len(fence[1])].strip()
    got = read(text)
    if isinstance(got, Malformed):
        return missed(got.detail[:200])
    ok = isinstance(got.value, dict | list)
    return Judged(ok, "one JSON document" if ok else f"JSON, but only {text[:40]!r}")
