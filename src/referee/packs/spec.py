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
    """A share of a rule: the rule's score is the weighted mean of its parts' scores.

    verifier: id of the verifier that judges this part.
    name: what the part is called in evidence and messages; the verifier's id when absent.
    weight: its share; only the ratio to the other parts' weights matters.
    params: parameters of the verifier; `referee verifiers ID` lists them.
    """

    verifier: str
    name: str = ""
    weight: float = 1.0
    params: dict[str, Any] = {}


class RuleSpec(Record, frozen=True, kw_only=True):
    """A verifier with a weight and parameters, or several as weighted `parts`.

    name: what the rule is called in scores, tables and `--set`; the verifier's id when absent.
    verifier: id of the verifier that judges; either this or `parts`.
    weight: what a score of 1 is worth; never negative, and not for a gate.
    role: `reward` adds weight x score; `penalty` adds weight x (score - 1), so it takes away what the score lacks;
        a `gate` adds nothing, and while its score is below 1 no rule of role `reward` pays.
    params: parameters of the verifier; `referee verifiers ID` lists them.
    parts: several verifiers as one rule; a rule with parts needs a name.
    unjudged: overrides the pack's `unjudged` for this rule.
    """

    name: str = ""
    verifier: str = ""
    weight: float = 1.0
    role: Role = "reward"
    params: dict[str, Any] = {}
    parts: tuple[PartSpec, ...] = ()
    unjudged: Unjudged | None = None


class PackSpec(Record, frozen=True, kw_only=True):
    """The rules of one reward. The reward is the sum of the rules' contributions, clipped to `clip` when given.

    name: what the pack is called; the file's name without its ending when absent.
    rules: the rules, at least one that is no gate.
    about: one sentence for `referee packs`.
    answer: name of the rule that says whether a rollout is right, for pass@k and agreement with labels; the heaviest
        rule of role `reward` when absent.
    unjudged: what a rule that could not be judged does: `mask` leaves the rollout without a reward, `zero` lets the
        rule add nothing, `fail` counts it as score 0.
    clip: bounds of the reward, [low, high]; none when absent.
    """

    name: str
    rules: tuple[RuleSpec, ...]
    about: str = ""
    answer: str = ""
    unjudged: Unjudged = "mask"
    clip: tuple[float, float] | None = None
