"""The records of a plan. Times are seconds, shares are in [0, 1], memory is in MB."""

from __future__ import annotations

from referee.core.types import Record
from referee.plan.setting import Setting


class Need(Record, frozen=True, kw_only=True):
    """The fewest cores. met: whether GPUs then wait no longer than the target; where no number of cores does that, it
    is the number that comes near the shortest wait there is.
    """

    cores: int
    idle_s: float
    idle_share: float
    met: bool


class Point(Record, frozen=True, kw_only=True):
    """A number of cores and what it means.

    streaming_s, batch_s: seconds that GPUs wait in a step when rollouts are scored as they end, or all at the end;
    streaming_share, batch_share: of the step with the wait. batch_formula_s, wait_formula_s: what theory says of the
    batch, and of the p99 wait were the rollouts to end evenly; None where the line would grow for ever. wait_p99_s: of
    rollouts in line. utilisation: of the cores, over the step. waiting: the most in line. spend: share of the money
    that goes to cores. step_cost: of a step, GPUs and cores. capacity_s: verifications a second, all cores busy.
    """

    cores: int
    streaming_s: float
    streaming_share: float
    batch_s: float
    batch_share: float
    batch_formula_s: float
    wait_p99_s: float
    wait_formula_s: float | None
    utilisation: float
    waiting: int
    memory_mb: float
    spend: float
    step_cost: float
    capacity_s: float


class Sensitivity(Record, frozen=True, kw_only=True):
    """What changes with the time-outs. value: the share of rollouts that run into the limit, or a factor of the limit.

    cores: the fewest; met: as in `Need`. idle_s: the wait with the chosen number of cores; floor_s: with endless ones.
    """

    value: float
    cores: int
    met: bool
    idle_s: float
    floor_s: float


class Lost(Record, frozen=True, kw_only=True):
    """Seconds that one lost worker adds to the wait of a step: at a random moment, and at the worst one."""

    mean_s: float
    worst_s: float


class Plan(Record, frozen=True, kw_only=True):
    """The answer to a setting (without its samples).

    rollouts: of a step. work_s: core seconds of judging them. mean_s, p99_s, max_s, spread: of one verification.
    generation_s: sampling of a step; step_s: with the rest of it, without waiting. rate_s: rollouts a second while
    sampling. floor_s: the wait with endless cores. keeps_up: cores that never fall behind, for a loop that does not
    wait. streaming, batch: the fewest cores. chosen: what was asked for, or the recommendation, as in `curve`.
    timeouts, limits: sensitivity to the share of time-outs and to the length of the limit.
    """

    setting: Setting
    rollouts: int
    work_s: float
    mean_s: float
    p99_s: float
    max_s: float
    spread: float
    generation_s: float
    step_s: float
    rate_s: float
    floor_s: float
    keeps_up: int
    streaming: Need
    batch: Need
    chosen: Point
    curve: tuple[Point, ...]
    timeouts: tuple[Sensitivity, ...]
    limits: tuple[Sensitivity, ...]
    lost: Lost
    notes: tuple[str, ...]
    sentence: str
