"""`referee ledger`: look into a ledger, check it, question it, bring rollouts in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.ledger.read import Reader
    from referee.ledger.rows import Entry
    from referee.ledger.write import Ledger


@click.group("ledger", short_help="Check, read and question the ledger of scores.")
def command() -> None:
    """A ledger keeps every score for ever, with all that is needed to compute it again (`referee replay`)."""


@command.command("verify")
@click.argument("ledger", metavar="LEDGER")
@click.option("--roots", metavar="FILE", help="A copy of the roots that was kept elsewhere.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Also compute N random scores again.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(ledger: str, roots: str | None, sample: int | None, as_json: bool) -> None:
    """Check every link, root and content of LEDGER, and the roots beside it. Exits with 1 when anything is wrong."""
    from referee.cli.show import safe
    from referee.data.plain import dumps
    from referee.ledger.replay import replay
    from referee.ledger.verify import verify as check

    report = check(ledger, roots)
    again = replay(ledger, sample=sample) if sample and report.sound else None
    if as_json:
        click.echo(dumps({"report": report, "replay": again}).decode())
    else:
        for note in report.notes:
            click.echo(f"note: {safe(note)}")
        for fault in report.faults:
            click.echo(safe(fault), err=True)
        counts = f"{report.entries:,} entries in {report.batches:,} batches, {report.alarms:,} alarms"
        click.echo(f"{'sound' if report.sound else 'NOT SOUND'}: {counts}, root {report.root[:16] or '-'}")
        if again is not None:
            click.echo(f"{again.entries:,} scores computed again: {again.changed:,} differ")
    sys.exit(0 if report.sound and (again is None or again.same) else 1)


@command.command("show")
@click.argument("ledger", metavar="LEDGER")
@click.argument("entry", metavar="[ENTRY]", required=False)
@click.option("--alarms", is_flag=True, help="What came again with another score.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(ledger: str, entry: str | None, alarms: bool, as_json: bool) -> None:
    """What LEDGER holds; with ENTRY, a number or the first digits of a key, everything about one rollout."""
    from referee.data.plain import dumps
    from referee.ledger.read import Reader

    with Reader(ledger) as reader:
        if alarms:
            found = list(reader.alarms())
            for alarm in found:
                click.echo(dumps(alarm).decode())
            if not found:
                click.echo("no alarms: nothing came again with another score", err=True)
        elif as_json:
            click.echo(dumps(reader.entry(entry).scored if entry else reader.overview()).decode())
        elif entry:
            _entry(reader.entry(entry), reader)
        else:
            _overview(reader)


def _overview(reader: Reader) -> None:
    from referee.cli.show import table

    found = reader.overview()
    mean = "-" if found.mean is None else f"{found.mean:.4f}"
    click.echo(
        f"{found.entries:,} entries of {found.tasks:,} tasks in {found.batches:,} batches, mean reward {mean}, "
        f"{found.entries - found.judged:,} masked"
    )
    for kind, count in found.alarms.items():
        said = "another score: DETERMINISM ALARM" if kind == "score" else "another score, the infrastructure had failed"
        click.echo(f"{count:,} came again with {said}; --alarms shows them")
    if not found.closed:
        click.echo("it is being written, or its last writer was stopped")
    runs = [
        (run, f"{count:,}", "-" if low is None else f"{low} to {high}", "-" if mean is None else f"{mean:.4f}")
        for run, count, low, high, mean in found.runs
    ]
    click.echo()
    table(("run", "entries", "steps", "mean reward"), runs)
    click.echo()
    packs = [
        (digest[:12], str((reader.pack(digest) or {"pack": {"name": "not kept"}})["pack"]["name"]), f"{count:,}")
        for digest, count in found.packs.items()
    ]
    table(("pack", "name", "entries"), packs, left=2)
    click.echo()
    builds = []
    for name, count in found.builds.items():
        build = reader.build(name)
        said = f"referee {build.referee}, Python {build.python}, Unicode {build.unicode}" if build else "not known"
        builds.append((name, said, f"{count:,}"))
    table(("build", "what", "entries"), builds, left=2)


def _entry(entry: Entry, reader: Reader) -> None:
    from referee.cli.rollout import stored

    scored = entry.scored
    stored(scored, (reader.pack(scored.score.pack) or {}).get("pack", {}).get("name", "a pack that is not kept"))
    click.echo(f"entry    {entry.seq:,}, key {scored.key}")
    took = f", {scored.seconds * 1e3:.3f} ms" if scored.seconds else ""  # `referee score` does not time each one
    click.echo(f"judged   build {scored.build}{took}, delivery {scored.delivery}")


@command.command("diff")
@click.argument("one", metavar="LEDGER")
@click.argument("other", metavar="OTHER")
@click.option("--list", "shown", type=click.IntRange(min=0), default=20, show_default=True, help="Differences shown.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def diff(one: str, other: str, shown: int, as_json: bool) -> None:
    """The same work in two ledgers: what only one of them holds, and what they score differently."""
    from referee.cli.show import safe
    from referee.data.plain import dumps
    from referee.ledger.diff import diff as compare

    found = compare(one, other)
    if as_json:
        click.echo(dumps(found).decode())
        return
    click.echo(
        f"{found.same:,} scored alike, {found.differ:,} differently, {found.only_one:,} only in the first, "
        f"{found.only_other:,} only in the second"
    )
    for rule, count in found.by_rule.items():
        click.echo(safe(f"rule {rule}: {count:,}"))
    for pair in found.pairs[:shown]:
        rewards = f"{pair.score_one.reward} and {pair.score_other.reward}"
        place = f"entries {pair.one:,} and {pair.other:,} (group {pair.group}, index {pair.index})"
        click.echo(safe(f"{place}: {', '.join(pair.rules) or 'weights'}: rewards {rewards}"))


@command.command("export")
@click.argument("ledger", metavar="LEDGER")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "form",
    type=click.Choice(["lines", "parquet", "trl", "verl"]),
    help="Default: by the name of OUT, or lines.",
)
@click.option("--run", metavar="NAME", help="For trl and verl: only this run.")
def export(ledger: str, out: Path, form: str | None, run: str | None) -> None:
    """Write LEDGER to OUT: all of it as JSON lines, which `import` reads; one Parquet table; or a trainer's files.

    For trl and verl OUT is a folder, which gets a file for each step: completions_00012.parquet, 12.jsonl.
    """
    from referee.engine.write import told
    from referee.ledger import exchange, trainers
    from referee.ledger.read import Reader

    if str(out) == "-":
        raise click.UsageError("an export goes to a file or a folder, not to standard output; name one")
    form = form or ("parquet" if out.suffix == ".parquet" else "lines")
    if run is not None and form not in ("trl", "verl"):
        raise click.UsageError("--run is for --as trl and --as verl")
    with Reader(ledger) as reader:
        if form in ("trl", "verl"):
            write = trainers.write_trl if form == "trl" else trainers.write_verl
            with told(out):
                files = write(reader, out, run)
            click.echo(f"{len(files):,} files in {out}")
        else:
            count = (exchange.write_table if form == "parquet" else exchange.write_lines)(reader, out)
            click.echo(f"{count:,} entries in {out}")


@command.command("import")
@click.argument("ledger", metavar="LEDGER")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pack", metavar="PACK", help="What scores the rollouts of a trainer's files.")
@click.option("--run", metavar="NAME", help="Name of the run; default the folder of the file.")
@click.option(
    "--truths", metavar="FILE", type=click.Path(exists=True, path_type=Path), help="Prompts with their truths."
)
@click.option("--map", "choices", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what: truth=answer.")
def bring(ledger: str, files: tuple[Path, ...], **options: Any) -> None:
    """Bring FILES into LEDGER: what `export` wrote, as it is; rollouts of TRL, verl and others, scored with --pack.

    The files of TRL name no truth unless the trainer logs it: --truths names the data set, joined by prompt. A file
    that is brought in twice is kept once.
    """
    from referee.ledger import exchange, schema
    from referee.ledger.write import Ledger

    with Ledger(ledger) as keeper:
        for sentence in keeper.recovered:
            click.echo(f"note: {sentence}", err=True)
        for path in files:
            if exchange.is_lines(path):
                count = exchange.read_lines(keeper, path)
            elif schema.is_database(path):
                raise click.UsageError(
                    f"'{path}' is a ledger: `referee ledger export {path} all.jsonl`, and import that"
                )
            elif options["pack"] is None:
                raise click.UsageError(f"'{path}' holds rollouts: --pack names what scores them")
            else:
                count = _scored(keeper, path, **options)
            click.echo(f"{path}: {count:,} entries")
        figures = keeper.figures()
        click.echo(f"{figures.entries:,} kept, {figures.duplicates:,} were there already")


def _scored(
    keeper: Ledger, path: Path, *, pack: str, run: str | None, truths: Path | None, choices: tuple[str, ...]
) -> int:
    from referee.data.columns import Columns
    from referee.engine.run import score_file
    from referee.ledger.trainers import with_truths

    columns = Columns.of(choices)
    with with_truths(path, truths, columns) as source:
        summary = score_file(source, pack, columns=columns, keeper=keeper, run=run or path.absolute().parent.name)
    for note in (*summary.faults, *summary.notes, *filter(None, (summary.fault,))):
        click.echo(f"note: {note}", err=True)
    return summary.rollouts


@command.command("sql")
@click.argument("ledger", metavar="LEDGER")
@click.argument("question", metavar="SQL")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def sql(ledger: str, question: str, as_json: bool) -> None:
    """Ask LEDGER in SQL; nothing can be changed. The view `scores` has a row for each rollout.

    \b
    referee ledger sql run.ledger 'SELECT step, avg(reward) FROM scores GROUP BY step'
    """
    from referee.cli.show import table
    from referee.data.plain import dumps
    from referee.ledger.sql import ask

    names, rows = ask(ledger, question)
    if as_json:
        for row in rows:
            click.echo(dumps(dict(zip(names, row, strict=True))).decode())
        return
    table(names, [[_cell(value) for value in row] for row in rows], left=len(names))


def _cell(value: object) -> str:
    from referee.cli.show import short

    if isinstance(value, bytes):
        return value.hex()[:16]
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else short(str(value))
