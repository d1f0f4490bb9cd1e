"""`referee check`: a verifier against the promises that all verifiers make."""

from __future__ import annotations

import sys

import click

from referee.cli.main import EXIT_NOTHING

MOST = 20  # faults shown of one verifier


@click.command("check", short_help="Check a verifier: its cases, its page, hostile texts.")
@click.argument("verifier_ids", metavar="ID...", nargs=-1, required=True)
def command(verifier_ids: tuple[str, ...]) -> None:
    """Run the contract of all verifiers on each ID: cases, page, parameters, hostile texts, strange truths.

    Exits with 1 when a promise is broken. Authors of plugins run it in their tests: referee check acme/geo.near.
    """
    results = [_checked(verifier_id) for verifier_id in verifier_ids]
    sys.exit(0 if all(results) else EXIT_NOTHING)


def _checked(verifier_id: str) -> bool:
    from referee.cli.show import safe
    from referee.engine.contract import HOSTILE, STRANGE_TRUTHS, faults
    from referee.verifiers import find

    verifier = find(verifier_id)
    found = list(faults(verifier))
    name = safe(verifier.id)
    for fault in found[:MOST]:
        click.echo(f"{name}: {safe(fault)}")
    if len(found) > MOST:
        click.echo(f"{name}: ... and {len(found) - MOST} more")
    if not found:
        texts = f"{len(HOSTILE)} hostile texts, {len(STRANGE_TRUTHS)} strange truths"
        sandbox = ", what needs a sandbox left out" if verifier.runs_jobs else ""
        click.echo(f"{name}: ok ({len(verifier.cases)} cases, {texts}{sandbox})")
    return not found
