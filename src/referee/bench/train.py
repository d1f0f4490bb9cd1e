"""The training loop beside TRL's: the same random model, the same sampling, the same loss, one thread each.

Useful tokens are those that were sampled up to the end of their completion. On a CPU they are counted per second of
processor time, which a shared machine hardly changes; on a GPU per second of wall time, in bfloat16. Each measurement
is a process of its own, so that its peak of memory is its own; rounds alternate, and the median counts.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from referee.bench.judge import Figure
from referee.core.types import Record

PROMPTS, GROUP, PROMPT_TOKENS = 4, 8, 16
WORDS = 256
FIRST = 0x4E00  # every token is one letter, so that text and tokens say the same
PATTERN = f"[{chr(FIRST + 10)}-{chr(FIRST + 12)}]"  # pays in about half of the completions
SIZES = {"small": (64, 2, 4, 2, 128), "medium": (256, 4, 8, 4, 512), "large": (1024, 12, 16, 4, 2816)}
LENGTHS = {"fixed": (64, 0), "variable": (256, 4)}  # longest completion, and how many of the tokens end one


class Job(Record, frozen=True, kw_only=True):
    """One measurement: who, which model, which lengths, how many steps after two that do not count."""

    who: str
    size: str
    lengths: str
    steps: int


class Found(Record, frozen=True, kw_only=True):
    """Useful tokens, seconds (of the processor, or of the wall on a GPU), and the peak of memory above the start."""

    tokens: int
    seconds: float
    peak_mb: float


def measure(sizes: Sequence[str], steps: int, rounds: int) -> Iterator[Figure]:
    """Our figures, TRL's, and their ratios; TRL's are left out where it is not installed."""
    try:
        peers = [("referee", version("referee")), ("trl", version("trl"))]
    except PackageNotFoundError:
        peers = [("referee", version("referee"))]
        yield Figure(name="trl", value=0.0, unit="not installed", note="pip install trl to compare")
    for size in sizes:
        for lengths, (longest, _) in LENGTHS.items():
            runs: dict[str, list[Found]] = {who: [] for who, _ in peers}
            for _ in range(rounds):
                for who, _ in peers:
                    runs[who].append(_apart(Job(who=who, size=size, lengths=lengths, steps=steps)))
            yield from _figures(runs, dict(peers), f"{size}, {lengths} to {longest}")


def _figures(runs: dict[str, list[Found]], versions: dict[str, str], what: str) -> Iterator[Figure]:
    rate = {who: statistics.median(one.tokens / one.seconds for one in found) for who, found in runs.items()}
    peak = {who: statistics.median(one.peak_mb for one in found) for who, found in runs.items()}
    for who, found in runs.items():
        note = f"version {versions[who]}, {len(found)} rounds"
        yield Figure(name=f"{what}: {who}", value=rate[who], unit="useful tokens/s", note=note)
        yield Figure(name=f"{what}: {who}", value=peak[who], unit="MB above start", note=f"{note}, libraries included")
    if "trl" in runs:
        yield Figure(name=f"{what}: speed", value=rate["referee"] / rate["trl"], unit="x TRL", note="more is better")
        yield Figure(name=f"{what}: memory", value=peak["referee"] / peak["trl"], unit="x TRL", note="less is better")


def _apart(job: Job) -> Found:
    """One measurement in a process of its own."""
    quiet = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
    argv = [sys.executable, "-W", "ignore", "-m", "referee.bench.train", msgspec.json.encode(job).decode()]
    done = subprocess.run(argv, env={**os.environ, **quiet}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{job.who} ended with {done.returncode}: {done.stderr[-2000:]}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Found)


class _Clock:
    """Counts from the third step on: `tick` is called when a step's completions are known."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._ticks = 0
        self._from = 0.0
        self._before = _memory()
        self._tokens: list[int] = []
        self.found: Found | None = None

    def tick(self, tokens: int) -> None:
        self._ticks += 1
        self._tokens.append(tokens)
        if self._ticks == 2:
            self._from = _now()
        if self._ticks == self._steps + 2:
            # A step lasts from its completions to the next ones: the last `steps` of both.
            seconds = _now() - self._from
            useful = sum(self._tokens[2:])
            self.found = Found(tokens=useful, seconds=seconds, peak_mb=_memory() - self._before)


def _now() -> float:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def _memory() -> float:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**20
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss begins with the memory of whoever started this process
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    signs = ["<pad>", "<eos>", *(chr(FIRST + number) for number in range(WORDS - 2))]
    made = Tokenizer(models.WordLevel({sign: number for number, sign in enumerate(signs)}, unk_token=signs[2]))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token=signs[0], eos_token=signs[1])


def _model(size: str, ends: int) -> Any:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    width, layers, heads, pairs, inner = SIZES[size]
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=WORDS, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
            num_attention_heads=heads, num_key_value_heads=pairs, max_position_embeddings=1024,
            pad_token_id=0, eos_token_id=1, bos_token_id=None,
        )
    )  # fmt: skip
    model.generation_config.eos_token_id = _ends(ends)
    return model


def _ends(count: int) -> list[int]:
    """So many tokens that end a completion; for none, one that does not exist."""
    return list(range(1, count + 1)) or [WORDS]


def _prompts() -> list[str]:
    return [
        "".join(chr(FIRST + 20 + (7 * row + 3 * place) % 200) for place in range(PROMPT_TOKENS)) for row in range(64)
    ]


def _referee(job: Job, folder: Path, clock: _Clock) -> None:
    import torch

    from referee.train.config import typed
    from referee.train.grpo import Trainer

    longest, ends = LENGTHS[job.lengths]
    tokenizer = _tokenizer()
    _model(job.size, ends).save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    rows = [json.dumps({"prompt": prompt, "truth": PATTERN}) for prompt in _prompts()]
    (folder / "tasks.jsonl").write_text("\n".join(rows))
    (folder / "pack.toml").write_text('[[rules]]\nverifier = "text.pattern"\nparams = { match = "search" }\n')
    config = typed(
        {
            "out": str(folder / "out"),
            "steps": job.steps + 2,
            "pool": "here",
            "model": {
                "path": str(folder / "model"),
                "precision": "bf16" if torch.cuda.is_available() else "float32",
            },
            "data": [{"path": str(folder / "tasks.jsonl"), "pack": str(folder / "pack.toml")}],
            "sample": {"prompts": PROMPTS, "group": GROUP, "max_tokens": longest},
            "loss": {"advantages": "trl", "micro_tokens": 1 << (12 if longest > 64 else 13)},
            "optim": {"lr": 1e-5},
        }
    )
    trainer = Trainer(config)
    trainer.how = trainer.how._replace(ends=tuple(_ends(ends)))  # not the tokenizer's, where none shall end
    trainer.sampler = trainer.make_sampler()
    gather = trainer.judging.gather

    def counted(asked: Any, sampled: Any) -> Any:
        clock.tick(sum(len(one.tokens) for group in sampled.values() for one in group))
        return gather(asked, sampled)

    trainer.judging.gather = counted  # type: ignore[method-assign]
    trainer.train()


def _trl(job: Job, folder: Path, clock: _Clock) -> None:
    import re

    import torch
    import trl
    from datasets import Dataset

    longest, ends = LENGTHS[job.lengths]
    pays = re.compile(PATTERN)

    def reward(completions: list[str], completion_ids: list[list[int]], **_: Any) -> list[float]:
        clock.tick(sum(map(len, completion_ids)))
        return [float(pays.search(text) is not None) for text in completions]

    cuda = torch.cuda.is_available()
    config = trl.GRPOConfig(
        output_dir=str(folder), per_device_train_batch_size=PROMPTS * GROUP, num_generations=GROUP,
        max_completion_length=longest, max_steps=job.steps + 2, learning_rate=1e-5, beta=0.0, loss_type="dapo",
        temperature=1.0, gradient_checkpointing=False, bf16=cuda, use_cpu=not cuda, save_strategy="no", report_to=[],
        logging_steps=10**6, disable_tqdm=True, seed=1,
    )  # fmt: skip
    data = Dataset.from_dict({"prompt": _prompts()})
    model = _model(job.size, ends)
    trainer = trl.GRPOTrainer(model, reward, config, train_dataset=data, processing_class=_tokenizer())
    trainer.generation_config.eos_token_id = trainer.eos_token_ids = _ends(ends)
    trainer.train()


def main(job: Job) -> Found:
    """One measurement in this process."""
    import torch

    torch.set_num_threads(1)
    clock = _Clock(job.steps)
    with tempfile.TemporaryDirectory(prefix="referee-bench-") as folder:
        (_referee if job.who == "referee" else _trl)(job, Path(folder), clock)
    assert clock.found is not None
    return clock.found


if __name__ == "__main__":
    sys.stdout.write("\n" + msgspec.json.encode(main(msgspec.json.decode(sys.argv[1], type=Job))).decode() + "\n")
