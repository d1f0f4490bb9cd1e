"""The best answer that never looks at the prompt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

SHARE: Final = 0.25  # of all rows; a constant that earns as much is worth learning
FEW: Final = 20  # rows below which a share says nothing
_KEPT: Final = 100_000  # different answers that are counted


class RateConstant(Detector):
    """Counted over the whole file and in each type of truth; of options, beside the share that chance would give."""

    id = "rate.constant"
    means = "One constant answer is right on a large share of the rows."
    fix = "Balance the answers, shuffle the options, or know that this much is earned by nothing."
    level = "warning"
    drop = False

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._sizes: Counter[str] = Counter()
        self._chance = 0.0  # that guesses are right, added up

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if study.has_truth(item) and (answer := study.family.constant(item, study.judge)):
            kind = study.family.kind(item)
            self._sizes[kind] += 1
            self._chance += study.family.chance(item, study.judge) or 0.0
            if answer in self._counts[kind] or len(self._counts[kind]) < _KEPT:
                self._counts[kind][answer] += 1
        return iter(())

    def end(self, study: Study) -> Iterator[Found]:
        total = sum(self._sizes.values())
        if not total:
            return
        together: Counter[str] = Counter()
        for counts in self._counts.values():
            together.update(counts)
        study.figures["best constant answers"] = {
            answer: round(count / total, 4) for answer, count in together.most_common(5)
        }
        study.figures["best constant answer by type"] = {
            kind: {
                "rows": size,
                "answer": self._counts[kind].most_common(1)[0][0][:80],
                "share": round(self._counts[kind].most_common(1)[0][1] / size, 4),
            }
            for kind, size in self._sizes.most_common()
        }
        answer, count = together.most_common(1)[0]
        chance = self._chance / total
        spread = 3 * (chance * (1 - chance) / total) ** 0.5
        if total >= FEW and count / total > max(SHARE, chance + spread):
            yield Found(0, f"{answer[:80]!r} is right on {count:,} of {total:,} rows ({count / total:.1%})", drop=False)
