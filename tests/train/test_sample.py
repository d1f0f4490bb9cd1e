"""Sampling: the right distribution, the right log-probabilities, nothing that depends on company."""

import pytest
import torch

from referee.train import sample as sampling
from referee.train.policy import Row, logprobs
from referee.train.sample import Sampling, sample

PROMPTS = [[5, 9, 12, 7], [30, 31], [8] * 9]
SEEDS = [11, 12, 13]


def how(**changes):
    return Sampling(**{"group": 6, "max_tokens": 24, "ends": (1, 2, 3), "pad": 0, **changes})


@pytest.mark.parametrize("kind", ["qwen2", "llama"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_log_probabilities_are_those_of_the_model(kind, temperature, make_model):
    """A cache that loses a row, a column or a position would show here: rows finish at all lengths."""
    model = make_model(kind)
    found = sample(model, how(temperature=temperature), PROMPTS, SEEDS)
    assert len({len(one.tokens) for one in found}) > 5
    rows = [Row(PROMPTS[one.prompt], one.tokens, one.logprobs, 0.0) for one in found]
    now, mask = logprobs(model, rows, temperature)
    for place, one in enumerate(found):
        assert now[place, : len(one.tokens)].tolist() == pytest.approx(one.logprobs, abs=1e-4)
        assert mask[place].sum() == len(one.tokens)


@pytest.mark.parametrize("kind", ["qwen2", "llama", "qwen3"])
@pytest.mark.parametrize("prompts", [PROMPTS, [[5, 6, 7]] * 3])
def test_the_way_through_the_layers_is_the_forward_pass(kind, prompts, make_model, monkeypatch):
    model = make_model(kind)
    found = sample(model, how(), prompts, SEEDS)
    monkeypatch.setattr(sampling, "PLAIN", ())
    slowly = sample(model, how(), prompts, SEEDS)
    assert [one.tokens for one in found] == [one.tokens for one in slowly]
    assert [one.logprobs for one in found] == [pytest.approx(one.logprobs, abs=1e-5) for one in slowly]


def test_a_sliding_window_is_kept(make_model):
    model = make_model(use_sliding_window=True, sliding_window=4, max_window_layers=1)
    found = sample(model, how(), PROMPTS[:1], SEEDS[:1])
    now, _ = logprobs(model, [Row(PROMPTS[0], one.tokens, one.logprobs, 0.0) for one in found])
    for place, one in enumerate(found):
        assert now[place, : len(one.tokens)].tolist() == pytest.approx(one.logprobs, abs=1e-4)


def test_what_a_group_samples_does_not_depend_on_company(make_model):
    model = make_model()
    together = sample(model, how(), PROMPTS, SEEDS)
    alone = [one for prompt, seed in zip(PROMPTS, SEEDS, strict=True) for one in sample(model, how(), [prompt], [seed])]
    few = sample(model, how(rows=7), PROMPTS, SEEDS)
    assert [one.tokens for one in together] == [one.tokens for one in alone] == [one.tokens for one in few]
    assert [(one.prompt, one.member) for one in few] == [(p, m) for p in range(3) for m in range(6)]
    assert [one.tokens for one in together] != [one.tokens for one in sample(model, how(), PROMPTS, [1, 2, 3])]


def test_a_completion_ends_at_its_end_token_or_at_the_longest(make_model):
    found = sample(make_model(), how(max_tokens=10), PROMPTS, SEEDS)
    for one in found:
        ends = [token in (1, 2, 3) for token in one.tokens]
        assert not any(ends[:-1])
        assert (one.finish == "stop") == ends[-1]
        assert one.finish == "stop" or len(one.tokens) == 10
    assert {one.finish for one in found} == {"stop", "length"}


def test_completions_are_handed_over_as_they_end(make_model):
    parts = []
    found = sample(make_model(), how(), PROMPTS, SEEDS, parts.append)
    assert sorted(one for part in parts for one in part) == found
    lengths = [{len(one.tokens) for one in part} for part in parts]
    assert all(len(part) == 1 for part in lengths)
    assert lengths == sorted(lengths, key=min)


def test_a_prompt_is_read_once_and_the_finished_leave(make_model):
    model, rows = make_model(), []
    model.get_input_embeddings().register_forward_pre_hook(lambda _, given: rows.append(len(given[0])))
    found = sample(model, how(), PROMPTS, SEEDS)
    assert rows[:2] == [3, 18]
    assert rows[1:] == sorted(rows[1:], reverse=True)
    needed = sum(len(one.tokens) - 1 for one in found)
    assert needed <= sum(rows[1:]) <= needed / (1 - sampling.LEAVE) + 3 * 18


def test_the_model_is_left_as_it_was(make_model):
    model = make_model().train()
    weights = [weight.clone() for weight in model.parameters()]
    sample(model, how(max_tokens=2), PROMPTS, SEEDS)
    assert model.training
    assert all(torch.equal(one, other) for one, other in zip(weights, model.parameters(), strict=True))


def test_a_token_is_chosen_where_the_distribution_passes_the_number():
    logits = torch.log(torch.tensor([[0.5, 0.25, 0.25]])).expand(5, 3)
    chances = torch.tensor([0.0, 0.49, 0.51, 0.74, 0.76], dtype=torch.float64)
    places, shares = sampling._choose(logits, chances, 1.0)
    assert places.tolist() == [0, 0, 1, 1, 2]
    assert shares.tolist() == pytest.approx([0.5, 0.5, 0.25, 0.25, 0.25])


def test_frequencies_are_those_of_the_softmax():
    logits = torch.tensor([[0.3, -1.0, 2.0, 0.0]]).expand(20_000, 4)
    chances = torch.rand(20_000, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    found = torch.bincount(sampling._choose(logits, chances, 2.0)[0], minlength=4) / 20_000
    assert found.tolist() == pytest.approx(torch.softmax(logits[0] / 2.0, -1).tolist(), abs=0.01)


def test_a_token_without_a_chance_is_never_chosen():
    logits = torch.tensor([[float("-inf"), 0.0, float("-inf")]]).expand(3, 3)
    chances = torch.tensor([0.0, 0.5, 1.0 - 2**-53], dtype=torch.float64)
    assert sampling._choose(logits, chances, 1.0)[0].tolist() == [1, 1, 1]
