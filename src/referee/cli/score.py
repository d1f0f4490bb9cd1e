"""`referee score`: a file of rollouts in, every verdict out, a table per rule."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from referee.ledger.write import Ledger


@click.command("score", short_help="Score a file of rollouts and write every verdict.")
@click.argument("file")
@click.option("--pack", required=True, metavar="PACK", help="Name of a bundled pack, or a TOML or YAML file.")
@click.option("--out", metavar="OUT", help="Where the verdicts go (.jsonl, .gz, .parquet, - for stdout).")
@click.option("--no-out", is_flag=True, help="Write no verdicts, only the tables.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; default one per core, 1 for a small file.")
@click.option("--map", "choices", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what: truth=answer.")
@click.option(
    "--group",
    "grouping",
    type=click.Choice(["adjacent", "task", "none"]),
    default="adjacent",
    help="What forms a group: consecutive rows of a task, all rows of a task, or no rows.",
)
@click.option(
    "--estimator", default="grpo", metavar="NAME", help="Advantages: grpo, dr_grpo, rloo, trl, verl, openrlhf."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N rows.")
@click.option(
    "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change the pack: rules.format.weight=0.05."
)
@click.option("--ledger", metavar="LEDGER", help="Also keep every score for ever in this ledger.")
@click.option("--run", metavar="NAME", help="Name of the run in the ledger; default the file's.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 3 when rows were rejected or rollouts unjudged.")
@click.option("--quiet", is_flag=True, help="No table and no progress.")
def command(file: str, pack: str, **options: Any) -> None:
    """Score every rollout in FILE: JSONL, JSONL in gzip, Parquet, or - for standard input.

    A row holds one completion or a list of them. The columns of GSM8K, TRL and verl data are found by themselves.
    Verdicts go to FILE.scored.jsonl, rows that cannot be read to FILE.rejected.jsonl.

    A row may be 64 MiB long; a longer one is rejected. Memory grows with the longest row, not with the file. A file
    that breaks off and an output that cannot be written exit with 1, after what could be scored.
    """
    from referee.cli.report import report
    from referee.cli.settings import changed
    from referee.core.errors import InfrastructureError
    from referee.data.columns import Columns
    from referee.engine.run import score_file
    from referee.engine.write import told

    if options["as_json"] and options["out"] == "-":
        raise click.UsageError("--json and --out - both want standard output; name a file with --out, or use --no-out")
    out = _out(file, options["out"], options["no_out"])
    try:
        with (
            _kept(options["ledger"]) as keeper,
            _Progress(shown=sys.stderr.isatty() and not options["quiet"]) as progress,
        ):
            summary = score_file(
                file,
                changed(pack, options["changes"]),
                out=out,
                columns=Columns.of(options["choices"]),
                grouping=options["grouping"],
                estimator=options["estimator"],
                workers=options["workers"],
                limit=options["limit"],
                progress=progress.show,
                keeper=keeper,
                run=options["run"] or "",
            )
        if keeper is not None and not options["quiet"]:
            known = keeper.figures()
            click.echo(
                f"ledger {options['ledger']}: {known.entries:,} kept, {known.duplicates:,} were there already", err=True
            )
        with told("standard output"):
            code = report(summary, as_json=options["as_json"], quiet=options["quiet"], strict=options["strict"])
            sys.stdout.flush()
    except InfrastructureError:
        _drop_unwritten()
        raise
    sys.exit(code)


@contextlib.contextmanager
def _kept(path: str | None) -> Iterator[Ledger | None]:
    """The ledger, with what its opening found said."""
    if path is None:
        yield None
        return
    from referee.ledger.write import Ledger

    with Ledger(path) as ledger:
        for sentence in ledger.recovered:
            click.echo(f"note: {sentence}", err=True)
        yield ledger


def _drop_unwritten() -> None:
    """What standard output cannot take is not tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _out(file: str, out: str | None, no_out: bool) -> str | None:
    """The path for the verdicts; beside the input when the user names none."""
    if no_out:
        if out:
            raise click.UsageError("--out and --no-out exclude each other.")
        return None
    if out:
        return out
    from referee.data.read import Source
    from referee.engine.write import beside

    path, note = beside(Source(file), "scored.jsonl")
    if note:
        click.echo(f"note: {note}", err=True)
    return str(path)


class _Progress:
    """A bar on a terminal; nothing elsewhere."""

    def __init__(self, *, shown: bool) -> None:
        self._bar: Any = None
        if shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (BarColumn(), TextColumn("{task.fields[count]} rollouts"), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=None, count="0")

    def show(self, fraction: float | None, rollouts: int) -> None:
        if self._bar is not None:
            total = None if fraction is None else 1.0
            self._bar.update(self._task, total=total, completed=fraction or 0.0, count=f"{rollouts:,}")

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()
