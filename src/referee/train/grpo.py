"""GRPO on rule rewards: the whole loop, to be read from top to bottom.

    sample a group of completions of each task, while the judge scores those that have ended
      -> advantages within each group; groups that teach nothing are left out, and others drawn in their place
      -> clipped policy gradient, with a penalty for leaving the reference
      -> metrics, checkpoint, next step

Covered: one process or several (accelerate), bfloat16, gradient accumulation by a budget of tokens, checkpointing of
activations, several passes over the rollouts, low-rank adapters, exact resume, rule weights that change on the way.
Not covered: weights split over several GPUs (FSDP, DeepSpeed), tools and turns, images, a learned critic.

Rows, groups and tokens are counted over what is learned from: a silent group and an unjudged rollout are in no mean.
"""

from __future__ import annotations

import hashlib
import math
import random
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from referee.core.errors import RefereeWarning, UsageError
from referee.engine.score import RulePack
from referee.train import checkpoint, losses
from referee.train.config import TrainConfig
from referee.train.judging import Asked, Judges, Judging, Rollouts, figures, open_judges, rows_of, text_of
from referee.train.metrics import open_sinks
from referee.train.policy import Row, buckets, frozen, load_model, load_tokenizer, logprobs, prepare, spread
from referee.train.sample import Sampled, Sampler, Sampling, sample
from referee.train.tasks import Tasks

Hook = Callable[["Trainer", int], Mapping[str, float]]


class Trainer:
    """A run: `Trainer(config).train()`. One that stands in the folder `config.out` is taken up where it was saved.

    hook: called after each step with the trainer and the number of steps done; what it returns is logged with them.
    judges: who scores; what the config asks for when None.
    """

    def __init__(self, config: TrainConfig, hook: Hook | None = None, judges: Judges | None = None) -> None:
        self.config, self.hook = config, hook
        self.out = Path(config.out)
        self.accelerator = Accelerator(mixed_precision="no")  # devices and sums; what is cast is said below
        self.rank, self.processes = self.accelerator.process_index, self.accelerator.num_processes
        if config.sample.prompts % self.processes:
            raise UsageError(
                f"{config.sample.prompts} prompts cannot be shared by {self.processes} processes (at $.sample.prompts)"
            )
        torch.manual_seed(config.seed)  # adapters begin at random

        self.tokenizer = load_tokenizer(config.model.path)
        self.tasks = Tasks(config.data, self.tokenizer, config.seed, config.sample.max_prompt_tokens)
        self.packs = [RulePack.load(one.pack, watch=Path(one.pack).is_file()) for one in config.data]
        device = self.accelerator.device
        self.model = prepare(load_model(config.model, trained=True).to(device), config.model)
        apart = config.loss.beta > 0 and not config.model.lora_rank
        self.reference = load_model(config.model, trained=False).to(device) if apart else None
        self.weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.weights, lr=config.optim.lr, betas=config.optim.betas, weight_decay=config.optim.weight_decay
        )
        self.step, self.place = self._resume()

        self.how = Sampling(
            group=config.sample.group,
            max_tokens=config.sample.max_tokens,
            ends=end_tokens(self.model, self.tokenizer, config.sample.stop),
            pad=self.tokenizer.pad_token_id,
            temperature=config.sample.temperature,
            rows=config.sample.rows,
        )
        self.sampler = self.make_sampler()
        self.text = text_of(self.tokenizer, self.how.ends)
        self.judging = Judging(
            judges or open_judges(config, self.rank), self.packs, self.out.name, config.loss.advantages, self.how.group
        )

    def train(self) -> None:
        """Every step that is not done yet, then the last checkpoint."""
        plain = msgspec.to_builtins(self.config)
        self.out.mkdir(parents=True, exist_ok=True)
        sinks = None
        try:
            if not self.rank:
                sinks = open_sinks(self.out, self.config.log, plain, self.config.steps, self.step)
            while self.step < self.config.steps:
                values = self.do_step()
                self.step += 1
                if self.hook is not None:
                    values |= self.hook(self, self.step)
                if sinks is not None:
                    sinks.log(self.step - 1, values)
                if self.step == self.config.steps or (
                    self.config.save_every and not self.step % self.config.save_every
                ):
                    self.save()
        finally:
            self.judging.close()
            if sinks is not None:
                sinks.close()

    def do_step(self) -> dict[str, float]:
        """Sample, judge, learn; the figures of the step."""
        torch.manual_seed(_seed(self.config.seed, self.step, self.rank))  # dropout
        self.judging.refresh()
        started, waited = time.monotonic(), self.judging.waited
        groups, kept = self.collect()
        sampled = time.monotonic()
        values = self.learn([row for rollouts in kept for row in rows_of(rollouts)])
        ended = time.monotonic()
        values |= self._figures(groups)
        values |= {f"weight/{name}": weight for name, weight in self.judging.weights().items()}
        values |= {
            "kept": _total(self.accelerator, [len(kept)])[0] / self.config.sample.prompts,
            "seconds/sample": sampled - started,
            "seconds/learn": ended - sampled,
            "judge_wait_s": self.judging.waited - waited,
            "tokens_per_second": values["tokens/sum"] / (ended - started),
        }
        return values

    # From tasks to judged groups.

    def collect(self) -> tuple[list[Rollouts], list[Rollouts]]:
        """All groups that were sampled in this step, and those that teach something.

        Silent groups are drawn anew, from the next tasks, at most `refill` times: the dynamic sampling of DAPO (Yu et
        al. 2025, arXiv 2503.14476, section 3.2), with a bound.
        """
        groups: list[Rollouts] = []
        kept: list[Rollouts] = []
        wanted = self.config.sample.prompts // self.processes
        for _ in range(1 + self.config.sample.refill):
            found = self.roll(self.upcoming(wanted - len(kept)))
            groups += found
            kept += [rollouts for rollouts in found if not rollouts.group.silent]
            if len(kept) == wanted:
                break
        return groups, kept

    def upcoming(self, count: int) -> list[Asked]:
        """The next tasks of this process: it takes every so many-th place of the one stream."""
        places = [self.place + number * self.processes for number in range(count)]
        self.place += count * self.processes
        return [Asked(place, self.tasks.at(place)) for place in places]

    def roll(self, asked: Sequence[Asked]) -> list[Rollouts]:
        """A group for each task. Completions are judged as they end."""
        sampled: dict[str, list[Sampled]] = defaultdict(list)

        def finished(done: list[Sampled]) -> None:
            for one in done:
                task = asked[one.prompt]
                sampled[task.group].append(one)
                self.judging.submit(self.step, task, one, self.text(one))

        seeds = [_seed(self.config.seed, one.place) for one in asked]
        with self.autocast():
            self.sampler([one.problem.ids for one in asked], seeds, finished)
        return self.judging.gather(asked, sampled)

    # From advantages to weights.

    def learn(self, rows: Sequence[Row]) -> dict[str, float]:
        """All passes over the rows of a step."""
        loss = self.config.loss
        reference = self._reference(rows) if loss.beta else [[] for _ in rows]
        sums: dict[str, float] = defaultdict(float)
        for epoch in range(loss.epochs):
            order = list(range(len(rows)))
            if loss.minibatches > 1:
                random.Random(_seed(self.config.seed, self.step, epoch, self.rank)).shuffle(order)  # noqa: S311
            for part in range(loss.minibatches):
                places = order[part :: loss.minibatches]
                self._update([rows[place] for place in places], [reference[place] for place in places], sums)
        values = {"lr": self.rate(), "updates": sums["updates"]}
        if sums["tokens"]:
            values |= {name: sums[name] / sums["tokens"] for name in ("kl", "clip", "drift")}
            values |= {name: sums[name] / sums["updates"] for name in ("loss", "grad_norm")}
        return values

    def _update(self, rows: Sequence[Row], reference: Sequence[list[float]], sums: dict[str, float]) -> None:
        """One optimiser step, however many pieces the rows must be cut into. `sums` takes up what is logged."""
        loss, here = self.config.loss, sum(len(row.tokens) for row in rows)
        count, tokens = (int(number) for number in _total(self.accelerator, [len(rows), here]))
        if not count:
            return
        found = torch.zeros(4, dtype=torch.float64)
        for places in buckets(rows, loss.micro_tokens):
            part = [rows[place] for place in places]
            with self.autocast():
                now_BT, mask_BT = logprobs(self.model, part, self.config.sample.temperature)
            old_BT = spread([row.old for row in part], now_BT)
            weights_BT = losses.token_weights(
                loss.aggregation,
                mask_BT,
                rows=count,
                tokens=here * self.processes if loss.aggregation == "bnpo" else tokens,
                longest=self.how.max_tokens,
            )
            made = losses.policy_loss(
                now_BT,
                old_BT,
                torch.tensor([row.advantage for row in part], device=now_BT.device),
                mask_BT,
                weights_BT,
                reference_BT=spread([reference[place] for place in places], now_BT) if loss.beta else None,
                beta=loss.beta,
                corrected=loss.corrected,
                surrogate=loss.surrogate,
                level=loss.level,
                low=loss.low,
                high=loss.high,
            )
            made.loss.backward()  # type: ignore[no-untyped-call]
            drift = ((now_BT.detach() - old_BT).abs() * mask_BT).sum()
            found += torch.stack([made.loss.detach(), made.kl_sum, made.clipped_sum, drift]).cpu().double()
        norm = self._apply()
        for name, value in zip(("loss", "kl", "clip", "drift"), _total(self.accelerator, found.tolist()), strict=True):
            sums[name] += value
        for name, value in (("tokens", tokens), ("grad_norm", norm), ("updates", 1)):
            sums[name] += value

    def _apply(self) -> float:
        """Add up the gradients of all processes, clip them and step; the norm before the clip."""
        if self.processes > 1:  # processes cut their rows into different numbers of pieces, so this is done once, here
            for weight in self.weights:
                grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
                weight.grad = self.accelerator.reduce(grad, "sum")
        norm = float(torch.nn.utils.clip_grad_norm_(self.weights, self.config.optim.max_norm))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        if math.isfinite(norm):
            self.optimizer.step()
        else:
            warnings.warn(
                f"step {self.step}: the gradient is {norm}, the step is left out", RefereeWarning, stacklevel=4
            )
        self.optimizer.zero_grad(set_to_none=True)
        return norm

    @torch.no_grad()
    def _reference(self, rows: Sequence[Row]) -> list[list[float]]:
        """The reference's log-probabilities of each row's tokens."""
        found: list[list[float]] = [[] for _ in rows]
        model, context = frozen(self.model, self.reference)
        with context, self.autocast():
            for places in buckets(rows, self.config.loss.micro_tokens):
                part_BT, _ = logprobs(model, [rows[place] for place in places], self.config.sample.temperature)
                for place, values in zip(places, part_BT.tolist(), strict=True):
                    found[place] = values[: len(rows[place].tokens)]
        return found

    def autocast(self) -> torch.autocast:
        """Under `bf16`, matrix products in bfloat16."""
        return torch.autocast(self.accelerator.device.type, torch.bfloat16, self.config.model.precision == "bf16")

    def rate(self) -> float:
        """The learning rate of this step."""
        optim = self.config.optim
        if self.step < optim.warmup:
            return optim.lr * (self.step + 1) / optim.warmup
        share = (self.step - optim.warmup) / max(self.config.steps - optim.warmup, 1)
        fall = {"constant": 1.0, "linear": 1 - share, "cosine": (1 + math.cos(math.pi * share)) / 2}
        return optim.lr * fall[optim.schedule]

    # What is said and kept.

    def _figures(self, groups: Sequence[Rollouts]) -> dict[str, float]:
        """Means over all rollouts of the step, of all processes. Unjudged rollouts are in none of a reward."""
        told: list[dict[str, float]] = gather_object([one for rollouts in groups for one in figures(rollouts)])
        sums: dict[str, list[float]] = defaultdict(list)
        for one in told:
            for name, value in one.items():
                sums[name].append(value)
        values = {name: math.fsum(found) / len(found) for name, found in sorted(sums.items())}
        lengths = sums["tokens/mean"]
        return values | {"tokens/max": max(lengths), "tokens/sum": sum(lengths), "rollouts": len(lengths)}

    def save(self) -> None:
        """A checkpoint of this moment; written by the first process."""
        places = gather_object([self.place])
        if not self.rank:
            state = checkpoint.State(self.step, places, self.optimizer.state_dict())
            checkpoint.save(self.out, state, self.model, self.tokenizer, self.config.keep)
        self.accelerator.wait_for_everyone()

    def _resume(self) -> tuple[int, int]:
        """Steps done and the next place in the stream, from the newest checkpoint; 0 and this process's first."""
        found = checkpoint.newest(self.out)
        if found is None:
            return 0, self.rank
        state = checkpoint.load(found, self.model, self.processes)
        self.optimizer.load_state_dict(state.optimizer)
        return state.step, state.places[self.rank]

    def make_sampler(self) -> Sampler:
        """Who samples, as the config asks for."""
        if self.config.sample.backend == "vllm":
            from referee.train.vllm import VllmSampler

            return VllmSampler(self.model, self.config, self.how)
        return partial(sample, self.model, self.how)


def end_tokens(model: Any, tokenizer: Any, stop: Sequence[str]) -> tuple[int, ...]:
    """The tokens that end a completion: the tokenizer's, the model's, and the texts that the config adds."""
    told = model.generation_config.eos_token_id
    ends = {tokenizer.eos_token_id, *(told if isinstance(told, list) else [told])}
    for text in stop:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        if len(ids) != 1:
            raise UsageError(f"{text!r} is {len(ids)} tokens, and a stop is one (at $.sample.stop)")
        ends.add(ids[0])
    return tuple(sorted(ends - {None}))


def _seed(*parts: int) -> int:
    """A seed made of others: 63 bits that look nothing like them."""
    content = " ".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()) >> 1


def _total(accelerator: Accelerator, numbers: Sequence[float]) -> list[float]:
    """Each number, added up over all processes."""
    if accelerator.num_processes == 1:
        return list(numbers)
    held = torch.tensor(numbers, dtype=torch.float64, device=accelerator.device)
    total: list[float] = accelerator.reduce(held, "sum").tolist()
    return total
