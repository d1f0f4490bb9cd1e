"""A prompt that does not say what its tests will call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.code import names_called, tests_of
from referee.audit.finding import Detector, Found
from referee.programs.suite import Suite

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class PromptLacksName(Detector):
    """MBPP's texts, for one: its prompts in use add the tests, or their names."""

    id = "prompt.lacks_name"
    means = "The prompt does not name the function that the tests call: a right program of another name fails."
    fix = "Say the name in the prompt, or show a test, in the template that the policy gets."
    level = "warning"
    drop = False
    families = ("code",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        tests = tests_of(item.truth) if item.prompt and study.has_truth(item) else None
        if isinstance(tests, Suite):
            parts = {part for name in names_called(tests) for part in name.split(".") if part != "Solution"}
            if lacking := sorted(part for part in parts if part not in (item.prompt or "")):
                yield Found(item.line, f"the tests call {', '.join(lacking[:3])}")
