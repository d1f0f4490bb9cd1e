"""Floor 7: how many cores the verifier pool needs, so that the GPUs do not wait for the judge."""
