"""What an attack found, as records: for the terminal, for JSON, for a page, for a test."""

from __future__ import annotations

from typing import Any, Literal

from referee.core.types import Record

Kind = Literal["hack", "rewrite", "baseline", "cross", "constant", "search", "fuzz", "determinism"]
Result = Literal["holds", "leak", "lost", "unjudged", "fault", "find", "nothing"]


class Example(Record, frozen=True, kw_only=True):
    """One rollout that shows a finding: `text` as it was tried, `least` without all that is not needed."""

    task: str
    prompt: str | None
    truth: Any
    text: str
    least: str
    reward: float | None
    wrong: float
    gold: float
    reasons: dict[str, str] = {}
    fault: str = ""


class Finding(Record, frozen=True, kw_only=True):
    """What became of one hack, rewrite or check, over all tasks.

    tried: rollouts. leaks: those that earned more than the honest wrong answer, or for checks broke the promise.
    lost: rewrites of gold that earned less than gold. unjudged: those that made themselves unjudged. faults: those that
    made the target raise. above: the most that was earned beyond the honest wrong answer, in units of the reward;
    mean_above: over all rollouts. share: `above` over what gold earns beyond it. advantage: of a lone rollout with that
    reward in a group of otherwise honest wrong answers. rule: without which it would have earned nothing. doubtful: the
    search found it, and the right answer stands in it: it may be right in other words, so a person has to look.
    """

    id: str
    kind: Kind
    family: str
    name: str
    mechanism: str
    source: str = ""
    fix: str = ""
    tried: int = 0
    leaks: int = 0
    lost: int = 0
    unjudged: int = 0
    faults: int = 0
    above: float = 0.0
    mean_above: float = 0.0
    share: float = 0.0
    advantage: float = 0.0
    rule: str = ""
    note: str = ""
    doubtful: bool = False
    example: Example | None = None

    @property
    def result(self) -> Result:
        """The worst of what happened."""
        for name, count in (("leak", self.leaks), ("fault", self.faults), ("lost", self.lost)):
            if count:
                return "find" if self.doubtful and name == "leak" else name  # type: ignore[return-value]
        if self.unjudged:
            return "unjudged"
        return "holds" if self.tried else "nothing"


class Report(Record, frozen=True, kw_only=True):
    """A whole attack. `covered`: tasks that every hack was tried on, of `tasks`; `no_gold`: tasks left out because no
    right answer to them is known. `new`: rows to paste as tests, of what the search found.
    """

    target: str
    version: str
    about: str
    seed: int
    group: int
    tasks: int
    covered: int
    no_gold: list[str]
    findings: list[Finding]
    rollouts: int
    seconds: float
    searched: int
    new: list[dict[str, Any]] = []

    def count(self, result: Result) -> int:
        """How many findings came out so."""
        return sum(1 for one in self.findings if one.result == result)

    @property
    def leaks(self) -> list[Finding]:
        """The findings that earn what nobody meant to pay, worst first."""
        return sorted((one for one in self.findings if one.result == "leak"), key=lambda one: (-one.above, one.id))

    @property
    def not_held(self) -> list[Finding]:
        """Everything that is not as it should be, leaks first."""
        order = ("leak", "fault", "lost", "unjudged", "find")
        rest = [one for one in self.findings if one.result in order]
        return sorted(rest, key=lambda one: (order.index(one.result), -one.above, one.id))
