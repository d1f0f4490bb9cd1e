"""Real completions with their publisher's own labels, where the data lies beside the checkout."""

from pathlib import Path

import pytest

from referee.engine.run import score_file

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "gsm8k_model_solutions.jsonl.gz"


def test_every_label_of_the_publisher_agrees(tmp_path, monkeypatch):
    if not DATA.exists():
        pytest.skip(f"the labelled GSM8K solutions are not here: {DATA.name}")
    monkeypatch.chdir(tmp_path)
    summary = score_file(DATA, "gsm8k")
    assert (summary.rollouts, summary.groups, summary.unjudged, summary.rejected) == (5276, 1319, 0, 0)
    assert summary.agreement is not None
    assert summary.agreement.lines == ()
    assert summary.agreement.agree == 5276
