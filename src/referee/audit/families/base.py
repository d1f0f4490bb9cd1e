"""What a family says of itself: how a truth is written as an answer, and which answers say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from referee.audit.judge import THOUGHT

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

NONSENSE = ("zqxvor jplith", "987654321.012345")
CHANNELS = {
    "boxed": ("\\boxed{%s}",),
    "answer": ("<answer>%s</answer>",),
    "line": ("Answer: %s", "#### %s", "The answer is %s", "%s"),
    "whole": ("%s",),
}


class Family:
    """The plain family: a truth is a text, and says what stands in it."""

    auto = "line"  # the channel that a right answer uses where the pack leaves it open

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """The truth as answers of a completion, any of which is right; empty where it cannot be written as one."""
        truth = item.truth
        return (str(truth),) if isinstance(truth, str | int | float) and not isinstance(truth, bool) else ()

    def empty(self, truth: Any) -> str:
        """What is empty about a truth, in words; "" for nothing."""
        if truth is None:
            return "there is none"
        if isinstance(truth, str) and not truth.strip():
            return "it is an empty text"
        return "it is an empty list or object" if truth in ([], {}) else ""

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """Two answers that no task has: a truth that accepts both accepts nearly anything."""
        return NONSENSE

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:
        """Whether two truths of one prompt ask for the same; None where that cannot be told."""
        from referee.audit.items import Item

        verdicts = []
        for mine, yours in ((one, other), (other, one)):
            answers = self.answers(Item(0, truth=mine), judge)
            asked = [
                (text, Item(0, truth=yours).task) for answer in answers for text in self.completions(answer, judge)
            ]
            verdicts += [judged.verdict.status for judged in judge.judge(asked)]
        if "pass" in verdicts:
            return True
        return False if "fail" in verdicts or "partial" in verdicts else None

    def question(self, item: Item) -> str:
        """All that is asked: rows with the same question should have the same truth."""
        return item.prompt or ""

    def said(self, item: Item) -> Any:
        """The truth as it is compared with that of another row with the same question."""
        return item.truth

    def chance(self, item: Item, judge: Judge) -> float | None:  # noqa: ARG002
        """How likely a guess is right that knows the prompt's form alone; None where nothing is known."""
        return None

    def kind(self, item: Item) -> str:  # noqa: ARG002
        """The type of the truth, for base rates: the best constant answer is looked for in each."""
        return "text"

    def constant(self, item: Item, judge: Judge) -> str:
        """The answer as it is counted to find the best constant one; "" where it is none."""
        answers = self.answers(item, judge)
        return " ".join(answers[0].split()) if answers else ""

    def completions(self, answer: str, judge: Judge) -> list[str]:
        """Completions that give this answer where the pack reads it; any of them may be the one that is read."""
        channel = judge.parameter("channel", "whole")
        forms = CHANNELS[self.auto if channel == "auto" else channel]
        before = THOUGHT if judge.thinks else ""
        return [before + form.replace("%s", answer) for form in forms]

    def prompt_completion(self, item: Item) -> str:
        """The prompt as a completion: what a policy that only repeats it would write."""
        return item.prompt or ""
