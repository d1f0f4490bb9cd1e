"""What a rule pack says, typed. The field names are the keys of the TOML or YAML file.

```toml
name = "r1-math"
about = "One sentence."
unjudged = "mask"

[[rules]]
name = "format"
weight = 0.1
parts = [
    { name = "structure", verifier = "format.think_answer", weight = 0.8 },
    { name = "thinking", verifier = "format.think_answer", weight = 0.2, params = { min_thinking = 8 } },
]

[[rules]]
name = "answer"
verifier = "math.answer"
weight = 1.0
params = { channel = "boxed", take = "only" }
```
"""

from __future__ import annotations

from typing import Any, Literal

from referee.core.types import Record

Unjudged = Literal["mask", "zero", "fail"]
Role = Literal["reward", "penalty", "gate"]


class PartSpec(Record, frozen=True, kw_only=True):
    """A share of a rule: the rule's score is the mean of its parts' scores, weighted."""

    verifier: str
    name: str = ""
    weight: float = 1.0
    params: dict[str, Any] = {}


class RuleSpec(Record, frozen=True, kw_only=True):
    """A verifier with a weight and parameters, or several as weighted `parts`.

    role `reward` adds weight x score; `penalty` adds weight x (score - 1), so it takes away what the score lacks; a
    `gate` adds nothing, and while its score is below 1 no rule of role `reward` pays. `unjudged` overrides the pack's.
    """

    name: str = ""
    verifier: str = ""
    weight: float = 1.0
    role: Role = "reward"
    params: dict[str, Any] = {}
    parts: tuple[PartSpec, ...] = ()
    unjudged: Unjudged | None = None


class PackSpec(Record, frozen=True, kw_only=True):
    """The rules of one reward.

    The reward is the sum of the rules' contributions, clipped to `clip` when given. `unjudged` says what a rule that
    could not be judged does: `mask` makes the reward None, `zero` lets the rule contribute nothing, `fail` counts it as
    score 0. `answer` names the rule that says whether a rollout is right, for pass@k and agreement with labels; without
    it the heaviest rule of role `reward` does.
    """

    name: str
    rules: tuple[RuleSpec, ...]
    about: str = ""
    answer: str = ""
    unjudged: Unjudged = "mask"
    clip: tuple[float, float] | None = None
