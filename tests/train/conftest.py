"""Tiny models and tokenizers, made from scratch: nothing is downloaded."""

import importlib.util
import string
from pathlib import Path

import pytest

# CI installs them; without them this room cannot be tested.
MISSING = [name for name in ("torch", "transformers", "accelerate") if importlib.util.find_spec(name) is None]
HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path):
    return True if MISSING and collection_path.name.startswith("test_") else None


@pytest.fixture(scope="session")
def tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    signs = ["<pad>", "<eos>", *string.ascii_lowercase, *string.digits, *" +-*=.<>/\\{}?\n"]
    made = Tokenizer(models.WordLevel({sign: place for place, sign in enumerate(signs)}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="?")


@pytest.fixture
def make_model(tokenizer):
    """A random Qwen2- or Llama-shaped model of a few thousand weights."""

    def make(kind="qwen2", seed=0, **changes):
        import torch
        from transformers import (
            LlamaConfig,
            LlamaForCausalLM,
            Qwen2Config,
            Qwen2ForCausalLM,
            Qwen3Config,
            Qwen3ForCausalLM,
        )

        config_type, model_type = {
            "qwen2": (Qwen2Config, Qwen2ForCausalLM),
            "qwen3": (Qwen3Config, Qwen3ForCausalLM),
            "llama": (LlamaConfig, LlamaForCausalLM),
        }[kind]
        shape = {
            "vocab_size": len(tokenizer),
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 128,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "bos_token_id": None,
            "initializer_range": 0.3,
        }
        torch.manual_seed(seed)
        return model_type(config_type(**{**shape, **changes}))

    return make


@pytest.fixture
def judges_of():
    from referee.pool.pool import Pool

    return lambda: Pool("here")


@pytest.fixture
def judges(judges_of):
    return judges_of()


@pytest.fixture
def run_config(tmp_path, tokenizer, make_model):
    """A small run: a random model on disk, six tasks, a pack that pays for any digit from 0 to 4."""
    from referee.train.config import typed

    def make(short=True, **changes):
        folder = tmp_path / "model"
        if not folder.exists():
            make_model().save_pretrained(folder)
            tokenizer.save_pretrained(folder)
        data = tmp_path / "tasks.jsonl"
        if not data.exists():
            data.write_text("".join(f'{{"prompt": "{n}+{n}=", "truth": "[0-4]"}}\n' for n in range(6)))
        pack = tmp_path / "pack.toml"
        if not pack.exists():
            pack.write_text(PACK + SHORT * short)
        plain = {
            "out": str(tmp_path / "run"),
            "steps": 3,
            "seed": 5,
            "pool": "here",
            "model": {"path": str(folder), "precision": "float32"},
            "data": [{"path": str(data), "pack": str(pack)}],
            "sample": {"prompts": 4, "group": 4, "max_tokens": 8},
            "optim": {"lr": 0.01},
        }
        for path, value in changes.items():
            place = plain
            *steps, last = path.split("__")
            for step in steps:
                place = place.setdefault(step, {})
            place[last] = str(tmp_path / value) if last == "out" else value
        return typed(plain)

    return make


PACK = """
answer = "digit"
[[rules]]
name = "digit"
verifier = "text.pattern"
weight = 1.0
params = { match = "search" }
"""
SHORT = """
[[rules]]
name = "short"
verifier = "shape.length"
weight = 0.1
params = { unit = "tokens", maximum = 8, cache = 6 }
"""
