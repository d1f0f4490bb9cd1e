"""The `referee` command: a lazy group, and what an exception means to a shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from referee.core.errors import RefereeError, UsageError

COMMANDS = (
    "score", "train", "explain", "worker", "queue", "ledger", "replay", "verifiers", "packs", "check", "new", "demo",
    "doctor", "plan", "serve", "bench",
    "redteam", "audit", "watch",
)  # fmt: skip

EXIT_NOTHING = 1
EXIT_USAGE = 2
EXIT_STRICT = 3
EXIT_INTERRUPTED = 130
EXIT_PIPE = 141

EPILOG = """\b
Exit codes
  0    finished; rejected rows and unjudged rollouts are counted on stderr
  1    nothing could be scored, the file broke off, or the output could not be written; a replay differs;
       an audit found what --fail-on asks for
  2    the command, the pack or the file is wrong; the message says what to do
  3    with --strict: some rows were rejected, or some rollouts unjudged
  130  interrupted; what was scored until then is kept
"""


class Commands(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"referee.cli.{name}").command
        return command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click does it, but a usage error is one line, like every other error."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            if not standalone_mode:
                return code
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(EXIT_USAGE)
        except click.ClickException as error:
            _stop(UsageError(_sentence(error)), EXIT_USAGE)
        except click.Abort:
            sys.exit(EXIT_INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from referee.core.errors import UnknownName

            _stop(UnknownName("command", args[0], COMMANDS, f"The commands are {', '.join(COMMANDS)}."), EXIT_USAGE)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):  # no text of a rollout may break the output
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except UsageError as error:
            _stop(error, EXIT_USAGE)
        except RefereeError as error:
            _stop(error, EXIT_NOTHING)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered has nowhere to go
            sys.exit(EXIT_PIPE)


def _sentence(error: click.ClickException) -> str:
    """What click has to say, in one line, with the next step."""
    text = " ".join(error.format_message().split()).rstrip(".")
    text = text[:1].lower() + text[1:]
    if isinstance(error, click.MissingParameter) and error.param is not None and error.param.name == "pack":
        return f"{text}; `referee packs` lists the packs"
    context = getattr(error, "ctx", None)
    return f"{text}; see `{context.command_path} --help`" if context is not None else text


def _stop(error: Exception, code: int) -> NoReturn:
    from referee.cli.show import safe

    click.echo(f"error: {safe(str(error))}", err=True)
    sys.exit(code)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from referee import __version__

        click.echo(f"referee {__version__}")
        ctx.exit()


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
def main() -> None:
    """The judge made of code: score rollouts, see why, turn verdicts into rewards and advantages."""


if __name__ == "__main__":
    main()
