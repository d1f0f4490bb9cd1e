"""What guessing earns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

SHARE: Final = 0.4


class RateGuess(Detector):
    """One in four for four options, one in two for yes or no; rows where nothing is known of a guess count as none."""

    id = "rate.guess"
    means = "A blind guess is right so often that reasoning earns little more."
    fix = "Ask for the value instead of yes or no, or offer more options."
    level = "warning"
    drop = False

    def __init__(self) -> None:
        self._rows, self._guessable, self._sum = 0, 0, 0.0

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if study.has_truth(item):
            chance = study.family.chance(item, study.judge)
            self._rows += 1
            self._guessable += chance is not None
            self._sum += chance or 0.0
        return iter(())

    def end(self, study: Study) -> Iterator[Found]:
        if not self._rows:
            return
        rate = self._sum / self._rows
        study.figures["a blind guess earns"] = round(rate, 4)
        if rate >= SHARE:
            yield Found(0, f"{rate:.1%} of the reward, over {self._guessable:,} rows that can be guessed", drop=False)
