"""`referee replay`: the scores of a ledger, computed again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referee.core.types import Verdict
    from referee.ledger.replay import Replay, RuleChange

SHOWN = 20


@click.command("replay", short_help="Compute the scores of a ledger again.")
@click.argument("ledger", metavar="LEDGER")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only N entries, chosen at random.")
@click.option("--pack", metavar="PACK", help="Judge with another pack, to see what would have changed.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; default one per core, 1 for few entries.")
@click.option(
    "--list", "shown", type=click.IntRange(min=0), default=SHOWN, show_default=True, help="Differences shown."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    ledger: str, *, sample: int | None, pack: str | None, workers: int | None, shown: int, as_json: bool
) -> None:
    """Compute the scores in LEDGER again, from what it holds alone, and compare them to the bit.

    Exits with 1 when a score differs or cannot be computed any more. With --pack nothing is wrong about a difference:
    the counts, the mean reward and a table of the rules say what that pack would have changed.
    """
    from referee.data.plain import dumps
    from referee.ledger.replay import replay

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done:,} of {total:,}", nl=False, err=True)

    found = replay(ledger, sample=sample, other=pack, workers=workers, progress=progress)
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    if as_json:
        click.echo(dumps(found).decode())
    else:
        _report(found, shown)
    sys.exit(0 if found.same or pack else 1)


def _report(found: Replay, shown: int) -> None:
    from referee.cli.show import safe, table

    click.echo(_headline(found))
    if found.infrastructure:
        click.echo(
            f"{found.infrastructure:,} could not be judged then or now, by the fault of the machine: no difference"
        )
    for note in (*found.notes, *found.builds):
        click.echo(safe(f"note: {note}"))
    for rule in found.rules:
        if rule.versions_then != rule.versions_now and not found.other:
            click.echo(safe(f"note: rule {rule.name} has other versions now: {_versions(rule)}"))
    if found.changed:
        click.echo(f"mean reward {_amount(found.mean_then)} then, {_amount(found.mean_now)} now\n")
        head = ("rule", "verifiers", "changed", "mean then", "mean now", "moves")
        table(head, [_row(rule) for rule in found.rules], left=2)
    versions = {rule.name: _versions(rule) for rule in found.rules}
    for one in found.differences[:shown]:
        place = f"entry {one.entry:,} (run {one.run}, group {one.group}, index {one.index})"
        rewards = f"reward {_amount(one.reward_then)} then, {_amount(one.reward_now)} now"
        said = f"{_said(one.then)} then, {_said(one.now)} now; "
        which = f"rule {one.rule} ({versions[one.rule]}): {said}" if one.rule else ""
        click.echo(safe(f"{place}: {which}{rewards}"))
    if found.changed > shown:
        click.echo(f"... {found.changed:,} entries differ in all; --list N shows more, --json all that are named")


def _headline(found: Replay) -> str:
    if found.other:
        rewards = f"{found.raised:,} would have a higher reward, {found.lowered:,} a lower one"
        masked = f", {found.remasked:,} would be masked or no longer be" if found.remasked else ""
        return f"{found.entries:,} entries judged with '{found.other}': {rewards}{masked}"
    if found.same:
        return f"{found.entries:,} entries computed again: 100 % identical"
    share = 100 * found.identical / found.entries if found.entries else 0.0
    skipped = f", {found.skipped:,} could not be computed" if found.skipped else ""
    return f"{found.entries:,} entries computed again: {share:.4f} % identical, {found.changed:,} differ{skipped}"


def _row(rule: RuleChange) -> tuple[str, ...]:
    moves = ", ".join(f"{move}: {count:,}" for move, count in sorted(rule.moves.items(), key=lambda one: -one[1]))
    return rule.name, _versions(rule), f"{rule.changed:,}", _amount(rule.mean_then), _amount(rule.mean_now), moves


def _versions(rule: RuleChange) -> str:
    names = {**rule.versions_then, **rule.versions_now}
    return ", ".join(_version(name, rule.versions_then.get(name), rule.versions_now.get(name)) for name in names)


def _version(name: str, then: int | None, now: int | None) -> str:
    if then == now:
        return f"{name} {now}"
    return f"{name} {'-' if then is None else then} > {'-' if now is None else now}"


def _said(verdict: Verdict | None) -> str:
    return "absent" if verdict is None else f"{verdict.status} ({verdict.reason})"


def _amount(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
