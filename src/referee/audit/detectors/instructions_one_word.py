"""Instructions that a response of one word follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

WORDS = ("Yes", "well")


class InstructionsOneWord(Detector):
    """An instruction to use no comma is followed by nearly anything: nothing about the content is judged."""

    id = "instructions.one_word"
    means = "A response of one word follows every instruction of the task, whatever the prompt asks."
    fix = "Add an instruction that takes some text to follow, or a rule that looks at the content."
    level = "note"
    drop = False
    families = ("instruct",)

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return WORDS if study.has_truth(item) else ()

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        said = [word for word in self.asks(item, study) if judged[word].status == "pass"]
        if said:
            yield Found(item.line, f"{said[0]!r} is right")
