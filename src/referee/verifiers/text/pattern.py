r"""The answer matches the pattern of the truth, from its first character to its last.

## What it checks
The text of the channel against a regular expression in RE2's syntax, which takes linear time whatever the pattern and
the text are: no look-around, no back-references.

| reason | meaning |
|---|---|
| `text.match`, `text.no_match` | the pattern matches, does not |
| `text.too_long` | more than `longest` characters |
| `answer.surrogate` | a lone surrogate, which no encoding can express |
| `answer.*`, `think.*` | the channel holds no answer, or too many; an invisible character |

## Truth
A pattern, or an object with `pattern`.

## Parameters
`match = "whole"` is the default because a search pays for naming the answer anywhere, beside anything.

## When it cannot judge
RE2 refuses the pattern, or the pattern matches the empty text and so everything (`truth.unreadable`).

## Known gaps
`\d` and `\w` are ASCII, as always in RE2; use `\pN` and `\pL`. A pattern such as `.*` passes everything.

## Sources
RE2, https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

from msgspec import Meta

from referee.core.errors import MissingExtra, TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.text.channel import Channel, Extraction, NoAnswer, extract
from referee.text.visible import hidden

EXCERPT = 200
MEMORY = 8 << 20  # bytes that RE2 may use for one pattern


class Params(Extraction, frozen=True, kw_only=True):
    """channel: where the answer stands (see `referee.text.channel`); by default the whole final segment.
    match: whether the pattern must match the "whole" answer or is looked for in it ("search").
    fold_case: whether letter case is ignored.
    longest: answers with more characters are refused.
    """

    channel: Channel = "whole"
    match: Literal["whole", "search"] = "whole"
    fold_case: bool = False
    longest: Annotated[int, Meta(ge=1)] = 100_000


SEARCH = {"match": "search"}
CASES = (
    Case("2024-05-17", r"\d{4}-\d\d-\d\d", "pass", reason="text.match"),
    Case("On 2024-05-17.", r"\d{4}-\d\d-\d\d", "fail", "the whole answer must match", reason="text.no_match"),
    Case("On 2024-05-17.", {"pattern": r"\d{4}-\d\d-\d\d"}, "pass", "unless a search is asked for", SEARCH),
    Case("Answer: YES", "yes|no", "pass", "", {"channel": "line", "fold_case": True}),
    Case("maybe", "yes|no", "fail"),
    Case("yes\nno", "yes|no", "fail", "attack: one line matches"),
    Case("yes no", "yes|no", "fail", "attack: both"),
    Case("ye\u200bs", "ye.?s", "fail", "attack: an invisible character", reason="answer.invisible"),
    Case("a" * 5000 + "!", "(a+)+b", "fail", "attack: a text on which other engines backtrack for ever"),
    Case("a" * 11, "a+", "fail", "attack: too long to look at", {"longest": 10}, "text.too_long"),
    Case("yes", "(yes", "unjudged", "a broken pattern", reason="truth.unreadable"),
    Case("yes", r"(?=yes)yes", "unjudged", "look-around is not linear"),
    Case("yes", "x*", "unjudged", "a search for nothing finds it everywhere", SEARCH),
)


@verifier
def pattern(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Match one text against the pattern of the truth."""
    source = task.truth.get("pattern") if isinstance(task.truth, dict) else task.truth
    if not isinstance(source, str):
        raise TruthError(f"the truth must be a pattern or an object with `pattern`; it is {brief(source)}")
    compiled = _compiled(source, params.fold_case, params.match == "search")
    answer = extract(rollout, task, params)
    if isinstance(answer, NoAnswer):
        return failed(answer.reason, detail=answer.detail)
    text, start = answer.text, answer.start
    shown = {"found": text[:EXCERPT], "span": answer.span, "truth": source}
    if len(text) > params.longest:
        return failed("text.too_long", detail=f"{len(text)} characters", **shown)
    if refused := hidden(text, allowed=source):
        return failed(refused.reason, detail=refused.detail, **shown)
    match = compiled.search(text) if params.match == "search" else compiled.fullmatch(text)
    if match is None:
        return failed("text.no_match", **shown)
    return passed(
        "text.match", found=match[0][:EXCERPT], span=[start + match.start(), start + match.end()], truth=source
    )


@lru_cache(maxsize=256)
def _compiled(source: str, fold_case: bool, search: bool) -> Any:
    """The pattern, compiled by RE2. Kept, because the rollouts of a group share it."""
    try:
        import re2
    except ImportError as error:
        raise MissingExtra("text.pattern", "all") from error
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not fold_case
    options.max_mem = MEMORY
    try:
        compiled = re2.compile(source, options)
    except (re2.error, UnicodeError) as error:
        raise TruthError(f"RE2 cannot read the pattern {brief(source)}: {error}") from error
    if search and compiled.fullmatch(""):
        raise TruthError(f"the pattern {brief(source)} matches the empty text, so a search finds it in everything")
    return compiled
