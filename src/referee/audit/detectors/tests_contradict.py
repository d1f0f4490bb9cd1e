"""Tests that cannot all hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.code import contradictions, tests_of
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TestsContradict(Detector):
    """The same call with two results."""

    id = "tests.contradict"
    means = "Two tests ask for different results of the same call: no deterministic program passes."
    fix = "Correct one of the two, or drop the row."
    families = ("code",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        tests = tests_of(item.truth) if study.has_truth(item) else None
        if tests is not None and (told := next(contradictions(tests), "")):
            yield Found(item.line, told)
