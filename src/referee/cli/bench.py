"""`referee bench`: how fast the judge and the sandbox are here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from referee.bench.judge import Figure
    from referee.bench.math import Labelled, Tally
    from referee.bench.scale import Row


@click.group("bench", short_help="Measure the judge on this machine.")
def command() -> None:
    """Measurements, each the median of several rounds."""


@command.command("judge")
@click.option("--rollouts", type=click.IntRange(min=64), default=5000, show_default=True, help="Completions of 2 kB.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="Rounds for each median.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def judge(rollouts: int, rounds: int, as_json: bool) -> None:
    """Time per rollout and rule, rollouts per second on one core and all, and memory by rows."""
    from referee.bench.judge import measure

    click.echo(
        f"Medians of {rounds} rounds. The machine may be shared: compare figures of one run only.\n", err=as_json
    )
    _print(measure(rollouts, rounds), as_json=as_json)


@command.command("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False), required=False)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option(
    "--peers/--no-peers", default=True, show_default=True, help="Run the same solutions in other ways as well."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def code(file: str | None, rounds: int, peers: bool, as_json: bool) -> None:
    """Verifications of programs a second, beside a plain subprocess, bubblewrap and firejail.

    FILE: HumanEval as JSON lines (.gz too); without it, forty small problems. The peers execute its canonical solutions
    without a jail where they have none.
    """
    from referee.bench.code import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(file, rounds, peers=peers), as_json=as_json)


@command.command("ledger")
@click.option("--entries", type=click.IntRange(min=1024), default=64_000, show_default=True, help="Scores to keep.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds for each median.")
@click.option("--dir", "folder", type=click.Path(exists=True, file_okay=False), help="A folder on the disk to measure.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def ledger(entries: int, rounds: int, folder: str | None, as_json: bool) -> None:
    """Scores a second that a ledger keeps, each safe on the disk before it is acknowledged."""
    from referee.bench.ledger import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(entries, rounds, folder), as_json=as_json)


@command.command("structure")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def structure(rounds: int, as_json: bool) -> None:
    """JSON, XML, language, tool calls and instructions: checks a second, and what 300 kB of hostile text costs."""
    from referee.bench.structure import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(rounds), as_json=as_json)


@command.command("simulate")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def simulate(rounds: int, as_json: bool) -> None:
    """Answers acted out: puzzles, plans and SQL queries, checks a second."""
    from referee.bench.acted import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(rounds), as_json=as_json)


@command.command("proof")
@click.argument("data", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--checks", type=click.IntRange(min=4), default=200, show_default=True, help="Verdicts of each kind.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def proof(data: Path | None, checks: int, as_json: bool) -> None:
    """proof.coq: warm verdicts a second on two processes of Coq. Needs Coq.

    DATA: miniF2F in Coq, an archive or a folder; its statements are loaded and its complete proofs judged (minutes).
    """
    from referee.bench.proof import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(checks, data), as_json=as_json)


@command.command("tools")
@click.argument("data", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="The best of so many counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def tools(data: Path | None, rounds: int, as_json: bool) -> None:
    """tools.call on BFCL's gold answers in every form, each spoilt by one argument; checks a second; hostile texts.

    DATA: the wheel of bfcl-eval, or a folder with its data; without it, the installed package.
    """
    from referee.bench.tools import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(data, rounds), as_json=as_json)


def _print(figures: Iterable[Figure], *, as_json: bool, digits: int = 1) -> None:
    from referee.cli.show import table
    from referee.data.plain import dumps

    if as_json:
        for figure in figures:
            click.echo(dumps(figure).decode())
        return
    found = []
    for number, figure in enumerate(figures, 1):
        if sys.stderr.isatty():
            click.echo(f"\r{number} measured", nl=False, err=True)
        found.append((figure.name, f"{figure.value:,.{digits}f}", figure.unit, figure.note))
    table(("what", "value", "unit", "over"), found, left=4)


@command.command("pool")
@click.option("--rollouts", type=click.IntRange(min=640), default=20_000, show_default=True, help="Of 0.8 kB each.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Measure other queues beside ours.")
@click.option(
    "--service", type=click.FloatRange(0.001, 10), metavar="SECONDS", help="Instead: times beside `referee plan`."
)
@click.option("--workers", type=click.IntRange(1, 256), default=8, show_default=True, help="With --service: so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def pool(rollouts: int, peers: bool, service: float | None, workers: int, as_json: bool) -> None:
    """Rollouts a second, processor time and latency of a pool over Redis and of a local one, with two workers.

    Beside raw Redis Streams, Ray actors and dramatiq, where they are installed. Needs redis-server.

    With --service, a step of 512 rollouts is played on a local pool in real time instead, with verifications that take
    so long on average, and what `referee plan` says of it stands beside what was measured.
    """
    from referee.bench import planned
    from referee.bench.pool import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    figures = measure(rollouts, peers=peers) if service is None else planned.measure(service, workers)
    _print(figures, as_json=as_json, digits=1 if service is None else 3)


@command.command("serve")
@click.option("--rollouts", type=click.IntRange(min=640), default=12_800, show_default=True, help="Of 2 kB each.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds for each median.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def serve(rollouts: int, rounds: int, as_json: bool) -> None:
    """Processor time of `referee serve` for a rollout, beside the library's, in batches of 64."""
    from referee.bench.serve import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(rollouts, rounds), as_json=as_json)


@command.command("scale")
@click.option("--groups", type=click.IntRange(min=300), default=2_000, show_default=True, help="Scored to measure.")
@click.option("--messages", type=click.IntRange(min=1000), default=20_000, show_default=True, help="Simulated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def scale(groups: int, messages: int, as_json: bool) -> None:
    """Throughput with one and two workers here, and a simulation of the queue to 10,000 workers.

    The simulation takes its service times and costs from this machine, and says what is the bound: the workers, Redis,
    its network or the ledger; and how many shards of them it takes. Needs redis-server.
    """
    from referee.bench import scale as room
    from referee.cli.show import table
    from referee.data.plain import dumps

    figures, costs = room.measured(groups)
    _print(figures, as_json=as_json)
    click.echo(err=as_json)
    rows = []
    for row in room.table(costs, messages):
        if as_json:
            click.echo(dumps(row).decode())
        rows.append(_course(row))
    if not as_json:
        words = "rollouts,workers,Redis,ledgers,offered/s,carried/s,workers busy,Redis,network,ledger,p50,p99,bound"
        table(tuple(words.split(",")), rows)


def _course(row: Row) -> tuple[str, ...]:
    found = row.course
    shares = (f"{share:.0%}" for share in (found.workers, found.redis, found.link, found.ledger))
    waits = (f"{seconds * 1e3:,.0f} ms" for seconds in (found.p50_s, found.p99_s))
    counts = (f"{row.workers:,}", str(row.redis), str(row.ledgers), f"{found.offered:,.0f}", f"{found.carried:,.0f}")
    return (row.mix, *counts, *shares, *waits, found.bound)


@command.command("math")
@click.argument("cases", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--peers", default="", help="Beside: math-verify,package.module:function.")
@click.option(
    "--list", "shown", type=click.IntRange(min=0), default=20, show_default=True, help="Wrong verdicts shown."
)
@click.option("--limit", type=click.FloatRange(min=1), default=300.0, show_default=True, help="Seconds for each judge.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a judge.")
def math(cases: tuple[Path, ...], peers: str, shown: int, limit: float, as_json: bool) -> None:
    """Accuracy and speed of math.answer on labelled CASES (files or folders of JSON lines), beside peers.

    A case has `gold`, `pred` and `expected`. Without CASES, the documented cases of math.answer are used.
    """
    from referee.bench.math import load, tallies
    from referee.cli.show import table
    from referee.data.plain import dumps

    labelled = load(cases)
    found: list[Tally] = []
    for tally in tallies(labelled, [name.strip() for name in peers.split(",") if name.strip()], limit):
        if isinstance(tally, str):
            click.echo(tally, err=True)
            continue
        found.append(tally)
        if as_json:
            click.echo(dumps(tally).decode())
    if as_json or not found:
        return
    click.echo(f"{len(labelled):,} cases. The machine may be shared: compare figures of one run only.\n")
    words = "judge,version,right,falsely accepted,falsely refused,median us,p99 us,max us,/s,times"
    head = tuple(words.split(","))
    table(head, [_row(tally, labelled, found[0]) for tally in found], left=2)
    for tally in found:
        for accepted, name in ((True, "accepted"), (False, "refused")):
            wrong = tally.wrong(labelled, accepted=accepted)
            if wrong and shown:
                click.echo(f"\n{tally.judge}, falsely {name} ({len(wrong)}):")
            for case in wrong[:shown]:
                click.echo(f"  truth {case.gold[:100]!r}  answer {case.pred[:100]!r}")


def _row(tally: Tally, cases: list[Labelled], first: Tally) -> tuple[str, ...]:
    accepted, refused = (len(tally.wrong(cases, accepted=accepted)) for accepted in (True, False))
    right = 100 * (1 - (accepted + refused) / len(cases))
    ratio = first.rate / tally.rate if tally.rate else 0.0
    return (
        tally.judge, tally.version, f"{right:.2f}%", str(accepted), str(refused), f"{tally.median_us:,.0f}",
        f"{tally.percentile(0.99):,.0f}", f"{tally.percentile(1):,.0f}", f"{tally.rate:,.0f}", f"{ratio:,.1f}",
    )  # fmt: skip


@command.command("train")
@click.option(
    "--size",
    "sizes",
    multiple=True,
    type=click.Choice(["small", "medium", "large"]),
    default=["small", "medium"],
    show_default=True,
    help="Random models of 0.1, 3 and 170 million weights.",
)
@click.option("--steps", type=click.IntRange(min=1), default=12, show_default=True, help="Steps that count, after two.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Rounds for each median.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def train(sizes: tuple[str, ...], steps: int, rounds: int, as_json: bool) -> None:
    """Useful tokens a second and peak memory of the training loop, beside TRL's trainer on the same random model.

    One thread each, the same sampling and loss. On a CPU the seconds are the processor's; on a GPU the wall's, in
    bfloat16.
    """
    from referee.bench.train import measure

    click.echo("The machine may be shared: compare figures of one run only.\n", err=as_json)
    _print(measure(sizes, steps, rounds), as_json=as_json)
