"""The completion, or its thinking, or its answer, is neither too long nor too short.

## What it checks
The score is 1 up to `maximum - cache`, falls linearly to 0 at `maximum`, and is 0 beyond: the soft overlong punishment
of DAPO, shifted from [-1, 0] to [0, 1]. Below `minimum` the score is 0.

| reason | meaning |
|---|---|
| `length.ok` | within the bounds |
| `length.near_maximum` | on the ramp between `maximum - cache` and `maximum` |
| `length.too_long`, `length.too_short` | outside the bounds |
| `length.no_token_count` | tokens are asked for and the rollout does not say how many it has (unjudged) |
| `think.unclosed`, `think.nested`, `think.stray_close` | the part asked for cannot be told from the rest |

Against `maximum` every character counts, white space too; towards `minimum` only what is visible counts, so that
padding helps neither way. Tokens are those of the rollout's own count.

## Truth
Not read; any value is fine.

## Parameters
As a penalty, give the rule a weight and let the pack pay weight x (score - 1).

## When it cannot judge
With `unit = "tokens"`, when the rollout has no token count: `length.no_token_count`.

## Known gaps
Tokens are known for the whole completion only. A minimum can be met with filler; do not pay for length.

## Sources
DAPO (arXiv 2503.14476), equation 13, soft overlong punishment.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from referee.core.types import Rollout, Task, Verdict, failed, graded, passed, unjudged
from referee.core.verifier import Case, Parameters, verifier
from referee.text.tags import content_end, final_segment, prompt_opens
from referee.text.visible import visible


class Params(Parameters, frozen=True, kw_only=True):
    """unit: what is counted: "characters" or "tokens".
    maximum: the longest that still scores above 0 (DAPO's L_max); no bound when absent.
    cache: width of the ramp below `maximum` (DAPO's L_cache); at 0 the score drops at once.
    minimum: the shortest that scores.
    of: which part is measured: "all", the "thinking", or the "final" segment after it.
    think: name of the thinking tag.
    """

    unit: Literal["characters", "tokens"] = "characters"
    maximum: Annotated[int, Meta(ge=0)] | None = None
    cache: Annotated[int, Meta(ge=0)] = 0
    minimum: Annotated[int, Meta(ge=0)] = 0
    of: Literal["all", "thinking", "final"] = "all"
    think: str = "think"

    def __post_init__(self) -> None:
        if self.unit == "tokens" and self.of != "all":
            raise ValueError(f'tokens are known for the whole completion only; use `of = "all"`, not {self.of!r}')
        if self.maximum is None and self.cache:
            raise ValueError("`cache` is the width of the ramp below `maximum`; give a `maximum`")
        if self.maximum is not None and self.cache > self.maximum:
            raise ValueError(f"`cache` ({self.cache}) is larger than `maximum` ({self.maximum})")
        if self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"`minimum` ({self.minimum}) is larger than `maximum` ({self.maximum})")


DAPO = {"unit": "tokens", "maximum": 20480, "cache": 4096}
RAMP = {"maximum": 10, "cache": 4}
CASES = (
    Case("x", None, "pass", "no bounds, no fault", reason="length.ok"),
    Case("x", None, "pass", "", DAPO, score=1.0, tokens=16384),
    Case("x", None, "partial", "a quarter of the ramp", DAPO, "length.near_maximum", 0.75, tokens=17408),
    Case("x", None, "partial", "half of the ramp", DAPO, score=0.5, tokens=18432),
    Case("x", None, "fail", "the end of the ramp", DAPO, "length.too_long", 0.0, tokens=20480),
    Case("x", None, "fail", "beyond", DAPO, "length.too_long", 0.0, tokens=50000),
    Case("x", None, "unjudged", "nobody counted the tokens", DAPO, "length.no_token_count"),
    Case("123456", None, "pass", "", RAMP, score=1.0),
    Case("1234567", None, "partial", "", RAMP, score=0.75),
    Case("1234567890", None, "fail", "", RAMP, score=0.0),
    Case("1234567890", None, "pass", "without a ramp the maximum itself is allowed", {"maximum": 10}),
    Case("12345678901", None, "fail", "", {"maximum": 10}, "length.too_long"),
    Case("1" + " " * 10, None, "fail", "attack: blanks count against the maximum", {"maximum": 10}),
    Case("1" + " " * 10, None, "fail", "attack: and not towards the minimum", {"minimum": 5}, "length.too_short"),
    Case("a" + "\u0301" * 50, None, "fail", "attack: nor do combining marks", {"minimum": 5}, "length.too_short"),
    Case("\u200b" * 50, None, "fail", "attack: nor what is invisible", {"minimum": 5}, "length.too_short"),
    Case("", None, "fail", "attack: silence", {"minimum": 1, "maximum": 10}, "length.too_short"),
    Case("<think>123</think>45", None, "pass", "", {"of": "thinking", "minimum": 3, "maximum": 3}),
    Case("<think>123</think>45", None, "pass", "", {"of": "final", "minimum": 2, "maximum": 2}),
    Case("123</think>45", None, "pass", "", {"of": "thinking", "minimum": 3, "maximum": 3}, prompt="Q\n<think>"),
    Case("45", None, "fail", "no thinking has length 0", {"of": "thinking", "minimum": 1}, "length.too_short"),
    Case("<think>123456", None, "fail", "cut off", {"of": "thinking", "maximum": 5}, "length.too_long"),
    Case("<think>123456", None, "fail", "no final segment", {"of": "final", "maximum": 5}, "think.unclosed"),
    Case(
        "<think>1</think>2</think>" + "3" * 50,
        None,
        "fail",
        "attack: a second end of thinking, to shorten the answer",
        {"of": "final", "maximum": 60},
        "think.stray_close",
    ),
)


@verifier
def length(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Measure one part of a completion."""
    if params.unit == "tokens":
        if rollout.tokens is None:
            return unjudged("length.no_token_count", detail="the rollout has no `tokens`")
        return _judge(rollout.tokens, rollout.tokens, params, unit="tokens")
    text = rollout.text
    start, end, problem = 0, len(text), None
    if params.of != "all":
        start, end, problem = _part(text, task, params)
    if problem is not None:
        return failed(problem, span=[start, end])
    shown = visible(text[start:end]) if params.minimum else 0
    return _judge(end - start, shown, params, unit="characters", span=[start, end])


def _part(text: str, task: Task, params: Params) -> tuple[int, int, str | None]:
    """The span of the thinking or of the final segment, or why they cannot be told apart."""
    opened = prompt_opens(task.prompt, params.think)
    final, problem = final_segment(text, params.think, opened=opened)
    if params.of == "final" or problem not in {None, "think.unclosed"}:
        return final, max(final, content_end(text)), problem
    opening, closing = f"<{params.think}>", f"</{params.think}>"
    if problem is None and not final:
        return 0, 0, None  # nobody thought
    before = text.find(opening)
    start = before + len(opening) if before >= 0 and (not opened or not text[:before].strip()) else 0
    return start, len(text) if problem else final - len(closing), None


def _judge(size: int, shown: int, params: Params, **evidence: object) -> Verdict:
    """Hold a length against the bounds. `size` counts against the maximum, `shown` towards the minimum."""
    if shown < params.minimum:
        return failed("length.too_short", found=shown, minimum=params.minimum, **evidence)
    if params.maximum is None or size <= params.maximum - params.cache:
        return passed("length.ok", found=size, **evidence)
    over = size - (params.maximum - params.cache)
    if over >= params.cache:
        return failed("length.too_long", found=size, maximum=params.maximum, **evidence)
    return graded(1 - over / params.cache, "length.near_maximum", found=size, maximum=params.maximum, **evidence)
