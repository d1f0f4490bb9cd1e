"""What a training run is, typed. The field names are the keys of the TOML file; `referee train` takes its path.

A fault names its place (`$.sample.group`), the value, and what it must be. Overrides on the command line have the same
dotted names: `sample.group=8`, `data.0.share=0.5`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from referee.core.errors import UnknownName, UsageError, nearest
from referee.core.fields import fault
from referee.core.types import Record
from referee.group.advantage import estimator

BUNDLED = Path(__file__).parent / "bundled"

Count = Annotated[int, Meta(ge=1)]
Whole = Annotated[int, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0)]
_R = TypeVar("_R", bound=Record)


class DataConfig(Record, frozen=True, kw_only=True):
    """One source of tasks.

    path: a file of JSON lines or Parquet, or `hub:owner/name` for a data set of the Hugging Face hub.
    pack: the rule pack that judges its rollouts: a bundled name, or a file, which is watched while the run goes on.
    share: how often it is drawn from, in relation to the other sources' shares.
    prompt: what the policy reads; `{prompt}` stands for the task's own prompt.
    chat: put the prompt into the tokenizer's chat template.
    columns: which column holds what, as `{ truth = "answer" }`.
    limit: only the first so many tasks; 0 for all.
    split: part of a hub data set. subset: its configuration.
    """

    path: str
    pack: str
    share: Share = 1.0
    prompt: str = "{prompt}"
    chat: bool = False
    columns: dict[str, str] = {}
    limit: Whole = 0
    split: str = "train"
    subset: str = ""


class ModelConfig(Record, frozen=True, kw_only=True):
    """The policy and its frozen reference.

    path: a folder or a model id of the hub.
    precision: `bf16` computes in bfloat16 and keeps float32 weights; `float32` does neither.
    checkpointing: compute activations again in the backward pass instead of keeping them.
    lora_rank: train low-rank adapters of that rank instead of the weights; 0 trains the weights. The reference is then
        the same model with its adapters off.
    lora_alpha: scale of the adapters. lora_targets: names of the layers that get one; all linear layers when empty.
    attention: the attention of transformers, `sdpa` or `flash_attention_2` for example; its own choice when empty.
    """

    path: str
    precision: Literal["float32", "bf16"] = "bf16"
    checkpointing: bool = False
    lora_rank: Whole = 0
    lora_alpha: Positive = 32.0
    lora_targets: tuple[str, ...] = ()
    attention: str = ""


class SampleConfig(Record, frozen=True, kw_only=True):
    """How rollouts come into being.

    prompts: tasks per step, over all processes. group: rollouts of each (G).
    max_tokens: longest completion. max_prompt_tokens: a task with a longer prompt is left out; 0 keeps all.
    temperature: of sampling and of the trained distribution.
    refill: rounds of further tasks when groups are silent (dynamic sampling); 0 trains on what is left.
    rows: completions sampled at the same time, for memory; 0 for all.
    stop: further texts, each one token, that end a completion beside the model's own end tokens.
    backend: who samples. gpu_memory: share of the GPU's memory that vLLM may take.
    """

    prompts: Count
    group: Annotated[int, Meta(ge=2)] = 16
    max_tokens: Count = 1024
    max_prompt_tokens: Whole = 0
    temperature: Positive = 1.0
    refill: Whole = 0
    rows: Whole = 0
    stop: tuple[str, ...] = ()
    backend: Literal["transformers", "vllm"] = "transformers"
    gpu_memory: Annotated[float, Meta(gt=0, le=1)] = 0.3


class LossConfig(Record, frozen=True, kw_only=True):
    """From rewards to a gradient.

    advantages: `seed` (population deviation), `trl`, `verl`, `openrlhf`, `dr_grpo` or `rloo`.
    aggregation: how tokens add up; `grpo`, `dapo`, `bnpo` or `dr_grpo`.
    surrogate: `clip` or `cispo`. level: importance ratio of each `token` or of the `sequence` (GSPO).
    low: lower bound of the clip, 1 - low. high: upper bound, 1 + high; the bound itself for cispo.
    beta: weight of the k3 penalty to the reference; 0 loads no reference.
    corrected: multiply the penalty with the importance ratio.
    epochs: passes over the rollouts of a step. minibatches: optimiser steps in each pass.
    micro_tokens: padded tokens of one forward and backward pass, prompt included; what memory allows.
    """

    advantages: str = "seed"
    aggregation: Literal["grpo", "dapo", "bnpo", "dr_grpo"] = "dapo"
    surrogate: Literal["clip", "cispo"] = "clip"
    level: Literal["token", "sequence"] = "token"
    low: Positive = 0.2
    high: Positive = 0.2
    beta: Share = 0.0
    corrected: bool = False
    epochs: Count = 1
    minibatches: Count = 1
    micro_tokens: Count = 16384


class OptimConfig(Record, frozen=True, kw_only=True):
    """AdamW.

    lr: learning rate after the warm-up. warmup: steps in which it rises to that.
    schedule: `constant`, or `linear` and `cosine` down to 0 at the last step.
    max_norm: gradients are scaled down to this norm.
    """

    lr: Positive = 1e-6
    warmup: Whole = 0
    schedule: Literal["constant", "linear", "cosine"] = "constant"
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: Share = 0.0
    max_norm: Positive = 1.0


class TrainConfig(Record, frozen=True, kw_only=True):
    """A training run.

    out: folder of metrics, checkpoints and the final model; a run that stands there is taken up again.
    steps: how many. seed: of data order, sampling and adapters.
    save_every: steps between checkpoints; 0 for none but the last. keep: how many of them stay.
    log: where metrics go beside `metrics.jsonl`: `tensorboard`, `wandb`, `trackio`.
    pool: who scores: `local` (processes of this machine), `here` (a thread of this process), `redis://...` or `ray`.
    workers: processes that score; one for each core when 0.
    ledger: file in which every rollout is kept with its score; none when empty.
    watch: say as a warning what is odd about the scores, such as a canary that was paid; changes no reward.
    """

    out: str
    steps: Count
    model: ModelConfig
    data: tuple[DataConfig, ...]
    sample: SampleConfig
    loss: LossConfig = LossConfig()
    optim: OptimConfig = OptimConfig()
    seed: Whole = 0
    save_every: Whole = 0
    keep: Count = 2
    log: tuple[Literal["tensorboard", "wandb", "trackio"], ...] = ()
    pool: str = "local"
    workers: Whole = 0
    ledger: str = ""
    watch: bool = False


def load_config(source: str | Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """The checked config of a TOML file or a bundled one's name, with `path=value` changes. Raises `UsageError`."""
    path = _locate(source)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"'{path}' cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not readable as TOML: {error}") from None
    for change in overrides:
        _override(data, change)
    return typed(data, str(path))


def typed(data: Mapping[str, Any], source: str = "config") -> TrainConfig:
    """Plain data as a checked config. Tables are read one by one, so that a fault has an exact path."""
    plain = dict(data)
    for name, record in _TABLES.items():
        if isinstance(plain.get(name), Mapping):
            plain[name] = _convert(plain[name], record, f"$.{name}", source)
    if isinstance(plain.get("data"), list | tuple):
        rows = enumerate(plain["data"])
        plain["data"] = tuple(_convert(row, DataConfig, f"$.data[{index}]", source) for index, row in rows)
    config = _convert(plain, TrainConfig, "$", source)
    if not config.data:
        raise UsageError(f"{source}: a run needs tasks; add a table [[data]] with path and pack (at $.data)")
    for index, one in enumerate(config.data):
        if "{prompt}" not in one.prompt:
            raise UsageError(f"{source}: {one.prompt!r:.60} holds no {{prompt}} (at $.data[{index}].prompt)")
    if not any(one.share for one in config.data):
        raise UsageError(f"{source}: no source is ever drawn from; give one a share above 0 (at $.data[0].share)")
    try:
        estimator(config.loss.advantages)
    except UnknownName as error:
        raise UsageError(f"{source}: {error} (at $.loss.advantages)") from None
    return config


_TABLES: dict[str, type[Record]] = {
    "model": ModelConfig, "sample": SampleConfig, "loss": LossConfig, "optim": OptimConfig
}  # fmt: skip


def _locate(source: str | Path) -> Path:
    path = Path(source)
    if path.is_file():
        return path
    bundled = sorted(one.stem for one in BUNDLED.glob("*.toml"))
    if str(source) in bundled:
        return BUNDLED / f"{source}.toml"
    if path.suffix:
        raise UsageError(f"there is no file '{path}'; bundled are {', '.join(bundled)}")
    raise UnknownName("training config", str(source), bundled, f"Name a TOML file, or one of {', '.join(bundled)}.")


def _convert(data: Any, record: type[_R], path: str, source: str) -> _R:
    if isinstance(data, Mapping):
        known = record.__struct_fields__
        for name in data:
            if name not in known:
                guess = nearest(name, known)
                hint = f"did you mean '{guess}'?" if guess else f"known are {', '.join(known)}."
                raise UsageError(f"{source}: there is no field '{name}'; {hint} (at {path}.{name})")
    try:
        return msgspec.convert(data, record, strict=True)
    except msgspec.ValidationError as error:
        below, problem = fault(error, record, data)
        raise UsageError(f"{source}: {problem} (at {path}{below})") from None


def _override(data: dict[str, Any], change: str) -> None:
    """Make one `path=value` change. A table that is not there yet is made; a place in a list must be there."""
    path, equals, text = change.partition("=")
    if not (path and equals):
        raise UsageError(f"an override is PATH=VALUE, like sample.group=8; got '{change}'")
    *steps, last = path.split(".")
    place: Any = data
    for step in steps:
        if isinstance(place, dict):
            place = place.setdefault(step, {})
        else:
            place = place[int(step)] if step.isdecimal() and int(step) < len(place) else None
        if not isinstance(place, dict | list):
            raise UsageError(f"{change}: there is no table '{step}' in the config")
    if not isinstance(place, dict):
        raise UsageError(f"{change}: {last!r} is no name of a field; write {path}.NAME=VALUE")
    place[last] = _value(text)


def _value(text: str) -> Any:
    """A TOML value; anything else is a text, so that a path needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
