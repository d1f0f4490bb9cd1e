"""`referee audit`: what is wrong with the truths of a file of tasks, before a policy is trained on them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from referee.cli.main import EXIT_NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from referee.audit.finding import Finding, Report

SHOWN = 3


@click.command("audit", short_help="Find what is wrong with the truths of a data set.")
@click.argument("tasks", metavar="TASKS")
@click.option("--pack", required=True, metavar="PACK", help="The pack that will judge: a bundled name, or a file.")
@click.option("--map", "choices", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what: truth=answer.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows.")
@click.option("--only", multiple=True, metavar="ID", help="Only this detector; may be given several times.")
@click.option(
    "--second",
    type=click.IntRange(min=0),
    default=500,
    show_default=True,
    metavar="N",
    help="Rows on which a second implementation is asked, where one is installed.",
)
@click.option("--examples", type=click.IntRange(min=0, max=10), default=SHOWN, show_default=True, help="Shown of each.")
@click.option("--write-clean", "out", metavar="OUT", help="Write the rows that are left, in the file's own format.")
@click.option("--html", "page", metavar="OUT", help="Write the report as one HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option(
    "--fail-on",
    type=click.Choice(["fault", "warning", "never"]),
    default="fault",
    show_default=True,
    help="Exit with 1 when something at least so serious was found.",
)
@click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change the pack, as in `referee score`.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(tasks: str, pack: str, **options: Any) -> None:
    """Look for wrong, empty, doubled, leaked and unjudgeable truths in TASKS: JSONL, gzip, Parquet, or -.

    Every truth is written as an answer and judged by the pack's own rule: it has to be right. Tests are run on
    reference solutions and on programs that look at nothing; schemas, tools and instructions are held against
    themselves.
    """
    from referee.audit.clean import check, clean
    from referee.audit.study import audit
    from referee.cli.settings import changed
    from referee.data.columns import Columns
    from referee.data.plain import dumps

    if options["out"]:
        check(tasks, options["out"])
    with _Progress(shown=sys.stderr.isatty() and not options["quiet"]) as progress:
        found = audit(
            tasks,
            changed(pack, options["changes"]),
            columns=Columns.of(options["choices"]),
            limit=options["limit"],
            second=options["second"],
            only=options["only"],
            progress=progress.show,
        )
    if options["as_json"]:
        click.echo(dumps(found).decode())
    else:
        _report(found, options["examples"])
    if options["page"]:
        from referee.audit.page import page
        from referee.engine.write import told

        with told(Path(options["page"])):
            Path(options["page"]).write_text(page(found), encoding="utf-8")
        click.echo(f"the report is in {options['page']}", err=True)
    if options["out"]:
        kept = clean(tasks, found.drop, options["out"])
        rows = "row is" if kept == 1 else "rows are"
        click.echo(f"{kept:,} {rows} in {options['out']}, {len(found.drop):,} were left out", err=True)
    levels = {"fault": ("fault",), "warning": ("fault", "warning"), "never": ()}[options["fail_on"]]
    sys.exit(EXIT_NOTHING if any(one.level in levels for one in found.findings) else 0)


def _report(found: Report, examples: int) -> None:
    from referee.cli.show import bold, safe, table

    rows = [(one.level, one.id, f"{one.count:,}", "yes" if one.drop and one.rows else "no") for one in found.findings]
    if rows:
        table(("level", "finding", "found", "to drop"), rows, left=2)
    for one in found.findings:
        click.echo(f"\n{bold(one.id)}: {safe(one.means)}\n  {safe(one.fix)}")
        for line in _examples(one, examples):
            click.echo(safe(line))
    click.echo()
    table(("figure", "value"), list(_figures(found)), left=2)
    for told in found.missing:
        click.echo(safe(f"note: {told}"), err=True)
    click.echo(_verdict(found), err=True)


def _examples(finding: Finding, count: int) -> Iterator[str]:
    from referee.cli.show import short

    for one in finding.examples[:count]:
        where = f"line {one.line}{f' ({one.task})' if one.task and one.task != str(one.line) else ''}: "
        yield f"    {where if one.line else ''}{short(one.detail, 160)}"
    if finding.count > count:
        yield f"    ... {finding.count - count:,} more; --json has the lines of all of them"


def _figures(found: Report) -> Iterator[tuple[str, str]]:
    yield "pack", f"{found.pack} {found.digest[:12]}, its answer by {found.verifier}"
    yield "rows", f"{found.rows:,}" if found.readable == found.rows else f"{found.rows:,}, {found.readable:,} readable"
    yield "truths written as an answer and judged", f"{found.checked:,}"
    best = found.figures.get("best constant answers") or {}
    if best:
        yield "best constant answers", ", ".join(f"{answer[:20]} {share:.1%}" for answer, share in best.items())
    for kind, one in (found.figures.get("best constant answer by type") or {}).items():
        yield f"  of {one['rows']:,} of type {kind}", f"{one['answer'][:20]} {one['share']:.1%}"
    if (guess := found.figures.get("a blind guess earns")) is not None:
        yield "a blind guess earns", f"{guess:.1%}"
    for one in found.opinions:
        missed = "" if one.missed is None else f"; estimate of false negatives {one.missed:.2%}"
        yield (
            f"{one.name} {one.version}",
            (
                f"{one.pairs:,} forms of truths: both accept {one.both:,}, only ours {one.ours:,}, "
                f"only theirs {one.theirs:,}, neither {one.neither:,}{missed}"
            ),
        )
    if found.cost is not None:
        cost = found.cost
        yield (
            "a verdict takes",
            (
                f"{1000 * cost.median_s:.3g} ms in the median, {1000 * cost.p99_s:.3g} ms at p99, "
                f"{1000 * cost.slowest_s:.3g} ms at most (line {cost.slowest}), over {cost.verdicts:,} verdicts"
            ),
        )
    yield "time", f"{found.seconds:.1f} s"


def _verdict(found: Report) -> str:
    count = len(found.drop)
    if not found.findings:
        return "nothing was found"
    worst = found.worst()
    rest = f"; {count:,} of {found.rows:,} rows should go (--write-clean OUT writes the others)" if count else ""
    return f"the most serious finding is a {worst}{rest}"


class _Progress:
    """How far it is, on a terminal; nothing elsewhere."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown

    def show(self, fraction: float | None, rows: int) -> None:
        if self._shown:
            share = "" if fraction is None else f" ({fraction:.0%})"
            click.echo(f"\r{rows:,} rows{share}", nl=False, err=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
