"""Loss and gradient equal TRL's own, on the same model and ragged batch: `GRPOTrainer._compute_loss` itself is called."""

import warnings

import pytest
import torch
from datasets import Dataset

from referee.group import advantage
from referee.train import losses

trl = pytest.importorskip("trl", reason="TRL is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

ROWS, PROMPT, LONGEST = 8, 5, 12
VARIANTS = {
    "grpo": {"loss_type": "grpo"},
    "dapo": {"loss_type": "dapo", "epsilon_high": 0.28},
    "bnpo": {"loss_type": "bnpo"},
    "dr_grpo": {"loss_type": "dr_grpo"},
    "cispo": {"loss_type": "cispo", "epsilon_high": 1.1},
    "gspo": {"loss_type": "grpo", "importance_sampling_level": "sequence", "epsilon": 3e-2, "epsilon_high": 4e-2},
    "grpo with kl": {"loss_type": "grpo", "beta": 0.04, "use_bias_correction_kl": False},
    "grpo with corrected kl": {"loss_type": "grpo", "beta": 0.04, "use_bias_correction_kl": True},
    "cispo with kl": {"loss_type": "cispo", "epsilon_high": 1.1, "beta": 0.04, "use_bias_correction_kl": True},
}


@pytest.fixture(scope="module")
def trainer_of(tokenizer, tmp_path_factory):
    def make(model, reward=lambda completions, **_: [0.0] * len(completions), **changes):
        config = trl.GRPOConfig(
            output_dir=str(tmp_path_factory.mktemp("trl")),
            per_device_train_batch_size=ROWS,
            num_generations=4,
            max_completion_length=LONGEST,
            use_cpu=True,
            report_to=[],
            gradient_checkpointing=False,
            bf16=False,
            seed=7,
            **changes,
        )
        data = Dataset.from_dict({"prompt": ["ab", "cd"] * 8})
        return trl.GRPOTrainer(model, reward, config, train_dataset=data, processing_class=tokenizer)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield make


def ragged(seed, vocabulary):
    """Token ids, masks and float tensors of one batch: prompts padded on the left, completions on the right."""
    draw = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, LONGEST + 1, (ROWS,), generator=draw)
    starts = torch.randint(0, PROMPT - 1, (ROWS,), generator=draw)
    completion_mask = (torch.arange(LONGEST) < lengths[:, None]).long()
    prompt_mask = (torch.arange(PROMPT) >= starts[:, None]).long()
    return {
        "prompt_ids": torch.randint(2, vocabulary, (ROWS, PROMPT), generator=draw) * prompt_mask,
        "prompt_mask": prompt_mask,
        "completion_ids": torch.randint(2, vocabulary, (ROWS, LONGEST), generator=draw) * completion_mask,
        "completion_mask": completion_mask,
        "advantages": torch.randn(ROWS, generator=draw),
        "moved": 0.4 * torch.randn(ROWS, LONGEST, generator=draw),
        "apart": 0.3 * torch.randn(ROWS, LONGEST, generator=draw),
    }


def own_logprobs(model, batch):
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    logits = model(input_ids=ids, attention_mask=mask).logits[:, PROMPT - 1 : -1]
    return losses.token_logprobs(logits, batch["completion_ids"])


def gradients(model):
    found = torch.cat([weight.grad.flatten() for weight in model.parameters()])
    model.zero_grad()
    return found


@pytest.mark.parametrize("name", VARIANTS)
def test_loss_and_gradient_equal_trl(name, make_model, tokenizer, trainer_of):
    change = VARIANTS[name]
    model = make_model()
    trainer = trainer_of(model, **{key: value for key, value in change.items() if key != "beta"})
    trainer.beta = change.get("beta", 0.0)  # set here: given to the constructor, it loads a reference model by name
    trainer.current_gradient_accumulation_steps = 1
    for seed in range(4):
        batch = ragged(seed, len(tokenizer))
        mask = batch["completion_mask"].float()
        now = own_logprobs(model, batch)
        old, reference = now.detach() - batch["moved"], now.detach() + batch["apart"]
        ours = losses.policy_loss(
            now, old, batch["advantages"], mask,
            losses.token_weights("dapo" if "cispo" in name else change["loss_type"], mask, longest=LONGEST),
            reference_BT=reference,
            beta=change.get("beta", 0.0),
            corrected=change.get("use_bias_correction_kl", False),
            surrogate="cispo" if "cispo" in name else "clip",
            level=change.get("importance_sampling_level", "token"),
            low=change.get("epsilon", 0.2),
            high=change.get("epsilon_high", 0.2),
        )  # fmt: skip
        ours.loss.backward()
        our_gradient = gradients(model)
        inputs = {key: value for key, value in batch.items() if key not in ("moved", "apart")}
        inputs |= {"old_per_token_logps": old, "ref_per_token_logps": reference, "num_items_in_batch": mask.sum()}
        theirs = trainer.compute_loss(model, inputs)
        theirs.backward()
        assert ours.loss.item() == pytest.approx(theirs.item(), abs=1e-5)
        torch.testing.assert_close(our_gradient, gradients(model), atol=1e-5, rtol=1e-4)
        assert our_gradient.abs().max() > 1e-3
        _metrics_agree(ours, trainer, mask)


def _metrics_agree(ours, trainer, mask):
    metrics = trainer._metrics["train"]
    if "kl" in metrics:
        assert ours.kl_sum.item() / mask.sum().item() == pytest.approx(metrics["kl"][-1], abs=1e-5)
    if trainer.importance_sampling_level == "token" and "clip_ratio/region_mean" in metrics:
        share = metrics["clip_ratio/region_mean"][-1]
        assert share > 0
        assert ours.clipped_sum.item() / mask.sum().item() == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("rewards", [[1.1, 0.1, 0.0, 1.1] * 2, [1.0, None, 0.25, 0.5, 0.1, 0.1, 0.1, 0.1]])
def test_advantages_equal_trl(rewards, make_model, trainer_of):
    """TRL samples, asks for these rewards and makes its advantages; ours, under `trl`, are the same."""
    trainer = trainer_of(make_model(), reward=lambda completions, **_: rewards[: len(completions)])
    trainer.model.train()
    made = trainer._generate_and_score_completions([{"prompt": "ab"}] * 4 + [{"prompt": "cd"}] * 4)
    ours = [*advantage.estimator("trl")(rewards[:4]), *advantage.estimator("trl")(rewards[4:])]
    assert made["advantages"].tolist() == pytest.approx(ours, abs=1e-5)
