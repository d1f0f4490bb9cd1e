"""Where the figures of a step go: JSON lines, the terminal, TensorBoard, wandb, trackio, or anything with two methods.

The names and what they mean are in docs/how-to/training.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from referee.core.errors import UsageError

Values = Mapping[str, float]
SHOWN = ("reward", "silent", "kl", "clip", "tokens/mean", "tokens_per_second", "judge_wait_s")


class Sink(Protocol):
    """Something that takes the figures of a step."""

    def log(self, step: int, values: Values) -> None: ...

    def close(self) -> None: ...


class JsonLines:
    """A line for each step. Steps that are done again after a resume replace those that were there."""

    def __init__(self, path: Path, start: int = 0) -> None:
        kept = [line for line in _lines(path) if msgspec.json.decode(line)["step"] < start]
        path.write_bytes(b"".join(line + b"\n" for line in kept))
        self._file = path.open("ab")

    def log(self, step: int, values: Values) -> None:
        self._file.write(msgspec.json.encode({"step": step, **values}) + b"\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _lines(path: Path) -> list[bytes]:
    """The whole lines of a file; the last may have been cut off by a kill."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


class TensorBoard:
    """Event files in a folder."""

    def __init__(self, folder: Path, start: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise UsageError("log to TensorBoard: pip install tensorboard") from None
        self._writer: Any = SummaryWriter(str(folder), purge_step=start or None)

    def log(self, step: int, values: Values) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class Hosted:
    """wandb or trackio, which are called alike."""

    def __init__(self, name: str, folder: Path, config: Mapping[str, Any]) -> None:
        try:
            module = __import__(name)
        except ImportError:
            raise UsageError(f"log to {name}: pip install {name}") from None
        self._run = module.init(project="referee", name=folder.name, config=dict(config))
        self._finish = module.finish
        self._log = module.log

    def log(self, step: int, values: Values) -> None:
        self._log(dict(values), step=step)

    def close(self) -> None:
        self._finish()


class Terminal:
    """One line for each step: a live bar on a terminal, plain lines elsewhere."""

    def __init__(self, steps: int, start: int) -> None:
        self._steps = steps
        self._bar: Any = None
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
            self._task = self._bar.add_task("", total=steps, completed=start)

    def log(self, step: int, values: Values) -> None:
        shown = [f"{name} {values[name]:.3g}" for name in SHOWN if name in values]
        shown += [f"{name} {value:.3f}" for name, value in values.items() if name.startswith("rule/")]
        if self._bar is not None:
            self._bar.update(self._task, completed=step + 1, description="  ".join(shown))
        else:
            sys.stderr.write(f"step {step + 1}/{self._steps}  {'  '.join(shown)}\n")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


class Sinks:
    """Several sinks as one."""

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self.sinks = list(sinks)

    def log(self, step: int, values: Values) -> None:
        for sink in self.sinks:
            sink.log(step, values)

    def close(self) -> None:
        for sink in self.sinks:
            sink.close()


def open_sinks(folder: Path, names: Sequence[str], config: Mapping[str, Any], steps: int, start: int) -> Sinks:
    """`metrics.jsonl` in the folder, the terminal, and what the config names."""
    sinks: list[Sink] = [
        TensorBoard(folder / name, start) if name == "tensorboard" else Hosted(name, folder, config) for name in names
    ]
    sinks += [JsonLines(folder / "metrics.jsonl", start), Terminal(steps, start)]
    return Sinks(sinks)
