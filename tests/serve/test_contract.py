"""The OpenAPI document over the real service: no server error, no answer that the document does not describe.

`make serve-long` asks more, and the planner too, whose settings at their bounds take seconds each.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed")
LONG = bool(os.environ.get("REFEREE_SERVE_LONG"))
# A pack that does not exist is a 422 though its name is a string: a schema cannot say everything.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "413", "422", "429", "503"]
"""


def test_no_answer_is_a_fault_or_another_than_the_document_says(process, tmp_path):
    from referee.engine.build import build
    from referee.engine.score import as_pack
    from referee.engine.scored import Scored, Submission, keys_of
    from referee.ledger.write import Ledger

    pack = as_pack("r1-zero-math")
    work = Submission.of(pack, ["<think>so</think> \\boxed{2}", "\\boxed{3}"], "2", group="g", run="r", step=1)
    with Ledger(tmp_path / "run.ledger") as ledger:
        ledger.learn(pack.spec)
        ledger.learn(build())
        ledger.keep(
            [
                Scored(
                    key=key, run="r", group="g", index=index, rollout=rollout, task=work.task, build=build().id, step=1,
                    score=pack.score_rollout(rollout, work.task), seconds=0.001,
                )
                for index, (rollout, key) in enumerate(
                    zip(work.rollouts, keys_of(work, pack.digest, build().id), strict=True)
                )
            ]
        )  # fmt: skip
    started = process("--ledger", str(tmp_path / "run.ledger"), "--pack", "r1-zero-math")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("schemathesis has no command here")
    command = [program, "--config-file", str(tmp_path / "schemathesis.toml"), "run", f"{started.url}/openapi.json"]
    command += ["--generation-deterministic", "--suppress-health-check", "all", "--continue-on-failure"]
    command += ["--request-timeout", "300", "--no-color"]
    if LONG:
        command += ["--phases", "coverage,fuzzing", "--max-examples", "50"]
    else:
        command += ["--phases", "fuzzing", "--max-examples", "4", "--exclude-path", "/v1/plan"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=3600, check=False)
    assert found.returncode == 0, found.stdout[-6000:] + started.said()[-3000:]
    assert "Traceback" not in started.said()
