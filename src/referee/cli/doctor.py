"""`referee doctor`: what this machine can do for a sandbox, and whether its walls hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from referee.sandbox.attacks.suite import Finding
    from referee.sandbox.doctor import Feature


@click.command("doctor", short_help="What this machine can do for a sandbox; --attack tries its walls.")
@click.option("--attack", is_flag=True, help="Run the 80 attacks of the list against each tier that can be had.")
@click.option("--tier", "tiers", multiple=True, help="Only this tier; may be given several times.")
@click.option("--number", "numbers", type=click.IntRange(1, 80), multiple=True, help="Only this attack of the list.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(attack: bool, tiers: tuple[str, ...], numbers: tuple[int, ...], as_json: bool) -> None:
    """Lists kernel features, sandbox tiers with the reason where one is missing, and toolchains.

    With --attack every attack of the list is run against every tier, each followed by an honest program that must not
    notice. Exit code 1 when a wall does not hold.
    """
    from referee.sandbox.tiers import named

    for name in tiers:
        named(name)
    if attack:
        _attack(tiers, numbers, as_json=as_json)
    else:
        _examine(tiers, as_json=as_json)


def _examine(wanted: tuple[str, ...], *, as_json: bool) -> None:
    from referee.data.plain import dumps
    from referee.sandbox.doctor import examine

    report = examine()
    if as_json:
        click.echo(dumps(report).decode())
        return
    click.echo(f"{report.system}\n")
    _features("kernel", report.features)
    _features("tier", [one for one in report.tiers if not wanted or one.name in wanted])
    _features("language", report.toolchains)
    if report.default:
        other = f"in '{report.executing}'" if report.executing else "nowhere (install bubblewrap)"
        click.echo(f"Python programs run in the tier '{report.default}', those of other languages {other}.")
        click.echo("Try the walls: referee doctor --attack")
    else:
        click.echo(
            "No tier holds here: code verifiers give 'unjudged'. Without walls, by name only: REFEREE_SANDBOX=none"
        )


def _features(kind: str, features: Sequence[Feature]) -> None:
    from referee.cli.show import table

    rows: list[Sequence[Any]] = [(one.name, "yes" if one.usable else "no", one.words) for one in features]
    table((kind, "here", ""), rows, left=3)
    click.echo()


def _attack(wanted: tuple[str, ...], numbers: tuple[int, ...], *, as_json: bool) -> None:
    from referee.data.plain import dumps
    from referee.sandbox.attacks.suite import attack
    from referee.sandbox.pool import Sandbox
    from referee.sandbox.tiers import ALL, named, probe

    found: dict[str, list[Finding]] = {}
    for tier in wanted or ALL[1:]:
        held = probe(named(tier))
        if not held.usable:
            click.echo(f"{tier}: cannot be used here: {held.reason}", err=True)
            continue
        with Sandbox(tier, require="none", slots=2) as sandbox:
            for finding in attack(sandbox, numbers):
                found.setdefault(tier, []).append(finding)
                if as_json:
                    click.echo(dumps(finding).decode())
                elif sys.stderr.isatty():
                    click.echo(f"\r{tier} {finding.number}", nl=False, err=True)
    if not as_json:
        _table(found)
    if not found or any(one.result == "ESCAPED" for findings in found.values() for one in findings):
        sys.exit(1)


def _table(found: dict[str, list[Finding]]) -> None:
    from referee.cli.show import table

    tiers = list(found)
    rows = [
        (str(same[0].number), same[0].title, *(one.result for one in same))
        for same in zip(*found.values(), strict=True)
    ]
    table(("", "attack", *tiers), rows, left=2 + len(tiers))
    click.echo()
    for tier, findings in found.items():
        counts = {kind: sum(one.result == kind for one in findings) for kind in ("safe", "stated", "ESCAPED")}
        seconds = sum(one.seconds for one in findings)
        click.echo(
            f"{tier}: {counts['safe']} safe, {counts['stated']} stated, {counts['ESCAPED']} escaped, {seconds:.0f} s"
        )
        for one in findings:
            if one.result != "safe":
                click.echo(f"  {one.number} {one.title}: {one.words}")
