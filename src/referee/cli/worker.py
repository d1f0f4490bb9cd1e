"""`referee worker`: judge what a Redis queue holds, on all cores of this machine, until told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from referee.pool.host import Host
    from referee.pool.redis_link import Link

LEAVING_S = 2.0  # how long a worker that ends waits for a server that does not serve


@click.command("worker", short_help="Judge what a Redis queue holds.")
@click.option("--redis", "url", required=True, metavar="URL", help="redis://HOST:6379, or rediss:// for TLS.")
@click.option("--run", default="", metavar="NAME", help="The run to work for. [default: default]")
@click.option("--workers", type=click.IntRange(min=1), help="Processes. [default: one per core]")
@click.option("--ledger", type=click.Path(dir_okay=False), help="Keep every score here before it is acknowledged.")
@click.option("--name", default="", help="Of this worker in the queue. [default: host, process and a number]")
@click.option(
    "--lease",
    type=click.FloatRange(min=0.5),
    default=15.0,
    show_default=True,
    help="Seconds of silence after which others take over.",
)
@click.option(
    "--cpu",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds of processor time for one rollout, programs not counted.",
)
@click.option("--memory", type=click.IntRange(min=64), default=2048, show_default=True, help="MB for one process.")
@click.option("--nice", type=click.IntRange(0, 19), default=0, show_default=True, help="Niceness, beside a trainer.")
@click.option(
    "--metrics", type=click.IntRange(0, 65535), metavar="PORT", help="Serve metrics for Prometheus; 0: any free port."
)
@click.option("--metrics-address", default="127.0.0.1", show_default=True, help="Where to serve them.")
@click.option("--metrics-file", type=click.Path(dir_okay=False), help="Append metrics as JSON lines.")
def command(url: str, run: str, **given: Any) -> None:
    """Judge submissions of a run until Ctrl-C or SIGTERM, then finish what is in hand.

    Any number of workers, on any number of machines, serve a run. A password may stand in the URL or in
    REFEREE_REDIS_PASSWORD. What a worker that dies held, others judge again; `referee queue URL` shows how it goes.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop(stop))
    sys.setswitchinterval(0.0005)  # the threads of the supervisor wait for the network and for each other, not for work
    with ExitStack() as held:
        host, link = _host(held, url, run, given)
        named = run or url.partition("#")[2] or "default"
        click.echo(f"{host.name} works for run '{named}' on {host.count} processes; Ctrl-C to stop", err=True)
        try:
            _watch(host, link, stop)
        finally:
            link.patience_s = LEAVING_S


def _stop(stop: threading.Event) -> None:
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()


def _host(held: ExitStack, url: str, run: str, given: dict[str, Any]) -> tuple[Host, Link]:
    """The processes, the connection, and whatever watches them; all end with `held`."""
    from referee.core.errors import InfrastructureError
    from referee.engine.process import Settings
    from referee.pool.host import Host, said
    from referee.pool.local import Limits
    from referee.pool.metrics_export import Endpoint, JsonLines
    from referee.pool.redis import RedisQueue

    keeper = None
    if given["ledger"]:
        from referee.ledger.write import Ledger

        keeper = held.enter_context(Ledger(given["ledger"]))
    lease_s = given["lease"]
    queue = held.enter_context(RedisQueue(url, run, lease_s=lease_s, keeper=keeper, patience_s=None))
    with suppress(InfrastructureError):  # a wrong password is said at once; a server that does not serve is waited for
        queue.link.pipe([("PING",)], patience_s=0.0)
    host = Host(
        queue,
        workers=given["workers"],
        name=given["name"],
        lease_s=lease_s,
        limits=Limits(cpu_s=given["cpu"]),
        settings=Settings(nice=given["nice"], memory_mb=given["memory"]),
        metrics=queue.metrics,
    )
    held.enter_context(host)
    queue.says(lambda: said(host))
    if given["metrics"] is not None:
        endpoint = Endpoint(host.metrics, given["metrics"], given["metrics_address"], host.refresh)
        held.enter_context(endpoint)
        click.echo(f"metrics at {endpoint.url}", err=True)
    if given["metrics_file"]:
        held.enter_context(JsonLines(host.metrics, given["metrics_file"], refresh=host.refresh))
    return host, queue.link


def _watch(host: Host, link: Link, stop: threading.Event) -> None:
    """Say what goes wrong, once each time, until stopped. What cannot be mended by waiting ends the worker."""
    from referee.core.errors import InfrastructureError

    said = ""
    while not stop.wait(0.5):
        if host.local.fault:
            raise InfrastructureError(f"no process can work: {host.local.fault}")
        if (fault := link.fault or host.fault) != said:
            said = fault
            click.echo(said or "all is well again", err=True)
