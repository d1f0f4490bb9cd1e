"""Every script under examples/ runs, away from the checkout, and prints what it promises."""

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
