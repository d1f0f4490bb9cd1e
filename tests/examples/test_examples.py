"""Every script under examples/ runs, away from the checkout, and prints what it promises."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

PROMISED = {
    "library.py": ["pass math.equal", "reward 1.10 from", "reward 0.00  advantage -"],
    "score_a_file.py": ["24 rollouts in 5 groups, 2 of them silent", "pass@1 0.525", '{"line":1'],
    "trainer_reward.py": ["[1.1, 0.1, 0.0]", "unjudged: [False, True, False]"],
}


def test_every_example_is_run():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_the_example_runs(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    for text in PROMISED[name]:
        assert text in done.stdout
    assert not list(tmp_path.iterdir())


def test_the_miniature_runs_from_corpus_to_curves(tmp_path):
    """A short form: a little pretraining, four steps with programs mixed in. What it promises, `make train-long` shows."""
    for name in ("torch", "transformers", "accelerate"):
        pytest.importorskip(name)
    run = EXAMPLES / "r1_zero_mini" / "run.py"
    argv = [sys.executable, run, "--out", "out", "--pretrain", "60", "--steps", "4", "--code"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seed 0  rewarded  sums  accuracy" in done.stdout
    found = tmp_path / "out" / "seed-0"
    told = [json.loads(line) for line in (found / "rewarded" / "run" / "metrics.jsonl").read_text().splitlines()]
    weights = [line["weight/r1-zero-math/format"] for line in told]
    assert weights == [0.1, 0.1, 0.05, 0.05]
    assert all(line["unjudged"] == 0 for line in told)
    assert {"rule/format", "rule/answer", "rule/code"} <= set(told[0])
    assert (found / "curves.svg").read_text().count("<polyline") == 8
