"""Sampling G completions of each prompt from a causal language model of transformers.

Three things make it cheap. A prompt is read once and its cache is shared out to the group. Rows that have finished
leave the batch as soon as a quarter of it has, so that the longest completion is paid for alone. The cache has room
for the tokens to come, so that a step writes one column and copies nothing.

Every row has its own random numbers, drawn from the seed of its prompt: what a row samples does not depend on who else
is in the batch, on when others finish, or on how many processes share the prompts.

Axes: P prompts, G completions of each, R = P x G rows, A rows still going on, T positions, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

ROOM = 64  # positions by which a cache grows
LEAVE = 0.25  # share of a batch that has finished when the finished leave it
PLAIN = ("llama", "qwen2", "qwen3")  # embedding, layers, norm, output, and nothing in between


class Sampled(NamedTuple):
    """One completion. `tokens` include the end token that was sampled; `logprobs`: of each, when it was sampled.

    prompt: place of its prompt among those asked for. member: its place in the group, from 0.
    """

    prompt: int
    member: int
    tokens: list[int]
    logprobs: list[float]
    finish: Literal["stop", "length"]


class Sampling(NamedTuple):
    """How to sample. ends: tokens that end a completion. pad: any token, never read. rows: so many at once; 0: all."""

    group: int
    max_tokens: int
    ends: tuple[int, ...]
    pad: int
    temperature: float = 1.0
    rows: int = 0


Finished = Callable[[list[Sampled]], None]


class Sampler(Protocol):
    """Something that samples: this file's `sample`, or another engine."""

    def __call__(self, prompts: Sequence[list[int]], seeds: Sequence[int], finished: Finished) -> object:
        """Sample a group of each prompt and hand over every completion, once, some time before returning.

        Equal prompts, seeds and weights give equal completions.
        """


def sample(
    model: Any, how: Sampling, prompts: Sequence[list[int]], seeds: Sequence[int], finished: Finished = lambda _: None
) -> list[Sampled]:
    """All completions, in the order of the prompts and of their groups; `finished` gets those that end, as they end.

    The model is left as it was found, training or not.
    """
    at_once = max(how.rows // how.group, 1) if how.rows else len(prompts)
    found: list[Sampled] = []
    training = model.training
    model.eval()
    try:
        for start in range(0, len(prompts), at_once):

            def ended(done: list[Sampled], start: int = start) -> None:
                done = [one._replace(prompt=start + one.prompt) for one in done]
                found.extend(done)
                finished(done)

            part = slice(start, start + at_once)
            _batch(model, how, prompts[part], seeds[part], ended)
    finally:
        model.train(training)
    return sorted(found, key=lambda one: (one.prompt, one.member))


@torch.inference_mode()
def _batch(model: Any, how: Sampling, prompts: Sequence[list[int]], seeds: Sequence[int], finished: Finished) -> None:
    device = next(model.parameters()).device
    ends_E = torch.tensor(how.ends or (-1,), device=device)
    reader = _Reader(model, prompts, how.pad, device)
    logits_AV = reader.read().repeat_interleave(how.group, 0)
    reader.widen(how.group)
    rows = len(prompts) * how.group
    chances_AT = _chances(how, seeds).to(device)
    tokens_AT = torch.full((rows, how.max_tokens), how.pad, device=device)
    shares_AT = torch.ones((rows, how.max_tokens), dtype=torch.float64, device=device)  # probabilities of the tokens
    row_A = torch.arange(rows, device=device)
    going_A = torch.ones(rows, dtype=torch.bool, device=device)  # False: finished, but not gone yet

    for position in range(how.max_tokens):
        chosen_A, shares_AT[:, position] = _choose(logits_AV, chances_AT[:, position], how.temperature)
        tokens_AT[:, position] = chosen_A
        ended_A = (chosen_A.unsqueeze(-1) == ends_E).any(-1) & going_A
        last = position == how.max_tokens - 1
        gone_A = going_A if last else ended_A
        if bool(gone_A.any()):
            done = zip(
                row_A[gone_A].tolist(),
                tokens_AT[gone_A, : position + 1].tolist(),
                shares_AT[gone_A, : position + 1].log().tolist(),
                ["stop" if stopped else "length" for stopped in ended_A[gone_A].tolist()],
                strict=True,
            )
            finished([Sampled(*divmod(row, how.group), *rest) for row, *rest in done])
            going_A = going_A & ~ended_A
            count = int(going_A.sum())
            if last or not count:
                return
            if count <= (1 - LEAVE) * len(going_A):
                stay = going_A.nonzero().squeeze(-1)
                reader.keep(stay)
                row_A, going_A, chosen_A = row_A[stay], going_A[stay], chosen_A[stay]
                chances_AT, tokens_AT, shares_AT = chances_AT[stay], tokens_AT[stay], shares_AT[stay]
        logits_AV = reader.step(chosen_A)


def _chances(how: Sampling, seeds: Sequence[int]) -> Tensor:
    """Uniform numbers in [0, 1), a row for each completion: shape (R, T), float64. A group's depend on its seed."""
    parts = [
        torch.rand(how.group, how.max_tokens, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        for seed in seeds
    ]
    return torch.cat(parts)


def _choose(logits_AV: Tensor, chances_A: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """The tokens at which the cumulative distribution passes the rows' numbers, and their probabilities: (A,) and (A,).

    In float64, so that the rare tokens of a large vocabulary keep their chance.
    """
    scaled_AV = logits_AV if temperature == 1.0 else logits_AV / temperature
    shares_AV = torch.softmax(scaled_AV, -1, dtype=torch.float64)
    sums_AV = shares_AV.cumsum(-1)
    found = torch.searchsorted(sums_AV, (chances_A * sums_AV[:, -1]).unsqueeze(-1), right=True)
    found.clamp_(max=logits_AV.shape[-1] - 1)
    return found.squeeze(-1), shares_AV.gather(-1, found).squeeze(-1)


class _Reader:
    """The model and its cache: reads the prompts once, then one token of every row at a time."""

    def __init__(self, model: Any, prompts: Sequence[list[int]], pad: int, device: torch.device) -> None:
        longest = max(len(prompt) for prompt in prompts)
        padded = [[pad] * (longest - len(prompt)) + prompt for prompt in prompts]
        mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
        self._model = model
        self._ids = torch.tensor(padded, device=device)
        self._mask = torch.tensor(mask, device=device)
        self._ragged = not bool(self._mask.all())  # without padding the model needs no mask, and is faster
        self._next = self._mask.sum(-1, keepdim=True)  # the position of each row's next token
        if not self._ragged:
            self._next = self._next[:1]  # the same for all
        self._cache = _roomy(model)
        self._plain = _plain(model)

    def read(self) -> Tensor:
        """The logits after each prompt: shape (P, V)."""
        return self._forward(self._ids, (self._mask.cumsum(-1) - 1).clamp(min=0))

    def widen(self, group: int) -> None:
        """`group` rows for each prompt from now on."""
        self._cache.batch_repeat_interleave(group)
        if self._ragged:
            self._mask = self._mask.repeat_interleave(group, 0)
            self._next = self._next.repeat_interleave(group, 0)

    def keep(self, places: Tensor) -> None:
        """Only these rows from now on."""
        self._cache.batch_select_indices(places)
        if self._ragged:
            self._mask, self._next = self._mask[places], self._next[places]

    def step(self, tokens_A: Tensor) -> Tensor:
        """The logits after one more token of each row: shape (A, V)."""
        if self._ragged:
            self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens_A), 1)], -1)
        work = self._forward if self._plain is None else self._through
        logits = work(tokens_A.unsqueeze(-1), self._next)
        self._next = self._next + 1
        return logits

    def _through(self, ids: Tensor, positions: Tensor) -> Tensor:
        """One token of each row through the model's own layers, as its own forward pass has them, without its wrapping.

        For a small model the wrapping (masks, records of outputs, checks) is a fifth of the time of a step.
        """
        inner = self._plain
        hidden = inner.model.embed_tokens(ids)
        turns = inner.model.rotary_emb(hidden, positions)
        mask = self._mask[:, None, None, :].bool() if self._ragged else None
        for layer in inner.model.layers:
            hidden = layer(hidden, attention_mask=mask, position_embeddings=turns, past_key_values=self._cache)
        logits: Tensor = inner.lm_head(inner.model.norm(hidden))[:, -1].float()
        return logits

    def _forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        made = self._model(
            input_ids=ids,
            attention_mask=self._mask if self._ragged else None,
            position_ids=positions.expand(len(ids), -1),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = made.logits[:, -1].float()
        return logits


def _plain(model: Any) -> Any:
    """The model without adapters' wrapping when its forward pass is the plain one of Llama, else None."""
    inner = model.get_base_model() if hasattr(model, "peft_config") else model
    config = inner.config
    windows = set(getattr(config, "layer_types", None) or ["full_attention"])
    known = config.model_type in PLAIN and windows == {"full_attention"} and config._attn_implementation == "sdpa"
    return inner if known else None


def _roomy(model: Any) -> DynamicCache:
    """The cache that the model's config asks for; layers that keep every position get room to grow."""
    cache = DynamicCache(config=model.config)
    cache.layers = [_Roomy() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class _Roomy(DynamicLayer):  # type: ignore[misc]
    """A layer's keys and values, shape (A, heads, T, width), as views of tensors that are up to `ROOM` longer."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[Tensor] = []

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if not self._held or end > self._held[0].shape[-2]:
            shape = (*key_states.shape[:2], end + ROOM)
            roomy = [new.new_empty(*shape, new.shape[-1]) for new in (key_states, value_states)]
            if start:
                for tensor, old in zip(roomy, (self.keys, self.values), strict=True):
                    tensor[:, :, :start] = old
            self._held = roomy
        for tensor, new in zip(self._held, (key_states, value_states), strict=True):
            tensor[:, :, start:end] = new
        self._show(end)
        return self.keys, self.values

    def batch_repeat_interleave(self, repeats: int) -> None:
        length = self.get_seq_length()
        self._held = [tensor.repeat_interleave(repeats, 0) for tensor in self._held]
        self._show(length)

    def batch_select_indices(self, indices: Tensor) -> None:
        length = self.get_seq_length()
        self._held = [tensor[indices] for tensor in self._held]
        self._show(length)

    def _show(self, length: int) -> None:
        self.keys, self.values = (tensor[:, :, :length] for tensor in self._held)
