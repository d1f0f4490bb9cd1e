"""The loop on a tiny model: what it learns, what it leaves out, what it says."""

import json
from pathlib import Path

import pytest
import torch

from referee.train.grpo import Trainer


def lines(out):
    return [json.loads(line) for line in (Path(out) / "metrics.jsonl").read_text().splitlines()]


def test_the_policy_earns_more(run_config, judges):
    config = run_config(steps=14, sample__prompts=6, sample__group=8, loss__micro_tokens=100)
    Trainer(config, judges=judges).train()
    told = lines(config.out)
    assert [one["step"] for one in told] == list(range(14))
    assert told[-1]["rule/digit"] > told[0]["rule/digit"] + 0.3
    first = told[0]
    assert first["reward"] == pytest.approx(first["rule/digit"] + 0.1 * first["rule/short"])
    assert first["weight/pack/digit"] == 1.0
    assert first["rollouts"] == 48
    assert first["drift"] < 1e-5
    assert first["clip"] == 0.0
    assert first["tokens_per_second"] > 0


def state(out):
    from safetensors.torch import load_file

    found = max(Path(out).glob("checkpoint-*"))
    return load_file(found / "model.safetensors")


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_same_config_gives_the_same_weights(run_config, judges_of):
    found = []
    for name in ("one", "two", "other"):
        config = run_config(out=name, seed=6 if name == "other" else 5, loss__micro_tokens=64)
        Trainer(config, judges=judges_of()).train()
        found.append(state(config.out))
    assert equal(found[0], found[1])
    assert not equal(found[0], found[2])


def never(config, count):
    """Let nothing match the truth of the first tasks: their groups are silent."""
    data = Path(config.data[0].path)
    data.write_text(data.read_text().replace("[0-4]", "never", count))


def test_silent_groups_are_left_out_and_others_are_drawn(run_config, judges_of):
    told = []
    for refill in (0, 3):
        config = run_config(short=False, out=f"run{refill}", steps=1, sample__prompts=6, sample__refill=refill)
        if not refill:
            never(config, 3)
        Trainer(config, judges=judges_of()).train()
        told += lines(config.out)
    assert told[0]["rollouts"] == 24
    assert told[0]["kept"] == pytest.approx(1 - told[0]["silent"])
    assert 0.5 <= told[0]["silent"] < 1
    assert told[1]["rollouts"] > 24
    assert told[1]["kept"] > told[0]["kept"]


def test_a_step_of_silent_groups_moves_nothing(run_config, judges):
    config = run_config(short=False, steps=1, loss__beta=0.1)
    never(config, 6)
    trainer = Trainer(config, judges=judges)
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    trainer.train()
    assert equal(before, trainer.model.state_dict())
    assert lines(config.out)[0]["silent"] == 1.0
    assert lines(config.out)[0]["updates"] == 0


def test_unjudged_rollouts_are_in_no_mean_and_no_loss(run_config, judges_of, monkeypatch):
    """A truth that is no pattern: a third of the tasks cannot be judged, and the rest is as if they were not there."""
    config = run_config(steps=1, sample__prompts=6)
    data = Path(config.data[0].path)
    data.write_text(data.read_text().replace("[0-4]", "[", 2))
    trainer = Trainer(config, judges=judges_of())
    rows = []
    learn = trainer.learn
    monkeypatch.setattr(trainer, "learn", lambda given: rows.extend(given) or learn(given))
    trainer.train()
    told = lines(config.out)[0]
    assert told["unjudged"] == pytest.approx(2 / 6)
    assert told["reward"] == pytest.approx(told["rule/digit"] + 0.1 * told["rule/short"], abs=0.1)
    assert len(rows) <= 16


def test_weights_change_in_mid_run_and_are_logged_with_the_step(run_config, judges):
    config = run_config(steps=3, sample__prompts=2)

    def edit(trainer, done):
        if done == 2:
            pack = Path(config.data[0].pack)
            pack.write_text(pack.read_text().replace("weight = 0.1", "weight = 0.05"))
        return {"noted": done}

    Trainer(config, hook=edit, judges=judges).train()
    told = lines(config.out)
    assert [one["weight/pack/short"] for one in told] == [0.1, 0.1, 0.05]
    assert [one["noted"] for one in told] == [1, 2, 3]
    for one in told:
        expected = one["rule/digit"] + one["weight/pack/short"] * one["rule/short"]
        assert one["reward"] == pytest.approx(expected)


def test_every_rollout_is_in_the_ledger(run_config, tmp_path):
    from referee.ledger.read import Reader

    config = run_config(steps=2, ledger=str(tmp_path / "kept" / "rollouts.ledger"))
    Trainer(config).train()
    with Reader(config.ledger) as reader:
        kept = list(reader.entries())
    told = lines(config.out)
    assert len(kept) == sum(one["rollouts"] for one in told) == 32
    assert {one.scored.step for one in kept} == {0, 1}
    first = [one.scored.score.reward for one in kept if one.scored.step == 0]
    assert sum(first) / 16 == pytest.approx(told[0]["reward"])


def test_several_passes_and_minibatches(run_config, judges):
    config = run_config(
        steps=2, sample__prompts=6, loss__epochs=2, loss__minibatches=2, loss__beta=0.05, optim__lr=0.05
    )
    Trainer(config, judges=judges).train()
    told = lines(config.out)
    assert told[0]["updates"] == 4
    assert told[0]["clip"] > 0
    assert told[0]["kl"] > 0


def test_pieces_of_any_size_give_the_same_step(run_config, judges_of):
    found = []
    for budget in (40, 100_000):
        config = run_config(out=f"run{budget}", steps=1, loss__micro_tokens=budget, loss__beta=0.1, sample__prompts=6)
        trainer = Trainer(config, judges=judges_of())
        trainer.train()
        found.append(state(config.out))
    for name, weight in found[0].items():
        torch.testing.assert_close(weight, found[1][name], atol=2e-4, rtol=1e-3)


# Said by peft about transformers.
peft_warns = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.mark.parametrize("change", [{"model__checkpointing": True}, {"model__precision": "bf16"}])
def test_checkpointing_and_bf16_learn_too(change, run_config, judges):
    config = run_config(steps=2, loss__beta=0.01, **change)
    Trainer(config, judges=judges).train()
    told = lines(config.out)
    assert told[0]["grad_norm"] > 0
    assert told[0]["drift"] < (0.1 if "model__precision" in change else 1e-5)
    assert state(config.out)["model.norm.weight"].dtype == torch.float32


@peft_warns
def test_adapters_are_trained_and_the_reference_is_the_model_without_them(run_config, judges_of):
    config = run_config(steps=3, model__lora_rank=2, loss__beta=0.1, save_every=1, sample__prompts=6)
    trainer = Trainer(config, judges=judges_of())
    before = {name: weight.clone() for name, weight in trainer.model.get_base_model().state_dict().items()}
    assert trainer.reference is None
    trainer.train()
    after = trainer.model.get_base_model().state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all("lora_" in name for name in changed)
    told = lines(config.out)
    assert told[0]["kl"] == 0.0
    assert told[-1]["kl"] > 0.0


@peft_warns
def test_adapters_are_taken_up_again(run_config, judges_of):
    whole = run_config(out="whole", steps=2, model__lora_rank=2)
    Trainer(whole, judges=judges_of()).train()
    for steps in (1, 2):
        Trainer(run_config(out="parts", steps=steps, model__lora_rank=2), judges=judges_of()).train()
    from safetensors.torch import load_file

    one, other = (
        load_file(Path(whole.out).parent / name / "checkpoint-000002" / "adapter_model.safetensors")
        for name in ("whole", "parts")
    )
    assert equal(one, other)
