"""The model that is trained, its frozen reference, and the log-probabilities of completions under either.

Rows are padded on the right only. A causal model never looks ahead, so padding needs no mask there, and only the
positions that predict a sampled token go through the output layer, a piece at a time when the vocabulary is large.

Axes: B rows, S positions of prompt and completion, T positions of the completion, N sampled tokens of all rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from referee.core.errors import MissingExtra, UsageError
from referee.train.config import ModelConfig
from referee.train.losses import token_logprobs

PIECE = 1 << 24  # logits computed at a time: 64 MiB of float32
LIKE = 0.75  # share of the longest row's length under which a row goes into another part
WORTH = 1 / 8  # share of the budget of tokens that a part has at least when it ends for that
# Configs by which a model scales its logits outside of the output layer; such a model computes them itself.
SCALINGS = ("final_logit_softcapping", "logit_scale", "output_multiplier", "lm_head_multiplier", "logits_scaling")

_GENERAL = ("TokenizersBackend", "PreTrainedTokenizerFast")


class Row(NamedTuple):
    """A completion to learn from. `old`: log-probabilities of its tokens when they were sampled."""

    prompt: list[int]
    tokens: list[int]
    old: list[float]
    advantage: float

    @property
    def length(self) -> int:
        """Positions that the model reads: the last token predicts nothing."""
        return len(self.prompt) + len(self.tokens) - 1


def load_tokenizer(path: str) -> Any:
    """The tokenizer of a folder or a model id; padding is what ends a text where it has none of its own."""
    from transformers import AutoTokenizer, PreTrainedTokenizerFast
    from transformers.models.auto.tokenization_auto import get_tokenizer_config

    try:
        # A tokenizer of no model in particular is read as it was written: AutoTokenizer would take that of the model's
        # architecture, with the vocabulary of this one.
        own = get_tokenizer_config(path).get("tokenizer_class") in _GENERAL
        tokenizer = (PreTrainedTokenizerFast if own else AutoTokenizer).from_pretrained(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"no tokenizer in '{path}' (at $.model.path): {_first_line(error)}") from None
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(config: ModelConfig, *, trained: bool) -> Any:
    """The causal language model of a folder or a model id, with its adapters when it is trained and has any.

    Weights that are trained are float32; frozen ones are bfloat16 under `bf16`.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # of loading and saving; downloads keep theirs
    frozen = not trained or bool(config.lora_rank)
    dtype = torch.bfloat16 if frozen and config.precision == "bf16" else torch.float32
    extra = {"attn_implementation": config.attention} if config.attention else {}
    try:
        model = AutoModelForCausalLM.from_pretrained(config.path, dtype=dtype, **extra)
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"no model in '{config.path}' (at $.model.path): {_first_line(error)}") from None
    if not trained:
        return model.requires_grad_(requires_grad=False).eval()
    return _with_adapters(model, config) if config.lora_rank else model


def prepare(model: Any, config: ModelConfig) -> Any:
    """The model, ready to be trained: with checkpointing when asked for."""
    if config.checkpointing:
        # Its newer name, where transformers has it.
        enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
        enable({"use_reentrant": False})
        if config.lora_rank:
            model.enable_input_require_grads()
    return model.train()


def _with_adapters(model: Any, config: ModelConfig) -> Any:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError:
        raise MissingExtra("low-rank adapters", "train") from None
    targets = list(config.lora_targets) or "all-linear"
    lora = LoraConfig(r=config.lora_rank, lora_alpha=config.lora_alpha, target_modules=targets, task_type="CAUSAL_LM")
    return get_peft_model(model, lora)


def frozen(model: Any, reference: Any) -> tuple[Any, AbstractContextManager[Any]]:
    """The reference to compute with, and the context in which it is one: the model itself with its adapters off."""
    return (reference, nullcontext()) if reference is not None else (model, model.disable_adapter())


def logprobs(model: Any, rows: Sequence[Row], temperature: float = 1.0) -> tuple[Tensor, Tensor]:
    """The log-probabilities of the rows' tokens and the mask of which positions are tokens: (B, T) and (B, T)."""
    device = next(model.parameters()).device
    width = max(row.length for row in rows)
    read = [(row.prompt + row.tokens)[:-1] for row in rows]
    ids_BS = torch.tensor([ids + [0] * (width - len(ids)) for ids in read], device=device)
    lengths_B = torch.tensor([len(row.tokens) for row in rows], device=device)
    steps_T = torch.arange(int(lengths_B.max()), device=device)
    mask_BT = steps_T < lengths_B.unsqueeze(-1)
    starts_B = torch.tensor([len(row.prompt) - 1 for row in rows], device=device)  # predicts the first token
    tokens_N = torch.tensor([token for row in rows for token in row.tokens], device=device)
    row_N, step_N = mask_BT.nonzero(as_tuple=True)
    found_N = _at(model, ids_BS, row_N * width + starts_B[row_N] + step_N, tokens_N, temperature)
    found_BT = found_N.new_zeros(mask_BT.numel()).index_copy(0, mask_BT.flatten().nonzero().squeeze(-1), found_N)
    return found_BT.view(mask_BT.shape), mask_BT.float()


def spread(values: Sequence[Sequence[float]], like: Tensor) -> Tensor:
    """Numbers of each row, padded with 0 to the shape (B, T) of `like`."""
    width = like.shape[1]
    return torch.tensor([[*row, *[0.0] * (width - len(row))] for row in values], device=like.device)


def _at(model: Any, ids_BS: Tensor, place_N: Tensor, tokens_N: Tensor, temperature: float) -> Tensor:
    """The log-probabilities of tokens at places of all rows laid end to end: shape (N,)."""
    inner = model.get_base_model() if hasattr(model, "peft_config") else model
    if any(getattr(inner.config, name, None) not in (None, 1, 1.0) for name in SCALINGS):
        logits_BSV = model(input_ids=ids_BS, use_cache=False).logits
        return token_logprobs(logits_BSV.flatten(0, 1).index_select(0, place_N), tokens_N, temperature)
    hidden_BSH = inner.base_model(input_ids=ids_BS, use_cache=False).last_hidden_state
    hidden_NH = hidden_BSH.flatten(0, 1).index_select(0, place_N)  # its backward pass is a plain sum
    head = inner.get_output_embeddings()

    def piece(part_NH: Tensor, part_N: Tensor) -> Tensor:
        return token_logprobs(head(part_NH), part_N, temperature)

    size = max(PIECE // inner.config.get_text_config().vocab_size, 1)
    if len(tokens_N) <= size:
        return piece(hidden_NH, tokens_N)
    parts = zip(torch.split(hidden_NH, size), torch.split(tokens_N, size), strict=True)
    return torch.cat([checkpoint(piece, *part, use_reentrant=False) for part in parts])


def buckets(rows: Sequence[Row], budget: int) -> Iterator[list[int]]:
    """The places of the rows, long ones first, in parts of rows of like length with at most `budget` padded tokens.

    A part ends as well where rows become much shorter than its longest, once it is worth a pass of its own: the lengths
    of completions are spread so widely that filling every part would double the tokens.
    """
    part: list[int] = []
    longest = 0
    for place in sorted(range(len(rows)), key=lambda place: (-rows[place].length, place)):
        length = rows[place].length
        full = longest * (len(part) + 1) > budget
        unlike = length < LIKE * longest and longest * len(part) >= WORTH * budget
        if part and (full or unlike):
            yield part
            part = []
        longest = longest if part else length
        part.append(place)
    if part:
        yield part


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
