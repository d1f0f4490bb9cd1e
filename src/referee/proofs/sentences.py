"""A Coq text as sentences, without comments and with empty strings: what commands it gives, before Coq reads it.

It reads as Coq's own lexer does: comments nest, a string may stand in a comment, a sentence ends with one dot or three
before white space. This is the first of several walls and not the one that decides: see `sandbox/coq.py`.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PIECE = re.compile(r'\(\*|"|(?<![.])(?:\.|\.\.\.)(?=\s|$|\(\*)')
_IN_COMMENT = re.compile(r'\(\*|\*\)|"')
_BULLETS = re.compile(r"(?:[-+*]+|[{}]|(?:\d+|all|par|!|\[\w+\])\s*:(?!=)(?:\s*\{)?|\s+)+")
_ATTRIBUTES = re.compile(r"#\[[^\]]*\]\s*")
_PREFIX = re.compile(
    r"(?:Local|Global|Export|Program|Polymorphic|Monomorphic|Cumulative|NonCumulative|Private|Time|Fail|Succeed|"
    r"Instructions|Timeout\s+\d+)\s+"
)
_DECLARES: Final = (
    r"(?:Theorem|Lemma|Fact|Remark|Corollary|Proposition|Property|Definition|Example|Fixpoint|CoFixpoint|Let|Instance|"
    r"Function|Equations|Axiom|Parameter|Conjecture|Hypothesis|Variable|Primitive)\s+"
)
_ENDS = re.compile(r"(?:Qed|Defined|Admitted|Abort|Save)\b")

# What a candidate may not say, by what it would do; the second part of each is the reason code.
_REFUSED: Final = (
    (r"Redirect\b|(?:Recursive\s+|Separate\s+)?Extraction\b|Print\s+(?:Sorted\s+)?Universes\b", "proof.forbidden"),
    (r"Load\b|Cd\b|Pwd\b|(?:Add|Remove)\s+(?:Rec\s+)?(?:LoadPath|ML\s+Path)\b", "proof.forbidden"),
    (r"Declare\s+ML\b|Drop\b|Quit\b|Write\s+State\b|Restore\s+State\b|Comments\b", "proof.forbidden"),
    (r"Reset\b|Back\b|BackTo\b|Undo\b|Dump\b|Set\s+NativeCompute\b|Set\s+Debug\b|Debug\b", "proof.forbidden"),
    (r"(?:Uns|S)et\s+(?:Guard|Positivity|Universe)\s+Checking\b|(?:Uns|S)et\s+Type\s+In\s+Type\b", "proof.unsafe"),
    (r"(?:Uns|S)et\s+Definitional\s+UIP\b|Add\s+Printing\b.*\bbypass_check\b", "proof.unsafe"),
)
_FORBIDDEN: Final = tuple((re.compile(pattern), reason) for pattern, reason in _REFUSED)
_ADMITS = re.compile(r"\b(?:Admitted|admit|give_up|Admit\s+Obligations)\b")


class Unreadable(ValueError):
    """A comment or a string that never ends."""


class Sentence(NamedTuple):
    """One sentence without its dot: as it stands, and cleaned; `end` is the offset behind it."""

    text: str
    clean: str
    start: int
    end: int

    @property
    def command(self) -> str:
        """Without bullets, attributes and prefixes: it begins with the word that says what it does."""
        bullets = _BULLETS.match(self.clean)
        rest = self.clean[bullets.end() :] if bullets else self.clean
        while found := _ATTRIBUTES.match(rest) or _PREFIX.match(rest):
            rest = rest[found.end() :]
        return rest


def sentences(text: str) -> list[Sentence]:
    """The sentences in order; what stands behind the last dot is one too. Raises `Unreadable`. Linear."""
    found: list[Sentence] = []
    start = at = 0
    parts: list[str] = []
    while match := _PIECE.search(text, at):
        parts.append(text[at : match.start()])
        if match[0] == "(*":
            at = _comment(text, match.end())
            parts.append(" ")
        elif match[0] == '"':
            at = _string(text, match.end())
            parts.append('""')
        else:
            at = match.end()
            found.append(Sentence(text[start : match.start()], "".join(parts).strip(), start, at))
            start, parts = at, []
    parts.append(text[at:])
    if rest := "".join(parts).strip():
        found.append(Sentence(text[start:], rest, start, len(text)))
    return found


def _comment(text: str, at: int) -> int:
    depth = 1
    while depth:
        match = _IN_COMMENT.search(text, at)
        if match is None:
            raise Unreadable("a comment that never ends")
        at = match.end()
        if match[0] == '"':
            at = _string(text, at)
        else:
            depth += 1 if match[0] == "(*" else -1
    return at


def _string(text: str, at: int) -> int:
    """Behind the end of a string; a doubled quote in it opens another at once, which comes to the same."""
    end = text.find('"', at)
    if end < 0:
        raise Unreadable("a string that never ends")
    return end + 1


def refused(script: list[Sentence]) -> tuple[str, str] | None:
    """The reason code and the sentence, when a script says what no candidate may."""
    for sentence in script:
        command = sentence.command
        for pattern, reason in _FORBIDDEN:
            if pattern.match(command):
                return reason, command[:80]
        if "bypass_check" in sentence.clean:
            return "proof.unsafe", command[:80]
    return None


def admits(script: list[Sentence]) -> bool:
    """Whether something is admitted."""
    return any(_ADMITS.search(sentence.clean) for sentence in script)


def declares(script: list[Sentence], name: str) -> bool:
    """Whether a script states something under that name itself."""
    pattern = re.compile(_DECLARES + re.escape(name) + r"(?![\w'])")
    return any(pattern.match(sentence.command) for sentence in script)


def only_tactics(script: list[Sentence]) -> bool:
    """Whether no sentence is a command: those begin with a capital letter or an attribute."""
    return not any(sentence.command[:1].isupper() or "#[" in sentence.clean for sentence in script)


def ends_proof(script: list[Sentence]) -> bool:
    """Whether the last sentence closes a proof."""
    return bool(script) and _ENDS.match(script[-1].command) is not None
