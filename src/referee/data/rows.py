"""A row's bytes -> its completions, truth, prompt and the rest, whatever its columns are called.

Only the columns that play a role are decoded: a row may carry token ids and log-probabilities by the thousand.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from referee.core.errors import InputError
from referee.data.code_tasks import code_truth
from referee.data.columns import BESIDE, Columns, pick
from referee.data.plain import dumps, loads, loads_object

# Columns that say outright that they hold the truth; tests beside them are something else.
PLAIN_TRUTHS = ("truth", "ground_truth", "reward_model.ground_truth", "gts")

# GSM8K writes the truth as a worked solution whose last line is "#### 18".
_LAST_LINE = re.compile(r"\n#### ?([^\n]+?)\s*\Z")
_CELLS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Row(NamedTuple):
    """What one row says. `completions` as written (text or messages); `many`: the row is a whole group."""

    completions: list[Any]
    many: bool
    truth: Any
    prompt: Any
    task: str
    rollouts: list[str]
    tokens: list[int | None]
    labels: list[bool | None]
    step: int | None


class Problem(NamedTuple):
    """What one row of tasks to sample for says. `prompt` as written: text or messages; `task`: its name, or ""."""

    prompt: Any
    truth: Any
    task: str


class Key(NamedTuple):
    """What makes two rows the same task. `name`: from the task column; else prompt and truth; None for neither."""

    many: bool
    value: tuple[Any, ...] | None

    def digest(self) -> bytes:
        return hashlib.blake2b(dumps(self.value), digest_size=16).digest()


class RowReader:
    """Reads the rows of one file. Raises `InputError` for a row that holds no rollout."""

    def __init__(self, columns: Columns) -> None:
        self._names = {role: columns.names(role) for role in ("completion", "truth", "prompt", "task")}
        self._names |= {role: columns.names(role) for role in ("rollout", "tokens", "label", "step")}
        self._mapped = columns.mapped
        self._may_be_code = "truth" not in columns.mapped

    def row(self, raw: bytes) -> Row:
        cells = _Cells(raw)
        value, name = cells.first(self._names["completion"])
        completions, many = _completions(value, name, cells, self._names["completion"])
        count = len(completions)
        return Row(
            completions=completions,
            many=many,
            truth=self._truth(cells),
            prompt=cells.first(self._names["prompt"])[0],
            task=self._task(cells),
            rollouts=[_name(value) for value in _spread(cells.first(self._names["rollout"])[0], count, many)],
            tokens=[_count(value) for value in _spread(cells.first(self._names["tokens"])[0], count, many)],
            labels=self._labels(cells, count, many),
            step=_count(cells.first(self._names["step"])[0]),
        )

    def problem(self, raw: bytes) -> Problem:
        """What a row of a data set without completions says. Raises `InputError` for one without a prompt."""
        cells = _Cells(raw)
        prompt = cells.first(self._names["prompt"])[0]
        if prompt is None:
            raise InputError(f"no prompt in the row; its columns are {', '.join(list(cells.names())[:20]) or 'none'}")
        return Problem(prompt, self._truth(cells), self._task(cells))

    def key(self, raw: bytes) -> Key:
        """Which task the row belongs to; the completions stay unread."""
        cells = _Cells(raw)
        many = cells.holds_many(self._names["completion"])
        if task := self._task(cells):
            return Key(many, (task,))
        prompt = cells.first(self._names["prompt"])[0]
        return Key(many, None if prompt is None else (prompt, cells.first(self._names["truth"])[0]))

    def _truth(self, cells: _Cells) -> Any:
        truth, name = cells.first(self._names["truth"])
        if self._may_be_code and name not in PLAIN_TRUTHS and (tests := code_truth(cells.get)) is not None:
            truth, name = tests, ""
        return plain_truth(truth, name)

    def _task(self, cells: _Cells) -> str:
        value, name = cells.first(self._names["task"])
        if value is None:
            return ""
        beside = [cells.get(column) for column in BESIDE.get(name, ()) if "task" not in self._mapped]
        return "/".join(_name(part) for part in (*beside, value) if part is not None)

    def _labels(self, cells: _Cells, count: int, many: bool) -> list[bool | None]:
        value, name = cells.first(self._names["label"])
        numbers = name in ("is_correct", "correct") or "label" in self._mapped
        return [_label(one, numbers) for one in _spread(value, count, many)]


def task_name(row: Row) -> str | None:
    """The name of a row's group: its task, else a digest of prompt and truth, else None."""
    if row.task:
        return row.task
    return None if row.prompt is None else Key(row.many, (row.prompt, row.truth)).digest().hex()


def prompt_text(prompt: Any) -> str | None:
    """The text of a prompt: a string, or the last message of a chat."""
    if prompt is None or isinstance(prompt, str):
        return prompt
    if isinstance(prompt, list) and prompt and isinstance(prompt[-1], Mapping):
        content = prompt[-1].get("content")
        if isinstance(content, list):
            return "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
        return content if isinstance(content, str) else ""
    return dumps(prompt).decode()


class _Cells:
    """A row's columns, decoded when asked for."""

    __slots__ = ("_cells",)

    def __init__(self, raw: bytes) -> None:
        try:
            str(raw, "utf-8")  # columns that nobody reads are checked too
            self._cells: dict[str, Any] = _CELLS.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._cells = loads_object(raw)

    def get(self, name: str) -> Any:
        """The value at a dotted name, None when there is none."""
        cell = self._cells.get(name)
        if cell is None:
            root, dot, rest = name.partition(".")
            cell = self._cells.get(root) if dot else None
            if cell is None:
                return None
            try:
                return pick(_plain(cell), rest)
            except (KeyError, TypeError):
                return None
        return _plain(cell)

    def first(self, names: tuple[str, ...]) -> tuple[Any, str]:
        """The first value that is there and not null, and its column."""
        cells = self._cells
        for name in names:
            if (name in cells or "." in name) and (value := self.get(name)) is not None:
                return value, name
        return None, ""

    def holds_many(self, names: tuple[str, ...]) -> bool:
        """Whether the completion is a list of completions, told from its first characters."""
        for name in names:
            cell = self._cells.get(name)
            if isinstance(cell, msgspec.Raw):
                head = bytes(memoryview(cell)[:64]).strip()
                if head == b"null":
                    continue
                if head[:1] != b"[":
                    return False
                second = head[1:].lstrip()[:1]
                return second != b"{" if second else _is_many(_plain(cell))
            if name in self._cells or "." in name:
                value = self.get(name)
                if value is not None:
                    return _is_many(value)
        return False

    def names(self) -> Iterator[str]:
        return iter(self._cells)

    def __contains__(self, name: str) -> bool:
        return name in self._cells


def _plain(cell: Any) -> Any:
    if not isinstance(cell, msgspec.Raw):
        return cell
    try:
        return msgspec.json.decode(cell)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return loads(bytes(cell))


def _is_many(value: Any) -> bool:
    return isinstance(value, list) and not (value and isinstance(value[0], Mapping))


def _completions(value: Any, name: str, cells: _Cells, names: tuple[str, ...]) -> tuple[list[Any], bool]:
    """The completions of a row, and whether it holds a list of them."""
    if value is None:
        empty = next((name for name in names if name in cells), None)
        if empty is not None:
            raise InputError(f"'{empty}' is null; a row needs a completion")
        raise InputError(f"no completion in the row; its columns are {', '.join(list(cells.names())[:20]) or 'none'}")
    if not _is_many(value):
        if not isinstance(value, str | list | Mapping):
            raise InputError(f"'{name}' must hold text or messages, got {dumps(value).decode()[:40]}")
        return [value], False
    for index, one in enumerate(value):
        if not isinstance(one, str | list | Mapping):
            raise InputError(f"'{name}[{index}]' must hold text or messages, got {dumps(one).decode()[:40]}")
    if not value:
        raise InputError(f"'{name}' is an empty list; a row needs at least one completion")
    return value, True


def _spread(value: Any, count: int, many: bool) -> list[Any]:
    """One value for each completion: a list of as many, or the same for all."""
    if many and isinstance(value, list):
        return value if len(value) == count else [None] * count
    return [value] * count


def plain_truth(value: Any, name: str) -> Any:
    """The truth of a cell: GSM8K's `answer` ends in it, any other column is it."""
    if isinstance(value, str) and name.rpartition(".")[2] == "answer" and (found := _LAST_LINE.search(value)):
        return found[1]
    return value


def _name(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else dumps(value).decode()


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _label(value: Any, numbers: bool) -> bool | None:
    """Only what plainly says right or wrong: a `label` of 1 may be a class."""
    if isinstance(value, bool):
        return value
    return bool(value) if numbers and isinstance(value, int | float) and value in (0, 1) else None
