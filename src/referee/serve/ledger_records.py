"""What is asked and answered about ledgers."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from referee.audit.watch.alarms import Alarm
from referee.core.types import Record, Rollout, Status, Task
from referee.serve.records import Explained, GroupTold

Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Measure = Literal["reward", "length", "tokens", "seconds", "score"]
Order = Literal["seq", "-seq", "reward", "-reward", "length", "-length"]
Outcome = Literal["equal", "differs", "infrastructure", "no_pack"]
LARGEST_PAGE = 500


class Filters(Record, frozen=True, kw_only=True):
    """Which rollouts: all conditions hold; of a name that is repeated, one of its values. `_to` is not included.

    status, reason and tag look at the rules named by `rule`, or at any. text: occurs in the rollout.
    """

    run: str | None = None
    step: tuple[Number, ...] = ()
    step_from: Number | None = None
    step_to: Number | None = None
    group: str | None = None
    task: str | None = None
    rule: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    reason: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    reward_from: float | None = None
    reward_to: float | None = None
    length_from: Number | None = None
    length_to: Number | None = None
    tokens_from: Number | None = None
    tokens_to: Number | None = None
    seconds_from: float | None = None
    seconds_to: float | None = None
    score_from: float | None = None
    score_to: float | None = None
    masked: bool | None = None
    text: str | None = None


class Listing(Filters, frozen=True, kw_only=True):
    """A page of rollouts. after: `next` of the page before."""

    order: Order = "seq"
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = 50
    after: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class Counting(Filters, frozen=True, kw_only=True):
    """A histogram. of: what is counted; `score` is that of the one rule named."""

    of: Measure = "reward"
    bins: Annotated[int, Meta(ge=1, le=200)] = 20


class GroupQuery(Record, frozen=True, kw_only=True):
    """One group of one run."""

    run: str
    group: str


class Two(Record, frozen=True, kw_only=True):
    """Two entries, by their numbers."""

    one: Annotated[int, Meta(ge=1, le=2**53)]
    other: Annotated[int, Meta(ge=1, le=2**53)]


class CurvesQuery(Record, frozen=True, kw_only=True):
    """A run's curves. after: only later steps."""

    run: str | None = None
    after: Number | None = None


class RunTold(Record, frozen=True, kw_only=True):
    """A run of a ledger. mean: of the rewards."""

    run: str
    entries: int
    first_step: int | None
    last_step: int | None
    mean: float | None


class LedgerRow(Record, frozen=True, kw_only=True):
    """A ledger in the list. fault: why it cannot be read; empty when it can."""

    id: str
    name: str
    entries: int
    runs: tuple[RunTold, ...]
    fault: str = ""


class LedgerList(Record, frozen=True, kw_only=True):
    """The ledgers that the service was given."""

    ledgers: tuple[LedgerRow, ...]


class PackSeen(Record, frozen=True, kw_only=True):
    """A pack that judged entries of a ledger."""

    digest: str
    name: str
    entries: int


class LedgerPage(Record, frozen=True, kw_only=True):
    """A ledger. alarms: duplicates whose score differed, by kind. builds: entries of each judge's build."""

    id: str
    name: str
    entries: int
    indexed: int
    judged: int
    mean: float | None
    batches: int
    tasks: int
    closed: bool
    alarms: dict[str, int]
    runs: tuple[RunTold, ...]
    packs: tuple[PackSeen, ...]
    builds: dict[str, int]


class Row(Record, frozen=True, kw_only=True):
    """A rollout in a list. characters: its length; opening: its first 160."""

    seq: int
    run: str
    step: int | None
    group: str
    index: int
    task: str
    reward: float | None
    characters: int
    tokens: int | None
    seconds: float
    statuses: dict[str, Status]
    reasons: dict[str, str]
    tags: tuple[str, ...]
    opening: str


class RowPage(Record, frozen=True, kw_only=True):
    """A page of rollouts. searched: how many texts were looked through, when a text was asked for.

    indexed, entries: while the first is smaller, the service is still reading the ledger.
    """

    total: int
    next: int | None
    rollouts: tuple[Row, ...]
    indexed: int
    entries: int
    searched: int | None = None


class Bin(Record, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A bar. filter: what to add to the query to see its rollouts."""

    from_: float
    to: float
    count: int
    filter: dict[str, str]


class Histogram(Record, frozen=True, kw_only=True):
    """Bars in order. masked: rollouts without a value."""

    of: Measure
    total: int
    masked: int
    bins: tuple[Bin, ...]
    indexed: int
    entries: int


class RuleFacet(Record, frozen=True, kw_only=True):
    """How often a rule said what."""

    rule: str
    statuses: dict[str, int]
    reasons: dict[str, int]


class Range(Record, frozen=True, kw_only=True):
    """The least and the greatest; null when there are none."""

    first: float | None
    last: float | None
    count: int


class Facets(Record, frozen=True, kw_only=True):
    """What the rollouts that a filter leaves have in common, to filter further."""

    total: int
    rules: tuple[RuleFacet, ...]
    tags: dict[str, int]
    steps: Range
    lengths: Range
    indexed: int
    entries: int


class PackNamed(Record, frozen=True, kw_only=True):
    """A pack by digest and name; the name is empty when the ledger does not hold the pack."""

    digest: str
    name: str


class EntryTold(Record, frozen=True, kw_only=True):
    """An entry of a ledger with what each rule said. advantage: within its group, null when it has no reward."""

    seq: int
    key: str
    run: str
    step: int | None
    group: str
    index: int
    task: Task
    rollout: Rollout
    reward: float | None
    advantage: float | None
    pack: PackNamed
    build: str
    seconds: float
    waited: float
    worker: str
    delivery: int
    rules: tuple[Explained, ...]


class GroupPage(Record, frozen=True, kw_only=True):
    """A group side by side. more: entries that were left out."""

    run: str
    group: str
    step: int | None
    task: Task
    entries: tuple[EntryTold, ...]
    told: GroupTold
    more: int


class Change(Record, frozen=True, kw_only=True):
    """A piece of two texts: [start, end) of each, in code points."""

    op: Literal["equal", "replace", "insert", "delete"]
    one: tuple[int, int]
    other: tuple[int, int]


class Said(Record, frozen=True, kw_only=True):
    """A verdict without its evidence."""

    status: Status
    score: float | None
    reason: str


class RuleThen(Record, frozen=True, kw_only=True):
    """A rule of two scores; null where it was or is not there."""

    rule: str
    one: Said | None
    other: Said | None
    same: bool


class Difference(Record, frozen=True, kw_only=True):
    """Two entries. coarse: the texts are too different, or too long, to be compared word by word."""

    one: EntryTold
    other: EntryTold
    changes: tuple[Change, ...]
    coarse: bool
    rules: tuple[RuleThen, ...]


class Replayed(Record, frozen=True, kw_only=True):
    """A score computed again: `equal` to the bit, it `differs`, `infrastructure` failed, or there is `no_pack`."""

    same: bool
    kind: Outcome
    words: str
    reward_then: float | None
    reward_now: float | None
    rules: tuple[RuleThen, ...]
    builds: tuple[str, ...]


class Curves(Record, frozen=True, kw_only=True):
    """A run step by step: every list is as long as `steps`, with null where there is nothing to say.

    series: of the rewards `reward` (mean), `rollouts`, `groups`; shares `silent_share`, `masked_share`,
    `timeout_share`, `tag_share`; `length_mean`, `length_p95` (characters), `tokens_mean`; seconds `verify_p50`,
    `verify_p95`, `verify_sum`, `wait_p95`; `format` and `answer`, mean scores. rules: mean score of each. watched:
    whether the alarms are those of all entries; while they are not, ask again.
    """

    run: str
    steps: tuple[int | None, ...]
    series: dict[str, tuple[float | None, ...]]
    rules: dict[str, tuple[float | None, ...]]
    answer_rule: str
    format_rules: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    watched: bool
    indexed: int
    entries: int


class Nothing(Record, frozen=True, kw_only=True):
    """An empty object."""
