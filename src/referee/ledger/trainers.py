"""The rollout files of trainers: those of TRL and verl are read with their own column names, and written in them.

TRL writes `completions/completions_<step, five digits>.parquet` with the columns step, prompt, completion, one for the
values of each reward function, and advantage. verl writes `<step>.jsonl` with input, output, gts, score, step, and what
its reward function returns beside the score. (TRL 1.16, `GRPOTrainer.log`; verl, `RayPPOTrainer._dump_generations`.)
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from referee.core.errors import InputError, MissingExtra, UsageError
from referee.core.types import Score
from referee.data.columns import COLUMNS, Columns
from referee.data.plain import dumps, loads_object
from referee.data.read import Source
from referee.data.rows import RowReader, prompt_text
from referee.engine.score import group as group_of
from referee.engine.scored import Scored
from referee.ledger.read import Reader

Row = tuple[Scored, float]  # with the advantage
# A rule that is called `answer` would be read as the truth when the file comes in again.
_TAKEN = {"advantage", "reward", "score", *(name for names in COLUMNS.values() for name in names)}


def write_trl(reader: Reader, folder: Path, run: str | None = None) -> list[Path]:
    """The files that TRL would have written, one for each step: rules stand for reward functions."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("writing Parquet", "ledger") from None

    def write(step: int, rows: list[Row]) -> Path:
        path = folder / f"completions_{step:05d}.parquet"
        pq.write_table(pa.Table.from_pylist(_filled([_trl(step, *row) for row in rows])), path, compression="zstd")
        return path

    return _write(reader, folder, run, write)


def write_verl(reader: Reader, folder: Path, run: str | None = None) -> list[Path]:
    """The files that verl would have written, one for each step, with the score of each rule beside the reward."""

    def write(step: int, rows: list[Row]) -> Path:
        path = folder / f"{step}.jsonl"
        path.write_bytes(b"".join(dumps(_verl(step, *row)) + b"\n" for row in rows))
        return path

    return _write(reader, folder, run, write)


@contextmanager
def with_truths(source: Path, truths: Path | None, columns: Columns) -> Iterator[Path]:
    """The file of rollouts, with the truth of each prompt from another file: TRL's files name no truth.

    Raises `InputError` when a prompt of the rollouts is not among those of `truths`.
    """
    if truths is None:
        yield source
        return
    known = dict(_truths(truths, columns))
    reader = RowReader(columns)
    with tempfile.TemporaryDirectory(prefix="referee-") as folder:
        joined = Path(folder) / source.with_suffix(".jsonl").name
        with joined.open("wb") as file:
            for line in Source(source).lines():
                row = loads_object(line.raw)
                prompt = prompt_text(reader.row(line.raw).prompt)
                if prompt not in known:
                    raise InputError(f"'{truths}' lacks the prompt of {source}:{line.number}: {str(prompt)[:60]!r}")
                file.write(dumps({**row, "truth": known[prompt]}) + b"\n")
        yield joined


def _truths(path: Path, columns: Columns) -> Iterator[tuple[str | None, Any]]:
    reader = RowReader(columns)
    for line in Source(path).lines(columns):
        row = loads_object(line.raw)
        found = reader.row(dumps({"completion": "", **row}))
        yield prompt_text(found.prompt), found.truth


def _write(reader: Reader, folder: Path, run: str | None, write: Callable[[int, list[Row]], Path]) -> list[Path]:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"'{folder}' is a file; name a folder for the files of the steps")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for step, numbers in reader.steps(run).items():
        latest = {
            (entry.scored.run, entry.scored.group, entry.scored.index): entry.scored
            for entry in reader.entries(numbers)
        }
        written.append(write(step or 0, list(_advantages(list(latest.values())))))
    return written


def _advantages(scored: list[Scored]) -> Iterator[Row]:
    """Each rollout with its advantage within its group, as GRPO has it; of two scores the later one counts."""
    groups: dict[tuple[str, str, str], list[Scored]] = {}
    for one in scored:
        groups.setdefault((one.run, one.group, one.score.pack), []).append(one)
    for members in groups.values():
        members.sort(key=lambda one: one.index)
        yield from zip(members, group_of([one.score for one in members]).advantages, strict=True)


def _trl(step: int, scored: Scored, advantage: float) -> dict[str, Any]:
    head = {"step": step, "prompt": _utf8(scored.task.prompt or ""), "completion": _utf8(scored.rollout.text)}
    return {**head, **_rules(scored.score), "reward": scored.score.reward, "advantage": advantage}


def _verl(step: int, scored: Scored, advantage: float) -> dict[str, Any]:
    row = {
        "input": scored.task.prompt or "",
        "output": scored.rollout.text,
        "gts": scored.task.truth,
        "score": scored.score.reward,
        "step": step,
    }
    return {**row, **_rules(scored.score), "advantage": advantage}


def _rules(score: Score) -> dict[str, float | None]:
    """What each rule gave; a rule that is called like a column that means something gets `rule_` before its name."""
    return {f"rule_{name}" if name in _TAKEN else name: verdict.score for name, verdict in score.verdicts.items()}


def _filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows with all columns, in the order of the first that has them."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
