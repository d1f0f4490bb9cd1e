"""Changes to a pack from the command line: `--set rules.format.weight=0.05`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from referee.core.errors import PackError, UsageError, nearest
from referee.engine.score import RulePack, as_pack
from referee.packs.load import load


def changed(source: str, changes: Sequence[str]) -> RulePack:
    """The pack as named, with the changes made. A rule or part goes by its place or its name."""
    if not changes:
        return as_pack(source)
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(load(source)))  # tuples become lists
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals:
            raise UsageError(f"--set takes PATH=VALUE, like rules.format.weight=0.05; got '{change}'")
        _set(data, path, _value(value), change)
    try:
        pack = RulePack(load(data))
    except PackError as error:
        raise PackError(error.problem, error.path, f"--set {' '.join(changes)}") from error
    pack.source = source
    return pack


def _set(data: dict[str, Any], path: str, value: Any, change: str) -> None:
    *steps, last = path.split(".")
    place = _inside(data, steps)
    if not isinstance(place, dict):
        known = list(_paths(data))
        guess = f"rules.{path}" if f"rules.{path}" in known else nearest(path, known)
        hint = f"did you mean {guess}?" if guess else f"a pack has {', '.join(data)}, and rules.NAME.weight."
        raise UsageError(f"--set {change}: there is no '{path}'; {hint}")
    place[last] = value


def _inside(place: Any, steps: list[str]) -> Any:
    """The value at a path, None where there is none. A rule's name may hold dots, as `math.number` does."""
    while steps:
        if isinstance(place, list):
            names = [one["name"] for one in place]
            width = next((n for n in range(len(steps), 0, -1) if ".".join(steps[:n]) in names), 0)
            number = int(steps[0]) if steps[0].isdecimal() else len(place)
            index = names.index(".".join(steps[:width])) if width else number
            place, steps = place[index] if index < len(place) else None, steps[width or 1 :]
        else:
            place, steps = place.get(steps[0]) if isinstance(place, dict) else None, steps[1:]
    return place


def _paths(data: Any, before: str = "") -> Iterator[str]:
    """Every path that --set takes, with rules and parts by their names."""
    members = data.items() if isinstance(data, dict) else ((one["name"], one) for one in data)
    for name, value in members:
        yield f"{before}{name}"
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield from _paths(value, f"{before}{name}.")


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
