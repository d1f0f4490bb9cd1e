"""`referee packs`: the bundled packs, or the rules of one. Naming a file checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referee.engine.score import RulePack


@click.command("packs", short_help="List the bundled packs, or show and check one.")
@click.argument("name", metavar="[NAME]", required=False)
def command(name: str | None) -> None:
    """List the bundled packs, or show the rules, weights and digest of NAME: a bundled pack or a file to check."""
    from referee.cli.show import table
    from referee.engine.score import RulePack
    from referee.packs.load import bundled, load

    if name is None:
        table(("pack", "about"), [(one, load(one).about) for one in bundled()], left=2)
        return
    _show(RulePack.load(name))


def _show(pack: RulePack) -> None:
    from referee.cli.show import safe, table

    spec = pack.spec
    click.echo(click.style(safe(spec.name), bold=True) + (f"  {safe(spec.about)}" if spec.about else ""))
    click.echo()
    rows: list[tuple[str, ...]] = []
    for rule in spec.rules:
        weight = "" if rule.role == "gate" else f"{rule.weight:g}"
        rows.append((rule.name, rule.role, rule.verifier or "(parts)", _params(rule.params), weight))
        rows += [(f"  {part.name}", "", part.verifier, _params(part.params), f"{part.weight:g}") for part in rule.parts]
    table(("rule", "role", "verifier", "parameters", "weight"), rows, left=4)
    click.echo()
    click.echo(f"answer    {safe(spec.answer)} says whether a rollout is right")
    click.echo(f"unjudged  {spec.unjudged}")
    if spec.clip is not None:
        click.echo(f"clip      {spec.clip[0]:g} to {spec.clip[1]:g}")
    click.echo(f"digest    {pack.digest}")


def _params(params: dict[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())
