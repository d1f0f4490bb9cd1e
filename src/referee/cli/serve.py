"""`referee serve`: the judge over HTTP, and the page."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("serve", short_help="Serve the judge over HTTP, and the page.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option("--pack", "packs", multiple=True, metavar="PACK", help="A pack to offer; the first judges for trainers.")
@click.option("--ledger", "ledgers", multiple=True, metavar="PATH", help="A ledger to browse; may be repeated.")
@click.option("--pool", "where", default="local", show_default=True, metavar="WHERE", help="local, redis://... or ray.")
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes; default one per core.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="Until what is not judged is unjudged; default 60.")
@click.option("--in-flight", type=click.IntRange(min=1), help="Rollouts accepted at once; default 8,192.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="A name by which this machine may be called.")
@click.option("--token-file", metavar="FILE", help="Holds what who asks must know; else REFEREE_TOKEN.")
def command(
    *,
    host: str,
    port: int,
    packs: tuple[str, ...],
    ledgers: tuple[str, ...],
    where: str,
    workers: int | None,
    seconds: float | None,
    in_flight: int | None,
    names: tuple[str, ...],
    token_file: str | None,
) -> None:
    """Serve scores, explanations, packs, verifiers, ledgers and the page, until stopped with Ctrl-C or SIGTERM.

    Only this machine can ask, unless --host names another address; then who asks must know a token.
    """
    from referee.core.errors import MissingExtra

    try:
        from referee.serve.run import serve
    except ImportError as error:
        if error.name not in {"starlette", "uvicorn", "prometheus_client"}:
            raise
        raise MissingExtra("the service", "serve") from None
    import msgspec

    from referee.cli.words import WORDS
    from referee.serve.page import MISSING, is_built
    from referee.serve.settings import Limits, Settings

    limits = {"seconds": seconds, "in_flight": in_flight}
    settings = Settings(
        host=host,
        port=port,
        token=_token(token_file),
        names=names,
        packs=packs,
        ledgers=tuple(Path(path) for path in ledgers),
        where=where,
        workers=workers,
        limits=msgspec.structs.replace(Limits(), **{key: value for key, value in limits.items() if value is not None}),
        words=WORDS,
    )

    def ready(url: str) -> None:
        click.echo(f"referee serves {url}  (documentation at {url}/docs)", err=True)
        if not is_built(settings.page):
            click.echo(MISSING, err=True)

    serve(settings, ready)


def _token(file: str | None) -> str:
    """The token of a file, or of the environment; never of the command line, which others can read."""
    from referee.core.errors import UsageError

    if file is None:
        return os.environ.get("REFEREE_TOKEN", "").strip()
    try:
        found = Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token in '{file}' cannot be read: {error}") from None
    if not found:
        raise UsageError(f"'{file}' is empty; `openssl rand -hex 32 > {file}` makes a token")
    return found
