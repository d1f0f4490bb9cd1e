"""Two processes, connected by gloo, do what one does: the same rollouts, the same step."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import torch
from safetensors.torch import load_file

from referee.train.grpo import Trainer

PROGRAM = """
import sys
import msgspec, torch
from referee.train.config import TrainConfig
from referee.train.grpo import Trainer

torch.set_num_threads(1)
Trainer(msgspec.json.decode(sys.argv[1], type=TrainConfig)).train()
torch.distributed.destroy_process_group()
"""


def launch(config, count):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        "WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "ACCELERATE_USE_CPU": "true",
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    argv = [sys.executable, "-c", PROGRAM, msgspec.json.encode(config).decode()]
    started = [
        subprocess.Popen(
            argv,
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(count)
    ]
    told = [process.communicate()[1] for process in started]
    assert [process.returncode for process in started] == [0] * count, told


def test_two_processes_do_what_one_does(run_config, judges):
    changes = {"steps": 2, "sample__prompts": 6, "loss__beta": 0.05, "loss__aggregation": "grpo"}
    one, two = run_config(out="one", **changes), run_config(out="two", **changes)
    Trainer(one, judges=judges).train()
    launch(two, 2)
    told = [json.loads((Path(c.out) / "metrics.jsonl").read_text().splitlines()[0]) for c in (one, two)]
    for name in ("reward", "rollouts", "tokens/sum", "silent", "loss", "kl", "grad_norm"):
        assert abs(told[0][name] - told[1][name]) < 1e-4, name
    weights = [load_file(Path(c.out) / "checkpoint-000002" / "model.safetensors") for c in (one, two)]
    for name in weights[0]:
        torch.testing.assert_close(weights[0][name], weights[1][name], atol=2e-3, rtol=1e-2)
