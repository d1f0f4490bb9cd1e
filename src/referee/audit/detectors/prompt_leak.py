"""A prompt that gives its answer away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found
from referee.text.boxed import boxes

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

_MARKED = re.compile(
    r"(?:####[ \t]*|<answer>|\b(?:answer|solution)[ \t]{0,4}(?:is|:|=)[ \t]{0,4}:?)([^\n<]{1,200})", re.IGNORECASE
)
_AROUND = " .,;:!?)]*_\"'`"
_LEAST = 40  # characters of a solution that stands in its prompt


class PromptLeak(Detector):
    """Three ways: the prompt repeated is right; it marks the truth as the answer; it holds the reference solution."""

    id = "prompt.leak"
    means = "The prompt gives the answer away: copying earns the reward."
    fix = "Cut the answer out of the prompt, or drop the row."

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        echo = study.family.prompt_completion(item)
        return [*([echo] if echo.strip() else ()), *self._marked(item, study)]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        if not study.has_truth(item) or item.prompt is None:
            return
        echo = study.family.prompt_completion(item)
        if echo.strip() and judged[echo].status == "pass":
            yield Found(item.line, "the prompt, repeated as the answer, is right")
            return
        for text in self._marked(item, study):
            if judged[text].status == "pass":
                yield Found(item.line, f"the prompt marks the answer: {text[-80:]!r}")
                return
        if study.judge.runs_jobs and (held := self._solution(item, study)):
            yield Found(item.line, f"the prompt holds the reference solution: {held[:80]!r}")

    def _marked(self, item: Item, study: Study) -> list[str]:
        """What the prompt marks as an answer, as completions that give it."""
        prompt = item.prompt or ""
        if study.judge.runs_jobs or not study.golds(item):
            return []
        found = [prompt[box.start : box.end] for box in boxes(prompt).closed]
        found += [match[1].strip().rstrip(_AROUND).lstrip("*([") for match in _MARKED.finditer(prompt)]
        given = dict.fromkeys(one for one in found if one.strip())
        return [text for one in list(given)[:5] for text in study.family.completions(one, study.judge)[:1]]

    def _solution(self, item: Item, study: Study) -> str:
        """A line of code, at least, of the reference solution that the prompt holds as well."""
        prompt = " ".join((item.prompt or "").split())
        for answer in study.answers(item):
            body = answer.removeprefix(item.prompt or "")
            flat = " ".join(body.split())
            if len(flat) >= _LEAST and flat in prompt:
                return flat
        return ""
