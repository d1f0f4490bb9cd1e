"""How verdicts become a reward. Pure arithmetic; the order of the rules never changes the result."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from referee.core.types import Verdict, graded, unjudged
from referee.packs.spec import PackSpec, RuleSpec, Unjudged


def whole(rule: RuleSpec, parts: Mapping[str, Verdict]) -> Verdict:
    """One verdict from a rule's weighted parts: the weighted mean of their scores, the reason of the first that lacks.

    One part that could not be judged makes the rule unjudged.
    """
    evidence = {"parts": {name: _brief(verdict) for name, verdict in parts.items()}}
    missing = next((verdict for verdict in parts.values() if verdict.score is None), None)
    if missing is not None:
        return unjudged(missing.reason, **evidence)
    total = fsum(part.weight for part in rule.parts)
    score = fsum(part.weight * (parts[part.name].score or 0.0) for part in rule.parts) / total
    lacking = next((verdict for verdict in parts.values() if verdict.status != "pass"), None)
    if lacking is None:
        return graded(1.0, parts[rule.parts[0].name].reason, **evidence)
    return graded(min(score, 1.0), lacking.reason, **evidence)


def _brief(verdict: Verdict) -> dict[str, object]:
    return {"status": verdict.status, "score": verdict.score, "reason": verdict.reason, **verdict.evidence}


def contributions(pack: PackSpec, verdicts: Mapping[str, Verdict]) -> dict[str, float] | None:
    """What each rule adds to the reward; None when the pack masks the rollout.

    While a gate is not passed, rules of role `reward` add nothing; penalties stay, so that failing the gate never pays
    more than passing it. A gate that could not be judged stays closed under `zero` and `fail`.
    """
    scores: dict[str, float | None] = {}
    for rule in pack.rules:
        score = verdicts[rule.name].score
        if score is None:
            policy: Unjudged = rule.unjudged or pack.unjudged
            if policy == "mask":
                return None
            score = 0.0 if policy == "fail" else None
        scores[rule.name] = score
    closed = any(rule.role == "gate" and (scores[rule.name] or 0.0) < 1.0 for rule in pack.rules)
    return {rule.name: _contribution(rule, scores[rule.name], closed) for rule in pack.rules}


def _contribution(rule: RuleSpec, score: float | None, closed: bool) -> float:
    if rule.role == "gate" or score is None:
        return 0.0
    if rule.role == "penalty":
        return rule.weight * (score - 1.0) + 0.0  # no negative zero
    return 0.0 if closed else rule.weight * score


def reward(pack: PackSpec, added: Mapping[str, float]) -> float:
    """The sum of the contributions, clipped to the pack's range."""
    total = fsum(added.values())
    return total if pack.clip is None else min(max(total, pack.clip[0]), pack.clip[1])
