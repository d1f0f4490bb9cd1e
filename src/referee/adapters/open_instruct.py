"""open-instruct: `Verifier = referee.adapters.open_instruct.verifier("r1-zero-math", name="math")`.

open-instruct finds the direct subclasses of its `VerifierFunction` when it starts, makes one object of each and calls
the one whose name a row's `dataset` says, with the row's `ground_truth`. Import the module that holds the line before
the trainer builds its verifiers.
"""

from __future__ import annotations

from typing import Any

from referee.adapters.judge import Judge, missing
from referee.adapters.window import Window
from referee.core.types import Score
from referee.engine.score import PackSource, RulePack


def verifier(pack: PackSource | RulePack, *, name: str = "", weight: float = 1.0, unjudged: float = 0.0) -> type:
    """A subclass of `VerifierFunction`. `name`: what rows say in `dataset`, the pack's name when empty.

    The score is the pack's reward, which open-instruct multiplies by its `verification_reward`. It cannot mask: a
    rollout that could not be judged gets `unjudged`, said once as a `RefereeWarning`, and its reasoning says why.
    """
    from open_instruct.ground_truth_utils import VerificationResult, VerifierFunction

    judge = Judge(pack, unjudged=unjudged)
    together = Window(judge)
    called = name or judge.pack.name

    def result(score: Score) -> Any:
        return VerificationResult(score=judge.reward(score), reasoning=_reasoning(score))

    class RefereeVerifier(VerifierFunction):
        """Judges with a rule pack."""

        def __init__(self, verifier_config: Any = None) -> None:
            super().__init__(called, weight=weight, verifier_config=verifier_config)

        def __call__(
            self,
            tokenized_prediction: Any,  # noqa: ARG002 - open-instruct's names
            prediction: str,
            label: Any,
            query: str | None = None,
            rollout_state: Any = None,  # noqa: ARG002
        ) -> Any:
            return result(judge.pack.score(prediction, label, query))

        async def async_call(
            self,
            tokenized_prediction: Any,  # noqa: ARG002
            prediction: str,
            label: Any,
            query: str | None = None,
            rollout_state: Any = None,  # noqa: ARG002
        ) -> Any:
            return result(await together.score(prediction, label, query))

    return RefereeVerifier


def _reasoning(score: Score) -> str:
    if not score.judged:
        return f"not judged: {missing(score).reason}"
    return ", ".join(f"{name}: {verdict.reason}" for name, verdict in score.verdicts.items())
