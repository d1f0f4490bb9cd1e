"""What a batch of groups says about training: how many groups are silent, and pass@k."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from referee.group.advantage import Rewards, is_silent


def silent_share(groups: Iterable[Rewards]) -> float:
    """The share of groups whose advantages are all zero, in [0, 1]; 0.0 for no groups.

    A silent group costs its forward passes and moves nothing; DAPO (Yu et al. 2025, arXiv 2503.14476, section 3.2)
    samples again instead.
    """
    flags = [is_silent(rewards_G) for rewards_G in groups]
    return sum(flags) / len(flags) if flags else 0.0


def pass_at_k(n: int, correct: int, k: int) -> float:
    """The chance that at least one of k rollouts, drawn without replacement from n of which `correct` pass, passes.

    1 - C(n - correct, k) / C(n, k), the unbiased estimator of Chen et al. 2021, Evaluating Large Language Models
    Trained on Code, arXiv 2107.03374, section 2.1, as a product so that no factorial overflows.
    Needs 0 <= correct <= n and 1 <= k <= n.
    """
    if not 0 <= correct <= n:
        raise ValueError(f"correct must lie in [0, {n}], got {correct}")
    if not 1 <= k <= n:
        raise ValueError(f"k must lie in [1, {n}], got {k}; pass@k needs at least k rollouts")
    if n - correct < k:
        return 1.0
    return 1.0 - prod(1.0 - k / i for i in range(n - correct + 1, n + 1))
