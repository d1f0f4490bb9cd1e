"""R1-Zero in miniature: a small transformer from scratch, then GRPO with two rules and nothing else.

    python examples/r1_zero_mini/run.py                 # sums; a few minutes on two cores
    python examples/r1_zero_mini/run.py --code          # sums and small programs, which are executed
    python examples/r1_zero_mini/run.py --seeds 0 1 2   # three runs, and what they say together

It reads a corpus in which most texts lack the form and most answers are wrong (corpus.py), without any reward
(pretrain.py). Then it is rewarded by the rules of DeepSeek-R1-Zero, 0.1 for the form and 1.0 for the answer, on
problems that were held out of nothing but the measuring. Half-way the form's weight goes down to 0.05, in the pack's
file, while the run goes on. A second run, from the same start and over as many steps, gets random rewards.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import corpus
import msgspec
import torch
from curves import Line, picture
from pretrain import model_for, pretrain
from transformers.utils import logging

from referee.engine.score import RulePack
from referee.packs.load import locate
from referee.pool.pool import Pool
from referee.train.config import typed
from referee.train.grpo import Trainer
from referee.train.sample import Sampling, sample

MEASURED = 250  # held-out problems
EVERY = 10  # steps between measurements


class Coin:
    """A judge that tosses a coin: verdicts stay what they are, the reward is drawn from what a reward may be."""

    def __init__(self, judges: Any) -> None:
        self._judges = judges

    def submit(self, *submissions: Any) -> None:
        self._judges.submit(*submissions)

    def drain(self, count: int, wait_s: float) -> list[Any]:
        return [
            msgspec.structs.replace(one, score=msgspec.structs.replace(one.score, reward=self._toss(one.key)))
            for one in self._judges.drain(count, wait_s)
        ]

    def close(self) -> None:
        self._judges.close()

    def _toss(self, key: str) -> float:
        return random.Random(key).choice([0.0, 0.1, 1.1])


def prepare(out: Path, seed: int, *, code: bool, steps: int) -> None:
    """The tokenizer, the pretrained model, the tasks and the packs."""
    tokenizer = corpus.tokenizer()
    sums, _ = corpus.split(corpus.sums())
    functions, _ = corpus.split(corpus.functions())

    def text(draw: random.Random) -> str:
        if code and draw.random() < 0.35:
            return corpus.function_text(*draw.choice(functions), draw)
        return corpus.sum_text(*draw.choice(sums), draw)

    model = model_for(tokenizer, seed)
    started = time.monotonic()
    loss = pretrain(model, tokenizer, text, steps=steps, seed=seed)
    print(f"pretrained {steps} steps in {time.monotonic() - started:.0f} s, {loss:.2f} nats a token")
    model.save_pretrained(out / "start")
    tokenizer.save_pretrained(out / "start")
    (out / "sums.jsonl").write_text("".join(json.dumps(corpus.sum_task(*one)) + "\n" for one in sums))
    (out / "code.jsonl").write_text("".join(json.dumps(corpus.function_task(*one)) + "\n" for one in functions))


def config_for(out: Path, name: str, seed: int, *, code: bool, steps: int) -> Any:
    """A run of GRPO in the folder `name`, with packs of its own, so that one can be edited."""
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    for pack in ("r1-zero-math", "r1-zero-code")[: 1 + code]:
        shutil.copy(locate(pack), folder / f"{pack}.toml")
    data = [{"path": str(out / "sums.jsonl"), "pack": str(folder / "r1-zero-math.toml"), "share": 0.6}]
    if code:
        data += [{"path": str(out / "code.jsonl"), "pack": str(folder / "r1-zero-code.toml"), "share": 0.4}]
    return typed(
        {
            "out": str(folder / "run"),
            "steps": steps,
            "seed": seed,
            "pool": "here",
            "model": {"path": str(out / "start"), "precision": "float32"},
            "data": data,
            "sample": {"prompts": 32, "group": 8, "max_tokens": 44},
            "loss": {"aggregation": "grpo", "beta": 0.06},
            "optim": {"lr": 2e-4, "warmup": 5},
        }
    )


def measure(trainer: Trainer, seed: int, *, code: bool) -> dict[str, float]:
    """The shares of held-out problems that the policy answers rightly, and in form, sampling as in training."""
    _, sums = corpus.split(corpus.sums())
    _, functions = corpus.split(corpus.functions())
    tasks = [corpus.sum_task(*one) for one in sums[:MEASURED]]
    found = _rates(trainer, trainer.packs[0], tasks, seed)
    if code:
        program = _rates(trainer, trainer.packs[1], [corpus.function_task(*one) for one in functions], seed)
        found |= {f"code/{name}": value for name, value in program.items()}
    return {f"held_out/{name}": value for name, value in found.items()}


def _rates(trainer: Trainer, pack: RulePack, tasks: list[dict[str, Any]], seed: int) -> dict[str, float]:
    prompts = [trainer.tokenizer(task["prompt"]).input_ids for task in tasks]
    how = Sampling(1, trainer.how.max_tokens, trainer.how.ends, trainer.how.pad)
    rollouts = sample(trainer.model, how, prompts, [seed * 100_003 + place for place in range(len(prompts))])
    scores = [
        pack.score(trainer.text(one), truth=task["truth"], prompt=task["prompt"])
        for one, task in zip(rollouts, tasks, strict=True)
    ]
    right = sum(score.verdicts[pack.spec.answer].score or 0.0 for score in scores)
    formed = sum(score.verdicts["format"].score or 0.0 for score in scores)
    return {"accuracy": right / len(tasks), "format": formed / len(tasks)}


def train(out: Path, name: str, seed: int, *, code: bool, steps: int) -> None:
    """One run; `control` gets random rewards. Writes what was measured."""
    config = config_for(out, name, seed, code=code, steps=steps)

    def after(trainer: Trainer, done: int) -> Mapping[str, float]:
        if done == steps // 2:
            for source in config.data:
                pack = Path(source.pack)
                pack.write_text(pack.read_text().replace("weight = 0.1\n", "weight = 0.05\n"))
        return measure(trainer, seed, code=code) if done % EVERY == 0 or done == steps else {}

    judges = Coin(Pool("here")) if name == "control" else None
    trainer = Trainer(config, hook=after, judges=judges)
    before = measure(trainer, seed, code=code)
    trainer.train()
    lines = [json.loads(line) for line in (out / name / "run" / "metrics.jsonl").read_text().splitlines()]
    points = [(0, before)] + [(line["step"] + 1, line) for line in lines if "held_out/accuracy" in line]
    told = [[step, {key: value for key, value in line.items() if key.startswith("held_out/")}] for step, line in points]
    (out / name / "measured.json").write_text(json.dumps(told))


def report(out: Path, seed: int, *, code: bool, steps: int) -> dict[str, float]:
    """Say what happened, and draw it."""
    runs = {name: json.loads((out / name / "measured.json").read_text()) for name in ("rewarded", "control")}
    kinds = [("", "sums")] + [("code/", "code")] * code
    colours = iter(("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"))
    lines = []
    found: dict[str, float] = {}
    for prefix, words in kinds:
        for measure_name in ("accuracy", "format"):
            colour = next(colours)
            key = f"held_out/{prefix}{measure_name}"
            for name, run in runs.items():
                points = [(step, values[key]) for step, values in run]
                control = name == "control"
                lines.append(Line(f"{words}, {measure_name}{' (control)' * control}", colour, points, control))
                found |= {
                    f"{name}/{prefix}{measure_name}/before": points[0][1],
                    f"{name}/{prefix}{measure_name}/after": points[-1][1],
                }
                print(
                    f"  seed {seed}  {name:8}  {words:4}  {measure_name:8}  {points[0][1]:6.1%} -> {points[-1][1]:6.1%}"
                )
    marks = [(steps // 2, "form's weight 0.1 → 0.05")]
    (out / "curves.svg").write_text(
        picture(f"R1-Zero in miniature, held-out problems, seed {seed}", lines, steps, marks)
    )
    (out / "result.json").write_text(json.dumps(found))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("r1-zero-mini"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--code", action="store_true", help="mix in programs, scored by execution")
    parser.add_argument("--pretrain", type=int, default=1500, help="steps of pretraining")
    parser.add_argument("--steps", type=int, default=200, help="steps of GRPO")
    parser.add_argument("--only", help=argparse.SUPPRESS)  # one of the two runs, in a process of its own
    asked = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    for seed in asked.seeds:
        out = asked.out / f"seed-{seed}"
        if asked.only:
            train(out, asked.only, seed, code=asked.code, steps=asked.steps)
            continue
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        started = time.monotonic()
        prepare(out, seed, code=asked.code, steps=asked.pretrain)
        same = [sys.executable, __file__, "--out", str(asked.out), "--seeds", str(seed), "--steps", str(asked.steps)]
        same += ["--code"] * asked.code
        runs = {}
        for name in ("rewarded", "control"):  # side by side, one core each
            with (out / f"{name}.log").open("w") as log:
                runs[name] = subprocess.Popen([*same, "--only", name], stdout=log, stderr=log)
        for name, run in runs.items():
            if run.wait():
                sys.exit(f"the run '{name}' ended with {run.returncode}; see {out / name}.log")
        report(out, seed, code=asked.code, steps=asked.steps)
        print(f"  {time.monotonic() - started:.0f} s; curves in {out / 'curves.svg'}")


if __name__ == "__main__":
    main()
