"""A file of rollouts through the judge, with what `referee score` would print as a record.

python examples/score_a_file.py rollouts.jsonl gsm8k
"""

import sys
import tempfile
from pathlib import Path

import referee
from referee.engine.run import score_file

BUNDLED = Path(referee.__file__).parent / "examples" / "rollouts.jsonl"


def main() -> None:
    source, pack = sys.argv[1:] or (BUNDLED, "r1-zero-math")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "scores.jsonl"
        summary = score_file(source, pack, out=out)
        print(f"{summary.rollouts} rollouts in {summary.groups} groups, {summary.silent} of them silent")
        for rule in summary.rules:
            print(f"{rule.name}: {rule.counts}, adds {rule.contribution:.3f} on average")
        for k, chance in summary.pass_at.items():
            print(f"pass@{k} {chance:.3f}")
        print("the first line:", out.read_text(encoding="utf-8").splitlines()[0][:100], "...")


if __name__ == "__main__":  # the worker processes of a large file import this module
    main()
