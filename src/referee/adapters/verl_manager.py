"""verl's reward manager: no file of your own, and the rollouts that end together are scored together.

    reward.reward_manager.source=importlib
    reward.reward_manager.module.path=pkg://referee.adapters.verl_manager
    reward.reward_manager.name=RewardManager
    +reward.custom_reward_function.reward_kwargs.pack=r1-zero-math

Only verl imports this module; it needs verl. The prompt is decoded too, so that a template that opens the thinking is
seen by the rules that care.
"""

from __future__ import annotations

import asyncio
from typing import Any

from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase

from referee.adapters.judge import Judge
from referee.adapters.window import SECONDS, Window
from referee.core.errors import UsageError


class RewardManager(RewardManagerBase):
    """Scores with a pack. `reward_kwargs`: `pack`, and if need be `unjudged` and `window` (in seconds)."""

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any = None, **_: Any) -> None:
        super().__init__(config, tokenizer, compute_score)
        options = dict((config.reward.get("custom_reward_function") or {}).get("reward_kwargs") or {})
        if not options.get("pack"):
            raise UsageError(
                "the reward manager needs a pack: +reward.custom_reward_function.reward_kwargs.pack=r1-zero-math"
            )
        self.judge = Judge(options["pack"], unjudged=float(options.get("unjudged", 0.0)))
        self.window = Window(self.judge, float(options.get("window", SECONDS)))

    async def run_single(self, data: Any) -> dict[str, Any]:
        """The reward of the last sequence in `data`, as `reward_score` and `reward_extra_info`."""
        item = data[-1]
        prompt_length = item.batch["prompts"].shape[-1]
        mask = item.batch["attention_mask"]
        prompt = item.batch["prompts"][mask[:prompt_length].bool()]
        response = item.batch["responses"][mask[prompt_length:].bool()]
        decode = self.tokenizer.decode
        text = await asyncio.to_thread(decode, response, skip_special_tokens=True)
        asked = await asyncio.to_thread(decode, prompt, skip_special_tokens=False)
        score = await self.window.score(text, item.non_tensor_batch["reward_model"]["ground_truth"], asked)
        numbers = self.judge.numbers(score)
        return {"reward_score": numbers["score"], "reward_extra_info": numbers}
