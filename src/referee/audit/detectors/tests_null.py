"""Tests that a program passes which looks at nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.code import null_programs, tests_of
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TestsNull(Detector):
    """Functions that return a constant or their first argument, programs that print one word or what they read."""

    id = "tests.null"
    means = "A program that does not look at its input passes every test."
    fix = "Add tests with other results, or drop the row."
    families = ("code",)

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return [text for _, text in self._programs(item, study)]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        passing = [told for told, text in self._programs(item, study) if judged[text].status == "pass"]
        if passing:
            yield Found(item.line, f"a program passes that {' or '.join(passing)}")

    def _programs(self, item: Item, study: Study) -> list[tuple[str, str]]:
        """What each program does, and the completion that holds it."""
        tests = tests_of(item.truth) if study.has_truth(item) and study.judge.verifier in RUN else None
        if tests is None:
            return []
        return [
            (told, text)
            for told, program in null_programs(tests)
            for text in study.family.completions(program, study.judge)
        ]


RUN = ("code.python", "code.stdio", "code.tests")
