"""The nouns of referee, in the order in which they come into being.

    Task + Rollout  ->  Verdict (one per rule)  ->  Score  ->  Group (the scores of one prompt)

All are frozen records of plain data: they can be written as JSON or MessagePack, sent to another process, compared and
hashed by content. None of them holds code.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal["pass", "partial", "fail", "unjudged"]
Finish = Literal["stop", "length", "tool", "abort"]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Base of every record: frozen, keyword-only, unknown fields refused; plain data, so nothing for the collector."""


class Task(Record, frozen=True, kw_only=True):
    """A prompt with its ground truth.

    `truth` is plain JSON data; each verifier documents the shape it reads. `id` names the group that rollouts of this
    task form.
    """

    id: str = ""
    prompt: str | None = None
    truth: Any = None
    meta: dict[str, Any] = {}


class Rollout(Record, frozen=True, kw_only=True):
    """One completion that a policy sampled for a task; never changed after sampling.

    `tokens` is the number of tokens sampled (None when nobody counted), `finish` why sampling ended.
    """

    text: str
    id: str = ""
    tokens: int | None = None
    finish: Finish | None = None
    meta: dict[str, Any] = {}


class Verdict(Record, frozen=True, kw_only=True):
    """What a verifier says about a rollout.

    `score` is 1.0 for `pass`, 0.0 for `fail`, strictly between for `partial`, and None exactly when the status is
    `unjudged`. `reason` is a dotted code that never changes its meaning; `evidence` is plain data for people: what was
    found, where (`span`, a pair of character offsets into the completion), what it was read as.
    """

    status: Status
    score: float | None
    reason: str
    evidence: dict[str, Any] = {}

    def __post_init__(self) -> None:
        score = self.score
        if self.status == "pass":
            sound = score == 1.0
        elif self.status == "fail":
            sound = score == 0.0
        elif self.status == "partial":
            sound = score is not None and 0.0 < score < 1.0
        else:
            sound = score is None
        if not sound:
            raise ValueError(f"a verdict of status '{self.status}' cannot have the score {score!r}")


class Score(Record, frozen=True, kw_only=True):
    """The reward of one rollout, with everything that led to it.

    `reward` is None when a rule could not be judged and the pack masks such rollouts. `contributions` maps each rule to
    what it added; they sum to the reward before clipping. `pack` is the digest of the rule pack that judged.
    """

    reward: float | None
    verdicts: dict[str, Verdict]
    contributions: dict[str, float]
    pack: str
    rollout: str = ""

    @property
    def judged(self) -> bool:
        """Whether the reward can be used; False means masked."""
        return self.reward is not None


class Group(Record, frozen=True, kw_only=True):
    """The G scores of one prompt and what the trainer needs of them.

    `rewards`, `advantages`: length G, in the order of the completions. A masked rollout has reward None and advantage
    0.0 and takes no part in `mean` and `std` (population standard deviation). `silent`: all judged rewards are equal,
    so that every advantage is exactly 0.0 and the group teaches nothing.
    """

    scores: tuple[Score, ...]
    rewards: tuple[float | None, ...]
    mean: float | None
    std: float | None
    advantages: tuple[float, ...]
    silent: bool
    pack: str
    task: str = ""


def passed(reason: str, **evidence: Any) -> Verdict:
    """The rollout is right."""
    return Verdict(status="pass", score=1.0, reason=reason, evidence=evidence)


def failed(reason: str, **evidence: Any) -> Verdict:
    """The rollout is wrong, or its own content made it impossible to be right."""
    return Verdict(status="fail", score=0.0, reason=reason, evidence=evidence)


def graded(score: float, reason: str, **evidence: Any) -> Verdict:
    """A share of what was asked: `pass` at 1, `fail` at 0, `partial` between. `score` outside [0, 1] is an error."""
    status: Status = "pass" if score == 1.0 else "fail" if score == 0.0 else "partial"
    return Verdict(status=status, score=float(score), reason=reason, evidence=evidence)


def unjudged(reason: str, **evidence: Any) -> Verdict:
    """It could not be told: our fault or the data's, never the rollout's."""
    return Verdict(status="unjudged", score=None, reason=reason, evidence=evidence)
