"""What `referee score` prints when it is done, and the exit code that goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import click

from referee.cli.main import EXIT_INTERRUPTED, EXIT_NOTHING, EXIT_STRICT
from referee.cli.show import safe, table
from referee.core.types import Status
from referee.engine.summary import Summary

STATUSES: tuple[Status, ...] = get_args(Status)


def report(summary: Summary, *, as_json: bool, quiet: bool, strict: bool) -> int:
    """Print the summary to stdout, what went wrong to stderr, and return the exit code."""
    err = summary.out == "-"  # standard output holds the verdicts
    if as_json:
        from referee.data.plain import dumps

        click.echo(dumps(summary).decode(), err=err)
    elif not quiet:
        _tables(summary, err)
    for sentence in _warnings(summary):
        click.echo(safe(sentence), err=True)
    return _code(summary, strict)


def _tables(summary: Summary, err: bool) -> None:
    rows = [
        (
            rule.name,
            *(f"{rule.counts.get(status, 0):,}" for status in STATUSES),
            _amount(rule.contribution),
        )
        for rule in summary.rules
    ]
    table(("rule", *STATUSES, "mean contribution"), rows, err=err)
    click.echo(err=err)
    reasons = [
        (rule.name, status, reason, f"{count:,}")
        for rule in summary.rules
        for status, reason, count in rule.reasons
        if status != "pass"
    ]
    if reasons:
        table(("rule", "status", "reason", "rollouts"), reasons, left=3, err=err)
        click.echo(err=err)
    table(("figure", "value"), list(_figures(summary)), left=2, err=err)


def _figures(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "pack", f"{summary.pack} {summary.digest[:12]}"
    yield "rollouts", f"{summary.rollouts:,}"
    compared = summary.groups - summary.single
    share = f" ({summary.silent / compared:.1%})" if compared else ""
    yield "groups", f"{summary.groups:,}"
    if summary.single:
        yield "groups of fewer than two rewards", f"{summary.single:,}"
    yield "silent groups", f"{summary.silent:,}{share}"
    if summary.masked:
        yield "masked rollouts", f"{summary.masked:,}"
    if summary.mean_reward is not None:
        yield "mean reward", f"{summary.mean_reward:.4f}"
    for k, chance in summary.pass_at.items():
        yield f"pass@{k}", f"{chance:.4f}"
    if summary.agreement is not None:
        agree, total = summary.agreement.agree, summary.agreement.agree + summary.agreement.disagree
        yield "agreement with labels", f"{agree:,} of {total:,}"
        if summary.agreement.lines:
            lines = ", ".join(map(str, summary.agreement.lines))
            more = ", ..." if len(summary.agreement.lines) < summary.agreement.disagree else ""
            yield "disagreement in lines", f"{lines}{more}"
    if summary.rejected:
        yield "rejected rows", f"{summary.rejected:,}"
    yield "time", f"{summary.seconds:.2f} s, {summary.rollouts_per_second:,.0f} rollouts/s, {_workers(summary)}"
    if summary.out:
        yield "verdicts", summary.out


def _workers(summary: Summary) -> str:
    return "1 process" if summary.workers == 1 else f"{summary.workers} worker processes"


def _warnings(summary: Summary) -> Iterator[str]:
    if summary.rejected:
        yield from summary.faults
        more = summary.rejected - len(summary.faults)
        rest = f"and {more:,} more; " if more else ""
        rows = "row" if summary.rejected == 1 else "rows"
        yield f"{rest}{summary.rejected:,} {rows} rejected, see {summary.rejected_to}"
    unjudged = {rule.name: rule.counts.get("unjudged", 0) for rule in summary.rules}
    for name, count in unjudged.items():
        if count:
            reason = next((reason for status, reason, _ in _reasons(summary, name) if status == "unjudged"), "")
            yield f"{count:,} of {summary.rollouts:,} rollouts unjudged by rule '{name}' ({reason})"
    for note in summary.notes:
        yield f"note: {note}"
    if summary.fault:
        yield f"error: {summary.fault}"
    if summary.interrupted:
        kept = f"; what was scored until then is in {summary.out}" if summary.out else ""
        yield f"interrupted after {summary.rollouts:,} rollouts{kept}"
    elif not summary.rollouts:
        yield f"error: nothing could be scored: {summary.source} holds no readable rollout"


def _reasons(summary: Summary, name: str) -> tuple[tuple[Status, str, int], ...]:
    return next(rule.reasons for rule in summary.rules if rule.name == name)


def _code(summary: Summary, strict: bool) -> int:
    if summary.interrupted:
        return EXIT_INTERRUPTED
    if not summary.rollouts or summary.fault:
        return EXIT_NOTHING
    unjudged = any(rule.counts.get("unjudged") for rule in summary.rules)
    return EXIT_STRICT if strict and (summary.rejected or unjudged) else 0


def _amount(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}".replace("-0.0000", "0.0000")
