"""slime: a module with `rm = referee.adapters.slime.custom_rm("r1-zero-math")`, named in `--custom-rm-path module.rm`.

slime awaits `rm(args, sample)`, or with `--group-rm` `rm(args, samples)`, and takes a float; the truth is
`sample.label`. Samples that come one at a time are scored together. A rollout that could not be judged is marked with
`sample.remove_sample`, so that its tokens take no part in the loss, and `--custom-reward-post-process-path` with
`normalize` leaves it out of its group's mean and deviation too.

`--rm-type remote_rm --rm-url` sends POST `{"prompt", "response", "label"}` and takes a number: the handler in `routes`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from referee.adapters.judge import Handler, Judge
from referee.adapters.window import SECONDS, Window
from referee.core.errors import UsageError
from referee.core.types import Score
from referee.data.rows import prompt_text
from referee.engine.score import PackSource, RulePack
from referee.group.advantage import estimator


def custom_rm(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, details: bool = False, window: float = SECONDS
) -> Callable[..., Awaitable[Any]]:
    """The function that slime awaits, for one sample or for a list of them.

    `details`: a dict for each sample instead of a float, with `score`, `judged` and `rule/NAME`; slime then wants
    `--reward-key score`. `sample.metadata["referee"]` holds the verdicts' reasons in both cases.
    """
    judge = Judge(pack, unjudged=unjudged, masks=True)
    together = Window(judge, window)

    async def rm(args: Any, sample: Any, **_: Any) -> Any:  # noqa: ARG001 - slime's names
        if isinstance(sample, list | tuple):
            scores = await judge.scores_async(
                [one.response for one in sample],
                [one.label for one in sample],
                [prompt_text(one.prompt) for one in sample],
            )
            return [_noted(judge, one, score, details=details) for one, score in zip(sample, scores, strict=True)]
        score = await together.score(sample.response, sample.label, prompt_text(sample.prompt))
        return _noted(judge, sample, score, details=details)

    return rm


def normalize(
    name: str = "grpo",
) -> Callable[[Any, Sequence[Any]], tuple[list[float], list[float]]]:
    """The function for `--custom-reward-post-process-path`: raw rewards, and advantages over what was judged.

    `name`: an estimator of `referee.group.advantage`.
    """
    advantages = estimator(name)

    def post_process(args: Any, samples: Sequence[Any]) -> tuple[list[float], list[float]]:
        raw = [float(one.get_reward_value(args)) for one in samples]
        groups: dict[Any, list[int]] = {}
        for place, one in enumerate(samples):
            groups.setdefault(one.group_index, []).append(place)
        normal = [0.0] * len(raw)
        for places in groups.values():
            rewards_G = tuple(raw[place] if _judged(samples[place]) else None for place in places)
            for place, advantage in zip(places, advantages(rewards_G), strict=True):
                normal[place] = advantage
        return raw, normal

    return post_process


def routes(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, details: bool = False
) -> dict[tuple[str, str], Handler]:
    """What a server answers, by method and path: a number, or with `details` a dict for `--reward-key score`.

    Over HTTP no sample can be marked: one that could not be judged gets `unjudged`, said once as a `RefereeWarning`.
    """
    judge = Judge(pack, unjudged=unjudged)

    def rm(request: Mapping[str, Any]) -> float | dict[str, float]:
        response = request.get("response")
        if not isinstance(response, str):
            raise UsageError("the request needs 'response', the text that the policy wrote")
        score = judge.pack.score(response, request.get("label"), prompt_text(request.get("prompt")))
        return judge.numbers(score) if details else judge.reward(score)

    return {("POST", "/rm"): rm}


def _noted(judge: Judge, sample: Any, score: Score, *, details: bool) -> Any:
    """The answer for one sample, and what it means for the sample."""
    if not isinstance(sample.metadata, dict):
        sample.metadata = {}
    reasons = {name: verdict.reason for name, verdict in score.verdicts.items()}
    sample.metadata["referee"] = {"judged": score.judged, "reasons": reasons, "pack": score.pack}
    if not score.judged:
        sample.remove_sample = True
    return judge.numbers(score) if details else judge.reward(score)


def _judged(sample: Any) -> bool:
    metadata = sample.metadata if isinstance(sample.metadata, dict) else {}
    return bool(metadata.get("referee", {}).get("judged", True))
