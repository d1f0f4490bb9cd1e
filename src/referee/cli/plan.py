"""`referee plan`: how many cores the verifier pool needs, so that the GPUs do not wait for the judge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.plan.answer import Plan
    from referee.plan.setting import Setting

_HEIGHT, _WIDTH = 10, 60

# Option to the place in the setting that it changes.
_OPTIONS = {
    "gpus": "sampler", "tokens_s": "sampler", "prompts": "sampler", "group": "sampler", "slots": "sampler",
    "update_s": "sampler", "length": "tokens", "longest": "tokens", "gpu_h": "prices", "core_h": "prices",
    "scoring": "", "target": "", "cores": "", "seed": "",
}  # fmt: skip
_NAMES = {"length": "mean", "longest": "most"}
_WORK = {"service": "seconds", "runs": "runs", "timeouts": "timeouts", "limit_s": "limit_s"}


@click.command("plan", short_help="Cores for the verifier pool, so that GPUs do not wait.")
@click.argument("file", required=False)
@click.option("--config", type=click.Path(exists=True, dir_okay=False), metavar="TOML", help="A setting as a file.")
@click.option("--preset", metavar="NAME", help="Begin with a known setting; --presets lists them.")
@click.option("--presets", is_flag=True, help="List the presets, with the rules of thumb and when they hold.")
@click.option("--ledger", metavar="LEDGER", help="Service times, lengths and steps as this ledger has them.")
@click.option("--run", metavar="NAME", help="With --ledger: only this run.")
@click.option(
    "--pack", metavar="PACK", help="Judge the rollouts of FILE with this pack for a while, and plan from that."
)
@click.option("--measure-s", type=click.FloatRange(0.1, 600), default=10.0, show_default=True, help="How long a while.")
@click.option("--gpus", type=int, help="GPUs that sample.")
@click.option("--tokens-s", type=float, help="Tokens a second of one GPU.")
@click.option("--prompts", type=int, help="Prompts of a step.")
@click.option("--group", type=int, help="Rollouts of a prompt.")
@click.option("--slots", type=int, help="Rollouts decoded at once; default all of a step.")
@click.option("--update-s", type=float, help="Seconds of the rest of a step; default a quarter of the sampling.")
@click.option("--length", type=float, help="Mean length of rollouts, in tokens.")
@click.option("--longest", type=int, help="Where sampling is cut, in tokens.")
@click.option("--service", type=float, metavar="SECONDS", help="Mean time of one run of a verification.")
@click.option("--runs", type=int, help="Runs of a verification, one after another.")
@click.option("--timeouts", type=float, metavar="SHARE", help="Share of rollouts that run into the time limit.")
@click.option("--limit-s", type=float, metavar="SECONDS", help="The time limit of a verification.")
@click.option("--gpu-h", type=float, metavar="PRICE", help="Price of a GPU-hour.")
@click.option("--core-h", type=float, metavar="PRICE", help="Price of a core-hour.")
@click.option(
    "--scoring", type=click.Choice(["streaming", "batch"]), help="As rollouts end, or at the end of the batch."
)
@click.option("--target", type=float, metavar="SHARE", help="Share of a step that GPUs may wait; default 0.01.")
@click.option("--cores", type=int, help="Say everything about this number of cores.")
@click.option("--seed", type=int, help="Of the simulation.")
@click.option("--json", "as_json", is_flag=True, help="The whole plan as JSON.")
def command(file: str | None, **options: Any) -> None:
    """How long GPUs wait for the judge with so many cores, scored as rollouts end or at the end of the batch.

    Service times come from a ledger, from FILE judged here for a while, from a preset, a TOML file or options; what an
    option says wins. A discrete-event simulation gives the figures; the same setting gives the same plan anywhere.
    """
    from referee.data.plain import dumps
    from referee.plan.plan import make

    if options["presets"]:
        _presets(as_json=options["as_json"])
        return
    setting, notes = _begin(file, options)
    plan = make(_changed(setting, options))
    if options["as_json"]:
        click.echo(dumps(plan).decode())
        return
    for note in notes:
        click.echo(f"note: {note}", err=True)
    _show(plan)


def _begin(file: str | None, options: dict[str, Any]) -> tuple[Setting, tuple[str, ...]]:
    """The setting before the options."""
    from referee.plan import measured

    if file is not None and options["pack"] is None:
        if Path(file).suffix == ".toml":
            raise click.UsageError(f"a setting is named by its option: --config {file}")
        raise click.UsageError(f"'{file}' is taken for rollouts: --pack names what judges them")
    if file is None and options["pack"] is not None:
        raise click.UsageError("--pack judges the rollouts of a file; name one")
    if options["ledger"] and options["pack"]:
        raise click.UsageError("--ledger and --pack both give service times; leave one out")
    if options["run"] and not options["ledger"]:
        raise click.UsageError("--run names a run in a ledger; give --ledger too")
    base = _named(options["config"], options["preset"])
    if options["ledger"]:
        found = measured.from_ledger(options["ledger"], options["run"], base)
    elif file is not None:
        found = measured.from_file(file, options["pack"], options["measure_s"], base)
    else:
        return base, ()
    return found.setting, found.notes


def _named(config: str | None, preset: str | None) -> Setting:
    """What a file or a preset says."""
    from referee.core.errors import UnknownName
    from referee.plan.presets import PRESETS
    from referee.plan.setting import Setting

    if config is not None:
        if preset is not None:
            raise click.UsageError("--config and --preset are both a whole setting; leave one out")
        return _read(config)
    if preset is None:
        return Setting()
    if preset not in PRESETS:
        raise UnknownName("preset", preset, PRESETS, "`referee plan --presets` lists them.")
    return PRESETS[preset].setting


def _read(config: str) -> Setting:
    import tomllib

    from referee.core.errors import UsageError
    from referee.plan.setting import setting

    try:
        return setting(tomllib.loads(Path(config).read_text(encoding="utf-8")), config)
    except (OSError, ValueError) as error:  # no TOML, no UTF-8
        raise UsageError(f"{config}: {error}") from None


def _changed(made: Setting, options: dict[str, Any]) -> Setting:
    """The setting with what the options say. A time of service does away with measured ones."""
    import msgspec

    from referee.plan.setting import setting

    data = msgspec.to_builtins(made)
    for option, part in _OPTIONS.items():
        if options[option] is not None:
            (data[part] if part else data)[_NAMES.get(option, option)] = options[option]
    if options["length"] is not None:
        data["tokens"]["samples"] = ()
    for option, field in _WORK.items():
        for kind in data["work"] if options[option] is not None else ():
            kind[field] = options[option]
            if option in ("service", "runs"):
                kind["samples"] = ()
    return setting(data)


def _presets(*, as_json: bool) -> None:
    from referee.cli.show import bold
    from referee.data.plain import dumps
    from referee.plan.presets import PRESETS

    for preset in PRESETS.values():
        if as_json:
            click.echo(dumps(preset).decode())
            continue
        click.echo(f"{bold(preset.name)}  {preset.title}")
        if preset.claim:
            click.echo(f"  rule   {preset.claim}")
        click.echo(f"  holds  {preset.holds}\n")


def _show(plan: Plan) -> None:
    from referee.cli.show import bold, table
    from referee.plan.words import seconds

    click.echo(bold(plan.sentence))
    for note in plan.notes:
        click.echo(f"note: {note}")
    click.echo()
    table(("figure", "value"), list(_figures(plan)), left=2)
    click.echo()
    head = ("cores", "GPUs wait", "of a step", "batch", "of a step", "p99 in line", "busy", "memory", "spend", "a step")
    rows = [
        (
            ("> " if point.cores == plan.chosen.cores else "") + f"{point.cores:,}",
            seconds(point.streaming_s),
            f"{point.streaming_share:.1%}",
            seconds(point.batch_s),
            f"{point.batch_share:.1%}",
            seconds(point.wait_p99_s),
            f"{point.utilisation:.0%}",
            f"{point.memory_mb / 1024:,.1f} GB",
            f"{point.spend:.1%}",
            f"{point.step_cost:,.2f}",
        )
        for point in plan.curve
    ]
    table(head, rows, left=0)
    click.echo()
    click.echo("\n".join(plot(plan)))
    click.echo()
    changes = [("time-outs", f"{one.value:.0%}", one) for one in plan.timeouts]
    changes += [("time limit", f"x {one.value:g}", one) for one in plan.limits]
    found = [
        (name, value, f"{one.cores:,}" + ("" if one.met else " *"), seconds(one.idle_s), seconds(one.floor_s))
        for name, value, one in changes
    ]
    chosen = f"wait with {plan.chosen.cores:,}"
    table(("if it were", "", "cores", chosen, "shortest"), found, left=2)
    if not all(one.met for _, _, one in changes):
        click.echo("* near the shortest wait there is: the target is out of reach")


def _figures(plan: Plan) -> list[tuple[str, str]]:
    from referee.plan.words import seconds

    sampler = plan.setting.sampler
    kinds = ", ".join(f"{one.name} ({one.timeouts:.1%} run into {seconds(one.limit_s)})" for one in plan.setting.work)
    cores = f"{plan.chosen.cores:,} core{'s' if plan.chosen.cores > 1 else ''}"
    return [
        ("rollouts of a step", f"{plan.rollouts:,} ({sampler.prompts:,} x {sampler.group:,}) on {sampler.gpus:,} GPUs"),
        ("a step, nobody waiting", f"{seconds(plan.step_s)}, {seconds(plan.generation_s)} of it sampling"),
        ("work", kinds),
        ("a verification", f"{seconds(plan.mean_s)} mean, {seconds(plan.p99_s)} p99, {seconds(plan.max_s)} longest"),
        ("judging a step", f"{seconds(plan.work_s)} on one core"),
        ("cores that keep up", f"{plan.keeps_up:,}, for a loop that does not wait for the judge"),
        ("verifications", f"{plan.chosen.capacity_s:,.0f}/s with {cores}, {plan.rate_s:,.1f}/s come"),
        ("one lost worker", f"{seconds(plan.lost.mean_s)} longer, {seconds(plan.lost.worst_s)} at the worst moment"),
    ]


def plot(plan: Plan) -> list[str]:
    """The share of a step that GPUs wait against the number of cores: `*` as rollouts end, `o` all at the end."""
    from math import log2

    last = log2(plan.curve[-1].cores) or 1.0
    field = [[" "] * (_WIDTH + 1) for _ in range(_HEIGHT + 1)]
    for point in plan.curve:
        column = round(log2(point.cores) / last * _WIDTH)
        for share, sign in ((point.batch_share, "o"), (point.streaming_share, "*")):
            field[_HEIGHT - round(share * _HEIGHT)][column] = sign
    lines = ["GPUs wait, share of a step    * scored as they end    o at the end of the batch"]
    for height, row in enumerate(field):
        label = f"{1 - height / _HEIGHT:4.0%}" if height % 5 == 0 else ""
        lines.append(f"{label:>5} |{''.join(row)}".rstrip())
    lines.append(" " * 6 + "+" + "-" * _WIDTH)
    most = f"{plan.curve[-1].cores:,} cores"
    lines.append(" " * 7 + "1" + most.rjust(_WIDTH))
    return lines
