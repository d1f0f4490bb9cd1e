"""`referee bench`: how fast the judge and the sandbox are here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from referee.bench.judge import Figure


@click.group("bench", short_help="Measure the judge on this machine.")
def command() -> None:
    """Measurements, each the median of several rounds."""


@command.command("judge")
@click.option("--rollouts", type=click.IntRange(min=64), default=5000, show_default=True, help="Completions of 2 kB.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="Rounds for each median.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def judge(rollouts: int, rounds: int, as_json: bool) -> None:
    """Time per rollout and rule, rollouts per second on one core and all, and memory by rows."""
    from referee.bench.judge import measure

    click.echo(
        f"Medians of {rounds} rounds. The machine may be shared: compare figures of one run only.\n", err=as_json
    )
    _print(measure(rollouts, rounds), as_json=as_json)


@command.command("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option(
    "--peers/--no-peers", default=True, show_default=True, help="Run the same solutions in other ways as well."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def code(file: str | None, rounds: int, peers: bool, as_json: bool) -> None:
    """Verifications of programs a second, beside a plain subprocess, bubblewrap and firejail.

    FILE: HumanEval as JSON lines (.gz too); without it, forty small problems. The peers execute its canonical solutions
    without a jail where they have none.
    """
    from referee.bench.code import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(file, rounds, peers=peers), as_json=as_json)


def _print(figures: Iterable[Figure], *, as_json: bool) -> None:
    from referee.cli.show import table
    from referee.data.plain import dumps

    if as_json:
        for figure in figures:
            click.echo(dumps(figure).decode())
        return
    found = []
    for number, figure in enumerate(figures, 1):
        if sys.stderr.isatty():
            click.echo(f"\r{number} measured", nl=False, err=True)
        found.append((figure.name, f"{figure.value:,.1f}", figure.unit, figure.note))
    table(("what", "value", "unit", "over"), found, left=4)
