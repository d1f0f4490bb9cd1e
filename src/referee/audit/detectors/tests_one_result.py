"""Tests that all expect the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from referee.audit.families.code import tests_of
from referee.audit.finding import Detector, Found
from referee.programs.compare import same
from referee.programs.stdio import Cases

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict
    from referee.programs.suite import Suite


class TestsOneResult(Detector):
    """One test, or several with one result: the constant that passes is any that a policy happens upon."""

    id = "tests.one_result"
    means = "Every test expects the same result, so a program that returns it without looking passes."
    fix = "Add a test with another result."
    level = "warning"
    drop = False
    families = ("code",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        tests = tests_of(item.truth) if study.has_truth(item) else None
        values = _outputs(tests) if isinstance(tests, Cases) else _results(tests) if tests is not None else None
        if values and all(same(values[0], one) for one in values[1:]):
            count = "its one test expects" if len(values) == 1 else f"all {len(values)} tests expect"
            yield Found(item.line, f"{count} {str(values[0])[:80]!r}")


def _outputs(tests: Cases) -> list[Any] | None:
    found = [None if case.output is None else case.output.split() for case in tests.cases]
    return (
        None if tests.checker or None in found else [b" ".join(one or ()).decode("utf-8", "replace") for one in found]
    )


def _results(tests: Suite) -> list[Any] | None:
    """The result that each test expects of its call; None where one expects something else."""
    plain = all(one.expect.operation == "==" and not one.expect.steps for one in tests.tests)
    return [one.expect.value for one in tests.tests] if plain and tests.tests and not tests.scripts else None
