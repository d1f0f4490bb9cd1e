"""lm-evaluation-harness: beside the task's YAML, `judged = referee.adapters.lm_eval.process_results("gsm8k")`.

```yaml
process_results: !function my_task.judged
metric_list:
  - {metric: reward, aggregation: nanmean, higher_is_better: true}
  - {metric: correct, aggregation: nanmean, higher_is_better: true}
  - {metric: judged, aggregation: mean, higher_is_better: true}
```

The truth is found among the document's columns. A document that could not be judged is NaN, which `nanmean` leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from math import fsum
from typing import Any

from referee.adapters.judge import Judge
from referee.adapters.truths import in_row
from referee.core.types import Rollout, Task
from referee.data.columns import first
from referee.data.rows import prompt_text
from referee.engine.score import PackSource, RulePack
from referee.text.channel import Channel, Extraction, NoAnswer, Take, extract


def process_results(
    pack: PackSource | RulePack, *, truth: str | None = None
) -> Callable[[Mapping[str, Any], Sequence[Any]], dict[str, float]]:
    """The function for `process_results`: `reward`, `correct` (the answer rule passes) and `judged` of one document.

    Several responses to a document (`repeats`) give their means; those that could not be judged take part in `judged`
    only.
    """
    judge = Judge(pack, masks=True)

    def process_results(doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, float]:
        texts = [text for one in results for text in (one if isinstance(one, list) else [one])]
        expected, prompt = in_row(doc, truth), prompt_text(first(doc, "prompt"))
        scores = judge.scores(texts, [expected] * len(texts), [prompt] * len(texts))
        judged = [score for score in scores if score.reward is not None]
        answer = judge.pack.spec.answer
        correct = [verdict.status == "pass" for score in judged if (verdict := score.verdicts.get(answer))]
        return {
            "reward": _mean([score.reward for score in judged if score.reward is not None]),
            "correct": _mean(correct),
            "judged": _mean([score.judged for score in scores]),
        }

    return process_results


def answers(
    *, channel: Channel = "boxed", take: Take = "last", missing: str = ""
) -> Callable[[Sequence[Sequence[str]], Sequence[Any]], list[list[str]]]:
    """A function for the filter `custom` (`filter_fn: !function my_task.read`): each response becomes its answer.

    `missing` stands where a response has none on that channel.
    """
    params = Extraction(channel=channel, take=take)

    def read(resps: Sequence[Sequence[str]], docs: Sequence[Any]) -> list[list[str]]:  # noqa: ARG001 - lm-eval's names
        return [[_answer(text, params, missing) for text in one] for one in resps]

    return read


def _answer(text: str, params: Extraction, missing: str) -> str:
    found = extract(Rollout(text=text), Task(), params)
    return missing if isinstance(found, NoAnswer) else found.text


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else math.nan
