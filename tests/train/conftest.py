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
        from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

        config_type, model_type = {
            "qwen2": (Qwen2Config, Qwen2ForCausalLM),
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
