"""`referee bench judge`: how fast the judge is here."""

from __future__ import annotations

import sys

import click


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
    from referee.cli.show import table
    from referee.data.plain import dumps

    figures = measure(rollouts, rounds)
    if as_json:
        for figure in figures:
            click.echo(dumps(figure).decode())
        return
    click.echo(f"Medians of {rounds} rounds. The machine may be shared: compare figures of one run only.\n")
    found = []
    for number, figure in enumerate(figures, 1):
        if sys.stderr.isatty():
            click.echo(f"\r{number} measured", nl=False, err=True)
        found.append((figure.name, f"{figure.value:,.1f}", figure.unit, figure.note))
    table(("what", "value", "unit", "over"), found, left=4)
