"""What a detector is, what it finds, and the report that the findings make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple

from referee.core.types import Record, Verdict

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study

Level = Literal["fault", "warning", "note"]
LEVELS: Final[tuple[Level, ...]] = ("fault", "warning", "note")


class Found(NamedTuple):
    """One thing that a detector found. `line`: the row, 0 for the data set as a whole. `drop`: whether to drop it."""

    line: int
    detail: str
    id: str = ""
    drop: bool = True


class Detector:
    """One kind of fault. A file in `detectors/` holds one subclass; an instance lives as long as one audit.

    id: `noun.what`, which never changes its meaning. means: one sentence for people. fix: what to do about it.
    level: `fault`, the row teaches the wrong thing or cannot be judged; `warning`, look at it; `note`, a figure.
    drop: whether rows that it names are left out of a cleaned file. families: of verifiers; () stands for all.
    """

    id: ClassVar[str]
    means: ClassVar[str]
    fix: ClassVar[str]
    level: ClassVar[Level] = "fault"
    drop: ClassVar[bool] = True
    families: ClassVar[tuple[str, ...]] = ()

    def asks(self, item: Item, study: Study) -> Iterable[str]:  # noqa: ARG002
        """Completions whose verdicts it needs to look at this row; those of all detectors are judged together."""
        return ()

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        """What is wrong with one row. `judged`: the verdict of the answer rule on each completion asked for."""
        return iter(())

    def end(self, study: Study) -> Iterator[Found]:  # noqa: ARG002
        """What is wrong with the data set, once every row was seen."""
        return iter(())


class Example(Record, frozen=True, kw_only=True):
    """One finding, by its row's number in the file and its name."""

    line: int
    task: str
    detail: str


class Finding(Record, frozen=True, kw_only=True):
    """All that one detector found. count: findings; rows: the lines of the rows, each once; examples: the first ones.

    drop: whether these rows belong to those that a cleaned file leaves out.
    """

    id: str
    level: Level
    means: str
    fix: str
    count: int
    rows: tuple[int, ...]
    drop: bool
    examples: tuple[Example, ...]


class Cost(Record, frozen=True, kw_only=True):
    """Seconds of wall time that a verdict of the answer rule took. slowest: the line of the row of the slowest."""

    verdicts: int
    median_s: float
    p99_s: float
    slowest_s: float
    slowest: int


class Opinion(Record, frozen=True, kw_only=True):
    """A second implementation beside ours, on forms of truths that ought to pass.

    pairs: put to both; both, ours, theirs, neither: who accepted. missed: theirs / (both + theirs), an estimate of the
    share of right answers that our rule refuses; None without such pairs.
    """

    name: str
    version: str
    pairs: int
    both: int
    ours: int
    theirs: int
    neither: int
    missed: float | None


class Report(Record, frozen=True, kw_only=True):
    """What an audit found.

    rows: of the file; readable: of those, the ones that could be read. checked: rows whose truth was written as an
    answer and judged. findings: most serious first. drop: lines of the rows to leave out. figures: base rates and the
    like, by name. opinions: of second implementations. missing: sentences about what could not be looked at.
    """

    source: str
    pack: str
    digest: str
    verifier: str
    rows: int
    readable: int
    checked: int
    findings: tuple[Finding, ...]
    drop: tuple[int, ...]
    figures: dict[str, Any]
    cost: Cost | None
    opinions: tuple[Opinion, ...]
    missing: tuple[str, ...]
    seconds: float

    def worst(self) -> Level | None:
        """The most serious level of any finding."""
        levels = {one.level for one in self.findings}
        return next((level for level in LEVELS if level in levels), None)
