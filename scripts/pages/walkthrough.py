"""docs/walkthrough.md: what `referee demo` computes, as a page."""

from __future__ import annotations

import contextlib
import io

from pages.markdown import NOTICE, block
from pages.packs import rules_table
from referee.cli import demo
from referee.packs.load import load

INTRO = """Four rollouts of one prompt, from text to advantage. `referee demo` computes these figures anew whenever it
runs, and a test keeps this page equal to what it prints."""

READING = """A rollout's reward is the sum of what the rules add: the structure is worth 0.1, the answer 1.0. The third
rollout names the right number but opens no thinking and puts nothing into a box: neither rule finds what it asks for,
and there is no second place to look. The advantage compares a rollout with its group, (reward - mean) / deviation. A
group whose rewards are all equal is *silent*: it teaches nothing, and its advantages are exact zeros.

To see one of the rollouts with the places that its verdicts rest on:"""


def page() -> str:
    """The pack, the figures, how to read them."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        demo.walkthrough()
    command = "referee explain src/referee/examples/walkthrough.jsonl:2 --pack r1-zero-math"
    pack = f"## The pack `{demo.PACK}`\n\n{rules_table(load(demo.PACK))}"
    figures = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return "\n\n".join(
        [NOTICE, "# The walkthrough", INTRO, pack, "## The figures", block(figures), READING, block(command, "sh")]
    )
