"""Sampling with vLLM, in this process and on this GPU, where it is installed (`pip install vllm`).

Untested here: vLLM needs a GPU. Before every step the trained weights are handed to its engine, adapters merged in. Its
log-probabilities are those of its own kernels; the importance ratio and its clip see the difference, and the metric
`drift` shows it. Every group has its own seed, but vLLM promises no equal texts for batches of another make-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from referee.core.errors import UsageError
from referee.train.config import TrainConfig
from referee.train.sample import Finished, Sampled, Sampling


class VllmSampler:
    """A `Sampler` with an engine of vLLM. Completions are handed over a step's batch at a time."""

    def __init__(self, model: Any, config: TrainConfig, how: Sampling) -> None:
        try:
            from vllm import LLM
        except ImportError:
            raise UsageError("sampling with vLLM: pip install vllm, or sample.backend=transformers") from None
        self._model, self._how = model, how
        self._engine = LLM(
            model=config.model.path,
            dtype="bfloat16" if config.model.precision == "bf16" else "float32",
            gpu_memory_utilization=config.sample.gpu_memory,
            logprobs_mode="processed_logprobs",  # with the temperature in them, as the loss has it
            enable_prefix_caching=True,
        )

    def __call__(self, prompts: Sequence[list[int]], seeds: Sequence[int], finished: Finished) -> None:
        from vllm import SamplingParams

        self._hand_over()
        how = self._how
        params = [
            SamplingParams(
                n=how.group,
                seed=seed % 2**31,
                temperature=how.temperature,
                max_tokens=how.max_tokens,
                stop_token_ids=list(how.ends),
                logprobs=0,
            )
            for seed in seeds
        ]
        made = self._engine.generate([{"prompt_token_ids": ids} for ids in prompts], params, use_tqdm=False)
        for place, request in enumerate(made):
            finished([_sampled(place, output) for output in request.outputs])

    def _hand_over(self) -> None:
        """The trained weights, as they are now, for the engine."""
        with _merged(self._model) as model:
            named = [(name, weight) for name, weight in model.state_dict().items() if "lora_" not in name]
            weights = [(name.replace(".base_layer.", "."), weight) for name, weight in named]
            self._engine.apply_model(lambda inner: inner.load_weights(weights))
        self._engine.reset_prefix_cache()


@contextmanager
def _merged(model: Any) -> Iterator[Any]:
    if not hasattr(model, "peft_config"):
        yield model
        return
    model.merge_adapter()
    try:
        yield model.get_base_model()
    finally:
        model.unmerge_adapter()


def _sampled(place: int, output: Any) -> Sampled:
    tokens = list(output.token_ids)
    chosen = [found[token].logprob for found, token in zip(output.logprobs, tokens, strict=True)]
    return Sampled(place, output.index, tokens, chosen, "stop" if output.finish_reason == "stop" else "length")
