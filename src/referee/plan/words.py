"""A plan in words: the recommendation in one sentence, and what to know about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from referee.plan.answer import Need, Plan


def sentence(plan: Plan) -> str:
    """What to do, and what it comes to."""
    setting, point = plan.setting, plan.chosen
    streaming = setting.scoring == "streaming"
    idle_s, share = (point.streaming_s, point.streaming_share) if streaming else (point.batch_s, point.batch_share)
    when = "as they end" if streaming else "at the end of the batch"
    other = "at the end of the batch" if streaming else "as they end"
    step = f"{seconds(plan.step_s + idle_s)} step"
    lead = (
        f"{cores(point.cores)}, rollouts scored {when}: {_gpus(setting.sampler.gpus)} {seconds(idle_s)} of a {step} "
        f"({share:.1%}), and cores are {point.spend:.1%} of the spend"
    )
    return f"{lead}; scored {other} it takes {_needed(plan.batch if streaming else plan.streaming)}."


def notes(plan: Plan) -> Iterator[str]:
    """What limits the plan, and what would help."""
    setting = plan.setting
    wanted = plan.streaming if setting.scoring == "streaming" else plan.batch
    goal = setting.target / (1 - setting.target) * plan.step_s
    if not wanted.met:
        yield (
            f"no number of cores keeps the wait under {seconds(goal)} ({setting.target:.1%} of a step): the last "
            f"verification alone takes {seconds(plan.floor_s)}; a shorter time limit helps, cores do not"
        )
    asked = setting.cores
    if asked is not None and asked < wanted.cores:
        yield f"{cores(asked)} are fewer than the {wanted.cores:,} that the target takes"
    if plan.chosen.utilisation > 0.9:
        yield (
            f"the cores are busy {plan.chosen.utilisation:.0%} of the time: a little more work than planned, and the "
            "line grows from step to step"
        )
    if plan.lost.mean_s > goal:
        yield (
            f"one lost worker adds {seconds(plan.lost.mean_s)} to a step, {seconds(plan.lost.worst_s)} at the worst "
            f"moment: its work is handed out again after {seconds(setting.pool.lease_s)}"
        )


def seconds(value: float) -> str:
    """A time with as many digits as anybody reads."""
    if value >= 100:
        return f"{value:,.0f} s"
    if value >= 1:
        return f"{value:.1f} s"
    return f"{value * 1e3:.0f} ms" if value >= 0.001 else "0 ms" if value < 1e-6 else "under 1 ms"


def cores(count: int) -> str:
    """A number of cores."""
    return f"{count:,} core" + "s" * (count != 1)


def _gpus(count: int) -> str:
    return "one GPU waits" if count == 1 else f"{count:,} GPUs wait"


def _needed(need: Need) -> str:
    if need.met:
        return f"{need.cores:,}"
    return f"{need.cores:,} to come near {seconds(need.idle_s)}, the shortest there is"
