"""`sql.*`: a truth is a query, or several, and the databases that it is asked of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from referee.audit.families.base import Family

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge


class Sql(Family):
    """Queries."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """The queries of the truth, any of which is right."""
        found = item.truth.get("sql") if isinstance(item.truth, dict) else None
        several = found if isinstance(found, list) else [found]
        return tuple(one for one in several if isinstance(one, str) and one.strip())

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """Two queries that find nothing: both are right where nothing is what is asked for."""
        return ("SELECT 1 WHERE 1 = 0", "SELECT name FROM sqlite_master WHERE 1 = 0")

    def kind(self, item: Item) -> str:  # noqa: ARG002
        return "query"

    def constant(self, item: Item, judge: Judge) -> str:  # noqa: ARG002
        return ""  # what is right of one database says nothing of another


FAMILY = Sql()
