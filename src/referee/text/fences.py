"""Programs in a completion: fenced code blocks of the final segment, or the bare text where there is none.

A fence is a line of three or more backticks or tildes, with a language behind an opening one; what closes a block has
at least as many of the same characters and nothing behind them, so that a longer fence holds shorter ones. One pass
over the lines: nothing here can backtrack.

As everywhere, a reward reads one place and has no fallback: blocks in the asked language are the programs; blocks
without a language are, where no block names one; blocks in another language never are.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from referee.core.types import Rollout, Task
from referee.core.verifier import Parameters
from referee.text.channel import NoAnswer
from referee.text.tags import content_end, final_segment, prompt_opens

TakeBlock = Literal["last", "only"]
Bare = Literal["auto", "never", "always"]
Unclosed = Literal["refuse", "accept"]

LONGEST: Final = 400_000  # characters of a program; a longer one is refused before anything reads it

# Names that people write behind a fence, for the languages that can be asked for.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "python": ("python", "py", "python3", "py3", "pycon"),
    "c": ("c",),
    "cpp": ("cpp", "c++", "cc", "cxx"),
    "rust": ("rust", "rs"),
    "go": ("go", "golang"),
    "java": ("java",),
    "javascript": ("javascript", "js", "node", "mjs"),
    "typescript": ("typescript", "ts"),
    "shell": ("shell", "sh", "bash"),
    "sql": ("sql", "sqlite", "sqlite3"),
    "coq": ("coq", "rocq", "gallina", "v"),
    "lean": ("lean", "lean4"),
    "metamath": ("metamath", "mm"),
    "smt": ("smt", "smt2", "smtlib", "smt-lib"),
}

_LINE = re.compile(r"^([ \t]{0,64})(`{3,}|~{3,})([^\n]*)", re.MULTILINE)
_INFO = re.compile(r"[ \t]{0,64}\{?\.?([^\s{},:]*)")


class Block(NamedTuple):
    """One fenced block: its language in lower case (or nothing), the offsets of its content, how far it is indented."""

    language: str
    start: int
    end: int
    indent: int = 0
    closed: bool = True


class Fenced(Parameters, frozen=True, kw_only=True):
    """take: which block counts when several hold a program: the "last", or "only" one, where a second is refused.
    bare: whether a text without a fence is a program: "auto" yes, "never", or "always" (fences are not looked for).
    unclosed: what a block is that never closes: "refuse" it, or "accept" it (for sampling that stops at the fence).
    think: name of the thinking tag; the program is read after its last closing tag.
    """

    take: TakeBlock = "last"
    bare: Bare = "auto"
    unclosed: Unclosed = "refuse"
    think: str = "think"


class Program(NamedTuple):
    """The program of a completion: its text, and where in the completion it stands."""

    text: str
    start: int
    end: int
    language: str = ""
    fenced: bool = False

    @property
    def span(self) -> list[int]:
        """[start, end), for evidence."""
        return [self.start, self.end]


def blocks(
    text: str, start: int = 0, end: int | None = None, *, opened: bool = False, most: int = 1_000_000
) -> list[Block]:
    """Every fenced block of text[start:end] in order, the first `most` of them where there are more. Linear.

    `opened`: the text begins inside a block.
    """
    segment = text[start:end]  # so that the first line counts as one wherever the segment begins
    found: list[Block] = []
    inside: tuple[str, str, int, int] | None = ("```", "", start, 0) if opened else None
    for match in _LINE.finditer(segment):
        indent, fence, rest = match.groups()
        if inside is None:
            if fence[0] == "`" and "`" in rest:  # ```code``` on one line is inline code
                continue
            after = min(match.end() + 1, len(segment))
            inside = fence, _language(rest), start + after, len(indent)
        elif fence.startswith(inside[0]) and not rest.strip():
            found.append(Block(inside[1], inside[2], max(inside[2], start + match.start() - 1), inside[3]))
            inside = None
            if len(found) == most:
                break
    if inside is not None:
        found.append(Block(inside[1], inside[2], start + len(segment), inside[3], closed=False))
    return found


def program(rollout: Rollout, task: Task, params: Fenced, language: str = "python") -> Program | NoAnswer:
    """The one program of a rollout in `language`, or the reason why there is none."""
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return NoAnswer(problem)
    start, end = _without_answer_tags(text, start, content_end(text))
    opened = _prompt_opens_fence(task.prompt) and not _opens_its_own(text[start:end])
    found = [] if params.bare == "always" else blocks(text, start, end, opened=opened)
    if opened and len(found) == 1 and not found[0].closed:
        found = []  # the completion closes no fence: it is the bare program that the prompt asked for
        start, end = _without_blank_lines(text, start, end)
        return _checked(Program(text[start:end], start, end, fenced=True)) if start < end else NoAnswer("code.empty")
    if not found:
        return _bare(text, start, end, params)
    return _chosen(text, found, params, language)


def _chosen(text: str, found: list[Block], params: Fenced, language: str) -> Program | NoAnswer:
    names = NAMES.get(language, (language,))
    fit = [block for block in found if block.language in names] or [block for block in found if not block.language]
    if not fit:
        others = ", ".join(sorted({block.language for block in found})[:4])
        return NoAnswer("code.language", f"no block in {language}, only in {others[:80]}")
    if len(fit) > 1 and params.take == "only":
        return NoAnswer("answer.ambiguous", f"{len(fit)} programs where one is allowed")
    block = fit[-1]
    if not block.closed and params.unclosed == "refuse":
        return NoAnswer("answer.unclosed", "the code block is opened and never closed")
    content = _outdented(text[block.start : block.end], block.indent)
    if not content.strip():
        return NoAnswer("code.empty", "the code block is empty")
    return _checked(Program(content, block.start, block.end, block.language, fenced=True))


def _bare(text: str, start: int, end: int, params: Fenced) -> Program | NoAnswer:
    if params.bare == "never":
        return NoAnswer("answer.missing", "no fenced code block in the final segment")
    start, end = _without_blank_lines(text, start, end)
    return _checked(Program(text[start:end], start, end)) if start < end else NoAnswer("code.empty")


def _checked(found: Program) -> Program | NoAnswer:
    """Refuse what no interpreter would read: a program that is too long, a NUL, half of a character.

    A byte order mark in front is left out, as every interpreter does.
    """
    if found.text.startswith("\ufeff"):
        found = found._replace(text=found.text[1:], start=found.start + 1)
    if len(found.text) > LONGEST:
        return NoAnswer("code.too_long", f"{len(found.text):,} characters, at most {LONGEST:,} are read")
    if "\0" in found.text:
        return NoAnswer("code.unreadable", "the program holds a NUL character")
    try:
        found.text.encode()
    except UnicodeEncodeError:
        return NoAnswer("code.unreadable", "the program holds half of a character")
    return found


def _language(info: str) -> str:
    found = _INFO.match(info) if info else None
    return found[1].lower()[:40] if found else ""


def _outdented(content: str, indent: int) -> str:
    """The content of a block inside a list item: as much white space removed as stands before its fence."""
    if not indent:
        return content
    lines = content.split("\n")
    return "\n".join(line[min(indent, len(line) - len(line.lstrip(" \t"))) :] for line in lines)


def _without_blank_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blank lines at both ends; the indentation of the first line stays, it may be the body of a function."""
    segment = text[start:end]
    lead = len(segment) - len(segment.lstrip())
    start += segment.rfind("\n", 0, lead) + 1
    return start, max(start, end - (len(segment) - len(segment.rstrip())))


def _without_answer_tags(text: str, start: int, end: int) -> tuple[int, int]:
    """Answer tags around the whole segment only show; inside a program they are text."""
    left, right = _without_blank_lines(text, start, end)
    while left < right and text[left] in " \t":
        left += 1
    if text.startswith("<answer>", left, right) and text.endswith("</answer>", left + 8, right):
        return left + 8, right - 9
    return start, end


def _opens_its_own(segment: str) -> bool:
    """Whether the first fence names a language, so that it cannot be the closing one."""
    first = _LINE.search(segment)
    return first is not None and bool(first[3].strip())


def _prompt_opens_fence(prompt: str | None) -> bool:
    """Whether the prompt ends inside a code block that the completion continues."""
    if not prompt or ("```" not in prompt and "~~~" not in prompt):
        return False
    found = blocks(prompt)
    return bool(found) and not found[-1].closed
