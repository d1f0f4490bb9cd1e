r"""The prose of a text: what is left when code, formulas, addresses and tags are taken out.

Left out: fenced blocks, inline code, LaTeX (`$...$`, `$$...$$`, `\(...\)`, `\[...\]`, commands), URLs, tags. Prose in
such clothes stays prose: a block or a formula that mostly holds plain words is kept, and so is what a fence that never
closes, or a single dollar, would swallow. Linear in the text.
"""

from __future__ import annotations

import re
from typing import Final

from referee.text.fences import blocks

_WORDY: Final = 5  # plain words in a row that make prose
_MOST_FENCES: Final = 8_000  # of more, none makes a block
_SHORTEST: Final = 14  # characters of five words
_LEFT_OUT = re.compile(
    r"`{1,2}[^`\n]{1,200}+`{1,2}"
    r"|\$\$[^$]*+\$\$"
    r"|\$(?=[^\s$])[^$\n]{1,600}+\$(?!\d)"
    r"|\\\((?:[^\\]|\\(?![()\[\]]))*+\\\)"
    r"|\\\[(?:[^\\]|\\(?![()\[\]]))*+\\\]"
    r"|</?[A-Za-z][\w:.-]{0,40}+(?:\s{1,9}+[\w:-]{1,40}+=(?:\"[^\"<>]{0,200}+\"|[^\s<>\"']{1,200}+))*+\s{0,9}+/?>"
    r"|\\[A-Za-z]{1,30}+\*?"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[!#-;=?-~]{1,300}")
_WORD = r"[^\W\d_](?:[^\W\d_]|['’])++"
_PLAIN = re.compile(
    rf"(?:(?<![\w\\]){_WORD}[,.;:!?]?[ \n]{{1,3}}(?:[^\W\d_][ \n]{{1,3}})?){{{_WORDY - 1},}}{_WORD}"
    r"|[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f，、。]{10,}"
)
_SIGNS = re.compile(r"[][(){}=;<>#*/\\_|&%$@\"`+]")  # of code; a line of prose has none
_FENCE = re.compile(r"^[ \t]{0,64}(?:`{3,}|~{3,})[^\n]{0,40}", re.MULTILINE)


def prose(text: str) -> str:
    """The text without what is no prose; each thing left out becomes a space."""
    fences = text.count("```") + text.count("~~~")
    if fences:
        text = _without_blocks(text) if fences <= _MOST_FENCES else _FENCE.sub(" ", text)
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if any(mark in text for mark in "`$\\<"):
        text = _LEFT_OUT.sub(_kept, text)
    return text


def _without_blocks(text: str) -> str:
    parts: list[str] = []
    at = 0
    for block in blocks(text):
        if block.closed and not _mostly_words(text[block.start : block.end]):
            parts.append(text[at : block.start])
            at = max(at, block.end)
    return _FENCE.sub(" ", "\n".join([*parts, text[at:]]))


def _mostly_words(code: str) -> bool:
    """Whether at least half of a block is lines of plain words: then it is a text, whatever the fence says."""
    if len(code) < _SHORTEST:
        return False
    lines = [line for line in code.split("\n") if line]
    plain = sum(len(line) for line in lines if not _SIGNS.search(line) and _PLAIN.search(line))
    return 2 * plain >= sum(map(len, lines))


def _kept(match: re.Match[str]) -> str:
    """What stays of something that would be left out."""
    found = match.group()
    if len(found) >= _SHORTEST and (words := _PLAIN.findall(found)):
        return f" {' '.join(words)} "
    return " "
