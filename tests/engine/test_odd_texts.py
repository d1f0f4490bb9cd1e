"""Half characters and integers beyond 64 bits go through the workers of a batch like anything else."""

import referee


def test_a_batch_on_two_cores_scores_what_one_core_scores():
    texts = [f"A: {10**30 + number % 2} " + ("\ud800" if number % 3 else "") for number in range(600)]
    truths = [10**30 + (number % 2) for number in range(600)]
    alone, shared = (referee.score_batch("gsm8k", texts, truths, workers=count) for count in (1, 2))
    assert alone == shared
    assert shared[0].reward == 1.0
