"""A response as a reader sees it, and what it is made of, each found once however many instructions ask.

Invisible characters are gone, so that none of them can hide a word or pad a text; letters and their marks are composed
(NFC). `text` is that; `raw` is what was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from itertools import islice

from referee.instructions import sentences, words
from referee.instructions.sentences import Sentence
from referee.text.visible import FILLERS, shows

MOST_FENCES = 500  # of which the code is blanked out; what follows them is prose
MOST_MARKS = 8  # combining marks on one letter; more would only cost time
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)


class Response:
    """What a check looks at. `prompt` is the task's, where there is one."""

    def __init__(self, text: str, prompt: str | None = None) -> None:
        self.raw = text
        self.text = seen(text)
        self.prompt = prompt

    @property
    def empty(self) -> bool:
        """Whether a reader sees nothing."""
        return not shows(self.text, 1)

    @cached_property
    def stripped(self) -> str:
        """The text without white space around it."""
        return self.text.strip()

    @cached_property
    def words(self) -> list[str]:
        """Its words (see `referee.instructions.words`), as written."""
        return words.words(self.text)

    @cached_property
    def folded(self) -> list[str]:
        """Its words with apostrophes straight and case folded, for comparing."""
        return words.words(words.fold(self.text))

    @cached_property
    def tokens(self) -> list[str]:
        """What white space separates, without the punctuation around it; what is only punctuation is left out."""
        return words.tokens(self.text)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Its sentences (see `referee.instructions.sentences`)."""
        return sentences.sentences(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines that are not blank."""
        return [line for line in self.text.split("\n") if line and not line.isspace()]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What blank lines separate."""
        return _BLANK_LINES.split(self.stripped) if self.stripped else []

    @cached_property
    def prose(self) -> str:
        """The text with its fenced code blanked out: as many characters, so that offsets stay."""
        if "```" not in self.text and "~~~" not in self.text:
            return self.text
        parts, at, opened = [], 0, ""
        for match in islice(_FENCE.finditer(self.text), MOST_FENCES):
            fence = match[1]
            if not opened:
                opened = fence
                parts.append(self.text[at : match.start()])
                at = match.start()
            elif fence.startswith(opened) and match[0].strip() == fence:
                parts.append(_blank(self.text[at : match.end()]))
                at, opened = match.end(), ""
        parts.append(_blank(self.text[at:]) if opened else self.text[at:])
        return "".join(parts)


def _blank(code: str) -> str:
    return re.sub(r"[^\n]", " ", code)


def seen(text: str) -> str:
    """The text without what a reader cannot see, its letters composed and its line ends one character. Linear."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    chars = set(text)
    gone = {char for char in chars if unicodedata.category(char) in {"Cf", "Cs"} or char in FILLERS}
    if gone:
        text = text.translate({ord(char): None for char in gone})
    marks = "".join(map(re.escape, sorted(char for char in chars if unicodedata.combining(char))))
    if marks:  # composing sorts the marks of a letter, which takes time that grows with the square of their number
        text = re.sub(rf"([{marks}]{{{MOST_MARKS}}})[{marks}]+", r"\1", text)
    return unicodedata.normalize("NFC", text)
