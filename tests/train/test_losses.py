"""Arithmetic against literal numbers worked out by hand, and the whole against TRL's own loss."""

from math import exp, log

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from referee.train import losses

MASK = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])


def test_token_logprobs_are_the_log_of_the_softmax():
    logits = torch.tensor([[[0.0, log(3.0)], [log(9.0), 0.0]]])
    tokens = torch.tensor([[1, 0]])
    assert losses.token_logprobs(logits, tokens).exp().tolist() == [pytest.approx([0.75, 0.9])]
    assert losses.token_logprobs(logits, tokens, temperature=2.0)[0, 1].exp().item() == pytest.approx(0.75)


def test_the_ratio_of_a_sequence_is_a_geometric_mean():
    now = torch.log(torch.tensor([[0.5, 0.125], [0.3, 9.0]]))
    old = torch.log(torch.tensor([[0.25, 0.25], [0.1, 1.0]]))
    mask = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    assert losses.log_ratio(now, old, mask).exp()[0].tolist() == pytest.approx([2.0, 0.5])
    assert losses.log_ratio(now, old, mask, "sequence").exp().flatten().tolist() == pytest.approx([1.0, 3.0])


@pytest.mark.parametrize(
    ("ratio", "advantage", "cost"),
    [(1.0, 2.0, -2.0), (1.5, 2.0, -2.56), (1.5, -2.0, 3.0), (0.5, 2.0, -1.0), (0.5, -2.0, 1.6)],
)
def test_the_clip_is_asymmetric_and_pessimistic(ratio, advantage, cost):
    found = losses.clipped(torch.tensor([[ratio]]), torch.tensor([advantage]), low=0.2, high=0.28)
    assert found.item() == pytest.approx(cost)


@pytest.mark.parametrize(("ratio", "gradient"), [(1.2, 1.0), (1.3, 0.0), (0.5, 1.0)])
def test_no_gradient_beyond_the_clip(ratio, gradient):
    given_ratio = torch.tensor([[ratio]], requires_grad=True)
    losses.clipped(given_ratio, torch.tensor([-1.0 if ratio > 2 else 1.0]), 0.2, 0.28).sum().backward()
    assert -given_ratio.grad.item() == pytest.approx(gradient)


def test_cispo_keeps_the_gradient_of_a_clipped_token():
    logprobs = torch.tensor([[-1.0, -2.0]], requires_grad=True)
    cost = losses.cispo(torch.tensor([[8.0, 0.5]]), torch.tensor([2.0]), logprobs, most=5.0)
    assert cost.tolist() == [[10.0, 2.0]]
    cost.sum().backward()
    assert logprobs.grad.tolist() == [[-10.0, -1.0]]


@pytest.mark.parametrize(("distance", "expected"), [(0.1, 0.005171), (-0.1, 0.004837), (1.0, exp(1) - 2), (0.0, 0.0)])
def test_k3(distance, expected):
    assert losses.k3(torch.tensor([[-distance]]), torch.tensor([[0.0]])).item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("aggregation", "first", "second"),
    [("grpo", 1 / 8, 1 / 2), ("dapo", 1 / 5, 1 / 5), ("bnpo", 1 / 5, 1 / 5), ("dr_grpo", 1 / 20, 1 / 20)],
)
def test_what_a_token_weighs(aggregation, first, second):
    """Rows of 4 and 1 tokens, of which sampling allows 10."""
    found = losses.token_weights(aggregation, MASK, longest=10)
    assert found.tolist() == [pytest.approx([first] * 4), pytest.approx([second, 0, 0, 0])]


def test_dr_grpo_needs_the_longest():
    with pytest.raises(ValueError, match="pass longest="):
        losses.token_weights("dr_grpo", MASK)


@given(
    lengths=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    aggregation=st.sampled_from(losses.AGGREGATIONS),
    cut=st.integers(1, 5),
)
@settings(deadline=None)
def test_pieces_add_up_to_the_whole(lengths, aggregation, cut):
    mask = torch.tensor([[1.0] * n + [0.0] * (6 - n) for n in lengths])
    costs = torch.randn(mask.shape, generator=torch.Generator().manual_seed(len(lengths)))
    counts = {"rows": len(lengths), "tokens": sum(lengths), "longest": 6}
    whole = (losses.token_weights(aggregation, mask, longest=6) * costs).sum()
    parts = [
        (losses.token_weights(aggregation, mask[part, :width], **counts) * costs[part, :width]).sum()
        for part in (slice(0, cut), slice(cut, None))
        if (width := max(lengths[part], default=0))
    ]
    assert torch.stack(parts).sum().item() == pytest.approx(whole.item(), abs=1e-5)


def test_padding_costs_nothing_whatever_it_holds():
    logprobs = torch.tensor([[-1.0, -50.0]], requires_grad=True)
    mask = torch.tensor([[1.0, 0.0]])
    weights = losses.token_weights("grpo", mask)
    found = losses.policy_loss(
        logprobs, logprobs.detach() - 1, torch.tensor([1.0]), mask, weights, reference_BT=mask, beta=1.0
    )
    found.loss.backward()
    assert logprobs.grad[0, 1].item() == 0.0
    assert found.clipped_sum.item() == 1.0  # the ratio e is over 1.2, the advantage positive
    assert found.kl_sum.item() == pytest.approx(exp(2) - 3)
