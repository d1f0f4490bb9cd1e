"""`math.*`: a truth is LaTeX or a number, and stands in a box or on the answer line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from referee.audit.families.base import Family
from referee.text.channel import unwrap

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

_LAST = re.compile(r"####[ \t]*([^\n]+?)\s*\Z")
_KINDS = {
    "integer": re.compile(r"[-+]?\d[\d,]*"),
    "decimal": re.compile(r"[-+]?\d*\.\d+"),
    "fraction": re.compile(r"[-+]?(?:\\[dt]?frac\s*\{?-?\d+\}?\s*\{?\d+\}?|\d+/\d+)"),
    "yes or no": re.compile(r"(?:\\text\{)?(?:yes|no|true|false)\}?", re.IGNORECASE),
    "letter": re.compile(r"(?:\\text\{)?\(?[A-H]\)?\}?"),
    "word": re.compile(r"(?:\\text\{)?[A-Za-z']{2,}(?: [A-Za-z']{2,})*\}?"),
}


class Math(Family):
    """Numbers and expressions."""

    auto = "boxed"

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:
        """The truth as it stands, out of its box, or as the last line of a worked solution has it."""
        found = super().answers(item, judge)
        if not found:
            return ()
        text = found[0].strip()
        if last := _LAST.search(text):
            text = last[1]
        bare = text[slice(*unwrap(text, 0, len(text)))]
        return tuple(dict.fromkeys((bare, text)))

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ("987654321.012345", "-31415926535/271828")

    def kind(self, item: Item) -> str:
        text = str(item.truth).strip().strip("$")
        return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(text)), "expression")

    def chance(self, item: Item, judge: Judge) -> float | None:  # noqa: ARG002
        return {"yes or no": 1 / 2, "letter": 1 / 5}.get(self.kind(item))


FAMILY = Math()
