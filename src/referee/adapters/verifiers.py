"""verifiers and prime-rl: a reward of a task.

    class Sums(vf.Task[Row]):
        referee = vf.reward(referee.adapters.verifiers.reward("r1-zero-math"))

Or without a class, in the configuration: `rewards.referee = { fn = "module:name" }`. The function is called with
`task` (its data) and `trace`; it returns what each rule adds, so each is a reward of its own and they add up to the
pack's. The rules' scores go to the trace's metrics. A rollout that could not be judged is an error on its trace, as
verifiers has it for its own judges, and is left out of training.

`rubric_reward` is for the older `verifiers.Rubric(funcs=[...])`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from referee.adapters.judge import Judge, fault
from referee.adapters.truths import in_row
from referee.adapters.window import Window
from referee.data.rows import prompt_text
from referee.engine.score import PackSource, RulePack


def reward(pack: PackSource | RulePack, *, truth: str | None = None) -> Callable[..., Awaitable[dict[str, float]]]:
    """The function that verifiers awaits for each trace. `truth`: the task's field, where its name says nothing.

    Raises what kept the judge from judging (`TruthError`, `InfrastructureError`).
    """
    judge = Judge(pack, masks=True)
    together = Window(judge)
    name = f"referee_{judge.pack.name.replace('-', '_')}"

    async def referee(*_: Any, task: Any, trace: Any) -> dict[str, float]:  # a method of a task gets itself first
        row = task.model_dump()
        said = [message.content for message in trace.assistant_messages if message.content is not None]
        score = await together.score(said[-1] if said else "", in_row(row, truth), prompt_text(row.get("prompt")))
        if not score.judged:
            raise fault(score)
        trace.record_metrics(judge.rule_numbers(score))
        if judge.pack.spec.clip is not None:
            return {name: judge.reward(score)}
        return dict(score.contributions)

    referee.__name__ = referee.__qualname__ = name
    return referee


def rubric_reward(
    pack: PackSource | RulePack, *, unjudged: float = 0.0, truth: str | None = None
) -> Callable[..., Awaitable[float]]:
    """A function for `Rubric(funcs=[...])` of verifiers before its v1, called with `completion`, `answer` and `info`.

    A rubric turns an exception into 0.0 and cannot mask: a rollout that could not be judged gets `unjudged`, said once
    as a `RefereeWarning`.
    """
    judge = Judge(pack, unjudged=unjudged)
    together = Window(judge)

    async def referee(completion: Any, prompt: Any = None, answer: Any = None, info: Any = None, **_: Any) -> float:
        row = dict(info) if isinstance(info, Mapping) else {}
        if answer is not None:
            row["answer"] = answer
        return judge.reward(await together.score(completion, in_row(row, truth), prompt_text(prompt)))

    referee.__name__ = referee.__qualname__ = f"referee_{judge.pack.name.replace('-', '_')}"
    return referee
