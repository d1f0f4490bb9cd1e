"""verl: a file with `compute_score = referee.adapters.verl.compute_score("r1-zero-math")`.

verl calls `compute_score(data_source=, solution_str=, ground_truth=, extra_info=)` for one rollout at a time, in a
thread of its reward worker, or awaits it when it is `async def`. It takes a float, or a dict whose `score` is the
reward and whose other keys are logged; every rollout must have the same keys, and it turns their values into arrays. So
the dict holds numbers only: `score`, `judged` (1, or 0 for a rollout that could not be judged) and `rule/NAME`.

Name the file in `reward.custom_reward_function.path`. Without a file, and with the calls of a batch scored together:
`referee.adapters.verl_manager`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from referee.adapters.judge import Judge
from referee.adapters.window import SECONDS, Window
from referee.engine.score import PackSource, RulePack


def compute_score(pack: PackSource | RulePack, *, unjudged: float = 0.0) -> Callable[..., dict[str, float]]:
    """The function that verl calls for each rollout.

    verl cannot mask a rollout: one that could not be judged gets the reward `unjudged`, is counted by `judged`, and is
    said once as a `RefereeWarning`.
    """
    judge = Judge(pack, unjudged=unjudged)

    def compute_score(
        data_source: Any = None,  # noqa: ARG001 - verl's names
        solution_str: str = "",
        ground_truth: Any = None,
        extra_info: Any = None,  # noqa: ARG001
        **_: Any,
    ) -> dict[str, float]:
        return judge.numbers(judge.pack.score(solution_str, truth=ground_truth))

    return compute_score


def compute_score_async(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, window: float = SECONDS
) -> Callable[..., Awaitable[dict[str, float]]]:
    """`compute_score` as `async def`: calls that arrive within `window` seconds are scored together."""
    judge = Judge(pack, unjudged=unjudged)
    together = Window(judge, window)

    async def compute_score(
        data_source: Any = None,  # noqa: ARG001
        solution_str: str = "",
        ground_truth: Any = None,
        extra_info: Any = None,  # noqa: ARG001
        **_: Any,
    ) -> dict[str, float]:
        return judge.numbers(await together.score(solution_str, ground_truth))

    return compute_score
