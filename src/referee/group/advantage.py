"""Rewards of one prompt's group -> advantages. One pure function per published estimator.

Every function takes `rewards_G`, the G rewards of one prompt (None = masked: the rollout could not be judged), and
returns `advantages_G` of the same length. Masked rollouts get 0.0 and take no part in any statistic. A silent group,
whose judged rewards are all equal, or that has fewer than two of them, gets exact zeros: it carries no signal, and a
standard deviation of rounding noise must not be blown up into one. Sums are `math.fsum`, so order and machine do not
change a bit.

`ESTIMATORS` also names what other trainers compute, so that a run can be compared with one of theirs. They differ in
the deviation (population or sample) and in the number added to it. What they do with a silent group is not copied:
some divide rounding noise by it, and a lone rollout's reward is no advantage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import fsum, sqrt
from typing import Final

from referee.core.errors import UnknownName

Rewards = Sequence[float | None]

EPSILON: Final = 1e-8  # keeps the quotient finite; far below any reward step in use
SILENT_WIDTH: Final = 1e-9  # rewards closer than this are equal: 0.1 + 1.0 and 1.1 differ by rounding only


def judged(rewards_G: Rewards) -> list[float]:
    """The rewards that count, in order."""
    return [reward for reward in rewards_G if reward is not None]


def mean(rewards_G: Rewards) -> float | None:
    """Arithmetic mean of the judged rewards, None when there are none."""
    values = judged(rewards_G)
    return fsum(values) / len(values) if values else None


def std(rewards_G: Rewards) -> float | None:
    """Population standard deviation (divide by G) of the judged rewards, None when there are none.

    Exactly 0.0 for a silent group.
    """
    values = judged(rewards_G)
    if not values:
        return None
    if is_silent(rewards_G):
        return 0.0
    centre = fsum(values) / len(values)
    return sqrt(fsum((value - centre) ** 2 for value in values) / len(values))


def is_silent(rewards_G: Rewards) -> bool:
    """Whether the group teaches nothing: all judged rewards equal, or fewer than two judged."""
    values = judged(rewards_G)
    return len(values) < 2 or max(values) - min(values) <= SILENT_WIDTH


def grpo(rewards_G: Rewards, epsilon: float = EPSILON) -> list[float]:
    """(r - mean) / (std + epsilon), population standard deviation.

    Shao et al. 2024, DeepSeekMath, arXiv 2402.03300, section 4.1.2. The paper does not say which deviation; frameworks
    differ, and the sample deviation gives the same numbers times sqrt((G - 1) / G).
    """
    centre, spread = mean(rewards_G), std(rewards_G)
    if centre is None or spread is None or is_silent(rewards_G):
        return [0.0] * len(rewards_G)
    return [0.0 if reward is None else (reward - centre) / (spread + epsilon) for reward in rewards_G]


def sample_grpo(rewards_G: Rewards, epsilon: float) -> list[float]:
    """(r - mean) / (std + epsilon), sample standard deviation (divide by G - 1), as most trainers compute it."""
    centre, spread, count = mean(rewards_G), std(rewards_G), len(judged(rewards_G))
    if centre is None or spread is None or is_silent(rewards_G):
        return [0.0] * len(rewards_G)
    scale = spread * sqrt(count / (count - 1)) + epsilon
    return [0.0 if reward is None else (reward - centre) / scale for reward in rewards_G]


def dr_grpo(rewards_G: Rewards) -> list[float]:
    """r - mean, without scaling: hard and easy prompts weigh alike.

    Liu et al. 2025, Understanding R1-Zero-Like Training, arXiv 2503.20783, section 3.2.
    """
    centre = mean(rewards_G)
    if centre is None or is_silent(rewards_G):
        return [0.0] * len(rewards_G)
    return [0.0 if reward is None else reward - centre for reward in rewards_G]


def leave_one_out(rewards_G: Rewards) -> list[float]:
    """r - mean of the others: an unbiased baseline (RLOO). Equals `dr_grpo` times G / (G - 1).

    Kool et al. 2019, Buy 4 REINFORCE Samples; Ahmadian et al. 2024, arXiv 2402.14740, section 2.3.
    """
    values = judged(rewards_G)
    if is_silent(rewards_G):
        return [0.0] * len(rewards_G)
    total, others = fsum(values), len(values) - 1
    return [0.0 if reward is None else reward - (total - reward) / others for reward in rewards_G]


ESTIMATORS: Final[dict[str, Callable[[Rewards], list[float]]]] = {
    "grpo": grpo,
    "dr_grpo": dr_grpo,
    "leave_one_out": leave_one_out,
    "seed": grpo,  # the walkthrough's figures
    "trl": partial(sample_grpo, epsilon=1e-4),  # TRL 1.16, scale_rewards="group"
    "verl": partial(sample_grpo, epsilon=1e-6),  # verl 0.10, grpo; slime, SkyRL and ROLL add the same
    "openrlhf": partial(sample_grpo, epsilon=1e-9),  # OpenRLHF 0.11, group_norm
    "rloo": leave_one_out,
}


def estimator(name: str) -> Callable[[Rewards], list[float]]:
    """The advantage function of that name."""
    try:
        return ESTIMATORS[name]
    except KeyError:
        hint = f"The estimators are {', '.join(ESTIMATORS)}."
        raise UnknownName("advantage estimator", name, ESTIMATORS, hint) from None
