"""What is asked and answered about scores, packs and verifiers. The OpenAPI document is made from these records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from referee.core.types import Finish, Group, Record, Score, Status
from referee.packs.spec import Role, RuleSpec, Unjudged

Format = Literal["toml", "yaml", "json"]
Estimator = Literal["grpo", "dr_grpo", "leave_one_out", "seed", "trl", "verl", "openrlhf", "rloo"]
Kind = Literal["spread", "all_right", "all_wrong", "flat", "few"]

Whole = Annotated[int, Meta(ge=0)]


class Written(Record, frozen=True, kw_only=True):
    """A pack as it is written in a file. text: at most 64 KiB."""

    text: str
    format: Format = "toml"


Pack = Annotated[str | Written, Meta(description="The name of a pack that the service offers, or a pack's own text.")]
Message = dict[str, Any]
Completion = Annotated[
    str | list[Message] | Message,
    Meta(
        description="A text; a list of chat messages, of which the last assistant message counts; one such message; or "
        '`{"text", "id", "tokens", "finish", "meta"}`.'
    ),
]


class Completed(Record, frozen=True, kw_only=True):
    """A completion with what is known about it."""

    text: str
    id: str = ""
    tokens: Annotated[int, Meta(ge=0, lt=2**53)] | None = None
    finish: Finish | None = None
    meta: dict[str, Any] = {}


class Asked(Record, frozen=True, kw_only=True):
    """The completions of one task. task: what the group is called in the answer."""

    completions: list[Completion]
    truth: Any = None
    prompt: str | None = None
    task: str = ""


class ScoreRequest(Record, frozen=True, kw_only=True):
    """Exactly one of `completion`, `completions` (a group) and `groups`; `truth`, `prompt` and `task` go with the
    first two.
    """

    pack: Pack
    completion: Completion | UnsetType = UNSET
    completions: list[Completion] | UnsetType = UNSET
    groups: list[Asked] | UnsetType = UNSET
    truth: Any = None
    prompt: str | None = None
    task: str = ""
    estimator: Estimator = "grpo"


class ScoreAnswer(Record, frozen=True, kw_only=True, omit_defaults=True):
    """`score`, `group` or `groups`, as was asked."""

    score: Score | None = None
    group: Group | None = None
    groups: tuple[Group, ...] | None = None


class ExplainRequest(Record, frozen=True, kw_only=True):
    """Completions of one task, at most 64."""

    pack: Pack
    completions: list[Completion]
    truth: Any = None
    prompt: str | None = None
    estimator: Estimator = "grpo"


class Span(Record, frozen=True, kw_only=True):
    """A place in the completion, in code points, the end not included; label: the evidence that stands there."""

    start: Whole
    end: Whole
    label: str


class Explained(Record, frozen=True, kw_only=True):
    """What one rule, or one part of a rule, says about a rollout.

    words: the reason in words. detail: what more there is to say. contribution: what it added to the reward; null for a
    part, and when the rollout has no reward. weight: of a part, its share.
    """

    rule: str
    verifier: str
    role: Role
    weight: float
    status: Status
    score: float | None
    reason: str
    words: str
    detail: str
    contribution: float | None
    spans: tuple[Span, ...]
    evidence: dict[str, Any]
    parts: tuple[Explained, ...] = ()


class ExplainedRollout(Record, frozen=True, kw_only=True):
    """A rollout's reward, its advantage within the group, and what each rule says."""

    reward: float | None
    advantage: float
    characters: Whole
    rules: tuple[Explained, ...]


class GroupTold(Record, frozen=True, kw_only=True):
    """The group in numbers, and why it is silent when it is.

    kind: `spread` when the rewards differ; otherwise why they do not: everything right, everything wrong, the same
    mixture (`flat`), or fewer than two rewards (`few`).
    """

    rewards: tuple[float | None, ...]
    mean: float | None
    std: float | None
    advantages: tuple[float, ...]
    silent: bool
    kind: Kind
    why: str


class PackTold(Record, frozen=True, kw_only=True):
    """What a pack is called, and what it does."""

    name: str
    digest: str
    about: str
    answer: str
    unjudged: Unjudged
    clip: tuple[float, float] | None
    runs_programs: bool
    rules: tuple[RuleSpec, ...]


class ExplainAnswer(Record, frozen=True, kw_only=True):
    """Everything about the completions, in their order."""

    pack: PackTold
    estimator: Estimator
    rollouts: tuple[ExplainedRollout, ...]
    group: GroupTold


class Sample(Record, frozen=True, kw_only=True):
    """A rollout to try."""

    id: str
    title: str
    text: str
    note: str


class Family(Record, frozen=True, kw_only=True):
    """A family of tasks, with one task and rollouts of it to try."""

    id: str
    title: str
    about: str
    pack: str
    prompt: str
    truth: Any
    rollouts: tuple[Sample, ...]


class Families(Record, frozen=True, kw_only=True):
    """All families."""

    families: tuple[Family, ...]


class PackRow(Record, frozen=True, kw_only=True):
    """A pack in the list. default: what trainers' routes judge with."""

    id: str
    name: str
    about: str
    digest: str
    rules: int
    runs_programs: bool
    default: bool


class PackList(Record, frozen=True, kw_only=True):
    """All packs, the default one first."""

    packs: tuple[PackRow, ...]


class PackPage(PackTold, frozen=True, kw_only=True):
    """A pack with its text."""

    id: str
    text: str
    format: Format


class PackFault(Record, frozen=True, kw_only=True):
    """What is wrong with a pack, and where: a path like `$.rules[1].weight`; line and columns from 1, when known."""

    message: str
    path: str
    line: int | None = None
    column: int | None = None
    end_column: int | None = None


class PackCheck(Record, frozen=True, kw_only=True):
    """`pack` when it is fine, `faults` when it is not; the first one counts."""

    ok: bool
    faults: tuple[PackFault, ...] = ()
    pack: PackTold | None = None


class VerifierRow(Record, frozen=True, kw_only=True):
    """A verifier in the list."""

    id: str
    version: int
    about: str
    runs_programs: bool


class VerifierList(Record, frozen=True, kw_only=True):
    """All verifiers."""

    verifiers: tuple[VerifierRow, ...]


class Parameter(Record, frozen=True, kw_only=True):
    """A parameter: what it may be, its default as Python writes it, what it is for."""

    name: str
    kind: str
    default: str
    meaning: str


class CaseTold(Record, frozen=True, kw_only=True):
    """A labelled example of a verifier."""

    completion: str
    truth: Any
    status: Status
    note: str
    params: dict[str, Any]
    prompt: str | None
    tokens: int | None


class VerifierPage(VerifierRow, frozen=True, kw_only=True):
    """A verifier with its page (Markdown), parameters and cases."""

    page: str
    parameters: tuple[Parameter, ...]
    cases: tuple[CaseTold, ...]


class Reasons(Record, frozen=True, kw_only=True):
    """Reason codes in words."""

    reasons: dict[str, str]


class Health(Record, frozen=True, kw_only=True):
    """in_flight: rollouts that were accepted and not answered; capacity: how many there may be."""

    status: Literal["ok", "stopping"]
    version: str
    in_flight: int
    capacity: int
