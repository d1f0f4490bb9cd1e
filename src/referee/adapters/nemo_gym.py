"""NeMo-Gym: the routes of a resources server that verifies with a pack.

Gym posts a rollout to `/verify`: the row of the data set, `responses_create_params` (what the policy was asked) and
`response` (an OpenAI *Responses* object). The answer is the same object with `reward`, `reward_components` (what each
rule added) and the numbers that its metrics read at the top level: `judged` and `rule/NAME`. A rollout that could not
be judged says `mask_sample`, with `failure_kind` and `failure_reason`.

Judging has no state: `/seed_session` has nothing to do, and `/reverify_mode` says that stored rollouts may be verified
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from referee.adapters.judge import Handler, Judge, missing
from referee.adapters.truths import in_row
from referee.core.errors import UsageError
from referee.data.rows import prompt_text
from referee.engine.score import PackSource, RulePack


def routes(pack: PackSource | RulePack, *, truth: str | None = None) -> dict[tuple[str, str], Handler]:
    """What a resources server answers, by method and path. `truth`: the row's column, where its name says nothing."""
    judge = Judge(pack, masks=True)

    def verify(request: Mapping[str, Any]) -> dict[str, Any]:
        asked = request.get("responses_create_params")
        prompt = asked.get("input") if isinstance(asked, Mapping) else None
        score = judge.pack.score(response_text(request.get("response")), in_row(request, truth), prompt_text(prompt))
        found = judge.numbers(score)
        answer = {**request, "reward": found.pop("score"), "reward_components": score.contributions, **found}
        answer |= {"mask_sample": not score.judged, "failure_kind": None, "failure_reason": None}
        if not score.judged:
            verdict = missing(score)
            answer |= {"failure_kind": verdict.reason, "failure_reason": str(verdict.evidence.get("detail", ""))}
        return answer

    return {
        ("POST", "/seed_session"): lambda _: {},
        ("POST", "/verify"): verify,
        ("POST", "/aggregate_metrics"): _aggregate,
        ("GET", "/reverify_mode"): lambda _: {"reverify_mode": "stateless"},
    }


def response_text(response: Any) -> str:
    """The text of the last message in a Responses object; empty when the policy only called tools or thought."""
    output = response.get("output") if isinstance(response, Mapping) else None
    if not isinstance(output, Sequence) or isinstance(output, str):
        raise UsageError("the request needs 'response.output', the items that the policy produced")
    for item in reversed(output):
        if isinstance(item, Mapping) and item.get("type", "message") == "message":
            content = item.get("content")
            if isinstance(content, str):
                return content
            parts = content if isinstance(content, list) else []
            return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))
    return ""


def _aggregate(request: Mapping[str, Any]) -> dict[str, Any]:
    """Means over the rollouts that were judged, and how many were not."""
    answers = request.get("verify_responses")
    if not isinstance(answers, list) or not all(isinstance(one, Mapping) for one in answers):
        raise UsageError("the request needs 'verify_responses', a list of what /verify answered")
    judged = [one for one in answers if not one.get("mask_sample")]
    names = dict.fromkeys(name for one in judged for name in one if name == "reward" or name.startswith("rule/"))
    try:
        means = {f"mean/{name}": fsum(one[name] for one in judged if name in one) / len(judged) for name in names}
    except (TypeError, ValueError, OverflowError):
        raise UsageError("'reward' and 'rule/NAME' of what /verify answered are numbers") from None
    metrics = {**means, "rollouts": len(answers), "masked": len(answers) - len(judged)}
    return {"agent_metrics": metrics, "key_metrics": means, "group_level_metrics": []}
