"""`referee redteam`: what a reward pays for, before the policy finds out."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.redteam.report import Finding, Report
    from referee.redteam.target import Target
    from referee.redteam.tasks import Problem

EXIT_LEAK = 1
DEFAULT_LIKE = "r1-zero-math"


def _seconds(ctx: click.Context, param: click.Parameter, value: str) -> float:  # noqa: ARG001 - click's shape
    """60, 60s or 2m."""
    unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(value[-1:])
    try:
        seconds = float(value[:-1] if unit else value) * (unit or 1.0)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e7:
        raise click.BadParameter(f"a time like 60s or 5m; got '{value}'")
    return seconds


@click.command("redteam", short_help="Attack a pack or a reward function with every known hack.")
@click.argument("pack", required=False)
@click.option("--callable", "path", metavar="MODULE:NAME", help="Attack this function, or a peer by its name.")
@click.option("--like", default=DEFAULT_LIKE, metavar="PACK", help="With --callable: the pack whose form it wants.")
@click.option("--style", default="", metavar="NAME", help="With --callable: trl, verl or two; else its parameters say.")
@click.option("--tasks", metavar="FILE", help="Rows with prompt and truth; else the tasks that come with referee.")
@click.option("--map", "choices", multiple=True, metavar="ROLE=COLUMN", help="Which column holds what: truth=answer.")
@click.option("--limit", type=click.IntRange(min=1), default=200, metavar="N", help="Tasks of the file at most.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="Only this family; may be given again.")
@click.option("--budget", default="60s", callback=_seconds, metavar="TIME", help="How long to search: 60s, 5m.")
@click.option("--seed", type=int, default=0, help="What chance starts from.")
@click.option("--group-size", type=click.IntRange(min=2), default=8, metavar="G", help="Rollouts of a group.")
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(["leak", "lost", "unjudged", "find", "never"]),
    default=("leak",),
    help="What exits with 1; leaks if not given.",
)
@click.option("--html", "html_file", metavar="OUT", help="Write the report as one HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--list", "listing", is_flag=True, help="List the hacks and rewrites, and attack nothing.")
@click.option(
    "--peers", "peers", is_flag=True, help="List the rewards of other projects that --callable knows by name."
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(pack: str | None, path: str | None, **options: Any) -> int:
    """Attack PACK with every known hack, and print what each earns beside an honest wrong answer.

    A hack that earns more is a leak. A rewrite of a right answer that earns less than the answer is a loss. A hack that
    makes its own rollout unjudged is shown, too. What remains of the budget is spent on a search beyond the list: a
    text that is paid without the right answer in it is a leak, one with it is a find, which a person has to look at.

    \b
    referee redteam r1-zero-math
    referee redteam my-pack.toml --tasks gsm8k.jsonl --html report.html
    referee redteam --callable mypackage.rewards:accuracy
    referee redteam --callable trl.accuracy
    """
    if options["listing"] or options["peers"]:
        (_list_peers if options["peers"] else _list_hacks)()
        return 0
    if pack is not None and path is not None:
        raise click.UsageError(f"'{pack}' and --callable are both a target; leave one out (--like names a pack's form)")
    if pack is None and path is None:
        raise click.UsageError("name a pack, or a function with --callable; `referee packs` lists the packs")
    from referee.redteam.run import Plan, attack

    target, problems = _against(pack, path, options)
    plan = Plan(
        families=tuple(options["families"]), budget=options["budget"], seed=options["seed"], group=options["group_size"]
    )
    with _progress(shown=sys.stderr.isatty() and not options["quiet"]) as progress:
        report = attack(target, problems, plan, progress)
    if options["html_file"]:
        _write(options["html_file"], report)
        click.echo(f"the report is in {options['html_file']}", err=True)
    _print(report, as_json=options["as_json"])
    failing = {"leak": report.count("leak") + report.count("fault")}
    failing |= {name: report.count(name) for name in ("lost", "unjudged", "find")} | {"never": 0}
    return EXIT_LEAK if any(failing[name] for name in options["fail_on"]) else 0


def _against(pack: str | None, path: str | None, options: dict[str, Any]) -> tuple[Target, list[Problem]]:
    """What is attacked, and with which tasks."""
    from referee.redteam.made import callable_target
    from referee.redteam.peers import GYM, gym_problems, like_of
    from referee.redteam.target import PackTarget
    from referee.redteam.tasks import bundled_problems, read_problems

    target: Target = callable_target(path, options["like"], options["style"]) if path else PackTarget(pack or "")
    if options["tasks"]:
        return target, read_problems(options["tasks"], options["choices"], options["limit"], options["seed"])
    if path and path.startswith(f"{GYM}."):
        return target, gym_problems(path, options["seed"])
    return target, bundled_problems(target.form, (like_of(path) or options["like"]) if path else target.name)


def _print(report: Report, *, as_json: bool) -> None:
    import msgspec

    if as_json:
        found = [{**msgspec.to_builtins(one), "result": one.result} for one in report.findings]
        data = {**msgspec.to_builtins(report), "findings": found}
        click.echo(msgspec.json.format(msgspec.json.encode(_plain(data)), indent=2).decode())
        return
    from referee.cli.show import bold, safe, table

    click.echo(f"{bold(safe(report.target))}  {safe(report.about)}")
    left_out = f", {len(report.no_gold)} left out for want of a gold answer" if report.no_gold else ""
    short = (
        ""
        if report.covered == report.tasks
        else f" (the list on {report.covered} of them; a larger --budget takes more)"
    )
    click.echo(f"{report.rollouts:,} rollouts, {report.tasks} tasks{short}{left_out}, {report.seconds:.1f} s\n")
    if report.not_held:
        head = ("id", "what", "result", "above wrong", "of gold", f"advantage (G={report.group})", "rule", "times")
        table(head, [_row(one) for one in report.not_held], left=3)
        click.echo()
        for one in report.not_held[:12]:
            _explain(one)
    if report.new:
        click.echo(bold("New cases, each a row of a test:"))
        for row in report.new:
            click.echo(safe(msgspec.json.encode(_plain(row)).decode()))
        click.echo()
    hacks = [one for one in report.findings if one.kind == "hack" and one.tried]
    benign = [one for one in report.findings if one.kind == "rewrite" and one.tried]
    checks = [one for one in report.findings if one.kind not in ("hack", "rewrite")]
    click.echo(
        f"{len(hacks)} hacks: {sum(bool(one.leaks) for one in hacks)} leak, "
        f"{sum(bool(one.unjudged) for one in hacks)} unjudged.  {len(benign)} rewrites: "
        f"{sum(bool(one.lost) for one in benign)} lose.  Checks and search ({report.searched:,} pairs): "
        f"{sum(one.result in ('leak', 'fault') for one in checks)} fail, "
        f"{report.count('find')} to look at."
    )


def _row(one: Finding) -> tuple[str, ...]:
    leak = one.leaks > 0
    return (
        one.id,
        one.name,
        one.result,
        f"{one.above:+.3g}" if leak else "",
        f"{one.share:.0%}" if leak else "",
        f"{one.advantage:.2f}" if leak else "",
        one.rule,
        f"{one.leaks or one.faults or one.lost or one.unjudged}/{one.tried}",
    )


def _explain(one: Finding) -> None:
    from referee.cli.show import bold, safe, short, status

    click.echo(f"{bold(safe(one.id))} {safe(one.mechanism)}  ({safe(one.source)})")
    if one.note:
        click.echo(f"    note     {safe(one.note)}")
    if (example := one.example) is not None:
        paid = status("unjudged") if example.reward is None else f"{example.reward:g}"
        truth = short(str(example.truth), 60)
        click.echo(f"    truth    {truth}   earned {paid}, honest wrong {example.wrong:g}, gold {example.gold:g}")
        click.echo(f"    rollout  {short(example.least, 100)}")
        if example.fault:
            click.echo(f"    fault    {short(example.fault, 100)}")
    if one.fix:
        click.echo(f"    fix      {safe(one.fix)}")
    click.echo()


def _write(path: str, report: Report) -> None:
    from referee.core.errors import InputError
    from referee.redteam.page import page

    try:
        Path(path).write_text(page(report), "utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"--html {path} cannot be written: {error.strerror}") from error


def _plain(value: Any) -> Any:
    """Data that JSON can hold: half characters become escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _list_hacks() -> None:
    from referee.cli.show import table
    from referee.redteam.hack import hacks, rewrites

    rows = [(one.id, one.direction, one.family, one.mechanism, one.source) for one in (*hacks(), *rewrites())]
    table(("id", "kind", "family", "mechanism", "source"), rows, left=5)


def _list_peers() -> None:
    from referee.cli.show import table
    from referee.redteam.peers import GYM, PEERS

    rows = [(name, peer.package, peer.like) for name, peer in PEERS.items()]
    table(("peer", "package", "form"), [*rows, (f"{GYM}.DATASET", GYM, "the bare answer")], left=3)


@contextlib.contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, float], None]]:
    """One line on standard error that says what goes on."""
    if not shown:
        yield lambda _phase, _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("red team", total=1.0)
        yield lambda phase, share: bar.update(line, description=phase, completed=share)
