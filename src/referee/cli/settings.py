"""Changes to a pack from the command line: `--set rules.format.weight=0.05`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from referee.core.errors import PackError, UnknownName, UsageError
from referee.packs.load import load
from referee.packs.spec import PackSpec


def changed(source: str, changes: Sequence[str]) -> str | PackSpec:
    """The pack as named, or with the changes made. A rule or part goes by its place or its name."""
    if not changes:
        return source
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(load(source)))  # tuples become lists
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"--set takes PATH=VALUE, like rules.format.weight=0.05; got '{change}'")
        _set(data, path.split("."), _value(value), change)
    try:
        return load(data)
    except PackError as error:
        raise PackError(f"--set {' '.join(changes)}: {error}", error.path) from error


def _set(data: Any, path: list[str], value: Any, change: str) -> None:
    for step in path[:-1]:
        data = _step(data, step, change)
    if isinstance(data, list):
        raise UsageError(f"--set {change}: name a field of a rule, like rules.0.weight")
    data[path[-1]] = value


def _step(data: Any, step: str, change: str) -> Any:
    if isinstance(data, list):
        names = [one["name"] for one in data]
        if step.isdecimal() and int(step) < len(data):
            return data[int(step)]
        if step in names:
            return data[names.index(step)]
        raise UnknownName("rule", step, names, f"(in --set {change}; the rules are {', '.join(names)})")
    if not isinstance(data, dict) or step not in data:
        known = list(data) if isinstance(data, dict) else []
        raise UnknownName("field", step, known, f"(in --set {change})")
    return data[step]


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
