"""inspect_ai: `Task(..., scorer=referee.adapters.inspect_ai.scorer("gsm8k"))`.

The completion is the model's output, the truth the sample's target or, with `truth`, a field of its metadata. A sample
that could not be judged is unscored, so that it is kept in the log and left out of the metrics.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from referee.adapters.judge import Judge, answer, missing
from referee.adapters.truths import in_row
from referee.adapters.window import Window
from referee.data.rows import prompt_text
from referee.engine.score import PackSource


def scorer(pack: PackSource, *, truth: str | None = None) -> Any:
    """An inspect_ai scorer: value = the pack's reward, with mean and standard error.

    `answer` is what the answer rule read, `explanation` each rule's reason, `metadata` the whole score.
    """
    from inspect_ai.scorer import Score, mean, stderr
    from inspect_ai.scorer import scorer as registered

    judge = Judge(pack, masks=True)
    together = Window(judge)

    async def score(state: Any, target: Any) -> Any:
        found = await together.score(
            state.output.completion,
            (target[0] if len(target) == 1 else list(target)) if truth is None else in_row(state.metadata, truth),
            prompt_text(state.input_text),
        )
        about = {
            "answer": answer(judge.pack, found),
            "explanation": ", ".join(f"{name}: {one.reason}" for name, one in found.verdicts.items()),
            "metadata": msgspec.to_builtins(found),
        }
        if found.reward is None:
            return Score.unscored(reason=missing(found).reason, **about)
        return Score(value=found.reward, **about)

    def referee(pack: str, truth: str | None) -> Any:  # noqa: ARG001 - the log keeps them
        return score

    make = registered(metrics=[mean(), stderr()], name="referee")(referee)
    return make(str(pack) if isinstance(pack, str | Path) else judge.pack.name, truth)
