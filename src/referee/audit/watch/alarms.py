"""The records of a watch: an alarm, the figures of a step, the limits, a report."""

from __future__ import annotations

from typing import Any, Final, Literal

from referee.core.types import Record

Severity = Literal["proof", "strong", "medium"]

KINDS: Final[dict[str, str]] = {
    "canary_paid": "A task that nobody can solve was answered right: the judge has a hole, or the canary a fault.",
    "shadow_disagrees": "A stricter pack refuses what this one pays.",
    "one_answer": "One answer is given to many different prompts.",
    "format_without_answer": "A rule of form rises while the answers do not get better.",
    "tag_rate": "Many rollouts carry the same mark of a known hack.",
    "length_drift": "Completions have become much longer or shorter than they were.",
    "replay_mismatch": "A score computed again is not what it was.",
    "unjudged_rate": "Many rollouts could not be judged.",
    "silent_groups": "Most groups have equal rewards and teach nothing.",
    "timeouts": "Many programs run into their limits.",
}


class Limits(Record, frozen=True, kw_only=True):
    """When an alarm goes off; shares are of the rollouts of a step.

    least: rollouts of a step below which no share counts. few: how many must show a thing before its share counts.
    window: rollouts that stand for a step where a run does not number its steps.
    shadow, tags, unjudged, timeouts: shares. silent: share of groups. one_answer: the least share of one answer, which
    is also three times what the truths or the run's first steps would give. drift: deviations from the first
    `baseline` steps, each worth at least a tenth of the mean. slope: steps over which form may not rise by `rise`
    while answers rise by less than a tenth of that.
    """

    least: int = 32
    few: int = 3
    window: int = 512
    shadow: float = 0.005
    tags: float = 0.02
    unjudged: float = 0.02
    timeouts: float = 0.01
    silent: float = 0.6
    one_answer: float = 0.3
    drift: float = 3.0
    baseline: int = 10
    slope: int = 20
    rise: float = 0.1


class Alarm(Record, frozen=True, kw_only=True):
    """Something that a person should look at.

    step: None where the run does not number its steps. entry: the number of the ledger's entry after which it went off;
    live, how many scores had come. at: unix seconds when that entry was kept, where that is known. severity: `proof`
    cannot be a false alarm; `strong` rarely is one; `medium` may have good reasons. value: what was measured, limit:
    the bound that it broke. message: a sentence for people, with the next step. evidence: figures, and under `entries`
    up to ten numbers of entries to look at. It may quote rollouts, which are hostile text.
    """

    kind: str
    run: str
    step: int | None
    entry: int
    at: float | None
    severity: Severity
    value: float
    limit: float
    message: str
    evidence: dict[str, Any]


class StepFigures(Record, frozen=True, kw_only=True):
    """One step of one run. first, last: its entries. reward: the mean over judged rollouts. length: mean tokens, or
    characters where nobody counted. silent: share of the groups with two rewards or more. tags: rollouts with each tag,
    tagged: with any. rules: mean score of each rule. answer: the commonest answer and its share of the answers.
    """

    run: str
    step: int | None
    first: int
    last: int
    rollouts: int
    judged: int
    unjudged: int
    reward: float | None
    length: float
    silent: float | None
    timeouts: int
    tagged: int
    tags: dict[str, int]
    rules: dict[str, float]
    answer: str = ""
    answer_share: float | None = None


class WatchReport(Record, frozen=True, kw_only=True):
    """All that a watch has seen. alarms: in the order in which they went off; steps: with those that are still open."""

    runs: tuple[str, ...]
    entries: int
    alarms: tuple[Alarm, ...]
    steps: tuple[StepFigures, ...]
    tags: dict[str, int]
