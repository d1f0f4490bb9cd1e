"""`referee explain`: one rollout, what was found where, and why it got what it got."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.data.columns import Columns
    from referee.data.read import Line, Source
    from referee.engine.chunk import Entry
    from referee.engine.score import RulePack


@click.command("explain", short_help="Show one rollout: what was found where, and why.")
@click.argument("place", metavar="[FILE[:LINE]]", required=False)
@click.option("--pack", required=True, metavar="PACK", help="Name of a bundled pack, or a TOML or YAML file.")
@click.option("--index", type=click.IntRange(min=0), default=0, help="Which completion of a row that holds several.")
@click.option("--text", help="The completion, instead of a file.")
@click.option("--truth", help="With --text: the truth; JSON when it starts with [ or {.")
@click.option("--prompt", help="With --text: the prompt.")
@click.option("--map", "choices", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what: truth=answer.")
@click.option(
    "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change the pack: rules.format.weight=0.05."
)
def command(place: str | None, pack: str, index: int, **options: Any) -> None:
    """Show one rollout of FILE (line 1 unless named), or one given as --text."""
    from referee.cli.rollout import explain
    from referee.cli.settings import changed

    if (place is None) == (options["text"] is None):
        raise click.UsageError("Give either FILE[:LINE] or --text.")
    compiled = changed(pack, options["changes"])
    if place is None:
        name, entry = "--text", _given(options["text"], options["truth"], options["prompt"])
    else:
        name, entry = _stored(place, index, compiled, options["choices"])
    explain(name, entry, compiled)


def _given(text: str, truth: str | None, prompt: str | None) -> Entry:
    from referee.core.types import Rollout, Task
    from referee.data.plain import loads
    from referee.engine.chunk import Entry

    value = loads(truth.encode()) if truth and truth[0] in "[{" else truth
    return Entry(1, 0, Rollout(text=text), Task(truth=value, prompt=prompt), None)


def _stored(place: str, index: int, pack: RulePack, choices: tuple[str, ...]) -> tuple[str, Entry]:
    """The rollout at FILE:LINE."""
    from referee.core.errors import InputError
    from referee.data.columns import Columns
    from referee.data.plain import loads_object
    from referee.data.read import Source
    from referee.engine.chunk import Config, Judge

    path, number = _split(place)
    columns = Columns.of(choices)
    source = Source(path)
    line = _line(source, path, number, columns)
    name = f"{path}:{line.number}"
    try:
        if not line.fault:
            columns.check(loads_object(line.raw), source.columns)
        entries = Judge(Config(spec=pack.spec, columns=columns)).read(line)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if index >= len(entries):
        raise InputError(f"{name} holds {len(entries)} completions, counted from 0; there is no --index {index}")
    return (f"{name} --index {index}" if len(entries) > 1 else name), entries[index]


def _split(place: str) -> tuple[str, int]:
    """FILE:LINE; the line is 0 when it is not named."""
    from referee.core.errors import UsageError

    path, colon, number = place.rpartition(":")
    if colon and number.isdecimal() and not Path(place).exists():
        if not int(number):
            raise UsageError(f"'{place}': lines count from 1")
        return path, int(number)
    return place, 0


def _line(source: Source, path: str, number: int, columns: Columns) -> Line:
    from referee.core.errors import InputError

    last = 0
    for line in source.lines(columns):
        if line.number == number or not number:
            return line
        last = line.number
        if last > number:
            break
    if not last:
        raise InputError(f"'{path}' holds no row{f' before line {number}' if number else ''}")
    raise InputError(f"'{path}' has no row in line {number}; its last one before it is in line {last}")
