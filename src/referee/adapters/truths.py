"""Where the truth stands, by the names of `referee.data.columns`: in a batch's columns, or in one row of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from referee.core.errors import UsageError
from referee.data.code_tasks import code_truth
from referee.data.columns import COLUMNS, existing, has, pick
from referee.data.rows import PLAIN_TRUTHS, plain_truth


def in_row(row: Mapping[str, Any], name: str | None = None) -> Any:
    """The truth in one row; `name` when its column has a name of its own. None where a row has no truth.

    Raises `UsageError` when there is no column of that name.
    """
    if name is not None:
        if not has(row, name):
            raise UsageError(f"there is no column '{name}'; the columns are {listed(existing(row))}")
        return plain_truth(pick(row, name), name)
    found = next((one for one in COLUMNS["truth"] if has(row, one) and pick(row, one) is not None), "")
    if found not in PLAIN_TRUTHS and (tests := code_truth(row.get)) is not None:
        return tests
    return plain_truth(pick(row, found), found) if found else None


def in_columns(columns: Mapping[str, Any], name: str | None = None) -> tuple[list[Any] | None, str]:
    """The truths of a batch, one list for each column, and the column that they come from; (None, "") without one.

    Raises `UsageError` when there is no column called `name`.
    """
    if name is not None:
        if (found := _column(columns, name)) is None:
            raise UsageError(f"there is no column '{name}'; the columns passed are {listed(columns)}")
        return found, name
    for one in COLUMNS["truth"]:
        if (found := _column(columns, one)) is not None:
            return found, one
    return None, ""


def _column(columns: Mapping[str, Any], name: str) -> list[Any] | None:
    """The truths in a column; a dotted name reaches into a column of objects. None when there is no such column."""
    root, dot, rest = name.partition(".")
    values = columns.get(name)
    if values is None and dot and isinstance(objects := columns.get(root), Sequence):
        if not all(isinstance(one, Mapping) and has(one, rest) for one in objects):
            return None
        values = [pick(one, rest) for one in objects]
    if values is None or isinstance(values, str) or not isinstance(values, Iterable):
        return None
    return [plain_truth(value, name) for value in values]


def listed(names: Iterable[str]) -> str:
    """The names in a sentence."""
    return ", ".join(list(names)[:30]) or "none"
