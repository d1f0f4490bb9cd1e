"""OpenRLHF: a file with `reward_func = referee.adapters.openrlhf.reward_func("r1-zero-math")`.

Name the file in `--reward.remote_url` (older: `--remote_rm_url`). OpenRLHF calls `reward_func(queries, prompts,
labels)` in a thread, mostly with one rollout; a query is prompt and completion in one text, with the special tokens. It
takes `rewards`, `scores` (for its dynamic filtering) and `extra_logs`.

A URL gets the same as JSON: POST `{"query": [...], "prompts": [...], "labels": [...]}`, answered with
`{"rewards": [...], "scores": [...], "extra_logs": {name: [...]}}` by the handler in `routes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from referee.adapters.judge import Handler, Judge
from referee.core import types
from referee.core.errors import UsageError
from referee.core.types import Rollout, Score
from referee.engine.score import PackSource, RulePack

# How the templates in use end a turn. Taken off the end of a completion, where the tokenizer left them.
SPECIAL = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|return|>",
    "<end_of_turn>",
    "<eos>",
    "</s>",
    "<｜end▁of▁sentence｜>",
)


def reward_func(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, special: Sequence[str] = SPECIAL
) -> Callable[..., dict[str, Any]]:
    """The function that OpenRLHF looks for in the file; its answer holds tensors of shape (N,).

    OpenRLHF cannot mask a rollout: one that could not be judged gets the reward `unjudged`, is counted by `judged`, and
    is said once as a `RefereeWarning`. `special`: what to take off the end of a completion.
    """
    answer = _answerer(pack, unjudged, special)

    def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Any, **_: Any) -> dict[str, Any]:
        import torch

        found = answer(queries, prompts, labels)
        logs = {name: torch.tensor(values) for name, values in found["extra_logs"].items()}
        return {"rewards": torch.tensor(found["rewards"]), "scores": torch.tensor(found["scores"]), "extra_logs": logs}

    return reward_func


def routes(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, special: Sequence[str] = SPECIAL
) -> dict[tuple[str, str], Handler]:
    """What a server answers, by method and path. Empty lists are answered with empty lists."""
    answer = _answerer(pack, unjudged, special)

    def get_reward(request: Mapping[str, Any]) -> dict[str, Any]:
        queries = request.get("query")
        if not isinstance(queries, list) or not all(isinstance(query, str) for query in queries):
            raise UsageError("the request needs 'query', a list of texts: prompt and completion in one")
        prompts = request.get("prompts")
        if not isinstance(prompts, list) or not all(isinstance(prompt, str) for prompt in prompts):
            raise UsageError("the request needs 'prompts', the text that each query begins with")
        return answer(queries, prompts, request.get("labels"))

    return {("POST", "/get_reward"): get_reward}


_Answerer = Callable[[Sequence[str], Any, Any], dict[str, Any]]


def _answerer(pack: PackSource | RulePack, unjudged: float, special: Sequence[str]) -> _Answerer:
    judge = Judge(pack, unjudged=unjudged)
    ends = tuple(special)

    def answer(queries: Sequence[str], prompts: Any, labels: Any) -> dict[str, Any]:
        count = len(queries)
        asked = _list("prompts", prompts, count)
        truths = None if labels is None else _list("labels", labels, count)
        texts = [_completion(query, prompt, ends) for query, prompt in zip(queries, asked, strict=True)]
        scores = judge.scores([text or "" for text in texts], truths, asked)
        scores = [_split(judge, text, score) for text, score in zip(texts, scores, strict=True)]
        numbers = [judge.numbers(score) for score in scores]
        rewards = [one.pop("score") for one in numbers]
        logs = {name: [one[name] for one in numbers] for name in (numbers[0] if numbers else ())}
        return {"rewards": rewards, "scores": list(rewards), "extra_logs": logs}

    return answer


def _list(name: str, values: Any, count: int) -> list[Any]:
    if not isinstance(values, list | tuple) or len(values) != count:
        raise UsageError(f"'{name}' must be a list with one entry for each of the {count} queries")
    return list(values)


def _completion(query: str, prompt: str, ends: tuple[str, ...]) -> str | None:
    """What follows the prompt, without what ends a turn. None when the query does not begin with the prompt."""
    if not query.startswith(prompt):
        return None
    text = query[len(prompt) :]
    bare = text.rstrip()
    while (end := next((one for one in ends if bare.endswith(one)), None)) is not None:
        text = bare[: -len(end)]
        bare = text.rstrip()
    return text


def _split(judge: Judge, text: str | None, score: Score) -> Score:
    """The score, or one without reward where nobody can say which part of the query the policy wrote."""
    if text is not None:
        return score
    verdict = types.unjudged("infra.unsplit", detail="the query does not begin with the prompt; was the prompt cut?")
    return judge.pack.score_verdicts(Rollout(text=""), dict.fromkeys(score.verdicts, verdict))
