"""The rows of a file of tasks, as the audit reads them: prompt, truth, and every other column as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from referee.core.errors import UsageError
from referee.core.types import Task
from referee.data.columns import COLUMNS, Columns
from referee.data.plain import dumps, loads_object
from referee.data.read import Source
from referee.data.rows import RowReader, prompt_text
from referee.engine.completion import as_truth

NAMES = ("id", "unique_id", "name", "uuid")  # beside the columns that name a task
# Columns that detectors look at beside those that play a role; of a Parquet file no others are read.
BESIDE = (
    "canonical_solution", "code", "solution", "solutions", "reference_solution", "choices", "options", "example",
    "instance",
)  # fmt: skip


class Item(NamedTuple):
    """One row. `line`: its number in the file, from 1. `fault`: why it cannot be read; then the rest is empty.

    `truth` is what a verifier would be given; `row` has every column, the worked solution of a problem among them.
    """

    line: int
    id: str = ""
    prompt: str | None = None
    truth: Any = None
    row: Mapping[str, Any] = {}
    fault: str = ""

    @property
    def task(self) -> Task:
        """What a verifier is given."""
        return Task(id=self.id, prompt=self.prompt, truth=self.truth)


class Items:
    """The rows of one file. `columns`: those of the first row that could be read."""

    def __init__(self, source: Source, columns: Columns) -> None:
        self._source, self._columns = source, _Wider(mapped=columns.mapped)
        self._reader = RowReader(columns)
        self.columns: list[str] = []

    def __iter__(self) -> Iterator[Item]:
        for line in self._source.lines(self._columns):
            yield Item(line.number, fault=line.fault) if line.fault else self._item(line.number, line.raw)

    def _item(self, number: int, raw: bytes) -> Item:
        try:
            row = loads_object(raw)
            self.columns = self.columns or list(row)
            found = self._reader.row(dumps({**row, **_NOTHING}))  # a row of tasks has no completion
            truth = as_truth(found.truth)
        except UsageError as error:
            return Item(number, fault=str(error))
        prompt = prompt_text(found.prompt)
        if prompt is None and isinstance(text := row.get("text"), str) and "prompt" not in self._columns.mapped:
            prompt = text  # MBPP's name for it
        name = found.task or next((str(row[one]) for one in NAMES if row.get(one) not in (None, "")), "")
        return Item(number, name, prompt, truth, row)


class _Wider(Columns, frozen=True, kw_only=True):
    """Columns of which more are read."""

    def wanted(self) -> tuple[str, ...]:
        return (*super().wanted(), *NAMES, *BESIDE)


_NOTHING = {COLUMNS["completion"][0]: ""}
