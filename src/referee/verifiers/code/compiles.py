"""The completion's program compiles.

## What it checks
The program is the last fenced block of the final segment in the asked language, or the whole segment where it has no
fence. A compiler reads it inside the sandbox, and nothing is run: whether it does what it should is another rule.

| reason | meaning |
|---|---|
| `code.compiles` | the compiler accepts it |
| `code.compile` | the compiler refuses it; its words are in the evidence |
| `limit.cpu`, `limit.memory` ... | the compiler ran into that limit on it |
| `code.empty`, `code.language` | the block holds nothing, or another language |
| `code.too_long`, `code.unreadable` | the program is too long, or no text |
| `answer.*`, `think.*` | the final segment holds no program, or too many |

## Truth
None; what the task holds is not looked at.

## Parameters
The language, the limits of the compiler, and where the program stands in the completion.

## When it cannot judge
There is no sandbox, or no compiler for the language (`infra.*`).

## Known gaps
A program that does nothing compiles: a rule for something small, never for the whole reward.

## Sources
None.
"""

from __future__ import annotations

from referee.core.jobs import LIMITS, CompileJob, Flow, Language
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.verifiers.code._running import Limited, found_in


class Params(Limited, frozen=True, kw_only=True):
    """language: what the program is written in."""

    language: Language = "python"


CASES = (
    Case("def f(x):\n    return x", None, "pass", reason="code.compiles"),
    Case("Here:\n```python\nx = 1\n```", None, "pass"),
    Case("while True: pass", None, "pass", "nothing is run"),
    Case("def f(x:\n    return x", None, "fail", reason="code.compile"),
    Case("    return x", None, "fail", "a body alone is no program", reason="code.compile"),
    Case("```python\nx = 1", None, "fail", "cut off", reason="answer.unclosed"),
    Case("It is easy.", None, "fail", "prose", reason="code.compile"),
    Case("# nothing to see\x00", None, "fail", "attack: a NUL", reason="code.unreadable"),
    Case("(" * 5000, None, "fail", "attack: brackets without an end", reason="code.compile"),
)


@verifier
def compiles(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    found = found_in(rollout, task, params, params.language)
    if isinstance(found, Verdict):
        return found
    job = CompileJob(program=found.text.replace("\r\n", "\n"), limits=params.limits(), language=params.language)
    (outcome,) = yield (job,)
    evidence = {"span": found.span, "sandbox": outcome.tier}
    if outcome.status == "ok":
        return passed("code.compiles", **evidence)
    detail = outcome.detail[:500].encode("utf-8", "backslashreplace").decode()
    reason = f"limit.{outcome.status}" if outcome.status in LIMITS else "code.compile"
    return failed(reason, detail=detail, **evidence)
