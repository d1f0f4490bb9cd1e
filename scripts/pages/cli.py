"""docs/reference/cli.md: what every command says when asked for help."""

from __future__ import annotations

from collections.abc import Iterator

import click

from pages.markdown import NOTICE, block
from referee.cli.main import main

WIDTH = 100


def page() -> str:
    """One section per command, in the order of `referee --help`."""
    top = click.Context(main, info_name="referee", **main.context_settings)
    sections = [f"## `{name}`\n\n{block(text)}" for name, text in _walk(main, top)]
    return "\n\n".join([NOTICE, "# Command line", *sections])


def _walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    context.terminal_width = context.max_content_width = WIDTH
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _walk(child, click.Context(child, info_name=name, parent=context, **child.context_settings))
