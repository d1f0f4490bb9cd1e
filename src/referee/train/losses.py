"""Policy losses of the GRPO family: pure functions on tensors.

Axes: B rows (completions), T positions (padded to the longest), V tokens of the vocabulary. `mask_BT` is 1 where a
token was sampled and 0 on padding. A loss is made in three steps, and any step goes with any other:

    log_ratio            how far the policy has moved, per token or per sequence (GSPO)
    clipped | cispo      what a token costs
    token_weights        how the costs add up: grpo, dapo, bnpo, dr_grpo

The weights are known before the forward pass, from the lengths alone. So a batch may be cut into pieces of any size,
and the gradients of the pieces add up to the gradient of the whole: padding is never paid for twice.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

Aggregation = Literal["grpo", "dapo", "bnpo", "dr_grpo"]
Surrogate = Literal["clip", "cispo"]
Level = Literal["token", "sequence"]

AGGREGATIONS: Final[tuple[Aggregation, ...]] = ("grpo", "dapo", "bnpo", "dr_grpo")


class Loss(NamedTuple):
    """A loss and what a person wants to see of it. `loss`: a scalar that carries gradients.

    `kl_sum`, `clipped_sum`: detached sums over sampled tokens (for GSPO, clipped sequences count with all their
    tokens); divide by the number of tokens.
    """

    loss: Tensor
    kl_sum: Tensor
    clipped_sum: Tensor


def token_logprobs(logits_BTV: Tensor, tokens_BT: Tensor, temperature: float = 1.0) -> Tensor:
    """log softmax(logits / temperature) at the sampled tokens, in float32: shape (B, T)."""
    logits = logits_BTV.float() if temperature == 1.0 else logits_BTV.float() / temperature
    flat = cross_entropy(logits.flatten(0, -2), tokens_BT.flatten(), reduction="none")
    return -flat.view(tokens_BT.shape)


def log_ratio(logprobs_BT: Tensor, old_BT: Tensor, mask_BT: Tensor, level: Level = "token") -> Tensor:
    """log of the importance ratio pi / pi_old: (B, T) per token, or (B, 1) per sequence.

    The ratio of a sequence is the geometric mean of its tokens': GSPO, Zheng et al. 2025, arXiv 2507.18071, eq. 7.
    """
    difference = logprobs_BT - old_BT
    if level == "token":
        return difference
    return ((difference * mask_BT).sum(-1) / mask_BT.sum(-1).clamp(min=1)).unsqueeze(-1)


def clipped(ratio: Tensor, advantages_B: Tensor, low: float = 0.2, high: float = 0.2) -> Tensor:
    """-min(ratio A, clip(ratio, 1 - low, 1 + high) A), the shape of `ratio`.

    Schulman et al. 2017, PPO, arXiv 1707.06347, eq. 7; bounds that differ: DAPO, Yu et al. 2025, arXiv 2503.14476,
    section 3.1 (low 0.2, high 0.28).
    """
    scale = advantages_B.unsqueeze(-1)
    return -torch.minimum(ratio * scale, ratio.clamp(1 - low, 1 + high) * scale)


def cispo(ratio: Tensor, advantages_B: Tensor, logprobs_BT: Tensor, most: float = 5.0) -> Tensor:
    """-sg(min(ratio, most)) A log pi: every token keeps its gradient, its weight is bounded. Shape (B, T).

    MiniMax-M1, Chen et al. 2025, arXiv 2506.13585, section 3.1. `most` is the bound itself, as in TRL; where others
    write 1 + epsilon_high, pass that sum.
    """
    return -ratio.clamp(max=most).detach() * advantages_B.unsqueeze(-1) * logprobs_BT


def k3(logprobs_BT: Tensor, reference_BT: Tensor) -> Tensor:
    """exp(d) - d - 1, d = log pi_ref - log pi: an unbiased estimate of KL(pi, pi_ref), never negative. Shape (B, T).

    Schulman 2020, Approximating KL Divergence, estimator k3; DeepSeekMath, arXiv 2402.03300, eq. 4.
    """
    difference = reference_BT - logprobs_BT
    return torch.exp(difference) - difference - 1


def token_weights(
    aggregation: Aggregation, mask_BT: Tensor, *, rows: int | None = None, tokens: int | None = None, longest: int = 0
) -> Tensor:
    """What each token's cost is multiplied with before all are summed: shape (B, T), 0 on padding.

    `rows` and `tokens` are counts of the whole batch that this is a piece of (over pieces and processes); those of
    the mask when None. `longest` is the longest completion that sampling allows, for `dr_grpo`.

    grpo: mean over rows of the mean over tokens (DeepSeekMath, arXiv 2402.03300, eq. 3).
    dapo: mean over all tokens of the batch (DAPO, arXiv 2503.14476, eq. 8).
    bnpo: mean over the tokens of this process' own batch; `dapo` on one process (as TRL names it).
    dr_grpo: sum over tokens / (rows x longest): no length is favoured (Dr. GRPO, arXiv 2503.20783, section 3.2).
    """
    count = mask_BT.shape[0] if rows is None else rows
    if aggregation == "grpo":
        return mask_BT / (mask_BT.sum(-1, keepdim=True).clamp(min=1) * max(count, 1))
    if aggregation == "dr_grpo":
        if longest < 1:
            raise ValueError("dr_grpo divides by the longest completion that sampling allows; pass longest=")
        return mask_BT / float(count * longest)
    total = int(mask_BT.sum()) if tokens is None else tokens
    return mask_BT / float(max(total, 1))


def policy_loss(
    logprobs_BT: Tensor,
    old_BT: Tensor,
    advantages_B: Tensor,
    mask_BT: Tensor,
    weights_BT: Tensor,
    *,
    reference_BT: Tensor | None = None,
    beta: float = 0.0,
    corrected: bool = False,
    surrogate: Surrogate = "clip",
    level: Level = "token",
    low: float = 0.2,
    high: float = 0.2,
) -> Loss:
    """The sum of weighted token costs, with the k3 penalty to a reference when `beta` > 0.

    `logprobs_BT` carry gradients, everything else does not. `high` is 1 + high for `clip` and the bound itself for
    `cispo`. Padding may hold any finite value. `corrected` multiplies the penalty with the importance ratio, which
    makes its gradient unbiased (DeepSeek-V3.2, arXiv 2512.02556; the default of TRL 1.16).
    """
    steps = log_ratio(logprobs_BT, old_BT, mask_BT, level)
    ratio = torch.exp(steps)
    if surrogate == "cispo":
        cost = cispo(ratio, advantages_B, logprobs_BT, high)
        outside = ratio > high
    else:
        cost = clipped(ratio, advantages_B, low, high)
        gains = advantages_B.unsqueeze(-1)
        outside = ((ratio < 1 - low) & (gains < 0)) | ((ratio > 1 + high) & (gains > 0))
    penalty = torch.zeros_like(mask_BT)
    if reference_BT is not None and beta:
        penalty = k3(logprobs_BT, reference_BT) * (ratio if corrected else 1.0)
        cost = cost + beta * penalty
    return Loss(
        loss=(cost * weights_BT).sum(),
        kl_sum=(penalty.detach() * mask_BT).sum(),
        clipped_sum=(outside * mask_BT).sum(),
    )
