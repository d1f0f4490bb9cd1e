"""A run that is killed goes on as if nothing had happened: the same weights, to the bit."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from referee.core.errors import UsageError
from referee.train import checkpoint
from referee.train.grpo import Trainer

# Trains, and kills itself without warning at the given rollout, or in the middle of writing the given checkpoint.
PROGRAM = """
import os, signal, sys
import msgspec, torch
from referee.train.config import TrainConfig
from referee.train.grpo import Trainer

torch.set_num_threads(1)
where, count = sys.argv[2], int(sys.argv[3])
trainer = Trainer(msgspec.json.decode(sys.argv[1], type=TrainConfig))
place = trainer.judging if where == "submit" else torch
name, work = where, getattr(place, where)

def counted(*given, **named):
    global count
    count -= 1
    if not count:
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*given, **named)

if count:
    setattr(place, name, counted)
trainer.train()
"""


def run(config, where="submit", count=0):
    argv = [sys.executable, "-c", PROGRAM, msgspec.json.encode(config).decode(), where, str(count)]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def weights(out):
    return load_file(checkpoint.newest(Path(out)) / "model.safetensors")


@pytest.fixture
def config_of(run_config):
    def make(name):
        return run_config(
            out=name, steps=6, save_every=2, sample__prompts=4, sample__refill=1, loss__beta=0.05, loss__epochs=2,
            loss__minibatches=2, optim__schedule="cosine", optim__warmup=2,
        )  # fmt: skip

    return make


def test_the_run_after_a_kill_equals_the_run_without(config_of):
    """Killed at a random rollout, then while it writes a checkpoint, then left alone."""
    whole, killed = config_of("whole"), config_of("killed")
    done = run(whole)
    assert done.returncode == 0, done.stderr
    for where, count in (("submit", random.randint(1, 60)), ("save", 1)):
        assert run(killed, where, count).returncode == -signal.SIGKILL
    done = run(killed)
    assert done.returncode == 0, done.stderr

    one, other = weights(whole.out), weights(killed.out)
    assert all(torch.equal(one[name], other[name]) for name in one)
    told = [
        [json.loads(line) for line in (Path(c.out) / "metrics.jsonl").read_text().splitlines()] for c in (whole, killed)
    ]
    assert [line["step"] for line in told[1]] == list(range(6))
    for name in ("reward", "kl", "loss", "rollouts", "lr"):
        assert [line[name] for line in told[0]] == [line[name] for line in told[1]]


def test_only_the_newest_checkpoints_stay(config_of, judges):
    config = config_of("run")
    Trainer(config, judges=judges).train()
    assert sorted(path.name for path in Path(config.out).glob("checkpoint-*")) == [
        "checkpoint-000004",
        "checkpoint-000006",
    ]


def test_a_finished_run_does_nothing_more(config_of, judges_of):
    config = config_of("run")
    Trainer(config, judges=judges_of()).train()
    before = (Path(config.out) / "metrics.jsonl").read_bytes()
    Trainer(config, judges=judges_of()).train()
    assert (Path(config.out) / "metrics.jsonl").read_bytes() == before


def test_another_model_or_another_number_of_processes_is_refused(config_of, judges_of, make_model):
    config = config_of("run")
    Trainer(config, judges=judges_of()).train()
    found = checkpoint.newest(Path(config.out))
    with pytest.raises(UsageError, match="is of a run with 1 processes, this one has 2"):
        checkpoint.load(found, make_model(), 2)
    with pytest.raises(UsageError, match="holds another model"):
        checkpoint.load(found, make_model(num_hidden_layers=3), 1)
