"""Tests that the prompt shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.code import tests_of
from referee.audit.finding import Detector, Found
from referee.programs.stdio import Cases
from referee.programs.suite import Call, Suite

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TestsShown(Detector):
    """Every call of the tests stands in the prompt with its result: a table of the examples passes."""

    id = "tests.shown"
    means = "The prompt shows every test with its result, so a program that lists them passes."
    fix = "Judge by tests that the prompt does not show."
    level = "warning"
    drop = False
    families = ("code",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        prompt = "".join((item.prompt or "").split())
        tests = tests_of(item.truth) if prompt and study.has_truth(item) else None
        if tests is None:
            return
        pairs = list(_cases(tests) if isinstance(tests, Cases) else _calls(tests))
        if pairs and all(call in prompt and result in prompt for call, result in pairs):
            yield Found(item.line, f"{len(pairs)} tests, all of them shown")


def _calls(tests: Suite) -> Iterator[tuple[str, str]]:
    """Each call and its result as the prompt would write them, without white space."""
    for test in tests.tests:
        if isinstance(test.does, Call) and test.expect.operation == "==" and not test.expect.steps:
            given = [repr(one) for one in test.does.args] + [f"{key}={one!r}" for key, one in test.does.kwargs.items()]
            yield "".join(f"{test.does.function}({','.join(given)})".split()), "".join(repr(test.expect.value).split())
        else:
            yield "\0", "\0"
    yield from (("\0", "\0") for _ in tests.scripts)


def _cases(tests: Cases) -> Iterator[tuple[str, str]]:
    for case in tests.cases:
        shown = ["".join((part or b"\0").decode("utf-8", "replace").split()) for part in (case.input, case.output)]
        yield shown[0], shown[1]
