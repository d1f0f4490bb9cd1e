"""A small transformer, from random weights to a reader of the corpus. No reward is seen here."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch

Text = Callable[[random.Random], str]


def model_for(tokenizer: Any, seed: int) -> Any:
    """Random weights in the shape of Qwen2, about 0.2 million of them."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=128,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        tie_word_embeddings=True,
    )
    return Qwen2ForCausalLM(config)


def pretrain(model: Any, tokenizer: Any, text: Text, *, steps: int, seed: int, rows: int = 48) -> float:
    """Next-token prediction on texts as they come; the loss of the last step in nats per token."""
    draw = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95), weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps, pct_start=0.1)
    model.train()
    loss = torch.zeros(())
    for _ in range(steps):
        texts = [text(draw) + tokenizer.eos_token for _ in range(rows)]
        batch = tokenizer(texts, return_tensors="pt", padding=True, padding_side="right")
        labels = batch.input_ids.masked_fill(batch.attention_mask == 0, -100)
        loss = model(input_ids=batch.input_ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        plan.step()
        optimizer.zero_grad(set_to_none=True)
    return loss.item()
