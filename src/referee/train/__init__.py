"""Floor 8: the training loop. GRPO on the rewards of a rule pack, for any causal language model of transformers."""
