"""Scores as OpenTelemetry events, `gen_ai.evaluation.result`: one for each rule of each rollout.

The convention is in development (open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-events.md); events are
log records with an event name. `gen_ai.response.id` is the rollout's id, which ties an event to the generation that it
judges; a rollout's text is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from referee.core.errors import MissingExtra
from referee.core.version import VERSION
from referee.engine.scored import Scored

if TYPE_CHECKING:
    from opentelemetry._logs import Logger, LoggerProvider

EVENT = "gen_ai.evaluation.result"


class Telemetry:
    """Sends events through the logger provider that the application has set up, or one given here.

    Raises `MissingExtra` without the OpenTelemetry API. Where the application set up no provider, events go nowhere, as
    the API promises.
    """

    def __init__(self, provider: LoggerProvider | None = None) -> None:
        try:
            from opentelemetry._logs import SeverityNumber, get_logger
        except ImportError:
            raise MissingExtra("OpenTelemetry events", "otel") from None
        self._severity = SeverityNumber.INFO
        self._logger: Logger = get_logger("referee", VERSION, logger_provider=provider)

    def emit(self, scored: Iterable[Scored]) -> None:
        """One event for each verdict."""
        for one in scored:
            for rule, verdict in one.score.verdicts.items():
                self._logger.emit(
                    event_name=EVENT,
                    severity_number=self._severity,
                    attributes=attributes(one, rule, verdict.status, verdict.score, verdict.reason),
                )


def attributes(scored: Scored, rule: str, status: str, score: float | None, reason: str) -> dict[str, Any]:
    """The attributes of one event. `error.type` marks a verdict that could not be reached: it has no score."""
    found: dict[str, Any] = {
        "gen_ai.evaluation.name": rule,
        "gen_ai.evaluation.score.label": status,
        "gen_ai.evaluation.explanation": reason,
        "referee.run": scored.run,
        "referee.group": scored.group,
        "referee.index": scored.index,
        "referee.pack": scored.score.pack,
        "referee.key": scored.key,
    }
    if scored.rollout.id:
        found["gen_ai.response.id"] = scored.rollout.id
    if scored.step is not None:
        found["referee.step"] = scored.step
    if score is None:
        found["error.type"] = reason
    else:
        found["gen_ai.evaluation.score.value"] = score
    return found
