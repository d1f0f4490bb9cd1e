"""docs/reference/detectors.md: what `referee audit` looks for."""

from __future__ import annotations

from pages.markdown import NOTICE, table
from referee.audit.detectors import detectors

INTRO = """What `referee audit` looks for. A `fault` makes a row teach the wrong thing, or nothing; a `warning` is for a
person to look at; a `note` is a figure. `dropped`: whether `--write-clean` leaves the row out.
[How to read a report](../how-to/audit.md)."""


def page() -> str:
    """Every detector with what it means and what to do."""
    rows = [
        (f"`{one.id}`", one.level, "yes" if one.drop else "no", ", ".join(one.families) or "all", one.means, one.fix)
        for one in detectors().values()
    ]
    head = ("finding", "level", "dropped", "verifiers", "what it means", "what to do")
    return "\n\n".join((NOTICE, "# Detectors", INTRO, table(head, rows)))
