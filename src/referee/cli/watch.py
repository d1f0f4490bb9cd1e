"""`referee watch`: alarms over a run, from its ledger."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from referee.cli.main import EXIT_NOTHING

if TYPE_CHECKING:
    from referee.audit.watch.alarms import Alarm, WatchReport
    from referee.audit.watch.ledger import LedgerWatch

STEPS = 10


@click.command("watch", short_help="Alarms over a run, from its ledger.")
@click.argument("ledger", metavar="LEDGER")
@click.option("--run", metavar="NAME", help="Only this run; default all runs of the ledger.")
@click.option("--shadow", metavar="PACK", help="A stricter pack whose verdict on right rollouts is compared.")
@click.option("--replay", type=click.IntRange(min=0), default=0, metavar="N", help="Compute N entries again.")
@click.option("--follow", is_flag=True, help="Go on looking, every --every seconds, until interrupted.")
@click.option("--every", type=click.FloatRange(min=0.1), default=5.0, show_default=True, help="Seconds between looks.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON; with --follow one alarm a line.")
@click.option("--fail", is_flag=True, help="Exit with 1 when an alarm went off.")
def command(ledger: str, **options: Any) -> None:
    """Look at the scores in LEDGER step by step, and say what is odd.

    A canary that was answered right, a stricter pack that disagrees, one answer to many prompts, form that is learned
    without the answers, marks of known hacks, length that drifts, scores that differ when they are computed again,
    rollouts that could not be judged, groups that teach nothing, time that runs out. Nothing of it changes a reward.
    """
    from referee.audit.watch.ledger import LedgerWatch
    from referee.data.plain import dumps

    with LedgerWatch(ledger, run=options["run"], shadow=options["shadow"]) as watch:
        if options["follow"]:
            _follow(watch, options["every"], as_json=options["as_json"])
        watch.poll()
        if options["replay"]:
            watch.replay(options["replay"])
        watch.finish()
        found, again = watch.report(), watch.again
    if options["as_json"]:
        click.echo(dumps(found).decode())
    else:
        _report(found, again)
    sys.exit(EXIT_NOTHING if options["fail"] and found.alarms else 0)


def _follow(watch: LedgerWatch, every: float, *, as_json: bool) -> None:
    """Each alarm as it goes off, until somebody interrupts."""
    from referee.data.plain import dumps

    while True:
        for alarm in watch.poll():
            click.echo(dumps(alarm).decode() if as_json else _line(alarm))
        sys.stdout.flush()
        time.sleep(every)


def _line(alarm: Alarm) -> str:
    from referee.cli.show import safe

    where = f"step {alarm.step:,}" if alarm.step is not None else f"entry {alarm.entry:,}"
    entries = ", ".join(str(one) for one in alarm.evidence.get("entries", [])[:5])
    look = f" (entries {entries})" if entries else ""
    return safe(f"{where} of run {alarm.run or '-'}: {alarm.kind} [{alarm.severity}] {alarm.message}{look}")


def _report(found: WatchReport, again: int) -> None:
    from referee.cli.show import table

    for alarm in found.alarms:
        click.echo(_line(alarm))
    if found.alarms:
        click.echo()
    if found.steps:
        head = ("run", "step", "entries", "reward", "length", "silent", "unjudged", "tagged", "commonest answer")
        rows = [
            (
                one.run,
                "-" if one.step is None else f"{one.step:,}",
                f"{one.first:,}-{one.last:,}",
                "-" if one.reward is None else f"{one.reward:.3f}",
                f"{one.length:,.0f}",
                "-" if one.silent is None else f"{one.silent:.0%}",
                f"{one.unjudged:,}",
                f"{one.tagged:,}",
                f"{one.answer[:20]} {one.answer_share:.0%}" if one.answer_share is not None else "-",
            )
            for one in found.steps[-STEPS:]
        ]
        table(head, rows, left=1)
        click.echo()
    if found.tags:
        from referee.audit.watch.tags import TAGS

        for tag, count in found.tags.items():
            click.echo(f"{count:>8,}  {tag:<20}  {TAGS[tag]}")
        click.echo()
    told = (
        (found.entries, "entry", "entries"),
        (len(found.steps), "step", "steps"),
        (len(found.alarms), "alarm", "alarms"),
    )
    said = [f"{count:,} {one if count == 1 else more}" for count, one, more in told]
    if again:
        said.append(f"{again:,} scores computed again")
    click.echo(", ".join(said), err=True)
