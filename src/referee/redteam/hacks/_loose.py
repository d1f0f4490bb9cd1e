"""Tasks to which almost any text may be right, so that a hack which is not made for them proves nothing."""

from __future__ import annotations

from referee.redteam.sample import Sample


def any_text_may_do(gold: Sample) -> bool:
    """Whether the truth is a list of instructions, or that no tool is to be called."""
    return gold.form.family == "instruct" or (gold.form.family == "tools" and not gold.value)
