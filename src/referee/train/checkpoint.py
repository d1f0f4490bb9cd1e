"""Checkpoints that a kill cannot spoil, and from which a run goes on as if nothing had happened.

A checkpoint is a folder `checkpoint-000120`: the model as transformers writes it, and `state.pt` with the optimiser and
how far every process had come in the stream of tasks. It is written under another name and renamed when it is whole.
Nothing else has a state: data order, sampling and dropout draw from seeds that are made of the run's seed, the place
in the stream and the step.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import torch

from referee.core.errors import UsageError

_NAME = "checkpoint-"
_PART = ".part"


class State(NamedTuple):
    """Where a run stands. step: steps that are done. places: of each process, the next place in the stream."""

    step: int
    places: list[int]
    optimizer: dict[str, Any]


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint in a run's folder."""
    found = sorted(path for path in folder.glob(f"{_NAME}*") if not path.name.endswith(_PART))
    return found[-1] if found else None


def save(folder: Path, state: State, model: Any, tokenizer: Any, keep: int) -> Path:
    """Write a checkpoint and remove all but the newest `keep`."""
    target = folder / f"{_NAME}{state.step:06d}"
    part = target.with_name(target.name + _PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    torch.save(state._asdict(), part / "state.pt")
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    for old in sorted(folder.glob(f"{_NAME}*"))[:-keep]:
        shutil.rmtree(old)
    return target


def load(checkpoint: Path, model: Any, processes: int) -> State:
    """Put a checkpoint's weights into the model, and say where the run stood."""
    state = State(**torch.load(checkpoint / "state.pt", map_location="cpu", weights_only=True))
    if len(state.places) != processes:
        raise UsageError(
            f"'{checkpoint}' is of a run with {len(state.places)} processes, this one has {processes}; "
            "start as many, or name another folder: out=..."
        )
    _load_weights(checkpoint, model)
    return state


def _load_weights(checkpoint: Path, model: Any) -> None:
    from safetensors.torch import load_file

    if hasattr(model, "peft_config"):
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(model, load_file(checkpoint / "adapter_model.safetensors"))
        return
    weights: dict[str, torch.Tensor] = {}
    for path in sorted(checkpoint.glob("*.safetensors")):
        weights |= load_file(path)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    tied = set(getattr(model, "all_tied_weights_keys", None) or ())
    if unexpected or set(missing) - tied:
        raise UsageError(f"'{os.fspath(checkpoint)}' holds another model than the config names; name another out=")
