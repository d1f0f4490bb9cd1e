"""A truth that, given as the answer, is not right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from referee.audit.families.json import is_schema
from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict


class TruthRefusesItself(Detector):
    """Each form in which the pack could read the answer is tried; the truth fails when all of them do."""

    id = "truth.refuses_itself"
    means = "The truth, given as the answer where the pack reads it, does not score 1: a right rollout is punished."
    fix = "Correct the truth, or choose the channel and the parameters that read it; drop the row otherwise."

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return study.golds(item)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        verdicts = [judged[text] for text in study.golds(item)]
        statuses = {verdict.status for verdict in verdicts}
        if not verdicts or not study.has_truth(item) or "pass" in statuses:
            return
        if "unjudged" in statuses:  # unreadable, or our own fault: others say so
            return
        if study.judge.family == "json" and is_schema(study.judge):
            study.count("schemas for which no document could be made")
            return
        if any(verdict.reason == "limit.wall" for verdict in verdicts):  # a busy machine may be the cause
            study.count("reference solutions that ran into the limit of wall time; audit them on a quiet machine")
            return
        yield Found(item.line, self._told(item, verdicts, study))

    def _told(self, item: Item, verdicts: list[Verdict], study: Study) -> str:
        best = max(verdicts, key=lambda one: one.score or 0.0)
        answer = "" if study.judge.runs_jobs else f"{study.answers(item)[0][:80]!r}: "
        detail = best.evidence.get("detail") or _failed_test(best) or ""
        which = "the reference solution: " if study.judge.runs_jobs else ""
        return f"{which}{answer}{best.reason}{f', {str(detail)[:160]}' if detail else ''}"


def _failed_test(verdict: Verdict) -> str:
    """The first test that did not pass, where a verdict lists them."""
    for one in verdict.evidence.get("results") or verdict.evidence.get("tests") or ():
        if isinstance(one, dict) and one.get("status", one.get("ok")) not in ("pass", "passed", True):
            return str(one)[:160]
    return ""
