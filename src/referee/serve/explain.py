"""Scores in words and places: what each rule says, where it found it, what it added, and why a group is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from referee.core.types import Group, Rollout, Score
from referee.packs.spec import PackSpec, PartSpec, RuleSpec
from referee.serve.records import Explained, ExplainedRollout, GroupTold, Kind, Span

MARKED: Final = 200  # spans of a rule that are told; a verdict rests on a few


class Words(dict[str, str]):
    """Reason codes in words; one without an entry is read as it is spelled."""

    def __missing__(self, code: str) -> str:
        return code.replace(".", ": ", 1).replace(".", " ").replace("_", " ")


def rollout(pack: PackSpec, given: Rollout, score: Score, advantage: float, words: Words) -> ExplainedRollout:
    """Everything about one rollout."""
    return ExplainedRollout(
        reward=score.reward, advantage=advantage, characters=len(given.text), rules=rules(pack, score, words)
    )


def rules(pack: PackSpec | None, score: Score, words: Words) -> tuple[Explained, ...]:
    """What each rule says, in the order of the pack; without a pack, as the score has them."""
    specs = {rule.name: rule for rule in pack.rules} if pack is not None else {}
    return tuple(_rule(name, specs.get(name), score, words) for name in score.verdicts)


def _rule(name: str, spec: RuleSpec | None, score: Score, words: Words) -> Explained:
    verdict = score.verdicts[name]
    spec = spec or RuleSpec(name=name)
    said: Mapping[str, Any] = verdict.evidence.get("parts", {}) if spec.parts else {}
    weight = sum(part.weight for part in spec.parts)
    return Explained(
        rule=name,
        verifier=spec.verifier,
        role=spec.role,
        weight=spec.weight,
        status=verdict.status,
        score=verdict.score,
        reason=verdict.reason,
        words=words[verdict.reason],
        detail=_detail(verdict.evidence),
        contribution=score.contributions.get(name),
        spans=tuple(spans(verdict.evidence)),
        evidence={key: value for key, value in verdict.evidence.items() if key != "parts" or not spec.parts},
        parts=tuple(
            _part(part, said[part.name], part.weight / weight, words) for part in spec.parts if part.name in said
        ),
    )


def _part(part: PartSpec, said: Mapping[str, Any], share: float, words: Words) -> Explained:
    """A part's verdict, which a rule's evidence holds as plain data: status, score, reason, and its own evidence."""
    evidence = {key: value for key, value in said.items() if key not in {"status", "score", "reason"}}
    reason = str(said.get("reason", ""))
    return Explained(
        rule=part.name,
        verifier=part.verifier,
        role="reward",
        weight=share,
        status=said["status"],
        score=said.get("score"),
        reason=reason,
        words=words[reason],
        detail=_detail(evidence),
        contribution=None,
        spans=tuple(spans(evidence)),
        evidence=evidence,
    )


def _detail(evidence: Mapping[str, Any]) -> str:
    detail = evidence.get("detail", "")
    return detail if isinstance(detail, str) else ""


def spans(evidence: Mapping[str, Any]) -> Iterator[Span]:
    """Where what a verdict rests on stands: what was found, and the thinking where it was measured."""
    for key, label in (("span", "found"), ("thinking", "thinking")):
        given = evidence.get(key)
        if not isinstance(given, list | tuple):
            continue
        several = given if given and isinstance(given[0], list | tuple) else (given,)
        for pair in several[:MARKED]:
            if len(pair) == 2 and all(isinstance(edge, int) for edge in pair) and 0 <= pair[0] <= pair[1]:
                yield Span(start=pair[0], end=pair[1], label=label)


def group(formed: Group) -> GroupTold:
    """A group in numbers and a sentence."""
    kind = _kind(formed)
    return GroupTold(
        rewards=formed.rewards,
        mean=formed.mean,
        std=formed.std,
        advantages=formed.advantages,
        silent=formed.silent,
        kind=kind,
        why=_why(formed, kind),
    )


def _kind(formed: Group) -> Kind:
    if not formed.silent:
        return "spread"
    if sum(reward is not None for reward in formed.rewards) < 2:
        return "few"
    statuses = {verdict.status for score in formed.scores if score.judged for verdict in score.verdicts.values()}
    kinds: dict[frozenset[str], Kind] = {frozenset({"pass"}): "all_right", frozenset({"fail"}): "all_wrong"}
    return kinds.get(frozenset(statuses), "flat")


_BECAUSE: Final[dict[str, str]] = {
    "all_right": "every rule passes for all of them",
    "all_wrong": "every rule fails for all of them",
    "flat": "no rule tells them apart",
}


def _why(formed: Group, kind: Kind) -> str:
    """Why a group is silent; empty when it is not."""
    if kind == "spread":
        return ""
    judged = [reward for reward in formed.rewards if reward is not None]
    if kind == "few":
        have = "one rollout has" if judged else "no rollout has"
        return f"Silent: {have} a reward, and an advantage needs two to compare. Every advantage is 0."
    return (
        f"Silent: all {len(judged)} rewards are {judged[0]:.4g}, for {_BECAUSE[kind]}. Every advantage is 0, so the "
        "group teaches nothing."
    )
