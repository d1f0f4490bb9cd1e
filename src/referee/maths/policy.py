"""What a judge may choose, and what comes of a comparison."""

from __future__ import annotations

from typing import Literal, NamedTuple

from referee.maths.finish import Form
from referee.maths.units import Percent
from referee.text.rational import Number


class Policy(NamedTuple):
    """What a judge may choose: see the parameters of `math.answer`."""

    percent: Percent = "value"
    lists: Literal["unordered", "ordered"] = "unordered"
    inequality: Literal["interval", "refuse"] = "interval"
    policy: Literal["free", "strict", "math-reference", "minerva"] = "free"
    form: Form = "any"
    unit: Literal["optional", "required"] = "optional"
    tolerance: Number | None = None

    @property
    def free(self) -> bool:
        """Whether any form of the value will do."""
        return self.policy == "free" and self.form == "any"


class Outcome(NamedTuple):
    """`equal` is None when undecided; `reason` is the code of the verdict; `tier` decided."""

    equal: bool | None
    reason: str
    tier: str = "structure"
