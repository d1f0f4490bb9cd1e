"""`referee queue`: what goes on in the queues of a Redis server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from referee.pool.redis_link import Link
    from referee.pool.redis_watch import DeadLetter, State

TEXT = 60


@click.command("queue", short_help="Depth, age, workers and dead letters of a Redis queue.")
@click.argument("url", metavar="URL")
@click.option("--run", default="", metavar="NAME", help="Only this run.")
@click.option("--watch", is_flag=True, help="Look again every second, until Ctrl-C.")
@click.option("--dead", type=click.IntRange(min=1), metavar="N", help="Show the newest N dead letters of each run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each run or dead letter.")
def command(url: str, run: str, watch: bool, dead: int | None, as_json: bool) -> None:
    """Show the queues at URL, like redis://HOST:6379 or redis://HOST:6379#RUN. Changes nothing.

    waiting: submissions that no worker has yet, with the age of the oldest. leased: with a worker. undrained: judged,
    and not taken by the trainer. A dead letter is a submission that lost every worker that held it.
    """
    from referee.pool.redis import linked

    link, named = linked(url, patience_s=5.0)
    try:
        while True:
            _look(link, run or named, dead, as_json=as_json)
            if not watch:
                return
            time.sleep(1.0)
            if not as_json:
                click.echo()
    finally:
        link.close()


def _look(link: Link, run: str, dead: int | None, *, as_json: bool) -> None:
    from referee.core.errors import UnknownName
    from referee.data.plain import dumps
    from referee.pool import redis_watch
    from referee.pool.redis_wire import Keys

    runs = redis_watch.runs(link)
    if run and run not in runs:
        known = f"The runs are {', '.join(runs)}." if runs else "There is no run at all."
        raise UnknownName("run with a queue", run, runs, known)
    chosen = [run] if run else runs
    if dead:
        for name in chosen:
            for letter in redis_watch.dead_letters(link, Keys(name), dead):
                click.echo(dumps({"run": name, "dead": letter}).decode() if as_json else _letter(name, letter))
        return
    states = [redis_watch.state(link, Keys(name)) for name in chosen]
    if as_json:
        for state in states:
            click.echo(dumps(state).decode())
    elif states:
        _table(states)
    else:
        click.echo(f"no queue at {link.where}; the first submission or worker makes one")


def _table(states: list[State]) -> None:
    from referee.cli.show import table

    head = ("run", "waiting", "oldest", "leased", "undrained", "redelivered", "dead", "workers")
    rows = [
        (
            one.run,
            f"{one.queue.waiting:,}",
            f"{one.queue.oldest_s:.1f} s" if one.queue.waiting else "",
            f"{one.queue.leased:,}",
            f"{one.queue.results:,}",
            f"{one.queue.redelivered:,}",
            f"{one.queue.dead:,}",
            f"{len(one.workers):,}",
        )
        for one in states
    ]
    table(head, rows)
    workers = [
        (
            one.run,
            worker.name,
            f"{worker.silent_s:.1f} s",
            f"{worker.processes}",
            f"{worker.held:,}",
            f"{worker.judged:,}",
        )
        for one in states
        for worker in one.workers
    ]
    if workers:
        click.echo()
        table(("run", "worker", "silent", "processes", "leased", "judged"), workers, left=2)


def _letter(run: str, dead: DeadLetter) -> str:
    from referee.cli.show import safe, short

    letter, submission = dead.letter, dead.submission
    what = f"group '{submission.group}', {len(submission.rollouts)} rollouts" if submission else "unreadable"
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(dead.at))
    lines = [
        f"{when} UTC  run {run}  entry {letter.entry}  {letter.reason}  {safe(what)}",
        f"  {safe(letter.detail)}",
    ]
    if letter.workers:
        lines.append(f"  lost: {safe(', '.join(letter.workers))}")
    few = submission.rollouts[:4] if submission else ()
    lines += [f"  rollout {safe(rollout.id) or '-'}: {short(rollout.text, TEXT)}" for rollout in few]
    return "\n".join(lines)
