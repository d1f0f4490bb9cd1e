"""The tasks of a run: read from files or from the hub, mixed, in an order that depends on the seed alone.

The order is an endless stream of places 0, 1, 2, ... What stands at a place depends on nothing but the seed and the
place, so a run is resumed by knowing how far it had come, and several processes share the stream by taking every
second place, or every eighth.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from referee.core.errors import InputError, MissingExtra, UsageError
from referee.core.types import Task
from referee.data.columns import Columns
from referee.data.plain import dumps
from referee.data.read import Source
from referee.data.rows import RowReader, prompt_text
from referee.engine.completion import as_truth
from referee.train.config import DataConfig

HUB = "hub:"
SHOWN = 3  # rows named in a message


class Problem(NamedTuple):
    """A task as the policy reads it. source: number of its data source. ids: the tokens of its prompt."""

    source: int
    task: Task
    ids: list[int]


class Tasks:
    """All tasks of all sources, and the stream in which they come.

    left_out: tasks whose prompt was longer than allowed. unreadable: rows without a prompt, the first few as messages.
    """

    def __init__(self, sources: Sequence[DataConfig], tokenizer: Any, seed: int, longest: int = 0) -> None:
        self.left_out = 0
        self.unreadable: list[str] = []
        self.sources: list[list[Problem]] = []
        for number, source in enumerate(sources):
            found = list(self._read(number, source, tokenizer))
            read = [one for one in found if not longest or len(one.ids) <= longest]
            self.left_out += len(found) - len(read)
            if not read:
                told = f"; {self.unreadable[0]}" if self.unreadable else ""
                raise UsageError(f"there are no tasks in '{source.path}'{told} (at $.data[{number}].path)")
            self.sources.append(read)
        self._seed = seed
        self._shares = [source.share for source in sources]
        self._orders: dict[tuple[int, int], list[int]] = {}
        self._drawn: list[tuple[int, int]] = []  # of each place: the source, and how often it was drawn before
        self._counts = [0] * len(sources)

    def __len__(self) -> int:
        return sum(map(len, self.sources))

    def at(self, place: int) -> Problem:
        """The task at a place of the stream. Every source is walked once before any of its tasks comes again."""
        while len(self._drawn) <= place:
            self._draw()
        source, drawn = self._drawn[place]
        walk, step = divmod(drawn, len(self.sources[source]))
        return self.sources[source][self._order(source, walk)[step]]

    def _draw(self) -> None:
        """Draw the source that is furthest behind its share; the first of several."""
        behind = [
            (self._counts[number] + 1) / share if share else float("inf") for number, share in enumerate(self._shares)
        ]
        source = behind.index(min(behind))
        self._drawn.append((source, self._counts[source]))
        self._counts[source] += 1

    def _order(self, source: int, walk: int) -> list[int]:
        if (source, walk) not in self._orders:
            order = list(range(len(self.sources[source])))
            random.Random(f"{self._seed} {source} {walk}").shuffle(order)  # noqa: S311 (an order, no secret)
            self._orders = {key: value for key, value in self._orders.items() if key[0] != source}
            self._orders[source, walk] = order
        return self._orders[source, walk]

    def _read(self, number: int, source: DataConfig, tokenizer: Any) -> Iterator[Problem]:
        columns = Columns.of([f"{role}={name}" for role, name in source.columns.items()])
        reader = RowReader(columns)
        count = 0
        for place, raw in _rows(source, columns):
            if source.limit and count >= source.limit:
                return
            try:
                row = reader.problem(raw)
            except InputError as error:
                if len(self.unreadable) < SHOWN:
                    self.unreadable.append(f"row {place}: {error}")
                continue
            count += 1
            task = Task(id=row.task or f"{number}:{place}", prompt=prompt_text(row.prompt), truth=as_truth(row.truth))
            yield Problem(number, task, encode(tokenizer, source, row.prompt))


def encode(tokenizer: Any, source: DataConfig, prompt: Any) -> list[int]:
    """The tokens of a prompt: in the source's template, and the tokenizer's chat template when asked for."""
    if not source.chat:
        ids: list[int] = tokenizer(source.prompt.replace("{prompt}", prompt_text(prompt) or "")).input_ids
        return ids
    if isinstance(prompt, str):
        prompt = [{"role": "user", "content": source.prompt.replace("{prompt}", prompt)}]
    made = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, tokenize=True, return_dict=True)
    return list(made["input_ids"])


def _rows(source: DataConfig, columns: Columns) -> Iterator[tuple[int, bytes]]:
    """The number and the bytes of each row."""
    if not source.path.startswith(HUB):
        for line in Source(source.path).lines(columns):
            yield line.number, line.raw
        return
    try:
        import datasets
    except ImportError:
        raise MissingExtra("reading a data set of the hub", "hub") from None
    found = datasets.load_dataset(source.path.removeprefix(HUB), source.subset or None, split=source.split)
    for number, row in enumerate(found, 1):
        yield number, dumps(row)
