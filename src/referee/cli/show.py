"""Text on a terminal: tables, and the texts of rollouts made harmless.

A rollout is hostile text: its control characters, escapes and invisible signs are shown as such, never sent to the
terminal, and nothing in it is read as markup.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence

import click

Cell = str
MARKS = 4


def safe(text: str, *, lines: bool = False) -> str:
    """The text with everything that cannot be seen written as an escape. `lines` keeps line breaks."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0  # in a row: more than a few pile up over the lines above
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        plain = sign.isprintable() or (lines and sign == "\n")
        shown.append(sign if plain and marks <= MARKS else _escape(sign))
    return "".join(shown)


def _escape(sign: str) -> str:
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    code = ord(sign)
    return known.get(sign) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )


def short(text: str, width: int = 76) -> str:
    """One harmless line of at most `width` characters."""
    shown = safe(text if len(text) <= 4 * width else text[: 4 * width])
    return shown if len(shown) <= width and len(text) <= 4 * width else shown[: width - 1] + "…"


def on_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, left: int = 1, err: bool = False) -> None:
    """Print a table: rich on a terminal, aligned text elsewhere. The first `left` columns are text."""
    texts = [[safe(cell) for cell in row] for row in rows]
    if on_terminal() and not err:
        _rich(head, texts, left)
        return
    widths = [max(len(row[column]) for row in [head, *texts]) for column in range(len(head))]
    for row in [head, *texts]:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip(), err=err)


def _rich(head: Sequence[str], rows: list[list[str]], left: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, name in enumerate(head):
        shown.add_column(name, justify="left" if column < left else "right")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console().print(shown)


def bold(text: str) -> str:
    """The text in bold on a terminal; plain elsewhere (click removes the codes)."""
    return click.style(text, bold=True)


COLOURS = {"pass": "green", "partial": "yellow", "fail": "red", "unjudged": "magenta"}


def status(name: str) -> str:
    """A status in its colour."""
    return click.style(name, fg=COLOURS.get(name), bold=True)
